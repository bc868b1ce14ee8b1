import { account } from '../../src/contract/account';
import { anyTime } from '../support/answers';
import { memberCases, programCases } from '../support/common-cases';
import { hold, post } from '../support/settling-cases';
import { type Case, specify, type World } from '../support/spec';

const held = (tiers_group_type: string, ...tiers: [eid: string, id: number, order: number][]) => ({
  data: tiers.map(([tier_eid, tier_id, tier_order]) => ({
    tiers_group_type,
    tier_eid,
    tier_id,
    tier_order,
    reached_at: anyTime,
  })),
});

const bronze = ['bronze', 21, 0] as const;
const silver = ['silver', 22, 1] as const;
const gold = ['gold', 23, 2] as const;

/** Points of the qualification currency; answers the id of the accrual. */
const earn = (world: Pick<World, 'ask'>, amount: string, more = {}) =>
  post(world, 'accrue', { points_currency_eid: 'status', amount, ...more });

const having = (...amounts: string[]) => ({
  given: async (world: World) => {
    for (const amount of amounts) await earn(world, amount);
    return {};
  },
});

const plain = { answers: held('cumulative', [...bronze]) };

const cumulative: Record<string, Case> = {
  'the tier of every new member': plain,
  'not enough for the next': { ...having('499.99'), answers: held('cumulative', [...bronze]) },
  'all tiers that were reached, the current one last': {
    ...having('499.99', '0.01'),
    answers: held('cumulative', [...bronze], [...silver]),
    afterwards: async ({ ask }) => {
      expect(await ask('/loyalty/account/balance', { points_currency_eid: 'stars' })).toMatchObject({
        data: { active_balance: '100.00' },
      });
      const { data } = await ask('/loyalty/account/transactions', { points_currency_eid: 'stars' });
      expect(data).toEqual([
        expect.objectContaining({
          transaction_type: 'accrual',
          amount: '100',
          source_type: 'tier_group',
          source_iid: 1,
          source_sid: 'silver',
          source_subiid: 22,
          description: 'Reward for tier Silver',
        }),
      ]);
    },
  },
  'all at once': { ...having('2000'), answers: held('cumulative', [...bronze], [...silver], [...gold]) },
  'points that were cancelled do not count': {
    given: async (world) => {
      const transaction_id = await earn(world, '600');
      await earn(world, '100');
      await world.ask('/loyalty/cancel_transaction', { transaction_id });
      return {};
    },
    answers: held('cumulative', [...bronze]),
  },
  'points of an open temporary transaction do not count': {
    given: async (world) => {
      await earn(world, '600', { is_temp: true });
      return {};
    },
    answers: held('cumulative', [...bronze]),
  },
  'points of a committed temporary transaction count': {
    given: async (world) => {
      const transaction_id = await earn(world, '600', { is_temp: true });
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      return {};
    },
    answers: held('cumulative', [...bronze], [...silver]),
  },
  'points of a standard currency do not count': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '5000' });
      await hold(world);
      return {};
    },
    answers: held('cumulative', [...bronze]),
  },
};

const season = { request: { tiers_group_id: 2 } };

const periodic: Record<string, Case> = {
  'a periodic group: nothing reached': { ...season, ...having('299'), answers: { data: [] } },
  'a periodic group: the one that is held': {
    ...season,
    ...having('300', '300'),
    answers: held('periodic', ['winner', 32, 1]),
  },
};

const groups: Record<string, Case> = {
  'no group': {
    request: { tiers_group_id: undefined },
    refuses: 'bad_request',
    text: 'tiers_group_id: is required',
  },
  'a group that is no number': {
    request: { tiers_group_id: 'levels' },
    refuses: 'bad_request',
    text: 'tiers_group_id: expected an integer from 0 to 2147483647, got "levels"',
  },
  'an unknown group': {
    request: { tiers_group_id: 9 },
    refuses: 'tier_group_not_found',
    text: 'Tier group 9 not found in loyalty program 1',
  },
  'a group of another program': {
    request: { tiers_group_id: 3 },
    refuses: 'tier_group_not_found',
    text: 'Tier group 3 not found in loyalty program 1',
  },
};

specify(
  account.tiers,
  {
    ...cumulative,
    ...periodic,
    ...groups,
    'a token that may only read': { ...plain, request: { token: 'reader' } },
    'a token for other things': {
      request: { token: 'stranger' },
      refuses: 'scope_missing',
      text: 'API token lacks the scope "loyalty_read"',
    },
    'keys nobody knows': { ...plain, request: { amount: 'abc' } },
    ...programCases,
    ...memberCases(plain),
  },
  { tiers_group_id: 1 },
);
