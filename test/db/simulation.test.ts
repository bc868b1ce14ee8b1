import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { MockActivityEnvironment } from '@temporalio/testing';
import { Decimal } from 'decimal.js';
import fc from 'fast-check';
import type { Pool } from 'pg';
import { uuidv7 } from 'uuidv7';
import { createSimulatePromotion } from '../../activities/simulate-promotion';
import { type Catalog, openCatalog } from '../../src/catalog';
import { readConfig } from '../../src/config';
import { loadSnapshot } from '../../src/db/catalog-snapshot';
import { commitOrder } from '../../src/db/commit-order';
import { postOperations } from '../../src/db/ledger';
import { createPool } from '../../src/db/pool';
import { priceRequest } from '../../src/db/queries/checkout';
import { findMemberById } from '../../src/db/queries/profiles';
import {
  type CheckoutRequest,
  type CheckoutSettings,
  checkoutSettings,
  finalPriceOf,
} from '../../src/domain/checkout';
import { isRefusal } from '../../src/domain/refusal';
import type { SimulationOptions, SimulationReport } from '../../src/domain/simulation';
import { createDatabase } from '../support/database';
import { silent } from '../support/service';

/** Orders are confirmed with promotions switched on; each is then simulated on them, switched off. */

const programId = 7;
const members = ['a', 'b', 'c'].map((letter) => letter.repeat(24));
const hourMs = 3_600_000;

let pool: Pool;
let catalog: Catalog;
let drop: () => Promise<void>;
let now = Date.parse('2024-01-01T00:00:00Z');
const clock = () => new Date(now).toISOString();

beforeAll(async () => {
  const database = await createDatabase();
  drop = database.drop;
  pool = createPool({ ...readConfig({}), databaseUrl: database.url }, silent);
  await pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  await pool.query('update catalog.promotions set is_active = false where program_id = $1', [programId]);
  await pool.query(
    `insert into codes.pools (id, external_id, name, database_id, is_multi_use)
     values (30, 'often', 'Often', $1, true);
     `.replace('$1', String(programId)),
  );
  await pool.query(
    `insert into codes.codes (pool_id, database_id, is_multi_use, code, created_at)
     values (30, $1, true, 'OFTEN', '2020-01-01')`,
    [programId],
  );
  for (const profile_id of members) {
    await pool.query('insert into directory.profiles (profile_id, database_id) values ($1, $2)', [
      profile_id,
      7,
    ]);
    const register = {
      verb: 'register' as const,
      transaction_id: uuidv7(),
      program_id: programId,
      profile_id,
    };
    await postOperations(pool, [register], clock(), 'test');
    const { rows } = await pool.query('select member_id from ledger.members where profile_id = $1', [
      profile_id,
    ]);
    const account = { program_id: programId, member_id: rows[0].member_id, currency_iid: 20 };
    const points = {
      verb: 'accrue' as const,
      transaction_id: uuidv7(),
      amount: '300',
      source_type: 'api' as const,
    };
    await postOperations(pool, [{ ...points, ...account }], clock(), 'test');
  }
  catalog = await openCatalog(pool, silent);
});
afterAll(async () => {
  await catalog.close();
  await pool.end();
  await drop();
});

const percent = fc.integer({ min: 1, max: 60 }).map(String);
const goods = fc.constantFrom(['P1'], ['P2'], ['P1', 'P2']).map((products) => ({ kind: 'goods', products }));
const conditions = fc.oneof(
  fc.constant([]),
  goods.map((it) => [it]),
  fc.constant([{ kind: 'promo_code', pool: 'often' }]),
  fc.constant([{ kind: 'promo_code', code: 'WORD' }]),
  fc.constant([{ kind: 'minimum_sum', amount: '150' }]),
);
const uses = fc.oneof(
  fc.constant(null),
  fc.record({ total_uses: fc.integer({ min: 1, max: 5 }) }),
  fc.record({ uses_per_member: fc.integer({ min: 1, max: 2 }) }),
  fc.constant({ uses_per_period: { uses: 1, period: 'day' } }),
);
const common = { conditions, priority: fc.integer({ min: 0, max: 2 }), combinable: fc.boolean() };
const discount = fc.record({
  ...common,
  limits: fc.oneof(uses, fc.constant({ budget: { money: '70.00' } })),
  effects: fc.oneof(
    percent.map((it) => [{ kind: 'percent_off', percent: it }]),
    fc.constant([{ kind: 'amount_off_order', amount: '33.33' }]),
    fc.constant([{ kind: 'units_off', which: 'cheapest', units: 1, percent: 50 }]),
  ),
});
const stars = { points_currency_eid: 'stars' };
const points = fc.record({
  ...common,
  limits: fc.oneof(uses, fc.constant({ budget: { points: '40', ...stars } })),
  effects: fc
    .tuple(percent, fc.constantFrom('none', 'on_request', 'automatic'))
    .map(([it, mode]) => [
      { kind: 'percent_points', ...stars, percent: it },
      ...(mode === 'none' ? [] : [{ kind: 'points_payment', ...stars, mode, max_percent: '40' }]),
    ]),
});
const line = fc.record({
  product: fc.constantFrom('P1', 'P2'),
  count: fc.integer({ min: 1, max: 3 }),
  price: fc.integer({ min: 100, max: 20_000 }),
  off: fc.constantFrom(0, 0, 0, 77),
});
const order = fc.record({
  member: fc.constantFrom(...members),
  lines: fc.array(line, { minLength: 1, maxLength: 3 }),
  codes: fc.subarray(['OFTEN', 'WORD', 'NONSENSE']),
  pays: fc.constantFrom(undefined, undefined, '7.5', 'max'),
  hours: fc.integer({ min: 1, max: 9 }),
});
type Order = typeof order extends fc.Arbitrary<infer T> ? T : never;

let made = 0;

function requestOf({ lines, codes, pays }: Order): CheckoutRequest {
  made += 1;
  const cents = (it: number) => (it / 100).toFixed(2);
  return {
    ...{ external_id: `replayed-${made}`, endpoint: 'checkout', status: 'new', currency: 'RUB' },
    total_price: cents(lines.reduce((sum, { price, count }) => sum + price * count, 0)),
    lines: lines.map(({ product, count, price, off }, index) => ({
      ...{ external_id: String(index + 1), product, count, base_price_per_item: cents(price) },
      ...(off > 0 && { final_price_per_item: cents(price - off) }),
    })),
    promo_codes: codes,
    ...(pays && { points_payment: [{ ...stars, amount: pays }] }),
  };
}

/** Confirms an order; one that asks for more points than there are is none. */
async function confirm(settings: CheckoutSettings, wanted: Order): Promise<void> {
  now += wanted.hours * hourMs;
  const [person] = await findMemberById(pool, programId, programId, wanted.member);
  if (!person) throw new Error('Nobody is there');
  const request = requestOf(wanted);
  const priced = await priceRequest(pool, settings, request, person, clock());
  if (isRefusal(priced)) return expect(priced.refusal).toBe('insufficient_points');
  const outcome = await commitOrder(
    pool,
    settings,
    {
      order: { ...request, final_total_price: finalPriceOf(priced) },
      ...{ profile_id: wanted.member, request_hash: request.external_id, skip_triggers: true },
      not_after: new Date(now + hourMs).toISOString(),
    },
    { at: clock(), origin: 'test', newId: uuidv7 },
  );
  expect(outcome).not.toHaveProperty('refusal');
}

async function settingsNow(): Promise<CheckoutSettings> {
  const snapshot = await loadSnapshot(pool);
  const settings = checkoutSettings(
    {
      market: () => snapshot.market,
      programs: () => [...snapshot.programs.values()],
      pricing: (id) => snapshot.pricings.get(id),
    },
    'checkout',
  );
  if (isRefusal(settings)) throw new Error('The world has no touchpoint "checkout"');
  return settings;
}

async function switchOn(promotions: readonly object[]): Promise<number[]> {
  const { rows } = await pool.query(
    `insert into catalog.promotions
       (program_id, external_id, name, kind, priority, combinable, conditions, effects, limits)
     select $1, 'p' || $3 || '-' || n, 'P', value ->> 'kind', (value ->> 'priority')::int,
       (value ->> 'combinable')::boolean, value -> 'conditions', value -> 'effects',
       nullif(value -> 'limits', 'null')
     from jsonb_array_elements($2::jsonb) with ordinality as p(value, n)
     returning id`,
    [programId, JSON.stringify(promotions), made],
  );
  return rows.map(({ id }) => id);
}

async function simulate(promotionId: number, period: Pick<SimulationOptions, 'since' | 'until'>) {
  const options = { orders: 1_000, endpoints: ['checkout'], except_statuses: [], keep_dates: true };
  const task = {
    ...{ simulation_id: uuidv7(), program_id: programId, promotion_id: promotionId },
    options: { ...options, ...period, drafts: [], without: [] },
    ...{ requested_at: clock(), requested_by: 'test' },
  };
  const { simulatePromotion } = createSimulatePromotion({ db: pool, catalog, clock });
  await pool.query('update catalog.promotions set is_active = false where id = $1', [promotionId]);
  expect(await new MockActivityEnvironment().run(simulatePromotion, task)).not.toHaveProperty('problem');
  await pool.query('update catalog.promotions set is_active = true where id = $1', [promotionId]);
  const { rows } = await pool.query('select report from market.simulations where simulation_id = $1', [
    task.simulation_id,
  ]);
  return rows[0].report as SimulationReport;
}

/** What the orders themselves say of the promotion. */
async function recorded(promotionId: number, since: string) {
  const { rows } = await pool.query(
    `select count(p.*)::int as touched, count(distinct p.profile_id)::int as customers,
       coalesce(sum(p.discount_amount), 0) as discount, coalesce(sum(p.points_accrued), 0) as granted,
       coalesce(sum(p.points_redeemed), 0) as redeemed, coalesce(sum(o.final_total_price), 0) as revenue,
       count(*)::int as read
     from market.orders o left join market.order_promotions p on p.order_id = o.id and p.promotion_id = $1
     where o.create_time >= $2`,
    [promotionId, since],
  );
  return inCents(rows[0]);
}

function told({ orders, customers, money, points }: SimulationReport) {
  return inCents({
    ...{ touched: orders.touched, customers: customers.touched, discount: money[0]?.discount_amount ?? '0' },
    ...{ granted: points[0]?.granted ?? '0', redeemed: points[0]?.redeemed ?? '0' },
    ...{ revenue: money[0]?.revenue_after ?? '0', read: orders.read },
  });
}

function inCents(row: Record<string, string | number>) {
  return Object.fromEntries(Object.entries(row).map(([key, it]) => [key, new Decimal(it).toFixed(2)]));
}

test('simulated on the orders it was confirmed with, a promotion does what these say', async () => {
  const promotions = fc.tuple(
    fc.array(
      discount.map((it) => ({ kind: 'discount', ...it })),
      { maxLength: 3 },
    ),
    fc.array(
      points.map((it) => ({ kind: 'points', ...it })),
      { minLength: 1, maxLength: 2 },
    ),
  );
  const policy = fc.record({
    discounts: fc.constantFrom('best', 'priority_first', 'stack_sequential', 'stack_additive'),
    points: fc.constantFrom('best', 'priority_first', 'stack'),
    together: fc.boolean(),
  });
  const wanted = fc.array(order, { minLength: 4, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(
      promotions,
      policy,
      wanted,
      async ([off, back], { discounts, points: mode, together }, all) => {
        now += 48 * hourMs;
        const since = clock();
        await pool.query('delete from market.simulations; update catalog.promotions set is_active = false');
        await pool.query(
          `update catalog.programs
         set arbitration_discounts = $2, arbitration_points = $3, discount_with_points = $4
         where id = $1`,
          [programId, discounts, mode, together],
        );
        const ids = await switchOn([...off, ...back]);
        const settings = await settingsNow();
        for (const it of all) await confirm(settings, it);
        for (const id of ids) {
          const report = await simulate(id, { since, until: clock() });
          expect(told(report)).toEqual(await recorded(id, since));
        }
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);

test('what others had been used before the first order counts as it did then', async () => {
  now += 48 * hourMs;
  await pool.query('update catalog.promotions set is_active = false');
  const base = { kind: 'discount', conditions: [], priority: 0, combinable: true };
  const half = [{ kind: 'percent_off', percent: '50' }];
  const [draft = 0] = await switchOn([
    { ...base, limits: null, effects: [{ kind: 'percent_off', percent: '10' }] },
    { ...base, limits: { total_uses: 4 }, effects: half },
    { ...base, limits: { uses_per_member: 2 }, effects: [{ kind: 'percent_off', percent: '40' }] },
    {
      ...base,
      limits: { uses_per_period: { uses: 1, period: 'month' } },
      effects: [{ kind: 'percent_off', percent: '30' }],
    },
  ]);
  const settings = await settingsNow();
  const lines: Order['lines'] = [{ product: 'P1', count: 1, price: 10_000, off: 0 }];
  const orders = Array.from({ length: 24 }, (_, index): Order => {
    return { member: members[index % 2] ?? '', lines, codes: [], pays: undefined, hours: 1 };
  });
  for (const it of orders.slice(0, 3)) await confirm(settings, it);
  const since = new Date(now + 1).toISOString();
  for (const it of orders.slice(3)) await confirm(settings, it);
  const report = await simulate(draft, { since, until: clock() });
  expect(told(report)).toEqual(await recorded(draft, since));
  expect(report.orders.touched).toBeGreaterThan(5);
});
