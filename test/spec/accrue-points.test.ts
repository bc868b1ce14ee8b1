import { uuidv7 } from 'uuidv7';
import { points } from '../../src/contract/points';
import { balanceOf, historyOf, historyRow, posted } from '../support/answers';
import { noTime } from '../support/common-cases';
import {
  holdUpUntilTimeout,
  plainAccrual,
  postingCases,
  reusedKeyCases,
  switchOff,
} from '../support/posting-cases';
import { type Case, specify } from '../support/spec';
import { type Json, Verbatim } from '../support/wire';

const path = '/loyalty/accrue_points';

/** A success whose row in the history, the first of the account, is this. */
function writes(row: Json, request: Case['request'] = {}, answers = posted('0.00', '5.00')): Case {
  return {
    request,
    answers,
    afterwards: async (world) => expect(await historyOf(world)).toEqual([historyRow(row)]),
  };
}

const amounts = Object.fromEntries(
  Object.entries({
    '100.50': '100.50',
    '7': '7.00',
    '0.01': '0.01',
    '1.5000': '1.50',
    '12345678901234567890.12': '12345678901234567890.12',
  }).flatMap(([amount, after]): [string, Case][] => [
    [`an amount "${amount}"`, { request: { amount }, answers: posted('0.00', after) }],
    [
      `an amount that is the number ${amount}`,
      { request: { amount: new Verbatim(amount) }, only: 'json', answers: posted('0.00', after) },
    ],
  ]),
);

const zeros: Case = { request: { amount: '0007.5' }, answers: posted('0.00', '7.50') };

const byPromotion = {
  'by a promotion, at its static amount': writes(
    {
      amount: '50',
      balance_after: '50',
      promo_iid: 1,
      promo_eid: 'welcome',
    },
    { promotion_id: 'welcome', amount: '50' },
    posted('0.00', '50.00'),
  ),
  'by a promotion, named by its id': writes({ promo_iid: 2, promo_eid: 'gift' }, { promotion_id: '2' }),
  'by a promotion whose external id is the id of another': writes(
    { promo_iid: 9, promo_eid: '10' },
    { promotion_id: '10' },
  ),
  'the least a promotion moves': {
    request: { promotion_id: 'gift', amount: '1' },
    answers: posted('0.00', '1.00'),
  },
  'the most a promotion moves': {
    request: { promotion_id: 'gift', amount: '1000' },
    answers: posted('0.00', '1000.00'),
  },
  'anything up to the maximum without a minimum': {
    request: { promotion_id: 'cap', amount: '0.01' },
    answers: posted('0.00', '0.01'),
  },
  'anything from the minimum without a maximum': {
    request: { promotion_id: 'ranks', amount: '1000000' },
    answers: posted('0.00', '1000000.00'),
  },
  'less than the minimum of a promotion without maximum': {
    request: { promotion_id: 'ranks', amount: '4.99' },
    refuses: 'amount_outside_rule',
    text: 'amount: 4.99 is outside the rule of promotion "ranks" (at least 5.00)',
  },
  'another amount than the static one, in bounds mode': {
    program: 4,
    request: { promotion_id: 'boxed', amount: '20' },
    answers: posted('100', '120'),
  },
  'a promotion without a rule for the currency': {
    request: { promotion_id: 'ranks', points_currency_eid: 'stars' },
    refuses: 'promotion_rule_not_found',
    text: 'Promotion "ranks" has no accrual rule for points currency "stars"',
  },
  'no currency: the only one of the promotion': {
    request: { promotion_id: 'ranks' },
    answers: posted('0.00', '5.00'),
    afterwards: async ({ ask }) => expect(await balanceOf({ ask }, 'status')).toBe('5.00 of 5.00'),
  },
  'no currency, and a promotion with two: the only standard one of the program': {
    request: { promotion_id: 'both' },
    answers: posted('0.00', '5.00'),
    afterwards: async ({ ask }) => expect(await balanceOf({ ask })).toBe('5.00 of 5.00'),
  },
} satisfies Record<string, Case>;

const dated = {
  'a business date with an offset': writes(
    { created_at: '2023-12-31T22:30:00.25Z' },
    { created_at: '2024-01-01T01:30:00.250+03:00' },
  ),
  'points to be active later': {
    request: { activation_date: '2999-01-01T00:00:00Z' },
    answers: posted('0.00', '0.00'),
    afterwards: async ({ ask }) => {
      expect(await balanceOf({ ask })).toBe('0.00 of 5.00');
      const row = { balance_after: '0', activation_date: '2999-01-01T00:00:00Z' };
      expect(await historyOf({ ask })).toEqual([historyRow(row)]);
    },
  },
  'points active at once that lapse': writes(
    { expiration_date: '2999-01-01T00:00:00Z' },
    { expiration_date: '2999-01-01T01:00:00+01:00' },
  ),
  'points that lapse before they are active': {
    request: { activation_date: '2999-01-02T00:00:00Z', expiration_date: '2999-01-01T00:00:00Z' },
    refuses: 'bad_request',
    text: /^expiration_date: expected a time after activation_date 2999-01-02T00:00:00Z, got 2999-01-01T/,
  },
  'points that lapse the moment they become active': {
    request: { activation_date: '2999-01-01T00:00:00Z', expiration_date: '2999-01-01T01:00:00+01:00' },
    refuses: 'bad_request',
    text: /^expiration_date: expected a time after activation_date 2999-01-01T00:00:00Z, got 2999-01-01T/,
  },
  'points active at once that have lapsed': {
    request: { expiration_date: '2024-01-01T00:00:00Z' },
    refuses: 'bad_request',
    text: 'expiration_date: expected a time in the future, got 2024-01-01T00:00:00Z',
  },
  'an activation_date that is none': {
    request: { activation_date: '2027-02-29T00:00:00Z' },
    refuses: 'bad_request',
    text: noTime('activation_date', '2027-02-29T00:00:00Z'),
  },
  'an expiration_date that is none': {
    request: { expiration_date: 'never' },
    refuses: 'bad_request',
    text: noTime('expiration_date', 'never'),
  },
  'no expiration_date in a currency that lapses after 12 months': {
    program: 4,
    answers: posted('100', '105'),
    afterwards: async (world) => {
      const [, row] = await historyOf(world, 'coins');
      const inAYear = new Date(String(row?.created_at));
      inAYear.setUTCFullYear(inAYear.getUTCFullYear() + 1);
      expect(row?.expiration_date).toBe(`${inAYear.toISOString().slice(0, 10)}T23:59:59Z`);
    },
  },
  'an expiration_date that overrides the one of the currency': {
    program: 4,
    request: { expiration_date: '2999-01-01T00:00:00Z' },
    answers: posted('100', '105'),
    afterwards: async (world) => {
      const [, row] = await historyOf(world, 'coins');
      expect(row?.expiration_date).toBe('2999-01-01T00:00:00Z');
    },
  },
} satisfies Record<string, Case>;

const temporary = {
  'temporary: in neither balance, without a lot': {
    request: { is_temp: true, temp_timeout_sec: 900 },
    answers: posted('0.00', '0.00'),
    afterwards: async (world) => {
      expect(await balanceOf(world)).toBe('0.00 of 0.00');
      const row = { balance_after: '0', activation_date: null, is_temp: true, temp_state: 'open' };
      expect(await historyOf(world)).toEqual([historyRow(row)]);
      const lots = await world.backend.pool.query(
        `select from ledger.lots
         join ledger.accounts using (account_id) join ledger.members m using (member_id)
         where m.profile_id = $1`,
        [world.person.profile_id],
      );
      expect(lots.rowCount).toBe(0);
    },
  },
  'temporary, for as long as the program says': {
    request: () => ({ is_temp: true, transaction_eid: uuidv7() }),
    answers: posted('0.00', '0.00'),
    afterwards: async ({ backend }, { transaction_eid }) => {
      const { rows } = await backend.pool.query(
        `select temp_until - now() between interval '23h' and interval '24h' as is_a_day
         from ledger.holds join ledger.postings using (account_id, transaction_id)
         where transaction_eid = $1`,
        [transaction_eid],
      );
      expect(rows).toEqual([{ is_a_day: true }]);
    },
  },
  'temporary, for as long as the program allows': {
    request: { is_temp: true, temp_timeout_sec: 100_000 },
    answers: posted('0.00', '0.00'),
  },
  'is_temp=false: as if it were not there': { request: { is_temp: false }, ...plainAccrual },
  'a temporary accrual that timed out before it was written': {
    given: holdUpUntilTimeout,
    refuses: 'request_expired',
    text: 'The request waited too long and was not carried out: repeat it with the same transaction_eid',
  },
} satisfies Record<string, Case>;

/** Posts once what the case asks for again; `again` is the same content, differently written or not. */
function repeats(first: Json, again: Json = {}): Case {
  return {
    given: async ({ ask }) => {
      const body = { ...first, transaction_eid: uuidv7() };
      await ask(path, body);
      await ask(path, { amount: '1' });
      return { ...body, ...again };
    },
    answers: posted('0.00', first.is_temp ? '0.00' : '20.00'),
    afterwards: async (world, _, { data }) => {
      const [row, ...others] = await historyOf(world);
      expect(row?.transaction_id).toBe((data as Json).transaction_id);
      expect(others).toHaveLength(1);
    },
  };
}

const idempotent = {
  'the same transaction_eid again: the first answer': repeats({ amount: '20' }),
  'the same transaction_eid of a temporary accrual again': repeats({ amount: '20', is_temp: true }),
  'the same transaction_eid, and the same content differently written': repeats(
    {
      amount: '20',
      points_currency_eid: 'stars',
      promotion_id: 'gift',
      created_at: '2024-01-01T00:00:00Z',
      external_data: { a: 1, b: { c: 2, d: [3] } },
    },
    {
      amount: '020.00',
      points_currency_eid: undefined,
      points_currency_iid: 1,
      promotion_id: '2',
      created_at: '2024-01-01T03:00:00.000+03:00',
      external_data: { b: { d: [3], c: 2 }, a: 1 },
      is_temp: false,
    },
  ),
  'the same transaction_eid, and the same person found another way': {
    ...repeats({ amount: '20' }),
    request: ({ phone }) => ({ matching: 'phone', phone }),
  },
  'the same transaction_eid in another program': {
    given: async ({ another }) => {
      const transaction_eid = uuidv7();
      await (await another(4)).ask(path, { amount: '1', transaction_eid });
      return { transaction_eid };
    },
    answers: posted('0.00', '5.00'),
  },
  ...reusedKeyCases(path),
  'the same transaction_eid with another currency': {
    given: async ({ ask }) => {
      const body = { transaction_eid: uuidv7(), amount: '5' };
      await ask(path, body);
      return { ...body, points_currency_eid: 'status' };
    },
    refuses: 'eid_reused',
  },
  'the same transaction_eid for another person': {
    given: async ({ another }) => {
      const body = { transaction_eid: uuidv7(), amount: '5' };
      await (await another()).ask(path, body);
      return body;
    },
    refuses: 'eid_reused',
  },
  'the transaction_eid of a redemption': {
    given: async ({ ask }) => {
      const body = { transaction_eid: uuidv7(), amount: '5' };
      await ask(path, { amount: '5' });
      await ask('/loyalty/redeeme_points', body);
      return body;
    },
    refuses: 'eid_reused',
  },
  'the same transaction_eid after its promotion was switched off': {
    given: async ({ backend, ask, format }) => {
      const promotion = `brief-${format}`;
      const body = { promotion_id: promotion, transaction_eid: uuidv7() };
      await ask(path, { ...body, amount: '5' });
      await ask(path, { amount: '1' });
      await switchOff(backend, promotion, ask);
      return body;
    },
    answers: posted('0.00', '5.00'),
  },
  'a transaction_eid of digits stays text': {
    request: ({ card }) => ({ transaction_eid: `00${card}` }),
    answers: posted('0.00', '5.00'),
    afterwards: async (world, { transaction_eid }) => {
      expect(await historyOf(world)).toEqual([historyRow({ transaction_eid })]);
    },
  },
  'a transaction_eid of 255 characters': {
    request: () => ({ transaction_eid: `é${'x'.repeat(218)}${uuidv7()}` }),
    answers: posted('0.00', '5.00'),
    afterwards: async (world, { transaction_eid }) => {
      expect(await historyOf(world)).toEqual([historyRow({ transaction_eid })]);
    },
  },
} satisfies Record<string, Case>;

const externalData = {
  'external_data: custom_json in the history': writes(
    { custom_json: { b: null, till: 3, note: 'a < b & "c"', lines: [{ sku: 'é' }] } },
    { external_data: { b: null, till: 3, note: 'a < b & "c"', lines: [{ sku: 'é' }] } },
  ),
  'external_data that is empty': writes({ custom_json: {} }, { external_data: {} }),
  'external_data of elements': {
    ...writes(
      { custom_json: { till: '3', tags: ['a', 'b'], shop: { name: 'x', floor: null } } },
      {
        external_data: new Verbatim(
          '<till>3</till><tags>a</tags><tags>b</tags><shop><name>x</name><floor/></shop>',
        ),
      },
    ),
    only: 'xml',
  },
  'external_data of elements, with a list of one': {
    ...writes(
      { custom_json: { tags: ['a'] } },
      { external_data: new Verbatim('<tags array="true">a</tags>') },
    ),
    only: 'xml',
  },
  'external_data of 64 KiB': {
    request: { external_data: { note: 'x'.repeat(65_525) } },
    answers: posted('0.00', '5.00'),
  },
} satisfies Record<string, Case>;

specify(
  points.accrue,
  {
    'plain: balances before and after': {
      given: async ({ ask }) => void (await ask(path, { amount: '100.5' })),
      answers: posted('100.50', '105.50'),
    },
    'plain: a row without promotion': writes({}),
    'points of a qualification currency': {
      request: { points_currency_eid: 'status' },
      answers: posted('0.00', '5.00'),
    },
    ...amounts,
    'an amount with zeros before it': zeros,
    ...byPromotion,
    ...dated,
    ...temporary,
    ...idempotent,
    ...externalData,
    ...postingCases(plainAccrual),
  },
  { amount: '5' },
);
