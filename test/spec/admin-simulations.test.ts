import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import { adminSimulations } from '../../src/contract/admin/simulations';
import { time } from '../support/admin';
import { kioskOrder, newOrderId, workedBalance, workedOrder } from '../support/checkout';
import { answerChecker } from '../support/openapi';
import { importOrders, orderOf } from '../support/orders';
import { enrol, makePerson, type Person } from '../support/people';
import { type Backend, silent, startBackend } from '../support/service';
import { simulationsAt } from '../support/simulations';
import { type Json, send } from '../support/wire';

let backend: Backend;
let api: RunningApi;
let ann: Person;
let bob: Person;
const { ask, start, read, run } = simulationsAt(() => api.url);

/** Confirmed for Ann: `worked`, `plain`, `coded`; for Bob, who is no member: `guest`. */
const orders: Record<string, string> = {};

beforeAll(async () => {
  backend = await startBackend();
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  await backend.pool.query(`
    insert into catalog.promotions 
      (id, program_id, external_id, name, kind, is_active, start_date, conditions, effects)
    values
      (81, 7, 'draft', 'Draft', 'discount', false, '2999-01-01', '[]',
       '[{"kind": "percent_off", "percent": "30"}]'),
      (82, 7, 'phones', 'Phones', 'discount', false, null, '[{"kind": "goods", "categories": ["phones"]}]',
       '[{"kind": "percent_off", "percent": "30"}]'),
      (83, 7, 'lost', 'Lost', 'discount', true, null, '[{"kind": "audience", "tiers": ["gone"]}]',
       '[{"kind": "percent_off", "percent": "90"}]'),
      (84, 7, 'new orders', 'New orders', 'discount', false, null,
       '[{"kind": "order", "where": {"field": "status", "operator": "eq", "value": "new"}}]',
       '[{"kind": "percent_off", "percent": "30"}]'),
      (85, 7, 'trigger', 'Trigger', 'trigger', true, null, '[]', '[]');
    insert into catalog.partners (id, program_id, eid, name) values (1, 7, 'acme', 'Acme');
    insert into catalog.promotions (id, program_id, external_id, name, kind, is_active, conditions, effects,
      partner_id)
    values (86, 7, 'acme-phone', 'Acme phone', 'discount', false, '[{"kind": "goods", "products": ["P1"]}]',
      '[{"kind": "percent_off", "percent": "50"}]', 1)`);
  api = await startApi(backend.config, { log: silent });
  ann = await makePerson(backend, 7);
  bob = await makePerson(backend, 7);
  await enrol(backend, ann, 7);
  const accrue = { token: 't0k', loyalty_program_id: 7, matching: 'email', email: ann.email };
  await send(`${api.url}/api/v1.1/loyalty/accrue_points`, 'json', { ...accrue, ...workedBalance });
  orders.worked = await commit(ann, { ...workedOrder, final_total_price: '2150.00' });
  orders.plain = await commit(ann, kioskOrder({ final_total_price: '100.00' }));
  const codes = ['ONCE', 'SPARE'];
  await send(`${api.url}/api/v1.1/promocodes/import`, 'json', { token: 't0k', loyalty_id: 11, codes });
  orders.coded = await commit(ann, kioskOrder({ final_total_price: '80.00', promo_codes: ['ONCE', 'x'] }));
  orders.guest = await commit(bob, kioskOrder({ final_total_price: '100.00' }));
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

async function commit(person: Person, data: Json): Promise<string> {
  const external_id = newOrderId();
  const body = { token: 't0k', external_id, email: person.email, data };
  const answer = await send(`${api.url}/api/v1.1/market/orders/preorder_commit`, 'json', body);
  expect(answer).toMatchObject({ error: 0 });
  return external_id;
}

const stars = (amount: string) => [{ points_currency_eid: 'stars', amount }];

test('the answer has the report at once if that is done at once', async () => {
  const { http, ...answer } = await start(81);
  expect(http).toBe(201);
  expect(answerChecker(adminSimulations.start)(answer)).toEqual([]);
  expect(answer).toEqual({
    ...{ id: expect.stringMatching(/^[0-9a-f-]{36}$/), program_id: 7, promotion_id: 81, promo_eid: 'draft' },
    ...{ orders: 10_000, since: null, until: time, endpoints: ['checkout', 'kiosk'] },
    ...{ except_statuses: ['canceled'], keep_dates: false, drafts: [], without: [] },
    ...{ requested_at: time, requested_by: 'till', status: 'done', orders_read: 4, orders_total: 4 },
    ...{ ended_at: time, error_text: null },
    report: {
      ...{ from: time, to: time },
      orders: { read: 4, of_members: 3, touched: 3, share: '0.7500' },
      customers: { read: 2, touched: 1 },
      // 30 % off 2500, and then 100 paid with points; 30 % off 100; 30 % instead of 20 % off 100.
      money: [
        {
          ...{ currency: 'RUB', orders: 4, touched: 3, revenue_before: '2430.00' },
          ...{ revenue_after: '1890.00', revenue_change: '-540.00', discount_amount: '810.00' },
          points_payment_amount: '0.00',
        },
      ],
      // 5 % of 1650 instead of 2150.
      points: [
        {
          ...{ points_currency_iid: 20, points_currency_eid: 'stars', currency: 'RUB' },
          ...{ granted: '0.00', granted_worth: '0.00', redeemed: '0.00', redeemed_worth: '0.00' },
          ...{ granted_change: '-25.00', redeemed_change: '0.00' },
        },
      ],
      others: [
        {
          ...{ promo_iid: 71, promo_eid: 'ten', currency: 'RUB', orders_lost: 1, orders_gained: 0 },
          ...{ discount_change: '-250.00', points: [] },
        },
        {
          ...{ promo_iid: 72, promo_eid: 'back5', currency: 'RUB', orders_lost: 0, orders_gained: 0 },
          discount_change: '0.00',
          points: [{ points_currency_eid: 'stars', granted_change: '-25.00', redeemed_change: '0.00' }],
        },
        {
          ...{ promo_iid: 73, promo_eid: 'code20', currency: 'RUB', orders_lost: 1, orders_gained: 0 },
          ...{ discount_change: '-20.00', points: [] },
        },
      ],
      rejected: [],
      limits: null,
      examples: [
        {
          ...{ order_external_id: orders.worked, create_time: time, currency: 'RUB' },
          before: {
            ...{ discount_amount: '250.00', points_payment_amount: '100.00', final_total_price: '2150.00' },
            ...{ points_accrued: stars('107.50'), points_redeemed: stars('100.00') },
            promotions: ['ten', 'back5'],
          },
          after: {
            ...{ discount_amount: '750.00', points_payment_amount: '100.00', final_total_price: '1650.00' },
            ...{ points_accrued: stars('82.50'), points_redeemed: stars('100.00') },
            promotions: ['back5', 'draft'],
          },
        },
        expect.objectContaining({ order_external_id: orders.plain }),
        expect.objectContaining({ order_external_id: orders.coded }),
      ],
    },
  });
  const { http: status, ...again } = await read(answer.id);
  expect({ status, again }).toEqual({ status: 200, again: answer });
});

test('those of a promotion are listed, newest first, without their reports', async () => {
  const first = await start(86);
  const { http: _, report: __, ...second } = await start(86, { orders: 1 });
  const { http, ...page } = await ask('GET', 'promotions/86/simulations?limit=1');
  expect(answerChecker(adminSimulations.list)(page)).toEqual([]);
  expect({ http, page }).toEqual({ http: 200, page: { items: [second], next_after: second.id } });
  const rest = await ask('GET', `promotions/86/simulations?after=${page.next_after}`);
  expect(rest).toMatchObject({ items: [{ id: first.id }], next_after: null });
});

test('a partner product is a promotion like others', async () => {
  const { orders: counts, money } = await run(86);
  // Half of the 2000 of two phones and, since a small one is a phone, too, of 500; of the others, 50 each.
  expect({ counts, money }).toMatchObject({
    counts: { touched: 3 },
    money: [{ discount_amount: '1350.00' }],
  });
});

test('the last so many, of a period, of some touchpoints', async () => {
  expect(await run(81, { orders: 2 })).toMatchObject({ orders: { read: 2, of_members: 1 } });
  expect(await run(81, { endpoints: ['checkout'] })).toMatchObject({ orders: { read: 1, touched: 1 } });
  const { from, to } = await run(81);
  expect(await run(81, { since: from, until: from })).toMatchObject({ orders: { read: 1 }, from, to: from });
  expect(await run(81, { since: to })).toMatchObject({ orders: { read: 1, of_members: 0 }, from: to });
  const none = await run(81, { until: '2001-01-01T00:00:00Z' });
  expect(none).toMatchObject({ orders: { read: 0, share: '0.0000' }, from: null, money: [] });
});

test('with its dates it begins only then', async () => {
  expect(await run(81, { keep_dates: true })).toMatchObject({
    orders: { touched: 0 },
    rejected: [{ reason: 'out_of_dates', orders: 3 }],
  });
});

test('among other drafts, and without others', async () => {
  expect(await run(72, { without: ['ten'] })).toMatchObject({ money: [{ revenue_before: '2780.00' }] });
  expect(await run(72, { drafts: ['phones'] })).toMatchObject({ money: [{ revenue_before: '1990.00' }] });
});

test('promo codes count as they did then, although they are used up now', async () => {
  expect(await run(73)).toMatchObject({ orders: { touched: 1 }, money: [{ discount_amount: '20.00' }] });
});

test('the status of a confirmed order is that it was confirmed with', async () => {
  const before = await run(84);
  expect(before).toMatchObject({ orders: { touched: 3 } });
  await backend.pool.query(`update market.orders set status = 'delivered'`);
  expect(await run(84)).toEqual(before);
});

describe('imported orders', () => {
  const imported = (external_id: string, more: Json = {}) =>
    orderOf(external_id, {
      ...{ endpoint: 'kiosk', matching: 'profile_id', profile_id: ann.profile_id },
      ...{ create_time: '2020-05-01T12:00:00Z', ...more },
    });
  const then = { until: '2020-12-31T00:00:00Z' };

  test('are read but for canceled and deleted ones; their price is the price of the merchant', async () => {
    const line = { external_id: '1', product: 'P1', count: 1, base_price_per_item: '900' };
    const [, , deleted] = await importOrders(
      { url: api.url },
      imported('i1', { lines: [{ ...line, final_price_per_item: '800' }] }),
      imported('i2', { status: 'canceled' }),
      imported('i3'),
      imported('i4', { matching: 'profile_id', profile_id: bob.profile_id }),
      imported('i5', { delivery_cost: '50', total_price: '950' }),
    );
    await send(`${api.url}/api/v1.1/market/orders/delete`, 'json', {
      ...{ token: 't0k', order_id: deleted, external_id: 'i3', full_delete: false },
    });
    const { orders: counts, money, examples } = await run(81, then);
    expect({ counts, money }).toMatchObject({
      counts: { read: 3, of_members: 2, touched: 2 },
      money: [{ revenue_before: '2600.00', revenue_after: '2090.00', discount_amount: '510.00' }],
    });
    expect(examples).toMatchObject([
      { order_external_id: 'i5', after: { discount_amount: '270.00', final_total_price: '680.00' } },
      { order_external_id: 'i1', after: { discount_amount: '340.00', final_total_price: '560.00' } },
    ]);
    expect(await run(81, { ...then, except_statuses: [] })).toMatchObject({ orders: { read: 4 } });
  });

  test('of goods that were deleted are asked as if these were there', async () => {
    await backend.pool.query(`
      insert into market.goods (entity_type, external_id, name, categories)
      values ('product', 'old', 'Old phone', '{phones}')`);
    const lines = [{ external_id: '1', product: 'old', count: 1, base_price_per_item: '900' }];
    await importOrders({ url: api.url }, imported('i6', { create_time: '2019-05-01T12:00:00Z', lines }));
    await backend.pool.query(`update market.goods set deleted_at = now() where external_id = 'old'`);
    const report = await run(82, { until: '2019-12-31T00:00:00Z' });
    expect(report).toMatchObject({ orders: { read: 1, touched: 1 } });
  });
});

test('nothing is written but the report', async () => {
  const fingerprint = async () => {
    const { rows } = await backend.pool.query(`
      select s.schemaname || '.' || s.relname as name, (
        xpath('/row/c/text()', query_to_xml(
          format(
            'select md5(string_agg(t::text, '' '' order by t::text)) as c from %I.%I t',
            s.schemaname, s.relname
          ), false, true, ''
        ))
      )[1]::text as hash
      from pg_stat_user_tables s where s.relname <> 'simulations' order by 1`);
    return rows;
  };
  const before = await fingerprint();
  expect(before.length).toBeGreaterThan(50);
  await run(81);
  expect(await fingerprint()).toEqual(before);
});

const refused: [string, number, Json, number, string][] = [
  ['an unknown promotion', 999, {}, 404, 'Promotion 999 not found'],
  ['a trigger promotion', 85, {}, 409, 'id: "trigger" is a trigger promotion, which no order is priced by'],
  ['an unknown touchpoint', 81, { endpoints: ['x'] }, 404, 'Touchpoint "x" not found'],
  ['a touchpoint of other customers', 81, { endpoints: ['website'] }, 404, 'Touchpoint "website" not found'],
  ['an unknown status', 81, { except_statuses: ['x'] }, 404, 'Order status "x" not found'],
  ['an unknown draft', 81, { drafts: ['x'] }, 404, 'Promotion "x" not found'],
  ['itself as a draft', 81, { drafts: ['draft'] }, 404, 'Promotion "draft" not found'],
  [
    'a trigger promotion among the others',
    81,
    { without: ['trigger'] },
    404,
    'Promotion "trigger" not found',
  ],
  [
    'a period that ends before it begins',
    81,
    { since: '2025-01-02T00:00:00Z', until: '2025-01-01T00:00:00Z' },
    400,
    'since: expected a time until 2025-01-01T00:00:00Z, got 2025-01-02T00:00:00Z',
  ],
  [
    'the future',
    81,
    { until: '2999-01-01T00:00:00Z' },
    400,
    'until: expected a time not in the future, got 2999-01-01T00:00:00Z',
  ],
  [
    'too many orders',
    81,
    { orders: 100_001 },
    400,
    'orders: expected an integer from 1 to 100000, got 100001',
  ],
];

test.each(refused)('refuses %s', async (_, id, options, status, text) => {
  const { fields: __, ...answer } = await start(id, options);
  expect(answer).toEqual({ http: status, error: status, error_text: text });
});

test.each([
  ['simulations/nothing', 'Simulation nothing not found'],
  [
    'simulations/019f9c5e-6c4f-7d2e-9a7c-0d4f6a1b2c3d',
    'Simulation 019f9c5e-6c4f-7d2e-9a7c-0d4f6a1b2c3d not found',
  ],
  ['promotions/999/simulations', 'Promotion 999 not found'],
])('GET %s is refused', async (path, error_text) => {
  expect(await ask('GET', path)).toEqual({ http: 404, error: 404, error_text });
});

test('a position that is none is refused', async () => {
  expect(await ask('GET', 'promotions/81/simulations?after=x')).toMatchObject({
    ...{ http: 400, error_text: 'after: expected next_after of the page before' },
  });
});

test('a promotion that names something that is gone fails, and says so', async () => {
  expect(await start(83)).toMatchObject({
    ...{ http: 201, status: 'failed', report: null },
    error_text: 'the promotion names something that is not there any more, and counts as switched off',
  });
});
