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

/** Answers confirmed orders that were written by hand, whose discounts are then the merchant's. */
export async function answerConfirmed({ pool }: Pick<World['backend'], 'pool'>): Promise<void> {
  await pool.query(`
    update market.orders set answer = jsonb_build_object(
      'order_id', id, 'total_price', total_price::text, 'final_total_price', final_total_price::text,
      'discount_amount', discount_amount::text, 'merchant_discount_amount', discount_amount::text
    )
    where origin = 'commit' and answer is null`);
}
