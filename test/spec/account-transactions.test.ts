import { uuidv7 } from 'uuidv7';
import { account } from '../../src/contract/account';
import { anyId, historyRow } from '../support/answers';
import { currencyCases, memberCases, programCases } from '../support/common-cases';
import { hold, post } from '../support/settling-cases';
import { type Case, type Member, specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const path = '/loyalty/account/transactions';
const usual = { points_currency_eid: 'stars' };

const page = (data: unknown, total_count: number, next_from_id: unknown = null) => ({
  data,
  next_from_id,
  total_count,
});

const plain = {
  given: async (world: World) => void (await post(world, 'accrue', { amount: '5' })),
  answers: page([historyRow()], 1),
};

const redeemRow = (but: Json = {}) =>
  historyRow({
    transaction_type: 'redeem',
    balance_before: '20',
    balance_after: '15',
    activation_date: null,
    ...but,
  });
const first20 = historyRow({ amount: '20', balance_after: '20' });

const rows: Record<string, Case> = {
  'no transactions': { answers: page([], 0) },
  'one: still a list': plain,
  'all that an accrual can say, amounts without superfluous zeros': {
    given: async (world) => {
      await post(world, 'accrue', {
        amount: '100.10',
        promotion_id: 'gift',
        transaction_eid: `pos-${world.person.crm_id}`,
        created_at: '2024-01-01T00:00:00.500Z',
        activation_date: '2024-02-01T00:00:00Z',
        expiration_date: '2999-02-01T00:00:00Z',
        external_data: { till: 3, note: '<&>' },
      });
      return {};
    },
    answers: ({ crm_id }) =>
      page(
        [
          historyRow({
            transaction_eid: `pos-${crm_id}`,
            created_at: '2024-01-01T00:00:00.5Z',
            amount: '100.1',
            balance_after: '100.1',
            promo_iid: 2,
            promo_eid: 'gift',
            activation_date: '2024-02-01T00:00:00Z',
            expiration_date: '2999-02-01T00:00:00Z',
            custom_json: { note: '<&>', till: 3 },
          }),
        ],
        1,
      ),
  },
  'a temporary redemption, open': {
    given: async (world) => void (await hold(world)),
    answers: page([first20, redeemRow({ is_temp: true, temp_state: 'open' })], 2),
  },
  'a temporary redemption, committed': {
    given: async (world) => {
      await world.ask('/loyalty/commit_transaction', { transaction_id: await hold(world) });
      return {};
    },
    answers: page([first20, redeemRow({ is_temp: false, temp_state: 'committed' })], 2),
  },
  'a temporary redemption, cancelled': {
    given: async (world) => {
      await world.ask('/loyalty/cancel_transaction', { transaction_id: await hold(world) });
      return {};
    },
    answers: page([first20, redeemRow({ is_temp: true, temp_state: 'rolled_back', canceled: true })], 2),
  },
  'a temporary accrual, committed: the full transaction in its stead': {
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '1', is_temp: true });
      await post(world, 'accrue', { amount: '5' });
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      return {};
    },
    answers: page([historyRow(), historyRow({ amount: '1', balance_before: '5', balance_after: '6' })], 2),
  },
  'a redemption, cancelled, and its reversal': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '20' });
      const transaction_id = await post(world, 'redeem', { amount: '5' });
      await world.ask('/loyalty/cancel_transaction', { transaction_id });
      return {};
    },
    answers: page(
      [
        first20,
        redeemRow({ canceled: true }),
        redeemRow({ transaction_type: 'reversal', balance_before: '15', balance_after: '20' }),
      ],
      3,
    ),
  },
  'an initial balance': {
    program: 4,
    request: { points_currency_eid: 'coins' },
    answers: page(
      [
        historyRow({
          amount: '100',
          balance_after: '100',
          description: 'Initial balance',
          expiration_date: expect.stringMatching(/T23:59:59Z$/),
          source_type: 'system',
          source_sid: 'initial_balance',
        }),
      ],
      1,
    ),
  },
  'those of one currency alone': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '7', points_currency_eid: 'status' });
      return plain.given(world);
    },
    answers: plain.answers,
  },
  'those of one membership alone': {
    given: async (world) => {
      await plain.given(world);
      await world.ask('/loyalty/delete_member');
      await world.ask('/loyalty/register_member');
      return {};
    },
    answers: page([], 0),
  },
};

/** Accruals of 5, 6 and 7; answers their ids. */
async function three(world: Pick<World, 'ask'>): Promise<[string, string, string]> {
  return [
    await post(world, 'accrue', { amount: '5' }),
    await post(world, 'accrue', { amount: '6' }),
    await post(world, 'accrue', { amount: '7' }),
  ];
}

const [five, six, seven] = [
  historyRow(),
  historyRow({ amount: '6', balance_before: '5', balance_after: '11' }),
  historyRow({ amount: '7', balance_before: '11', balance_after: '18' }),
];

/** The next page begins after the last row of this one. */
const pointsToItsLastRow: NonNullable<Case['afterwards']> = async (_, _sent, { data, next_from_id }) => {
  expect(next_from_id).toBe(([data].flat() as Json[]).at(-1)?.transaction_id);
};

const paging: Record<string, Case> = {
  'all on one page, in the order they were posted': {
    given: async (world) => void (await three(world)),
    answers: page([five, six, seven], 3),
  },
  'in the order they were posted, whatever their business dates': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '5' });
      await post(world, 'accrue', { amount: '6', created_at: '2024-01-01T00:00:00Z' });
      return {};
    },
    answers: page([five, { ...six, created_at: '2024-01-01T00:00:00Z' }], 2),
  },
  'a first page': {
    given: async (world) => void (await three(world)),
    request: { limit: 2 },
    answers: page([five, six], 3, anyId),
    afterwards: pointsToItsLastRow,
  },
  'a page in the middle': {
    given: async (world) => ({ from_id: (await three(world))[0] }),
    request: { limit: 1 },
    answers: page([six], 3, anyId),
    afterwards: pointsToItsLastRow,
  },
  'the last page': {
    given: async (world) => ({ from_id: (await three(world))[1] }),
    request: { limit: 2 },
    answers: page([seven], 3),
  },
  'a page that is just full is the last': {
    given: async (world) => void (await three(world)),
    request: { limit: 3 },
    answers: page([five, six, seven], 3),
  },
  'after the last': {
    given: async (world) => ({ from_id: (await three(world))[2].toUpperCase() }),
    answers: page([], 3),
  },
  'after a temporary accrual that has been committed since': {
    given: async (world) => {
      const from_id = await post(world, 'accrue', { amount: '1', is_temp: true });
      await post(world, 'accrue', { amount: '5' });
      await world.ask('/loyalty/commit_transaction', { transaction_id: from_id });
      return { from_id };
    },
    answers: page([five, historyRow({ amount: '1', balance_before: '5', balance_after: '6' })], 2),
  },
  'a page of 20 unless told otherwise': {
    given: async (world) => void (await many(world, 101)),
    answers: page(expect.any(Array), 101, anyId),
    afterwards: async (world, sent, answer) => {
      expect(answer.data).toHaveLength(20);
      await pointsToItsLastRow(world, sent, answer);
    },
  },
  'a page of 100': {
    given: async (world) => void (await many(world, 101)),
    request: { limit: 100 },
    answers: page(expect.any(Array), 101, anyId),
    afterwards: async (world, sent, answer) => {
      expect(answer.data).toHaveLength(100);
      await pointsToItsLastRow(world, sent, answer);
    },
  },
};

async function many(world: Pick<World, 'ask'>, count: number): Promise<void> {
  await Promise.all(Array.from({ length: count }, () => post(world, 'accrue', { amount: '1' })));
}

const refused: Record<string, Case> = {
  'no currency': {
    request: { points_currency_eid: undefined },
    refuses: 'bad_request',
    text: 'points_currency_eid: is required, or points_currency_iid',
  },
  ...Object.fromEntries(
    [0, 101, -1].map((limit): [string, Case] => [
      `limit ${limit}`,
      {
        request: { limit },
        refuses: 'bad_request',
        text: `limit: expected an integer from 1 to 100, got ${limit}`,
      },
    ]),
  ),
  'limit all': {
    request: { limit: 'all' },
    refuses: 'bad_request',
    text: 'limit: expected an integer from 1 to 100, got "all"',
  },
  'from_id that is nobody knows what': {
    request: { from_id: 'the-first' },
    refuses: 'from_id_unknown',
    text: 'from_id: "the-first" is not a transaction of this account',
  },
  'from_id that is no transaction': {
    request: { from_id: '0195c0de-1111-7abc-8def-001122334455' },
    refuses: 'from_id_unknown',
  },
  'from_id of another member': {
    given: async ({ another }) => ({ from_id: await post(await another(), 'accrue', { amount: '5' }) }),
    refuses: 'from_id_unknown',
  },
  'from_id of another currency': {
    given: async (world) => ({
      from_id: await post(world, 'accrue', { amount: '5', points_currency_eid: 'status' }),
    }),
    refuses: 'from_id_unknown',
  },
  'a token for other things': {
    request: { token: 'stranger' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_read"',
  },
};

const service = specify(
  account.history,
  {
    ...rows,
    ...paging,
    ...refused,
    'a token that may only read': { ...plain, request: { token: 'reader' } },
    'a program that is switched off': {
      program: 2,
      request: { points_currency_eid: 'old' },
      answers: page([], 0),
    },
    'keys nobody knows': { ...plain, request: { amount: 'abc' } },
    ...programCases,
    ...memberCases(plain),
    ...currencyCases(plain),
  },
  usual,
);

test('pages miss and repeat nothing while rows are being written', async () => {
  const member = await service.another();
  await post(member, 'accrue', { amount: '1000' });
  let isWriting = true;
  const readers = [1, 2, 3].map((limit) => readPages(member, limit, () => isWriting));
  await Promise.all(Array.from({ length: 6 }, () => write(member)));
  isWriting = false;
  const { rows: posted } = await service.backend().pool.query(
    `select p.transaction_id as id
     from ledger.postings p join ledger.accounts a using (account_id) join ledger.members m using (member_id)
     where m.profile_id = $1 and p.type <> 'settlement' order by p.seq`,
    [member.person.profile_id],
  );
  const expected = posted.map(({ id }) => id);
  expect(expected).toHaveLength(1 + 6 * 5 * 5);
  for (const { seen, pagesMeanwhile } of await Promise.all(readers)) {
    expect(seen).toEqual(expected);
    expect(pagesMeanwhile).toBeGreaterThan(1);
  }
});

/** A client that writes one thing after another: 5 times 5 rows. */
async function write(member: Member): Promise<void> {
  for (let round = 0; round < 5; round += 1) {
    await post(member, 'accrue', { amount: '2' });
    const held = await post(member, 'redeem', { amount: '1', is_temp: true });
    const redeemed = await post(member, 'redeem', { amount: '1', transaction_eid: uuidv7() });
    await member.ask('/loyalty/cancel_transaction', { transaction_id: redeemed });
    await post(member, 'accrue', { amount: '1', activation_date: '2999-01-01T00:00:00Z' });
    await member.ask(`/loyalty/${round % 2 ? 'commit' : 'rollback'}_transaction`, { transaction_id: held });
  }
}

/** A client that reads page after page, and at the end waits for more as long as somebody writes. */
async function readPages(member: Member, limit: number, isWriting: () => boolean) {
  const seen: unknown[] = [];
  let pagesMeanwhile = 0;
  for (;;) {
    const wasWriting = isWriting();
    const from = seen.length > 0 ? { from_id: seen.at(-1) } : {};
    const { data, next_from_id } = await member.ask(path, { ...usual, limit, ...from });
    const rows = data as Json[];
    seen.push(...rows.map(({ transaction_id }) => transaction_id));
    if (wasWriting && rows.length > 0) pagesMeanwhile += 1;
    if (!wasWriting && next_from_id === null) return { seen, pagesMeanwhile };
  }
}
