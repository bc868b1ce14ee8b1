import type { Pool } from 'pg';
import { makeCurrency, makeProfiles, makeProgram, makeToken, profileIdOf, registerAll } from './seed';

/** What benches of orders have in common. */

export const token = 'bench-token';
export const memberCount = 500;
export const goodsCount = 200;

/** A shop with a program, goods and members, and a token for it. */
export async function seed(pool: Pool): Promise<void> {
  await makeProgram(pool);
  await makeCurrency(pool, { initialBalance: 1_000_000 });
  await pool.query(`
    insert into market.channels (external_id, database_id, name, type) values ('web', 1, 'Web', 'online');
    insert into market.touchpoints (external_id, channel, name) values ('site', 'web', 'Site');
    insert into market.currencies (code, name) values ('EUR', 'Euro')`);
  await pool.query(
    `insert into market.categories (external_id, name, path)
     select 'c' || i, 'Category ' || i, array['c' || i] from generate_series(0, 19) i`,
  );
  await pool.query(
    `insert into market.goods (entity_type, external_id, name, price, currency, categories)
     select 'product', 'P' || i, 'Product ' || i, 10 + i, 'EUR', array['c' || i % 20]
     from generate_series(1, $1::int) i`,
    [goodsCount],
  );
  await makeToken(pool, token, ['market', 'admin']);
  await makeProfiles(pool, memberCount);
  await registerAll(pool);
}

/** So many promotions: a third gives points, most are for some goods, some ask about the order. */
export async function addPromotions(pool: Pool, count: number): Promise<void> {
  const promotions = Array.from({ length: count }, (_, index) => {
    const goods = { kind: 'goods', categories: [`c${index % 20}`, `c${(index + 7) % 20}`] };
    const total = { field: 'total', operator: 'gte', value: String(index) };
    const order = {
      kind: 'order',
      where: { all: [total, { field: 'channel', operator: 'eq', value: 'web' }] },
    };
    const isPoints = index % 3 === 2;
    const gives = { kind: 'percent_points', points_currency_eid: 'stars', percent: String((index % 9) + 1) };
    const takes = { kind: 'percent_off', percent: String((index % 30) + 1) };
    return {
      external_id: `p${count}-${index}`,
      kind: isPoints ? 'points' : 'discount',
      conditions: index % 4 === 0 ? [order] : [goods, order],
      effects: [isPoints ? gives : takes],
    };
  });
  await pool.query(
    `insert into catalog.promotions (program_id, external_id, name, kind, conditions, effects)
     select 1, external_id, external_id, kind, conditions, effects
     from jsonb_to_recordset($1::jsonb) as p(external_id text, kind text, conditions jsonb, effects jsonb)`,
    [JSON.stringify(promotions)],
  );
}

/** An order of so many lines, of some member. */
export function orderOf(count: number) {
  const first = Math.floor(Math.random() * goodsCount);
  const lines = Array.from({ length: count }, (_, index) => {
    const goods = ((first + index) % goodsCount) + 1;
    const line = { external_id: String(index + 1), product: `P${goods}`, count: (index % 3) + 1 };
    return { ...line, base_price_per_item: String(10 + goods), cents: (10 + goods) * ((index % 3) + 1) };
  });
  const total = lines.reduce((sum, { cents }) => sum + cents, 0);
  const member = Math.floor(Math.random() * memberCount) + 1;
  return {
    external_id: crypto.randomUUID(),
    matching: 'profile_id',
    profile_id: profileIdOf(member),
    data: {
      ...{ endpoint: 'site', status: 'new', currency: 'EUR', total_price: String(total) },
      lines: lines.map(({ cents: _, ...line }) => line),
    },
  };
}

/** As a shop does: what preorder found is confirmed. */
export async function confirm(url: string): Promise<void> {
  const order = orderOf(3);
  const { data } = await ask(url, 'preorder', order);
  const price = (data as { final_total_price: string }).final_total_price;
  await ask(url, 'preorder_commit', { ...order, data: { ...order.data, final_total_price: price } });
}

/** What a call of the market answers; throws if that is no success. */
export async function ask(url: string, call: string, body: object): Promise<{ data: unknown }> {
  const response = await fetch(`${url}/api/v1.1/market/orders/${call}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { error: number; data: unknown };
  if (answer.error !== 0) throw new Error(`${call} answered ${JSON.stringify(answer)}`);
  return answer;
}
