import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { loadSnapshot } from '../../src/db/catalog-snapshot';
import { deleteGoods, type GoodsItem, writeGoods } from '../../src/db/commands/goods';
import { regions } from '../../src/db/commands/market-settings';
import { createPool } from '../../src/db/pool';
import { findGoods } from '../../src/db/queries/goods';
import type { Market } from '../../src/domain/market';
import { createDatabase } from '../support/database';

let pool: Pool;
let drop: () => Promise<void>;
let market: Market;

beforeAll(async () => {
  const database = await createDatabase();
  drop = database.drop;
  pool = createPool(
    { databaseUrl: database.url, databasePoolSize: 8, requestTimeoutMs: 20_000 },
    { warn: () => undefined },
  );
  await pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  ({ market } = await loadSnapshot(pool));
});

afterAll(async () => {
  await pool.end();
  await drop();
});

const product = (external_id: string, more: object = {}): GoodsItem => ({
  product: { external_id, name: external_id, ...more },
  skus: [],
});
const done = (outcomes: readonly object[]) => outcomes.map((it) => ('done' in it ? it.done : it));

describe('looking up', () => {
  test('products and SKUs at once, with categories up to the top, without what was deleted', async () => {
    const { products, skus } = await findGoods(pool, {
      products: ['P2', 'nobody'],
      skus: ['S1', 'S2', 'S1'],
    });
    expect([...products.keys()].sort()).toEqual(['P1', 'P2']);
    expect([...skus.keys()]).toEqual(['S1']);
    expect(skus.get('S1')).toMatchObject({ price: '500', product: { external_id: 'P1', tags: ['new'] } });
    expect(skus.get('S1')?.category.sort()).toEqual(['electronics', 'phones']);
    expect(products.get('P2')).toMatchObject({ price: '250.5', category: ['books'], product: null });
  });

  test('nothing', async () => {
    expect(await findGoods(pool, { products: [], skus: [] })).toEqual({
      products: new Map(),
      skus: new Map(),
    });
  });
});

describe('writing', () => {
  test('says what was done, and writes nothing that is the same', async () => {
    const items = [product('w1', { price: '10', tags: ['a'] }), product('w2')];
    expect(done(await writeGoods(pool, market, items))).toEqual(['added', 'added']);
    const before = await pool.query(`select xmin from market.goods where external_id in ('w1', 'w2')`);
    expect(done(await writeGoods(pool, market, items))).toEqual(['unchanged', 'unchanged']);
    const after = await pool.query(`select xmin from market.goods where external_id in ('w1', 'w2')`);
    expect(after.rows).toEqual(before.rows);
    expect(done(await writeGoods(pool, market, [product('w1', { price: '11' })]))).toEqual(['updated']);
  });

  test.each([
    ['add_only', ['skipped', 'added']],
    ['update_only', ['updated', 'skipped']],
    ['add_and_update', ['updated', 'added']],
  ] as const)('in mode %s', async (mode, expected) => {
    const [there, fresh] = [`${mode}-1`, `${mode}-2`];
    await writeGoods(pool, market, [product(there)]);
    const items = [product(there, { count: 1 }), product(fresh, { count: 1 })];
    expect(done(await writeGoods(pool, market, items, { mode, keepCategories: false }))).toEqual(expected);
  });

  test('keeps the categories of what has some, if told so', async () => {
    await writeGoods(pool, market, [product('k1', { categories: ['books'] }), product('k2')]);
    const items = ['k1', 'k2'].map((id) => product(id, { categories: ['phones'] }));
    await writeGoods(pool, market, items, { mode: 'add_and_update', keepCategories: true });
    const { products } = await findGoods(pool, { products: ['k1', 'k2'], skus: [] });
    expect([...products.values()].map(({ categories }) => categories).sort()).toEqual([
      ['books'],
      ['phones'],
    ]);
  });

  test('what was deleted begins anew, under its old id', async () => {
    await writeGoods(pool, market, [product('d1', { price: '10' })]);
    const [id] = (await pool.query(`select id from market.goods where external_id = 'd1'`)).rows;
    expect(await deleteGoods(pool, 'product', [], ['d1'])).toBe(1);
    expect(await deleteGoods(pool, 'product', [], ['d1'])).toBe(0);
    expect(done(await writeGoods(pool, market, [product('d1')]))).toEqual(['added']);
    expect((await findGoods(pool, { products: ['d1'], skus: [] })).products.get('d1')).toMatchObject({
      ...id,
      price: null,
    });
  });

  test('many imports of the same new goods at once neither fail nor make doubles', async () => {
    const items = Array.from({ length: 200 }, (_, index) => product(`c${index}`, { price: '1' }));
    const shuffled = (round: number) =>
      [...items].sort((one, other) => hash(one, round) - hash(other, round));
    const rounds = Array.from({ length: 6 }, (_, round) => writeGoods(pool, market, shuffled(round)));
    expect(new Set((await Promise.all(rounds)).flatMap(done))).toEqual(new Set(['added', 'unchanged']));
    const { rows } = await pool.query(`select count(*)::int from market.goods where external_id ~ '^c\\d+$'`);
    expect(rows).toEqual([{ count: 200 }]);
  });

  test('a region that goods have data of is in use', async () => {
    const regional_data = [{ external_id: 'south', price: '5' }];
    await writeGoods(pool, market, [product('r1', { regional_data })]);
    expect(await regions.remove(pool, 'south')).toMatchObject({ problem: 'Region south is in use' });
    await deleteGoods(pool, 'product', [], ['r1']);
    expect(await regions.remove(pool, 'south')).toMatchObject({ name: 'South' });
  });
});

/** Another order in each round. */
function hash({ product: goods }: GoodsItem, round: number): number {
  return (
    ([...(goods?.external_id ?? '')].reduce((sum, it) => sum * 31 + it.charCodeAt(0), 7) * (round + 3)) % 97
  );
}
