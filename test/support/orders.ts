import type { World } from './spec';
import { type Json, send } from './wire';

/** An order of one phone at 900, as orders/import takes it. */
export const orderOf = (external_id: string, more: Json = {}): Json => ({
  external_id,
  endpoint: 'website',
  status: 'new',
  currency: 'RUB',
  total_price: '900',
  lines: [{ external_id: '1', product: 'P1', count: 1, base_price_per_item: '900' }],
  ...more,
});

/** Imports orders; fails unless all of them succeed. Answers their ids. */
export async function importOrders({ url }: Pick<World, 'url'>, ...data: Json[]): Promise<number[]> {
  const { result } = await send(`${url}/api/v1.1/market/orders/import`, 'json', { token: 't0k', data });
  const rows = result as { error: number; id: number }[];
  expect(rows.filter(({ error }) => error !== 0)).toEqual([]);
  return rows.map(({ id }) => id);
}
