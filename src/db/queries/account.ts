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
      p.transaction_id::text as transaction_id, p.transaction_eid, p.created_at,
      p.type::text as transaction_type, p.amount::text as amount,
      p.active_before::text as balance_before, p.active_after::text as balance_after,
      p.promotion_id as promo_iid, p.promotion_eid as promo_eid, p.description,
      p.activates_at as activation_date, p.expires_at as expiration_date,
      p.source_type, p.source_iid::text as source_iid, p.source_sid, p.source_subiid::text as source_subiid,
      coalesce(h.state <> 'committed', false) as is_temp, h.state::text as temp_state,
      p.external_data, p.product_eid, p.sku_eid,
      coalesce(h.canceled, false) or exists (
        select from ledger.postings r where r.account_id = p.account_id and r.reverses_seq = p.seq
      ) as canceled
    from ledger.accounts a
    join ledger.postings p on p.account_id = a.account_id
    left join ledger.holds h
      on p.is_temp and h.account_id = p.account_id and h.transaction_id = p.transaction_id
    where a.member_id = $1::bigint and a.currency_iid = $2::int and p.seq > $3::bigint
      and p.type <> 'settlement' and (h.state is null or h.state <> 'committed' or p.type = 'redeem')
    order by p.seq limit $4::int`,
});

/** How many rows the whole history of an account has. */
export const countHistory = queryOne({
  name: 'account-history-count',
  parameters: [z.string(), z.int()],
  row: z.object({ total: z.int() }),
  text: `
    select count(*)::int as total
    from ledger.accounts a
    join ledger.postings p on p.account_id = a.account_id
    left join ledger.holds h
      on p.is_temp and h.account_id = p.account_id and h.transaction_id = p.transaction_id
    where a.member_id = $1::bigint and a.currency_iid = $2::int
      and p.type <> 'settlement' and (h.state is null or h.state <> 'committed' or p.type = 'redeem')`,
});
