import { z } from 'zod';
import { query, queryFirst, queryOne } from '../query';

/** What an account holds at a moment: the row's cache, or the lots once the cache has run out. */
export const findBalance = queryFirst({
  name: 'account-balance',
  parameters: [z.string(), z.int(), z.string()],
  row: z.object({ total: z.string(), active: z.string() }),
  text: `
    select (now.balance - now.lapsed)::text as total, now.active::text as active
    from ledger.accounts a, lateral ledger.refresh(a, $3::timestamptz) now
    where a.member_id = $1::bigint and a.currency_iid = $2::int`,
});

/** Points that will lapse between two moments, both included; what has lapsed by $5 counts no more (G-21). */
export const sumExpiring = queryOne({
  name: 'account-expiring',
  parameters: [z.string(), z.int(), z.string(), z.string(), z.string()],
  row: z.object({ expiring: z.string() }),
  text: `
    select coalesce(sum(l.remaining - l.reserved), 0)::text as expiring
    from ledger.accounts a
    join ledger.lots l on l.account_id = a.account_id and l.has_free
    where a.member_id = $1::bigint and a.currency_iid = $2::int
      and l.expires_at between $3::timestamptz and $4::timestamptz and l.expires_at > $5::timestamptz`,
});

/** Where a transaction stands in its account, to go on reading after it. */
export const findPosition = queryFirst({
  name: 'account-position',
  parameters: [z.string(), z.int(), z.string()],
  row: z.object({ seq: z.string() }),
  text: `
    select p.seq::text as seq
    from ledger.accounts a
    join ledger.postings p on p.account_id = a.account_id and p.transaction_id = $3::uuid
    where a.member_id = $1::bigint and a.currency_iid = $2::int`,
});

/**
 * The rows of an account's history after a position, in the order they were posted. Settlements are
 * bookkeeping and not shown; a committed temporary accrual is shown as the full transaction it became.
 */
export const listHistory = query({
  name: 'account-history',
  parameters: [z.string(), z.int(), z.string(), z.int()],
  row: z.object({
    transaction_id: z.string(),
    transaction_eid: z.string().nullable(),
    created_at: z.string(),
    transaction_type: z.string(),
    amount: z.string(),
    balance_before: z.string(),
    balance_after: z.string(),
    promo_iid: z.int().nullable(),
    promo_eid: z.string().nullable(),
    description: z.string(),
    activation_date: z.string().nullable(),
    expiration_date: z.string().nullable(),
    source_type: z.string(),
    source_iid: z.string().nullable(),
    source_sid: z.string().nullable(),
    source_subiid: z.string().nullable(),
    is_temp: z.boolean(),
    temp_state: z.enum(['open', 'committed', 'rolled_back', 'timed_out']).nullable(),
    external_data: z.record(z.string(), z.json()).nullable(),
    product_eid: z.string().nullable(),
    sku_eid: z.string().nullable(),
    canceled: z.boolean(),
  }),
  text: `
    select
      h.transaction_id::text as transaction_id, h.transaction_eid, h.created_at,
      h.transaction_type::text as transaction_type, h.amount::text as amount,
      h.balance_before::text as balance_before, h.balance_after::text as balance_after,
      h.promo_iid, h.promo_eid, h.description, h.activation_date, h.expiration_date,
      h.source_type, h.source_iid::text as source_iid, h.source_sid, h.source_subiid::text as source_subiid,
      h.is_temp, h.temp_state::text as temp_state, h.external_data, h.product_eid, h.sku_eid, h.canceled
    from ledger.accounts a
    join ledger.history h on h.account_id = a.account_id
    where a.member_id = $1::bigint and a.currency_iid = $2::int and h.seq > $3::bigint
    order by h.seq limit $4::int`,
});

/** How many rows the whole history of an account has. */
export const countHistory = queryOne({
  name: 'account-history-count',
  parameters: [z.string(), z.int()],
  row: z.object({ total: z.int() }),
  text: `
    select count(*)::int as total
    from ledger.accounts a
    join ledger.history h on h.account_id = a.account_id
    where a.member_id = $1::bigint and a.currency_iid = $2::int`,
});
