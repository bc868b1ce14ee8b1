import { type AdminBench, openAdmin, type Step, time, times } from '../support/admin';
import { type Json, send } from '../support/wire';

let bench: AdminBench;
const play = (title: string, steps: Step[]) => test(title, () => bench.play(steps));

beforeAll(async () => {
  bench = await openAdmin();
});

afterAll(() => bench.close());

const customers = { id: 1, name: 'Customers', email_is_unique: true, ...times };
const guests = { id: 2, name: 'Guests', email_is_unique: false, ...times };

play('databases', [
  ['POST /databases', { name: 'Customers' }, 201, customers],
  ['POST /databases', { name: 'Guests', email_is_unique: false }, 201, guests],
  ['POST /databases', {}, 400, 'name: is required'],
  [
    'POST /databases',
    { name: '', email_is_unique: 'yes' },
    400,
    'name: expected text of 1 to 255 characters, got ""; email_is_unique: expected true or false, got "yes"',
  ],
  ['GET /databases', undefined, 200, { items: [customers, guests], next_after: null }],
  ['GET /databases?limit=1', undefined, 200, { items: [customers], next_after: 1 }],
  ['GET /databases?limit=1&after=1', undefined, 200, { items: [guests], next_after: null }],
  ['GET /databases?after=x', undefined, 400, 'after: expected an integer from 0 to 2147483647, got "x"'],
  ['GET /databases/1', undefined, 200, customers],
  ['GET /databases/9', undefined, 404, 'Profile database 9 not found'],
  ['GET /databases/x', undefined, 400, 'id: expected an integer from 1 to 2147483647, got "x"'],
  ['PATCH /databases/1', { name: 'People' }, 200, { ...customers, name: 'People' }],
  ['PATCH /databases/1', {}, 200, { ...customers, name: 'People' }],
  ['PATCH /databases/1', { name: null }, 400, 'name: is required'],
  ['PATCH /databases/9', { name: 'People' }, 404, 'Profile database 9 not found'],
  ['DELETE /databases/2', undefined, 200, guests],
  ['DELETE /databases/2', undefined, 404, 'Profile database 2 not found'],
  ['PUT /databases/1', {}, 405, 'Method PUT is not allowed here: use GET or PATCH or DELETE'],
]);

const field = (name: string, type: string, more: Json = {}) => ({
  database_id: 1,
  name,
  title: '',
  type,
  is_required: false,
  is_unique: false,
  enum_values: null,
  ...more,
});

play('custom fields', [
  [
    'POST /databases/1/fields',
    { name: 'crm_id', type: 'string', is_unique: true },
    201,
    field('crm_id', 'string', { is_unique: true }),
  ],
  [
    'POST /databases/1/fields',
    { name: 'size', type: 'enum', enum_values: ['S', 'M'] },
    201,
    field('size', 'enum', { enum_values: ['S', 'M'] }),
  ],
  [
    'POST /databases/1/fields',
    { name: 'crm_id', type: 'int' },
    409,
    'name: the database has a field "crm_id" already',
  ],
  ['POST /databases/9/fields', { name: 'crm_id', type: 'int' }, 404, 'Profile database 9 not found'],
  [
    'POST /databases/1/fields',
    { name: '_x', type: 'int' },
    400,
    'name: expected a letter, then at most 63 letters, digits or _, got "_x"',
  ],
  [
    'POST /databases/1/fields',
    { name: 'email', type: 'string' },
    400,
    'name: "email" means something else in a profile: choose another name',
  ],
  [
    'POST /databases/1/fields',
    { name: 'x', type: 'text' },
    400,
    'type: expected one of "string", "int", "float", "bool", "date", "datetime", "enum", "tags", ' +
      '"ip", got "text"',
  ],
  [
    'POST /databases/1/fields',
    { name: 'x', type: 'enum' },
    400,
    'enum_values: is required when type is "enum"',
  ],
  [
    'POST /databases/1/fields',
    { name: 'x', type: 'enum', enum_values: ['a', 'a'] },
    400,
    'enum_values: expected values that differ from each other',
  ],
  [
    'POST /databases/1/fields',
    { name: 'x', type: 'int', enum_values: ['a'] },
    400,
    'enum_values: only fields of type "enum" have them',
  ],
  [
    'GET /databases/1/fields',
    undefined,
    200,
    {
      items: [
        field('crm_id', 'string', { is_unique: true }),
        field('size', 'enum', { enum_values: ['S', 'M'] }),
      ],
      next_after: null,
    },
  ],
  [
    'GET /databases/1/fields?limit=1',
    undefined,
    200,
    { items: [field('crm_id', 'string', { is_unique: true })], next_after: 'crm_id' },
  ],
  [
    'GET /databases/1/fields?limit=1&after=crm_id',
    undefined,
    200,
    { items: [field('size', 'enum', { enum_values: ['S', 'M'] })], next_after: null },
  ],
  ['GET /databases/9/fields', undefined, 404, 'Profile database 9 not found'],
  ['GET /databases/1/fields/size', undefined, 200, field('size', 'enum', { enum_values: ['S', 'M'] })],
  ['GET /databases/1/fields/x', undefined, 404, 'Custom field x not found'],
  [
    'PATCH /databases/1/fields/size',
    { title: 'Size', enum_values: ['M', 'S', 'L'] },
    200,
    field('size', 'enum', { title: 'Size', enum_values: ['M', 'S', 'L'] }),
  ],
  [
    'PATCH /databases/1/fields/size',
    { type: 'tags', enum_values: null },
    200,
    field('size', 'tags', { title: 'Size' }),
  ],
  ['PATCH /databases/1/fields/size', { type: 'enum' }, 400, 'enum_values: is required when type is "enum"'],
  ['PATCH /databases/1/fields/x', { title: 'X' }, 404, 'Custom field x not found'],
  ['DELETE /databases/1/fields/size', undefined, 200, field('size', 'tags', { title: 'Size' })],
  ['DELETE /databases/1/fields/size', undefined, 404, 'Custom field size not found'],
]);

const demo = {
  id: 1,
  external_id: 'demo',
  name: 'Demo',
  description: '',
  database_id: 1,
  is_active: true,
  timezone: 'UTC',
  temp_default_timeout_sec: 86_400,
  temp_max_timeout_sec: 2_592_000,
  allow_negative_balance: false,
  regrant_initial_balance: false,
  rule_mode: 'strict',
  participation: 'manual',
  segment_id: null,
  arbitration: { discounts: 'best', points: 'stack', discount_with_points: true },
  order_points: null,
  ...times,
};
const other = { ...demo, id: 2, external_id: 'other', name: 'Other', is_active: false };

play('programs', [
  ['POST /programs', { external_id: 'demo', name: 'Demo', database_id: 1 }, 201, demo],
  [
    'POST /programs',
    { external_id: 'other', name: 'Other', database_id: 1 },
    409,
    'is_active: profile database 1 has an active program already: 1 ("demo")',
  ],
  ['POST /programs', { external_id: 'other', name: 'Other', database_id: 1, is_active: false }, 201, other],
  [
    'POST /programs',
    { external_id: 'demo', name: 'Demo', database_id: 1, is_active: false },
    409,
    'external_id: program 1 has it already',
  ],
  [
    'POST /programs',
    { external_id: 'x', name: 'X', database_id: 9 },
    400,
    'database_id: profile database 9 does not exist',
  ],
  [
    'POST /programs',
    { external_id: 'x', name: 'X', database_id: 1, is_active: false, timezone: '+03:00' },
    400,
    'timezone: expected a name such as "Europe/Berlin", got "+03:00"',
  ],
  [
    'POST /programs',
    { external_id: 'x', name: 'X', database_id: 1, is_active: false, temp_max_timeout_sec: 60 },
    400,
    'temp_max_timeout_sec: expected at least temp_default_timeout_sec, which is 86400',
  ],
  ['GET /programs', undefined, 200, { items: [demo, other], next_after: null }],
  ['GET /programs/2', undefined, 200, other],
  ['GET /programs/9', undefined, 404, 'Loyalty program 9 not found'],
  [
    'PATCH /programs/2',
    { is_active: true },
    409,
    'is_active: profile database 1 has an active program already: 1 ("demo")',
  ],
  [
    'PATCH /programs/2',
    { database_id: 7 },
    409,
    'database_id: cannot change: the program has profile database 1 for good',
  ],
  ['PATCH /programs/2', { external_id: 'demo' }, 409, 'external_id: program 1 has it already'],
  [
    'PATCH /programs/2',
    { timezone: 'Mars/Olympus' },
    400,
    'timezone: expected a name such as "Europe/Berlin", got "Mars/Olympus"',
  ],
  ['PATCH /programs/9', { name: 'X' }, 404, 'Loyalty program 9 not found'],
  [
    'PATCH /programs/1',
    { timezone: 'Europe/Berlin', rule_mode: 'bounds', database_id: 1 },
    200,
    { ...demo, timezone: 'Europe/Berlin', rule_mode: 'bounds' },
  ],
  ['PATCH /programs/1', { timezone: 'UTC', rule_mode: 'strict' }, 200, demo],
  [
    'PATCH /programs/1',
    { order_points: { activated_by: ['delivered', 'lost'] } },
    400,
    'order_points.activated_by[1]: the market has no order status "lost"',
  ],
  [
    'PATCH /programs/1',
    { order_points: { canceled_by: ['lost'] } },
    400,
    'order_points.canceled_by[0]: the market has no order status "lost"',
  ],
  [
    'PATCH /programs/1',
    { order_points: { activated_by: ['paid'], canceled_by: ['canceled', 'paid'] } },
    400,
    'order_points.canceled_by[1]: a status cannot both activate and cancel points',
  ],
  [
    'PATCH /programs/1',
    { order_points: { activated_by: ['delivered'] } },
    200,
    { ...demo, order_points: { activated_by: ['delivered'], canceled_by: [], refunded_lines: false } },
  ],
  ['DELETE /market/order-statuses/delivered', undefined, 409, 'program 1 ("demo") names it in order_points'],
  [
    'PATCH /programs/1',
    { order_points: { canceled_by: ['canceled'] } },
    200,
    { ...demo, order_points: { activated_by: null, canceled_by: ['canceled'], refunded_lines: false } },
  ],
  ['DELETE /market/order-statuses/canceled', undefined, 409, 'program 1 ("demo") names it in order_points'],
  ['PATCH /programs/1', { order_points: null }, 200, demo],
  ['DELETE /databases/1', undefined, 409, 'profile database 1 has profiles or programs'],
  ['DELETE /programs/2', undefined, 200, other],
  ['DELETE /programs/2', undefined, 404, 'Loyalty program 2 not found'],
]);

const stars = {
  iid: 1,
  program_id: 1,
  eid: 'stars',
  name: 'Stars',
  type: 'standard',
  is_active: true,
  scale: 2,
  initial_balance: '12.5',
  expiration: { n: 12, unit: 'month', from: 'accrual' },
  expires_on: null,
  activation: null,
  expiring_soon_days: null,
  rounding: 'down',
  ratio: null,
  ...times,
};
const status = {
  ...stars,
  iid: 2,
  eid: 'status',
  name: 'Status',
  type: 'qualification',
  scale: 0,
  initial_balance: '0',
  expiration: null,
};

play('currencies', [
  [
    'POST /programs/1/currencies',
    { eid: 'stars', name: 'Stars', initial_balance: 12.5, expiration: { n: 12, unit: 'month' } },
    201,
    stars,
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'status', name: 'Status', type: 'qualification', scale: 0 },
    201,
    status,
  ],
  ['POST /programs/9/currencies', { eid: 'x', name: 'X' }, 404, 'Loyalty program 9 not found'],
  [
    'POST /programs/1/currencies',
    { eid: 'stars', name: 'X' },
    409,
    'eid: currency 1 of this program has it already',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', scale: 5 },
    400,
    'scale: expected an integer from 0 to 4, got 5',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', scale: 1, initial_balance: '0.05' },
    400,
    'initial_balance: "0.05" has more decimals than "x" allows (1)',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', expiration: { n: 0, unit: 'week' } },
    400,
    'expiration.n: expected an integer from 1 to 10000, got 0; ' +
      'expiration.unit: expected one of "day", "month", "year", got "week"',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', type: 'qualification', expiration: { n: 1, unit: 'day' } },
    400,
    'expiration: points of a qualification currency do not expire: expected null',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', type: 'qualification', expires_on: '12-31' },
    400,
    'expires_on: points of a qualification currency do not expire: expected null',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', expires_on: '12-31', expiration: { n: 1, unit: 'day' } },
    400,
    'expires_on: expected null, because expiration says already when points expire',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', expires_on: '2026-02-30' },
    400,
    'expires_on: expected a day such as "12-31" or "2026-12-31", got "2026-02-30"',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', type: 'qualification', expiring_soon_days: 30 },
    400,
    'expiring_soon_days: points of a qualification currency do not expire: expected null',
  ],
  [
    'POST /programs/1/currencies',
    { eid: 'x', name: 'X', expiring_soon_days: 0 },
    400,
    'expiring_soon_days: expected an integer from 1 to 366, got 0',
  ],
  ['GET /programs/1/currencies', undefined, 200, { items: [stars, status], next_after: null }],
  ['GET /programs/9/currencies', undefined, 404, 'Loyalty program 9 not found'],
  ['GET /currencies/2', undefined, 200, status],
  ['GET /currencies/9', undefined, 404, 'Points currency 9 not found'],
  ['PATCH /currencies/2', { scale: 2 }, 200, { ...status, scale: 2 }],
  ['PATCH /currencies/2', { eid: 'stars' }, 409, 'eid: currency 1 of this program has it already'],
  ['PATCH /currencies/9', { eid: 'x' }, 404, 'Points currency 9 not found'],
  [
    'PATCH /currencies/1',
    { expiration: null, initial_balance: '0' },
    200,
    { ...stars, expiration: null, initial_balance: '0' },
  ],
  [
    'PATCH /currencies/1',
    { expiration: { n: 30, unit: 'day', from: 'activation' } },
    200,
    { ...stars, expiration: { n: 30, unit: 'day', from: 'activation' }, initial_balance: '0' },
  ],
  [
    'PATCH /currencies/1',
    { expiration: null, expires_on: '02-29', activation: { n: 14, unit: 'day' }, expiring_soon_days: 10 },
    200,
    {
      ...stars,
      expiration: null,
      expires_on: '02-29',
      activation: { n: 14, unit: 'day' },
      expiring_soon_days: 10,
      initial_balance: '0',
    },
  ],
  [
    'PATCH /currencies/1',
    {
      expiration: { n: 30, unit: 'day', from: 'activation' },
      expires_on: null,
      activation: null,
      expiring_soon_days: null,
    },
    200,
    { ...stars, expiration: { n: 30, unit: 'day', from: 'activation' }, initial_balance: '0' },
  ],
  [
    'DELETE /programs/1',
    undefined,
    409,
    'program 1 has currencies, promotions or members: switch it off instead',
  ],
]);

const rule = (eid: string, more: Json) => ({
  points_currency_iid: eid === 'stars' ? 1 : 2,
  points_currency_eid: eid,
  static_amount: null,
  min_amount: null,
  max_amount: null,
  ...more,
});
const gift = {
  id: 1,
  program_id: 1,
  external_id: 'gift',
  name: 'Gift',
  description: '',
  is_active: true,
  start_date: '2025-01-01T00:00:00Z',
  end_date: null,
  accrual_rules: [rule('stars', { min_amount: '1', max_amount: '1000' }), rule('status', {})],
  ...{
    kind: 'trigger',
    priority: 0,
    combinable: true,
    group: null,
    limits: null,
    conditions: [],
    effects: [],
  },
  redeem_rules: [rule('stars', { static_amount: '5.5' })],
  problem: null,
  ...times,
};
const promotion = (more: Json) => ({ external_id: 'x', name: 'X', ...more });
const stars5 = { points_currency_eid: 'stars', static_amount: '5' };

play('promotions', [
  [
    'POST /programs/1/promotions',
    {
      external_id: 'gift',
      name: 'Gift',
      start_date: '2025-01-01T03:00:00+03:00',
      accrual_rules: [
        { points_currency_eid: 'stars', min_amount: '1', max_amount: 1000 },
        { points_currency_iid: 2, points_currency_eid: 'status' },
      ],
      redeem_rules: [{ points_currency_iid: 1, static_amount: '5.50' }],
    },
    201,
    gift,
  ],
  ['POST /programs/9/promotions', promotion({}), 404, 'Loyalty program 9 not found'],
  [
    'POST /programs/1/promotions',
    promotion({ external_id: 'gift' }),
    409,
    'external_id: promotion 1 of this program has it already',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ start_date: '2025-02-01T00:00:00Z', end_date: '2025-01-01T00:00:00Z' }),
    400,
    'end_date: expected a time not before start_date, 2025-02-01T00:00:00Z, got 2025-01-01T00:00:00Z',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ accrual_rules: [{ static_amount: '5' }] }),
    400,
    'accrual_rules[0].points_currency_eid: is required, or points_currency_iid',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ accrual_rules: [{ points_currency_eid: 'gems' }] }),
    400,
    'accrual_rules[0].points_currency_eid: the program has no currency "gems"',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ accrual_rules: [{ points_currency_iid: 1, points_currency_eid: 'status' }] }),
    400,
    'accrual_rules[0].points_currency_eid: the program has no currency "status" with iid 1',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ accrual_rules: [stars5, stars5] }),
    400,
    'accrual_rules[1]: a second rule for currency "stars"',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ redeem_rules: [{ points_currency_eid: 'status' }] }),
    400,
    'redeem_rules[0]: "status" is a qualification currency: it cannot be redeemed',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ redeem_rules: [{ ...stars5, static_amount: '0.001' }] }),
    400,
    'redeem_rules[0].static_amount: "0.001" has more decimals than "stars" allows (2)',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ redeem_rules: [{ points_currency_eid: 'stars', min_amount: '9', max_amount: '1' }] }),
    400,
    'redeem_rules[0].max_amount: expected at least min_amount, which is 9, got 1',
  ],
  [
    'POST /programs/1/promotions',
    promotion({ redeem_rules: [{ ...stars5, min_amount: '6' }] }),
    400,
    'redeem_rules[0].static_amount: expected 6 to any, got 5',
  ],
  ['GET /programs/1/promotions', undefined, 200, { items: [gift], next_after: null }],
  ['GET /programs/9/promotions', undefined, 404, 'Loyalty program 9 not found'],
  ['GET /promotions/1', undefined, 200, gift],
  ['GET /promotions/9', undefined, 404, 'Promotion 9 not found'],
  [
    'PATCH /promotions/1',
    { start_date: null, end_date: '2030-01-01T00:00:00Z', redeem_rules: [] },
    200,
    { ...gift, start_date: null, end_date: '2030-01-01T00:00:00Z', redeem_rules: [] },
  ],
  ['PATCH /promotions/9', { name: 'X' }, 404, 'Promotion 9 not found'],
  ['PATCH /currencies/1', { scale: 0 }, 409, 'scale: cannot change from 2: there are accounts or rules'],
  [
    'PATCH /currencies/1',
    { type: 'qualification' },
    409,
    'type: cannot change from "standard": there are accounts or rules',
  ],
  [
    'DELETE /currencies/1',
    undefined,
    409,
    'currency 1 has accounts, promotion rules or tiers: switch it off instead',
  ],
  [
    'DELETE /promotions/1',
    undefined,
    200,
    { ...gift, start_date: null, end_date: '2030-01-01T00:00:00Z', redeem_rules: [] },
  ],
  ['DELETE /promotions/1', undefined, 404, 'Promotion 1 not found'],
  ['DELETE /currencies/2', undefined, 200, { ...status, scale: 2 }],
  ['DELETE /currencies/2', undefined, 404, 'Points currency 2 not found'],
]);

const tier = (id: number, eid: string, order: number, threshold: string, reward: Json | null = null) => ({
  id,
  eid,
  name: eid,
  order,
  threshold,
  reward,
});
const rank = { ...status, iid: 3, eid: 'rank', name: 'Rank', scale: 2 };
const reward = { points_currency_eid: 'stars', amount: '5.5' };
const season = {
  id: 1,
  program_id: 1,
  external_id: 'season',
  name: 'Season',
  type: 'periodic',
  points_currency_eid: 'rank',
  period: { kind: 'calendar', n: 1, unit: 'year' },
  downgrade: 'one_step',
  grace_days: 14,
  tiers: [tier(1, 'runner', 0, '0'), tier(2, 'winner', 1, '100.5', reward)],
  ...times,
};
const group = (more: Json) => ({
  external_id: 'x',
  name: 'X',
  points_currency_eid: 'rank',
  tiers: [{ eid: 'a', name: 'A', threshold: '1' }],
  ...more,
});
const tiers = (...more: Json[]) => group({ tiers: more.map((it) => ({ name: 'A', ...it })) });

play('tier groups', [
  ['POST /programs/1/currencies', { eid: 'rank', name: 'Rank', type: 'qualification' }, 201, rank],
  [
    'POST /programs/1/tier_groups',
    {
      external_id: 'season',
      name: 'Season',
      type: 'periodic',
      points_currency_eid: 'rank',
      period: { kind: 'calendar', n: 1, unit: 'year' },
      downgrade: 'one_step',
      grace_days: 14,
      tiers: [
        { eid: 'runner', name: 'runner', threshold: '0' },
        { eid: 'winner', name: 'winner', threshold: '100.50', reward: { ...reward, amount: '5.50' } },
      ],
    },
    201,
    season,
  ],
  ['POST /programs/9/tier_groups', group({}), 404, 'Loyalty program 9 not found'],
  [
    'POST /programs/1/tier_groups',
    group({ external_id: 'season' }),
    409,
    'external_id: tier group 1 of this program has it already',
  ],
  [
    'POST /programs/1/tier_groups',
    group({ points_currency_eid: 'gems' }),
    400,
    'points_currency_eid: the program has no currency "gems"',
  ],
  [
    'POST /programs/1/tier_groups',
    group({ points_currency_eid: 'stars' }),
    400,
    'points_currency_eid: "stars" is not a qualification currency',
  ],
  ['POST /programs/1/tier_groups', group({ tiers: [] }), 400, 'tiers: expected at least 1 of them, got 0'],
  [
    'POST /programs/1/tier_groups',
    group({ type: 'periodic' }),
    400,
    'period: is required when type is "periodic"',
  ],
  [
    'POST /programs/1/tier_groups',
    group({ period: { kind: 'rolling', n: 1, unit: 'year' } }),
    400,
    'period: only groups of type "periodic" have it: expected null',
  ],
  [
    'POST /programs/1/tier_groups',
    group({ downgrade: 'one_step' }),
    400,
    'downgrade: only groups of type "periodic" have it: expected "none"',
  ],
  [
    'POST /programs/1/tier_groups',
    group({ grace_days: 1 }),
    400,
    'grace_days: only groups of type "periodic" have it: expected 0',
  ],
  [
    'POST /programs/1/tier_groups',
    group({ type: 'periodic', period: { kind: 'rolling', n: 2, unit: 'month' }, grace_days: 56 }),
    400,
    'grace_days: expected fewer days than a period has, at most 55, got 56',
  ],
  [
    'POST /programs/1/tier_groups',
    tiers({ eid: 'a', threshold: '1' }, { eid: 'a', threshold: '2' }),
    400,
    'tiers[1].eid: a second tier "a"',
  ],
  [
    'POST /programs/1/tier_groups',
    tiers({ eid: 'a', threshold: '10' }, { eid: 'b', threshold: '9.5' }),
    400,
    'tiers[1].threshold: expected more than that of "a", which is 10, got 9.5',
  ],
  [
    'POST /programs/1/tier_groups',
    tiers({ eid: 'a', threshold: '1.001' }),
    400,
    'tiers[0].threshold: "1.001" has more decimals than "rank" allows (2)',
  ],
  [
    'POST /programs/1/tier_groups',
    tiers({ eid: 'a', threshold: '1', reward: { points_currency_eid: 'gems', amount: '1' } }),
    400,
    'tiers[0].reward.points_currency_eid: the program has no currency "gems"',
  ],
  [
    'POST /programs/1/tier_groups',
    tiers({ eid: 'a', threshold: '1', reward: { points_currency_eid: 'rank', amount: '1' } }),
    400,
    'tiers[0].reward.points_currency_eid: "rank" is not a standard currency',
  ],
  [
    'POST /programs/1/tier_groups',
    tiers({ eid: 'a', threshold: '1', reward: { points_currency_eid: 'stars', amount: '0.001' } }),
    400,
    'tiers[0].reward.amount: "0.001" has more decimals than "stars" allows (2)',
  ],
  ['GET /programs/1/tier_groups', undefined, 200, { items: [season], next_after: null }],
  ['GET /programs/9/tier_groups', undefined, 404, 'Loyalty program 9 not found'],
  ['GET /tier_groups/1', undefined, 200, season],
  ['GET /tier_groups/9', undefined, 404, 'Tier group 9 not found'],
  [
    'PATCH /tier_groups/1',
    {
      downgrade: 'to_earned',
      tiers: [
        { eid: 'winner', name: 'winner', threshold: '50' },
        { eid: 'hero', name: 'hero', threshold: '60' },
      ],
    },
    200,
    {
      ...season,
      downgrade: 'to_earned',
      tiers: [tier(2, 'winner', 0, '50'), tier(3, 'hero', 1, '60')],
    },
  ],
  ['PATCH /tier_groups/9', { name: 'X' }, 404, 'Tier group 9 not found'],
  [
    'PATCH /currencies/3',
    { type: 'standard' },
    409,
    'type: cannot change from "qualification": there are accounts or rules',
  ],
  [
    'DELETE /tier_groups/1',
    undefined,
    200,
    { ...season, downgrade: 'to_earned', tiers: [tier(2, 'winner', 0, '50'), tier(3, 'hero', 1, '60')] },
  ],
  ['DELETE /tier_groups/1', undefined, 404, 'Tier group 1 not found'],
  ['DELETE /currencies/3', undefined, 200, rank],
]);

const till = {
  id: 2,
  name: 'Till',
  scopes: ['loyalty_read', 'loyalty_write'],
  program_ids: [1],
  created_at: time,
  revoked_at: null,
};

play('tokens', [
  [
    'POST /tokens',
    { name: 'Till', scopes: ['loyalty_read', 'loyalty_write'], program_ids: [1] },
    201,
    { ...till, token: expect.stringMatching(/^lp_[\w-]{43}$/) },
  ],
  ['POST /tokens', { name: 'Till', scopes: ['market'] }, 409, 'name: token 2 has it already'],
  ['POST /tokens', { name: 'X', scopes: [] }, 400, 'scopes: expected at least 1 of them, got 0'],
  [
    'POST /tokens',
    { name: 'X', scopes: ['all'] },
    400,
    'scopes[0]: expected one of "loyalty_read", "loyalty_write", "market", "admin", got "all"',
  ],
  [
    'POST /tokens',
    { name: 'X', scopes: ['market'], program_ids: [1, 9] },
    400,
    'program_ids[1]: program 9 does not exist',
  ],
  [
    'POST /tokens',
    { name: 'X', scopes: ['admin'], program_ids: [1] },
    400,
    'program_ids: scope "admin" concerns every program: expected null',
  ],
  ['GET /tokens/2', undefined, 200, till],
  ['GET /tokens/9', undefined, 404, 'API token 9 not found'],
  ['GET /tokens?after=1', undefined, 200, { items: [till], next_after: null }],
  ['DELETE /tokens/2', undefined, 200, { ...till, revoked_at: time }],
  ['DELETE /tokens/2', undefined, 200, { ...till, revoked_at: time }],
  ['DELETE /tokens/9', undefined, 404, 'API token 9 not found'],
]);

test('a token works from the answer that shows it until the answer that revokes it', async () => {
  const { id, token } = await bench.ask('POST', '/tokens', { name: 'Shop', scopes: ['loyalty_read'] });
  const list = () => send(`${bench.api.url}/api/v1.1/databases/list`, 'json', { token });
  expect(await list()).toMatchObject({ error: 0 });
  await bench.ask('DELETE', `/tokens/${id}`);
  expect(await list()).toEqual({ error: 403, error_text: 'API token is not valid' });
});

test('management is for tokens with scope admin', async () => {
  const { token } = await bench.ask('POST', '/tokens', { name: 'Writer', scopes: ['loyalty_write'] });
  const headers = { Authorization: `Bearer ${token}` };
  const response = await fetch(`${bench.api.url}/admin/v1/programs`, { headers });
  expect(response.status).toBe(403);
  expect(await response.json()).toEqual({ error: 403, error_text: 'API token lacks the scope "admin"' });
});

describe('what profiles have stands in the way', () => {
  const importOne = (data: Json) =>
    send(`${bench.api.url}/api/v1.1/profiles/import`, 'json', { token: 'writer', db_id: 1, data });

  test('of changes that contradict it', async () => {
    await bench.pool.query(
      `insert into catalog.tokens (name, token_hash, scopes)
       values ('w', sha256('writer'), '{loyalty_write}')`,
    );
    await bench.ask('POST', '/databases/1/fields', { name: 'size', type: 'enum', enum_values: ['S', 'M'] });
    await bench.ask('POST', '/databases/1/fields', { name: 'code', type: 'string' });
    for (const email of ['a@example.com', 'b@example.com']) {
      expect(await importOne({ email, size: 'S', code: 'same' })).toMatchObject({ error: 0 });
    }
    const change = (body: Json, name = 'size') => bench.ask('PATCH', `/databases/1/fields/${name}`, body);
    expect(await change({ enum_values: ['M'] })).toMatchObject({
      status: 409,
      error_text: 'enum_values: "S" is missing, and profiles have it',
    });
    expect(await change({ type: 'string', enum_values: null })).toMatchObject({
      status: 409,
      error_text: 'type: cannot change from "enum": profiles have values in it',
    });
    expect(await change({ is_unique: true }, 'code')).toMatchObject({
      status: 409,
      error_text: 'is_unique: several profiles have the same value',
    });
    expect(await bench.ask('DELETE', '/databases/1/fields/code')).toMatchObject({
      status: 409,
      error_text: 'profiles have values in field "code"',
    });
    expect(await bench.ask('GET', '/databases/1/fields/code')).toMatchObject({ is_unique: false });
  });

  test('and a field made unique is so from then on', async () => {
    await importOne({ email: 'b@example.com', code: 'other' });
    const path = '/databases/1/fields/code';
    expect(await bench.ask('PATCH', path, { is_unique: true })).toMatchObject({
      status: 200,
      is_unique: true,
    });
    expect(await importOne({ email: 'b@example.com', code: 'same' })).toMatchObject({ error: 409 });
    await bench.ask('PATCH', path, { is_unique: false });
    expect(await importOne({ email: 'b@example.com', code: 'same' })).toMatchObject({ error: 0 });
  });

  test('e-mail addresses in common, too', async () => {
    expect(await bench.ask('PATCH', '/databases/1', { email_is_unique: false })).toMatchObject({
      status: 200,
    });
    const twin = { token: 'writer', db_id: 1, matching: 'phone', phone: '+12025550101' };
    await send(`${bench.api.url}/api/v1.1/profiles/import`, 'json', {
      ...twin,
      data: { email: 'a@example.com' },
    });
    expect(await bench.ask('PATCH', '/databases/1', { email_is_unique: true })).toMatchObject({
      status: 409,
      error_text: 'email_is_unique: several profiles have the same value',
    });
  });
});
