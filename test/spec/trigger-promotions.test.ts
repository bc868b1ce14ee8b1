import { promotions } from '../../src/contract/promotions';
import { programCases } from '../support/common-cases';
import { type Case, specify } from '../support/spec';
import type { Json } from '../support/wire';

const rule = (iid: number, eid: string, amounts: Json = {}) => ({
  points_currency_iid: iid,
  points_currency_eid: eid,
  static_amount: null,
  min_amount: null,
  max_amount: null,
  ...amounts,
});

const spring = {
  id: 21,
  name: 'Spring',
  description: 'Flowers & <more>',
  external_id: 'spring',
  start_date: '2026-03-01T00:00:00Z',
  end_date: '2026-05-31T23:59:59Z',
  is_active: true,
  redeem_rules: [],
  accrual_rules: [rule(7, 'miles', { static_amount: '100.16', min_amount: '50', max_amount: '500' })],
};
const asleep = {
  id: 22,
  name: 'Asleep',
  description: '',
  external_id: 'asleep',
  start_date: null,
  end_date: null,
  is_active: false,
  redeem_rules: [],
  accrual_rules: [],
};
const trade = {
  id: 23,
  name: 'Trade',
  description: '',
  external_id: 'trade',
  start_date: '2026-01-01T00:00:00.5Z',
  end_date: null,
  is_active: true,
  redeem_rules: [rule(7, 'miles', { max_amount: '1000' })],
  accrual_rules: [rule(7, 'miles', { min_amount: '0.5' }), rule(8, 'rank')],
};

const within = rule(6, 'coins', { static_amount: '50', min_amount: '10', max_amount: '100' });
const boxed = {
  ...asleep,
  id: 11,
  name: 'Boxed',
  external_id: 'boxed',
  is_active: true,
  redeem_rules: [within],
  accrual_rules: [within],
};
const many = (n: number) => ({
  ...asleep,
  id: 100 + n,
  name: 'Many',
  external_id: `many-${n}`,
  is_active: true,
});

const page = (data: Json[], total_count: number, next_from_id: number | null = null) => ({
  data,
  next_from_id,
  total_count,
});

/** A page of program 5. */
const asks = (request: Json, answers: Json): Case => ({ program: 5, request, answers });

const outOfRange = Object.fromEntries(
  (
    [
      ['limit', 0, 'an integer from 1 to 100', /0/],
      ['limit', 101, 'an integer from 1 to 100', /101/],
      ['limit', -1, 'an integer from 1 to 100', /-1/],
      ['limit', 1.5, 'an integer from 1 to 100', /"?1\.5"?/],
      ['limit', 'all', 'an integer from 1 to 100', /"all"/],
      ['from_id', -1, 'an integer from 0 to 2147483647', /-1/],
      ['from_id', 'spring', 'an integer from 0 to 2147483647', /"spring"/],
      ['is_active', 'yes', 'true or false', /"yes"/],
      ['is_active', 1, 'true or false', /"?1"?/],
    ] as const
  ).map(([field, value, expected, got]): [string, Case] => [
    `${field} ${value}`,
    {
      request: { [field]: value },
      refuses: 'bad_request',
      text: new RegExp(`^${field}: expected ${expected}, got ${got.source}$`),
    },
  ]),
);

specify(promotions.triggers, {
  'all of a program, ascending by id': asks({}, page([spring, asleep, trade], 3)),
  'the active ones: by their switch, not their dates': asks({ is_active: true }, page([spring, trade], 2)),
  'the inactive ones': asks({ is_active: false }, page([asleep], 1)),
  'a first page': asks({ limit: 2 }, page([spring, asleep], 3, 22)),
  'the page after it, the last': asks({ limit: 2, from_id: 22 }, page([trade], 3)),
  'a page of one of the active ones': asks({ limit: 1, is_active: true }, page([spring], 2, 21)),
  'a page that is just full is the last': asks({ limit: 3 }, page([spring, asleep, trade], 3)),
  'from an id that is none': asks({ from_id: 2 }, page([spring, asleep, trade], 3)),
  'from id 0': asks({ from_id: 0, limit: 100 }, page([spring, asleep, trade], 3)),
  'after the last': asks({ from_id: 23 }, page([], 3)),
  'of a program without promotions, switched off': { program: 2, answers: page([], 0) },
  'a page of 20 unless told otherwise': {
    given: async ({ backend, ask }) => {
      await backend.pool.query(
        `insert into catalog.promotions (id, program_id, external_id, name)
         select 100 + n, 4, 'many-' || n, 'Many' from generate_series(1, 25) n on conflict do nothing`,
      );
      let total: unknown;
      while (total !== 26) total = (await ask('/loyalty/trigger_promotions')).total_count;
      return {};
    },
    program: 4,
    answers: page([boxed, ...Array.from({ length: 19 }, (_, n) => many(n + 1))], 26, 119),
  },
  'a token that may only read': { ...asks({ token: 'reader', limit: 1 }, page([spring], 3, 21)) },
  'a token for other things': {
    request: { token: 'stranger' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_read"',
  },
  'keys nobody knows': asks({ matching: 'none', limit: 1 }, page([spring], 3, 21)),
  ...outOfRange,
  ...programCases,
});
