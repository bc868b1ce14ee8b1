import type { World } from './spec';
import type { Json } from './wire';

/** What answers look like where they are not the same every time. */
export const anyId = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
export const anyTime = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/);

/** The answer to an accrual or a redemption. */
export const posted = (before: string, after: string) => ({
  data: { transaction_id: anyId, balance_before: before, balance_after: after },
});

/** A row of the history: an accrual of 5 to an empty account, unless told otherwise. */
export const historyRow = (but: Json = {}) => ({
  transaction_id: anyId,
  transaction_eid: null,
  created_at: anyTime,
  transaction_type: 'accrual',
  amount: '5',
  balance_before: '0',
  balance_after: '5',
  promo_iid: null,
  promo_eid: null,
  description: '',
  activation_date: anyTime,
  expiration_date: null,
  source_type: 'api',
  source_iid: null,
  source_sid: 'till',
  source_subiid: null,
  is_temp: false,
  custom_json: null,
  product_eid: null,
  sku_eid: null,
  canceled: false,
  ...but,
});

/** The rows of the person's history, at most 100. */
export async function historyOf({ ask }: Pick<World, 'ask'>, currency = 'stars'): Promise<Json[]> {
  const body = { points_currency_eid: currency, limit: 100 };
  return (await ask('/loyalty/account/transactions', body)).data as Json[];
}

/** The person's balances in a currency, as "active of total". */
export async function balanceOf({ ask }: Pick<World, 'ask'>, currency = 'stars'): Promise<string> {
  const { data } = await ask('/loyalty/account/balance', { points_currency_eid: currency });
  const { active_balance, total_balance } = data as Json;
  return `${active_balance} of ${total_balance}`;
}
