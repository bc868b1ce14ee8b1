import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { loadSnapshot } from '../../src/db/catalog-snapshot';
import { type OrderContext, type OrderItem, writeOrders } from '../../src/db/commands/orders';
import { createPool } from '../../src/db/pool';
import { createDatabase } from '../support/database';

let pool: Pool;
let drop: () => Promise<void>;
let context: OrderContext;

beforeAll(async () => {
  const database = await createDatabase();
  drop = database.drop;
  pool = createPool(
    { databaseUrl: database.url, databasePoolSize: 8, requestTimeoutMs: 20_000 },
    { warn: () => undefined },
  );
  await pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  const { market, databases } = await loadSnapshot(pool);
  context = { market, databaseOf: (id) => databases.get(id), now: '2026-01-01T00:00:00Z' };
});

afterAll(async () => {
  await pool.end();
  await drop();
});

const order = (external_id: string, status: string): OrderItem => ({
  external_id,
  status,
  endpoint: 'website',
  currency: 'RUB',
  total_price: '20',
  customer: null,
  lines: [
    { external_id: 'a', product: 'P1', count: 1, base_price_per_item: '15' },
    { external_id: 'b', sku: 'S1', count: 1, base_price_per_item: '5' },
  ],
});

test('many imports of the same new orders at once neither fail nor make doubles', async () => {
  const statuses = ['new', 'paid', 'delivered', 'canceled', 'confirmed', 'part_refunded'];
  const outcomes = await Promise.all(
    statuses.map((status, round) => {
      const step = [3, 7, 9, 11, 13, 17][round] ?? 1;
      const items = Array.from({ length: 250 }, (_, index) => order(`o${(index * step) % 250}`, status));
      return writeOrders(pool, items, context);
    }),
  );
  expect(outcomes.flatMap((it) => it.outcomes).filter((outcome) => !('id' in outcome))).toEqual([]);
  const { rows } = await pool.query(
    `select count(distinct o.id)::int as orders, count(*)::int as lines
     from market.orders o join market.order_lines l on l.order_id = o.id`,
  );
  expect(rows).toEqual([{ orders: 250, lines: 500 }]);
});
