import { uuidv7 } from 'uuidv7';
import { loadSnapshot } from '../../src/db/catalog-snapshot';
import { commitOrder } from '../../src/db/commit-order';
import { postOperations } from '../../src/db/ledger';
import { checkoutSettings } from '../../src/domain/checkout';
import { isRefusal } from '../../src/domain/refusal';
import { type AdminBench, openAdmin } from '../support/admin';

let bench: AdminBench;
let memberId: string;
const profileId = '00000000000000000000000a';
const account = () => ({ program_id: 1, member_id: memberId, currency_iid: 1, source_type: 'api' as const });

beforeAll(async () => {
  bench = await openAdmin();
  await bench.pool.query(`
    insert into catalog.databases (id, name) values (1, 'People');
    insert into catalog.programs (id, external_id, name, database_id, timezone)
      values (1, 'demo', 'Demo', 1, 'Europe/Berlin');
    insert into catalog.currencies (iid, program_id, eid, name, type)
      values (1, 1, '=stars', 'Stars', 'standard');
    insert into catalog.promotions (id, program_id, external_id, name) values (4, 1, 'gift', 'Gift');
    insert into directory.profiles (profile_id, database_id) values ('${profileId}', 1);`);
  const register = {
    verb: 'register',
    transaction_id: uuidv7(),
    program_id: 1,
    profile_id: profileId,
  } as const;
  await post('2025-01-31T10:00:00Z', register);
  memberId = (await bench.pool.query('select member_id from ledger.members')).rows[0].member_id;
  const gift = { ...account(), promotion_id: 4, promotion_eid: 'gift' };
  const [accrual, other, hold, open, redemption] = Array.from({ length: 5 }, () => uuidv7()) as [
    string,
    string,
    string,
    string,
    string,
  ];
  const late = '2999-01-01T00:00:00Z';
  const spend = { ...gift, verb: 'redeem', not_after: late } as const;
  // 22:59:59 UTC is the last second of January in Berlin.
  await post('2025-01-31T22:59:59Z', { ...gift, verb: 'accrue', transaction_id: accrual, amount: '100' });
  await post('2025-01-31T23:00:00Z', { ...gift, verb: 'accrue', transaction_id: other, amount: '7.5' });
  await post('2025-02-01T10:00:00Z', { ...spend, transaction_id: hold, amount: '30', temp_until: late });
  await post('2025-02-01T10:00:00Z', { ...spend, transaction_id: open, amount: '5', temp_until: late });
  await post('2025-02-01T11:00:00Z', { ...spend, transaction_id: redemption, amount: '1' });
  await post('2025-02-02T10:00:00Z', { ...account(), verb: 'settle', target_id: hold, wish: 'commit' });
  const cancel = { ...account(), verb: 'cancel' } as const;
  await post('2025-02-02T11:00:00Z', { ...cancel, transaction_id: uuidv7(), target_id: other });
  await post('2025-02-02T12:00:00Z', { ...cancel, transaction_id: uuidv7(), target_id: redemption });
});

afterAll(() => bench.close());

async function post(at: string, operation: object): Promise<void> {
  const [outcome] = await postOperations(bench.pool, [operation as never], at, 'test');
  expect(outcome).not.toHaveProperty('refusal');
}

const head = { status: 200, program_id: 1, timezone: 'Europe/Berlin', from: '2025-01-31', to: '2025-02-02' };
const period = 'program_id=1&from=2025-01-31&to=2025-02-02';
const currency = { points_currency_iid: 1, points_currency_eid: '=stars' };
const none = {
  accrued: '0.00',
  redeemed: '0.00',
  expired: '0.00',
  accruals_canceled: '0.00',
  redemptions_canceled: '0.00',
  held: '0.00',
  lapsed: '0.00',
};

test('points', async () => {
  expect(await bench.ask('GET', `/reports/points?${period}`)).toEqual({
    ...head,
    items: [
      { day: '2025-01-31', ...currency, ...none, accrued: '100.00', outstanding: '100.00' },
      {
        ...{ day: '2025-02-01', ...currency, ...none, accrued: '7.50', redeemed: '1.00' },
        ...{ held: '35.00', outstanding: '106.50' },
      },
      {
        ...{ day: '2025-02-02', ...currency, ...none, redeemed: '30.00', accruals_canceled: '7.50' },
        ...{ redemptions_canceled: '1.00', held: '5.00', outstanding: '70.00' },
      },
    ],
    at: null,
  });
});

test('points at a moment: the day as far as it had come', async () => {
  const day = { ...head, from: '2025-02-01', to: '2025-02-01', at: '2025-02-01T10:00:00Z' };
  expect(await bench.ask('GET', '/reports/points?program_id=1&at=2025-02-01T11:00:00%2B01:00')).toEqual({
    ...day,
    items: [
      { day: '2025-02-01', ...currency, ...none, accrued: '7.50', held: '35.00', outstanding: '107.50' },
    ],
  });
});

test('the last 30 days, until today, unless told otherwise', async () => {
  const { items, from, to } = (await bench.ask('GET', '/reports/points?program_id=1')) as unknown as {
    items: object[];
    from: string;
    to: string;
  };
  const now = new Intl.DateTimeFormat('sv', { timeZone: 'Europe/Berlin' }).format(new Date());
  expect([items.length, to, Date.parse(to) - Date.parse(from)]).toEqual([30, now, 29 * 86_400_000]);
  expect(items.at(-1)).toEqual({ day: now, ...currency, ...none, held: '5.00', outstanding: '70.00' });
});

test('members', async () => {
  expect(await bench.ask('GET', `/reports/members?${period}`)).toEqual({
    ...head,
    items: [
      { day: '2025-01-31', new: 1, removed: 0, total: 1 },
      { day: '2025-02-01', new: 0, removed: 0, total: 1 },
      { day: '2025-02-02', new: 0, removed: 0, total: 1 },
    ],
  });
});

describe('tiers', () => {
  const other = '00000000000000000000000b';
  beforeAll(async () => {
    await bench.pool.query(`
      insert into catalog.databases (id, name) values (2, 'Others');
      insert into catalog.programs (id, external_id, name, database_id, timezone)
        values (2, 'tiers', 'Tiers', 2, 'Europe/Berlin');
      insert into catalog.currencies (iid, program_id, eid, name, type)
        values (2, 2, 'status', 'Status', 'qualification');
      insert into catalog.tier_groups (id, program_id, external_id, name, type, currency_iid)
        values (3, 2, 'levels', 'Levels', 'cumulative', 2);
      insert into catalog.tiers (id, group_id, eid, name, tier_order, threshold)
        values (31, 3, 'bronze', 'Bronze', 0, 0), (32, 3, 'silver', 'Silver', 1, 500);
      insert into directory.profiles (profile_id, database_id) values ('${other}', 2);`);
    const [register, accrual, cancel, removal] = Array.from({ length: 4 }, () => uuidv7());
    const program = { program_id: 2, transaction_id: register };
    await post('2025-01-30T10:00:00Z', { verb: 'register', ...program, profile_id: other });
    const { rows } = await bench.pool.query('select member_id from ledger.members where program_id = 2');
    const { member_id } = rows[0];
    const target = { ...program, member_id, currency_iid: 2, source_type: 'api' };
    const earned = { ...target, verb: 'accrue', transaction_id: accrual, amount: '500' };
    await post('2025-01-31T22:59:59Z', earned);
    const canceled = { ...target, verb: 'cancel', transaction_id: cancel, target_id: accrual };
    await post('2025-01-31T23:00:00Z', canceled);
    await post('2025-02-02T10:00:00Z', { verb: 'remove', ...program, member_id, transaction_id: removal });
  });

  const levels = { tiers_group_id: 3, tiers_group_eid: 'levels', reached: 0, lost: 0 };
  const bronze = { ...levels, tier_id: 31, tier_eid: 'bronze', tier_order: 0 };
  const silver = { ...levels, tier_id: 32, tier_eid: 'silver', tier_order: 1 };

  test('who reached, lost and held which on each day', async () => {
    expect(await bench.ask('GET', `/reports/tiers?${period.replace('=1', '=2')}`)).toEqual({
      ...head,
      program_id: 2,
      items: [
        { ...bronze, day: '2025-01-31', members: 1 },
        { ...silver, day: '2025-01-31', reached: 1, members: 1 },
        { ...bronze, day: '2025-02-01', members: 1 },
        { ...silver, day: '2025-02-01', lost: 1, members: 0 },
        { ...bronze, day: '2025-02-02', lost: 1, members: 0 },
        { ...silver, day: '2025-02-02', members: 0 },
      ],
    });
  });

  test('as a table', async () => {
    const response = await request('/reports/tiers?program_id=2&from=2025-01-30&to=2025-01-30&format=csv');
    expect(await response.text()).toBe(
      'day,tiers_group_id,tiers_group_eid,tier_id,tier_eid,tier_order,reached,lost,members\r\n' +
        '2025-01-30,3,levels,31,bronze,0,1,0,1\r\n2025-01-30,3,levels,32,silver,1,0,0,0\r\n',
    );
  });
});

test('promotions: a temporary redemption is a use when it is committed', async () => {
  const gift = { promotion_id: 4, promotion_eid: 'gift', ...currency, currency: null };
  const nothing = {
    orders: 0,
    discount_amount: '0.00',
    accrued: '0.00',
    redeemed: '0.00',
    accruals_canceled: '0.00',
    redemptions_canceled: '0.00',
  };
  expect(await bench.ask('GET', `/reports/promotions?${period}`)).toEqual({
    ...head,
    items: [
      { day: '2025-01-31', ...gift, ...nothing, uses: 1, canceled: 0, accrued: '100.00' },
      { day: '2025-02-01', ...gift, ...nothing, uses: 2, canceled: 0, accrued: '7.50', redeemed: '1.00' },
      {
        ...{ day: '2025-02-02', ...gift, ...nothing, uses: 1, canceled: 2, redeemed: '30.00' },
        ...{ accruals_canceled: '7.50', redemptions_canceled: '1.00' },
      },
    ],
  });
});

describe('promotions in orders', () => {
  beforeAll(async () => {
    await bench.pool.query(`
      insert into catalog.databases (id, name) values (3, 'Buyers');
      insert into catalog.programs (id, external_id, name, database_id, timezone)
        values (3, 'orders', 'Orders', 3, 'Europe/Berlin');
      insert into catalog.currencies (iid, program_id, eid, name, type)
        values (3, 3, 'stars', 'Stars', 'standard');
      insert into catalog.promotions (id, program_id, external_id, name, kind, effects) values
        (31, 3, 'ten', 'Ten', 'discount', '[{"kind": "percent_off", "percent": "10"}]'),
        (32, 3, 'back', 'Back', 'points',
         '[{"kind": "percent_points", "points_currency_eid": "stars", "percent": "5"},
           {"kind": "points_payment", "points_currency_eid": "stars"}]');
      insert into market.channels (external_id, database_id, name, type) values ('web', 3, 'Web', 'online');
      insert into market.touchpoints (external_id, channel, name) values ('site', 'web', 'Site');
      insert into market.currencies (code, name, scale) values ('EUR', 'Euro', 2), ('KWD', 'Dinar', 3);
      insert into market.goods (entity_type, external_id, name) values ('product', 'P1', 'Phone');
      insert into directory.profiles (profile_id, database_id) values ('00000000000000000000000c', 3);`);
    const register = { verb: 'register', transaction_id: uuidv7(), program_id: 3 };
    await post('2025-01-30T10:00:00Z', { ...register, profile_id: '00000000000000000000000c' });
    await buy('a', '2025-01-31T10:00:00Z', 'EUR', '90.00');
    await buy('b', '2025-01-31T22:59:59Z', 'EUR', '88.00', '2');
    await buy('c', '2025-01-31T23:00:00Z', 'KWD', '90.000');
  });

  /** Confirms an order of two lines of 50. */
  async function buy(external_id: string, at: string, currency: string, final: string, pays?: string) {
    const snapshot = await loadSnapshot(bench.pool);
    const settings = checkoutSettings(
      {
        market: () => snapshot.market,
        programs: () => [...snapshot.programs.values()],
        pricing: (id) => snapshot.pricings.get(id),
      },
      'site',
    );
    if (isRefusal(settings)) throw new Error('There is no touchpoint');
    const lines = ['1', '2'].map((line) => ({
      ...{ external_id: line, product: 'P1', count: 1, base_price_per_item: '50' },
    }));
    const outcome = await commitOrder(
      bench.pool,
      settings,
      {
        order: {
          ...{ external_id, endpoint: 'site', status: 'new', currency, total_price: '100', lines },
          ...(pays && { points_payment: [{ points_currency_eid: 'stars', amount: pays }] }),
          final_total_price: final,
        },
        ...{ profile_id: '00000000000000000000000c', request_hash: external_id, skip_triggers: true },
        not_after: '2999-01-01T00:00:00Z',
      },
      { at, origin: 'test', newId: uuidv7 },
    );
    expect(outcome).not.toHaveProperty('refusal');
  }

  test('how many, what was taken off them, and which points they moved', async () => {
    const none = { canceled: 0, accruals_canceled: '0.00', redemptions_canceled: '0.00' };
    const taken = { accrued: '0.00', redeemed: '0.00', points_currency_iid: null, points_currency_eid: null };
    const ten = { promotion_id: 31, promotion_eid: 'ten', ...none, ...taken };
    const stars = { points_currency_iid: 3, points_currency_eid: 'stars', currency: null };
    const back = { promotion_id: 32, promotion_eid: 'back', ...none, ...stars, discount_amount: '0.00' };
    const report = await bench.ask('GET', `/reports/promotions?${period.replace('=1', '=3')}`);
    expect(report.items).toEqual([
      { ...ten, day: '2025-01-31', currency: 'EUR', uses: 2, orders: 2, discount_amount: '20.00' },
      // 5 % of 90.00 and of 88.00, each line by itself; two of the four accruals went with a redemption.
      { ...back, day: '2025-01-31', uses: 6, orders: 2, accrued: '8.90', redeemed: '2.00' },
      {
        ...{ ...ten, accrued: '0.000', redeemed: '0.000' },
        ...{ accruals_canceled: '0.000', redemptions_canceled: '0.000' },
        ...{ day: '2025-02-01', currency: 'KWD', uses: 1, orders: 1, discount_amount: '10.000' },
      },
      { ...back, day: '2025-02-01', uses: 2, orders: 1, accrued: '4.50', redeemed: '0.00' },
    ]);
  });
});

const csv = ['day,new,removed,total', '2025-01-31,1,0,1', '2025-02-01,0,0,1', '2025-02-02,0,0,1', ''].join(
  '\r\n',
);

test.each([
  ['format=csv', '&format=csv', {}, true],
  ['Accept: text/csv', '', { Accept: 'text/csv' }, true],
  ['Accept, CSV first', '', { Accept: 'text/csv, application/json;q=0.5' }, true],
  ['format=json before Accept', '&format=json', { Accept: 'text/csv' }, false],
  ['nothing', '', {}, false],
])('as a table: %s', async (_, query, headers: Record<string, string>, isTable) => {
  const response = await request(`/reports/members?${period}${query}`, headers);
  expect(response.headers.get('content-type')).toMatch(
    isTable ? /^text\/csv; charset=utf-8/ : /^application\/json/,
  );
  if (!isTable) return;
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="members.csv"');
  expect(await response.text()).toBe(csv);
});

test('as a table: names that would be formulas are not, amounts stay amounts', async () => {
  const response = await request('/reports/points?program_id=1&from=2025-02-02&to=2025-02-02&format=csv');
  expect(await response.text()).toBe(
    'day,points_currency_iid,points_currency_eid,accrued,redeemed,expired,accruals_canceled,' +
      'redemptions_canceled,held,outstanding,lapsed\r\n' +
      "2025-02-02,1,'=stars,0.00,30.00,0.00,7.50,1.00,5.00,70.00,0.00\r\n",
  );
});

function request(path: string, headers: Record<string, string> = {}) {
  return fetch(`${bench.api.url}/admin/v1${path}`, { headers: { Authorization: 'Bearer r00t', ...headers } });
}

const tomorrow = new Date(Date.now() + 2 * 86_400_000).toISOString().slice(0, 10);

describe.each(['points', 'members', 'tiers', 'promotions'])('%s refuses', (report) => {
  test.each([
    ['', 400, 'program_id: is required'],
    ['program_id=9', 404, 'Loyalty program 9 not found'],
    ['program_id=1&from=2025-2-1', 400, 'from: expected a day such as "2025-03-01", got "2025-2-1"'],
    ['program_id=1&from=2025-02-30', 400, 'from: expected a day such as "2025-03-01", got "2025-02-30"'],
    [
      'program_id=1&from=2025-02-02&to=2025-02-01',
      400,
      'from: expected a day until 2025-02-01, got 2025-02-02',
    ],
    ['program_id=1&from=2020-01-01&to=2025-01-01', 400, 'from: expected at most 1100 days, got 1828'],
    [`program_id=1&to=${tomorrow}`, 400, /^to: expected a day until today, which is \d{4}-\d\d-\d\d, got /],
    ['program_id=1&format=xls', 400, 'format: expected one of "json", "csv", got "xls"'],
  ])('%s', async (query, status, text) => {
    const expected = typeof text === 'string' ? text : expect.stringMatching(text);
    expect(await bench.ask('GET', `/reports/${report}?${query}`)).toMatchObject({
      status,
      error_text: expected,
    });
  });
});

test.each([
  ['at=2025-02-01T00:00:00Z&to=2025-02-01', 'to: cannot go with at'],
  [`at=${tomorrow}T00:00:00Z`, `at: expected a time not in the future, got ${tomorrow}T00:00:00Z`],
  ['at=yesterday', 'at: expected an RFC 3339 time such as "2025-03-01T08:00:00Z", got "yesterday"'],
])('points refuses %s', async (query, error_text) => {
  expect(await bench.ask('GET', `/reports/points?program_id=1&${query}`)).toMatchObject({
    status: 400,
    error_text,
  });
});
