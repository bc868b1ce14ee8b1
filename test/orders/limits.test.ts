import { uuidv7 } from 'uuidv7';
import { openCatalog } from '../../src/catalog';
import { commitOrder } from '../../src/db/commit-order';
import { type CheckoutSettings, checkoutSettings } from '../../src/domain/checkout';
import type { DrawnPromotion } from '../support/drawn-shops';
import type { Person } from '../support/people';
import { silent } from '../support/service';
import { openShops, type Shops } from '../support/shops';
import { until } from '../support/until';
import type { Json } from '../support/wire';

let shops: Shops;
let orders = 0;

beforeAll(async () => {
  shops = await openShops();
}, 60_000);
afterAll(() => shops.close());

const off: object[] = [{ kind: 'percent_off', percent: 10 }];

/** The one promotion of program 1, with or without limits. */
async function setUp(id: number, limits: object | null, effects = off) {
  const kind = effects === off ? 'discount' : 'points';
  const promotion: DrawnPromotion & { id: number } = {
    ...{ id, kind, priority: 0, combinable: true, group: null, isActive: true, isPartners: false },
    ...{ start: null, end: null, conditions: [], limits, effects },
  };
  const arbitration = { discounts: 'best', points: 'stack', together: true };
  await shops.setUp({ program: 1, arbitration, groups: [], promotions: [promotion] });
}

const customer = () =>
  shops.customer(1, { city: 'Rome', stars: '10', miles: '1', rank: '1', isMember: true });

const data = (further: Json = {}) => ({
  ...{ endpoint: 'web-1', status: 'new', currency: 'RUB', total_price: '100' },
  lines: [{ external_id: '1', product: 'P1', count: 1, base_price_per_item: '100' }],
  ...further,
});

/** Confirms an order at the price that preorder says; answers it, or why the promotion was not used. */
async function buy({ email }: Person, further: Json = {}): Promise<string> {
  const order = { email, external_id: `limited-${++orders}` };
  const asked = { ...order, matching: 'email', data: data(further) };
  const { data: priced } = (await shops.ask('/market/orders/preorder', asked)) as { data: Json };
  const { final_total_price } = priced;
  const commit = { ...order, data: data({ ...further, final_total_price }) };
  expect(await shops.ask('/market/orders/preorder_commit', commit)).toMatchObject({ error: 0 });
  const [, rejection] = priced.rejected_promotions as Json[];
  return String(rejection?.detail ?? final_total_price);
}

test('orders that were confirmed without limits count when there are some again', async () => {
  const person = await customer();
  await setUp(700, null);
  expect([await buy(person), await buy(person)]).toEqual(['90.00', '90.00']);
  await setUp(700, { total_uses: 3 });
  expect([await buy(person), await buy(person)]).toEqual(['90.00', 'used 3 of 3 times']);
  await setUp(700, null);
  expect(await buy(person)).toBe('90.00');
  await setUp(700, { total_uses: 5 });
  expect([await buy(person), await buy(person)]).toEqual(['90.00', 'used 5 of 5 times']);
});

test('a budget counts what was given of its own currency, since the first order', async () => {
  const person = await customer();
  const earnings = (points_currency_eid: string, percent: number) => ({
    ...{ kind: 'percent_points', points_currency_eid, percent },
  });
  const both = [earnings('stars', 0.55), earnings('miles', 1)];
  await setUp(701, null, both);
  await buy(person);
  await setUp(701, { total_uses: 100 }, both);
  await buy(person);
  const granted = async () =>
    (
      await shops.backend.pool.query(
        `select trim_scale(granted)::text as granted, currency_iid
         from market.promotion_uses where promotion_id = 701`,
      )
    ).rows;
  await setUp(701, { budget: { points: '10', points_currency_eid: 'miles' } }, both);
  await buy(person);
  expect(await granted()).toEqual([{ granted: '9', currency_iid: 12 }]);
  await buy(person);
  expect(await buy(person)).toBe('its budget is used up');
  await setUp(701, { budget: { points: '5', points_currency_eid: 'stars' } }, both);
  await buy(person);
  expect(await granted()).toEqual([{ granted: '2.75', currency_iid: 11 }]);
});

test('who counts first waits for orders that do not count, and misses none', async () => {
  const [first, second] = await Promise.all([shops.backend.pool.connect(), shops.backend.pool.connect()]);
  const use = (is_limited: boolean) =>
    JSON.stringify([
      { promotion_id: 999, is_limited, granted: 1, currency_iid: null, total_uses: 2, budget: null },
    ]);
  const count = 'select market.count_uses($1::jsonb) as counted';
  const deed = (order: number) =>
    `insert into market.order_promotions
     values (${order}, 999, 'p', 'x', now(), 1, 0, 0)`;
  try {
    for (const client of [first, second]) await client.query('begin');
    await first.query(count, [use(false)]);
    await first.query(deed(-1));
    const waiting = second.query(count, [use(true)]);
    await until(async () => {
      const { rows } = await shops.backend.pool.query(
        `select from pg_stat_activity where datname = current_database() and wait_event = 'advisory'`,
      );
      return rows.length === 1;
    });
    await first.query('commit');
    expect((await waiting).rows).toEqual([{ counted: true }]);
    await second.query(deed(-2));
    await second.query('commit');
    const { rows } = await second.query(
      'select uses::int from market.promotion_uses where promotion_id = 999',
    );
    expect(rows).toEqual([{ uses: 2 }]);
    expect((await second.query(count, [use(true)])).rows).toEqual([{ counted: false }]);
  } finally {
    await first.query('rollback');
    await second.query('rollback');
    first.release();
    second.release();
    await shops.backend.pool.query('delete from market.order_promotions where promotion_id = 999');
    await shops.backend.pool.query('delete from market.promotion_uses where promotion_id = 999');
  }
});

test('an order that was confirmed is confirmed, however late its workflow asks again', async () => {
  await setUp(702, null);
  const { profile_id } = await customer();
  const catalog = await openCatalog(shops.backend.pool, silent);
  const settings = checkoutSettings(catalog, 'web-1') as CheckoutSettings;
  await catalog.close();
  const request = {
    order: {
      ...{ external_id: 'late', endpoint: 'web-1', status: 'new', currency: 'RUB', total_price: '100' },
      ...{ final_total_price: '90.00', lines: data().lines as { external_id: string; count: number }[] },
    },
    ...{ profile_id, request_hash: 'x', skip_triggers: true, not_after: '2026-01-01T00:00:10Z' },
  } as unknown as Parameters<typeof commitOrder>[2];
  const confirm = (at: string) =>
    commitOrder(shops.backend.pool, settings, request, { at, origin: 'test', newId: uuidv7 });
  const answer = await confirm('2026-01-01T00:00:10Z');
  expect(answer).toMatchObject({ final_total_price: '90.00' });
  expect(await confirm('2026-01-01T00:00:11Z')).toEqual(answer);
  const other = { ...request, order: { ...request.order, external_id: 'later' } };
  const refused = await commitOrder(shops.backend.pool, settings, other, {
    ...{ at: '2026-01-01T00:00:11Z', origin: 'test', newId: uuidv7 },
  });
  expect(refused).toMatchObject({ refusal: 'request_expired' });
});
