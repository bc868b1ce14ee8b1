import { uuidv7 } from 'uuidv7';
import { points } from '../../src/contract/points';
import { balanceOf, historyOf, historyRow, posted } from '../support/answers';
import { holdUpUntilTimeout, postingCases, reusedKeyCases, switchOff } from '../support/posting-cases';
import { type Case, specify, type World } from '../support/spec';
import { type Json, Verbatim } from '../support/wire';

const path = '/loyalty/redeeme_points';

/** So many points to spend; answers nothing to merge into the request. */
const having =
  (amount: string, more: Json = {}) =>
  async ({ ask }: Pick<World, 'ask'>) =>
    void (await ask('/loyalty/accrue_points', { amount, ...more }));

const plain = { given: having('20'), answers: posted('20.00', '15.00') };

/** The row that a redemption of 5 from 20 leaves. */
const row = (but: Json = {}) =>
  historyRow({
    transaction_type: 'redeem',
    balance_before: '20',
    balance_after: '15',
    activation_date: null,
    ...but,
  });

/** A success that leaves this row, the second of the account. */
function writes(but: Json, request: Case['request'] = {}): Case {
  return {
    ...plain,
    request,
    afterwards: async (world) => expect((await historyOf(world)).slice(1)).toEqual([row(but)]),
  };
}

const amounts = {
  'the case of the page: 500.00 less 100.50': {
    given: having('500.00'),
    request: { points_currency_eid: 'stars', amount: '100.50' },
    answers: posted('500.00', '399.50'),
  },
  'to the last point': {
    given: having('5'),
    answers: posted('5.00', '0.00'),
    afterwards: async (world) => expect(await balanceOf(world)).toBe('0.00 of 0.00'),
  },
  'more than there is': {
    given: having('4.99'),
    refuses: 'insufficient_points',
    text: 'Insufficient active points',
  },
  'from an account without points': { refuses: 'insufficient_points', text: 'Insufficient active points' },
  'an amount that is the number 2.50': {
    ...plain,
    request: { amount: new Verbatim('2.50') },
    only: 'json',
    answers: posted('20.00', '17.50'),
  },
  'an amount of 20 digits and the decimals of the currency': {
    given: having('99999999999999999999.99'),
    request: { amount: '99999999999999999999.98' },
    answers: posted('99999999999999999999.99', '0.01'),
  },
  'in a currency without decimals': {
    program: 4,
    request: { amount: '40' },
    answers: posted('100', '60'),
  },
  'points of a qualification currency': {
    given: having('20', { points_currency_eid: 'status' }),
    request: { points_currency_eid: 'status' },
    refuses: 'currency_not_redeemable',
    text: 'Points currency "status" is a qualification currency: it cannot be redeemed',
  },
} satisfies Record<string, Case>;

const lots = {
  'points that lapse first are taken first': {
    given: async (world) => {
      await having('10')(world);
      await having('10', { expiration_date: '2999-02-01T00:00:00Z' })(world);
      await having('10', { expiration_date: '2999-01-01T00:00:00Z' })(world);
      return { amount: '15' };
    },
    answers: posted('30.00', '15.00'),
    afterwards: async ({ ask }) => {
      const lapsing = await ask('/loyalty/account/expiring_points', {
        points_currency_eid: 'stars',
        date_from: '2999-01-01T00:00:00Z',
        date_to: '2999-12-31T00:00:00Z',
      });
      expect(lapsing.data).toEqual({ expiring_points: '5.00' });
    },
  },
  'points not active yet': {
    given: having('20', { activation_date: '2999-01-01T00:00:00Z' }),
    refuses: 'insufficient_points',
  },
  'points that have lapsed': {
    given: having('20', {
      activation_date: '2024-01-01T00:00:00Z',
      expiration_date: '2024-01-02T00:00:00Z',
    }),
    refuses: 'insufficient_points',
  },
  'points of an open temporary accrual': {
    given: having('20', { is_temp: true }),
    refuses: 'insufficient_points',
  },
  'points that a temporary redemption has reserved': {
    given: async (world) => {
      await having('20')(world);
      await world.ask(path, { amount: '15.01', is_temp: true });
      return {};
    },
    refuses: 'insufficient_points',
  },
} satisfies Record<string, Case>;

const byPromotion = {
  'by a promotion': writes({ promo_iid: 2, promo_eid: 'gift' }, { promotion_id: 'gift' }),
  'by a promotion, named by its id': writes({ promo_iid: 2, promo_eid: 'gift' }, { promotion_id: '2' }),
  'by a promotion, at its static amount': {
    given: having('100'),
    request: { promotion_id: 'welcome', amount: '50.00' },
    answers: posted('100.00', '50.00'),
  },
  'another amount than the static one, in bounds mode': {
    program: 4,
    request: { promotion_id: 'boxed', amount: '20' },
    answers: posted('100', '80'),
  },
  'a promotion without a rule for redemptions': {
    request: { promotion_id: 'both' },
    refuses: 'promotion_rule_not_found',
    text: 'Promotion "both" has no redeem rule for points currency "stars"',
  },
} satisfies Record<string, Case>;

const temporary = {
  'temporary: reserved at once, the total untouched': {
    given: having('25.50'),
    request: { amount: '10.25', is_temp: true, temp_timeout_sec: 900 },
    answers: posted('25.50', '15.25'),
    afterwards: async (world) => {
      expect(await balanceOf(world)).toBe('15.25 of 25.50');
      const written = row({
        amount: '10.25',
        balance_before: '25.5',
        balance_after: '15.25',
        is_temp: true,
        temp_state: 'open',
      });
      expect((await historyOf(world)).slice(1)).toEqual([written]);
    },
  },
  'temporary, for as long as the program allows': {
    ...plain,
    request: { is_temp: true, temp_timeout_sec: 100_000 },
  },
  'temporary, with more than there is': {
    given: having('4.99'),
    request: { is_temp: true },
    refuses: 'insufficient_points',
    text: 'Insufficient active points',
  },
  'is_temp=false: as if it were not there': { ...plain, request: { is_temp: false } },
  'a temporary redemption that timed out before it was written': {
    given: async (world) => {
      await having('20')(world);
      return holdUpUntilTimeout(world);
    },
    refuses: 'request_expired',
    text: 'The request waited too long and was not carried out: repeat it with the same transaction_eid',
  },
} satisfies Record<string, Case>;

/** Takes once what the case asks for again; `again` is the same content, differently written or not. */
function repeats(first: Json, again: Json = {}): Case {
  return {
    given: async (world) => {
      await having('20')(world);
      const body = { amount: '5', ...first, transaction_eid: uuidv7() };
      await world.ask(path, body);
      await world.ask(path, { amount: '15' });
      return { ...body, ...again };
    },
    answers: posted('20.00', '15.00'),
    afterwards: async (world, _, { data }) => {
      const [, redeemed, ...others] = await historyOf(world);
      expect(redeemed?.transaction_id).toBe((data as Json).transaction_id);
      expect(others).toHaveLength(1);
    },
  };
}

const idempotent = {
  'the same transaction_eid again, with nothing left: the first answer': repeats({}),
  'the same transaction_eid of a temporary redemption again': repeats({ is_temp: true }),
  'the same transaction_eid, and the same content differently written': repeats(
    { promotion_id: 'gift', created_at: '2024-01-01T00:00:00Z', external_data: { a: 1, b: 2 } },
    {
      amount: '5.0',
      promotion_id: '2',
      points_currency_iid: 1,
      created_at: '2024-01-01T01:00:00+01:00',
      external_data: { b: 2, a: 1 },
      is_temp: false,
    },
  ),
  ...reusedKeyCases(path, having('20')),
  'the same transaction_eid for another person': {
    given: async ({ another }) => {
      const other = await another();
      await having('20')(other);
      const body = { transaction_eid: uuidv7(), amount: '5' };
      await other.ask(path, body);
      return body;
    },
    refuses: 'eid_reused',
  },
  'the transaction_eid of an accrual': {
    given: async ({ ask }) => {
      const body = { amount: '5', transaction_eid: uuidv7() };
      await ask('/loyalty/accrue_points', body);
      return body;
    },
    refuses: 'eid_reused',
  },
  'the transaction_eid of a refused redemption is free': {
    given: async (world) => {
      const body = { transaction_eid: uuidv7(), amount: '5' };
      await expect(world.ask(path, body)).rejects.toThrow('422');
      await having('20')(world);
      return body;
    },
    answers: posted('20.00', '15.00'),
  },
  'the same transaction_eid after its promotion was switched off': {
    given: async (world) => {
      await having('20')(world);
      const promotion = `brief-${world.format}`;
      const body = { promotion_id: promotion, transaction_eid: uuidv7() };
      await world.ask(path, { ...body, amount: '5' });
      await world.ask(path, { amount: '1' });
      await switchOff(world.backend, promotion, world.ask);
      return body;
    },
    answers: posted('20.00', '15.00'),
  },
} satisfies Record<string, Case>;

const service = specify(
  points.redeem,
  {
    'a row of the history': writes({}),
    'a business date, and data of the caller': writes(
      { created_at: '2023-12-31T23:00:00Z', custom_json: { till: 3 }, transaction_eid: null },
      { created_at: '2024-01-01T00:00:00+01:00', external_data: { till: 3 } },
    ),
    'the dates of accruals, which mean nothing here': {
      ...plain,
      request: { activation_date: 'never', expiration_date: '2024-01-01T00:00:00Z' },
    },
    ...amounts,
    ...lots,
    ...byPromotion,
    ...temporary,
    ...idempotent,
    ...postingCases(plain),
  },
  { amount: '5' },
);

test('fifty at once never take more than there is', async () => {
  const member = await service.another();
  await having('100')(member);
  const answers = await Promise.all(
    Array.from({ length: 50 }, (_, n) => member.try(path, { amount: '7.5', is_temp: n % 5 === 0 })),
  );
  const errors = answers.map(({ error }) => error).sort();
  expect(errors).toEqual([...Array(13).fill(0), ...Array(37).fill(422)]);
  expect(await balanceOf(member)).toMatch(/^2\.50 of /);
});

test.each([false, true])(
  'the same transaction_eid twenty times at once, is_temp=%s: one row',
  async (is_temp) => {
    const member = await service.another();
    await having('20')(member);
    const body = { amount: '5', is_temp, transaction_eid: uuidv7() };
    const [first, ...others] = await Promise.all(Array.from({ length: 20 }, () => member.ask(path, body)));
    expect(first).toMatchObject(posted('20.00', '15.00'));
    for (const other of others) expect(other).toEqual(first);
    expect(await historyOf(member)).toHaveLength(2);
  },
);
