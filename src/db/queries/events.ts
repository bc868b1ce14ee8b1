import { z } from 'zod';
import type { EventRow } from '../../domain/event';
import { query, queryFirst } from '../query';

/**
 * The last of the next $3 events after a position that can be read. An event can be read once no transaction
 * is under way that could still write one before it.
 */
export const findReadableEnd = queryFirst({
  name: 'events-readable-end',
  parameters: [z.string(), z.string(), z.int()],
  row: z.object({ turn: z.string(), event_id: z.string(), count: z.int() }),
  text: `
    select turn::text as turn, event_id::text as event_id, (count(*) over ())::int as count
    from (
      select turn, event_id from feed.events
      where (turn, event_id) > ($1::text::xid8, $2::bigint) and turn < pg_snapshot_xmin(pg_current_snapshot())
      order by turn, event_id limit $3::int
    ) next
    order by next.turn desc, next.event_id desc limit 1`,
});

/** How far events were deleted, if that is behind a position. */
export const findDeleted = queryFirst({
  name: 'events-deleted',
  parameters: [z.string(), z.string()],
  row: z.object({ turn: z.string(), event_id: z.string(), happened_at: z.string() }),
  text: `
    select turn::text as turn, event_id::text as event_id, happened_at from feed.deleted
    where (turn, event_id) > ($1::text::xid8, $2::bigint)`,
});

export const eventRow = z.object({
  turn: z.string(),
  event_id: z.string(),
  type: z.string(),
  happened_at: z.string(),
  profile_id: z.string(),
  member_id: z.string().nullable(),
  database_id: z.int(),
  program_id: z.int().nullable(),
  program_eid: z.string().nullable(),
  registered_at: z.string().nullable(),
  data: z.json(),
  currency_iid: z.int().nullable(),
  currency_eid: z.string().nullable(),
  scale: z.int().nullable(),
  transaction_id: z.string().nullable(),
  transaction_eid: z.string().nullable(),
  transaction_type: z.string().nullable(),
  amount: z.string().nullable(),
  balance_before: z.string().nullable(),
  balance_after: z.string().nullable(),
  created_at: z.string().nullable(),
  activates_at: z.string().nullable(),
  expires_at: z.string().nullable(),
  temp_until: z.string().nullable(),
  committed_as: z.string().nullable(),
  settled_by: z.string().nullable(),
  promotion_id: z.int().nullable(),
  promotion_eid: z.string().nullable(),
  source_type: z.string().nullable(),
  source_iid: z.string().nullable(),
  source_sid: z.string().nullable(),
  source_subiid: z.string().nullable(),
});

/**
 * The statement that tells events in order: those of feed.events that `source` selects. `o` is the posting
 * that p settles, reverses or activates; a transaction that p makes anew counts as its own.
 */
export function eventsText(source: string): string {
  return `
  select
    e.turn::text as turn, e.event_id::text as event_id, e.type, e.happened_at,
    coalesce(e.profile_id, m.profile_id) as profile_id, m.member_id::text as member_id,
    coalesce(e.database_id, g.database_id) as database_id,
    e.program_id, g.external_id as program_eid, m.registered_at, e.data,
    c.iid as currency_iid, c.eid as currency_eid, c.scale,
    t.transaction_id::text as transaction_id,
    coalesce(p.transaction_eid, t.transaction_eid) as transaction_eid,
    t.type::text as transaction_type, p.amount::text as amount,
    p.active_before::text as balance_before, p.active_after::text as balance_after,
    t.created_at, p.activates_at, p.expires_at, h.temp_until, h.committed_as::text as committed_as,
    case when p.type = 'settlement' then p.source_sid end as settled_by,
    t.promotion_id, t.promotion_eid,
    s.source_type, s.source_iid::text as source_iid, s.source_sid, s.source_subiid::text as source_subiid
  from (${source}) e
  left join ledger.postings p on p.account_id = e.account_id and p.seq = e.seq
  left join ledger.postings o
    on o.account_id = p.account_id and o.seq = coalesce(p.settles_seq, p.reverses_seq, p.activates_seq)
  left join ledger.postings t on t.account_id = p.account_id and t.seq = case
    when p.type in ('settlement', 'reversal', 'activation') or e.type = 'loyalty_temp_committed' then o.seq
    else p.seq end
  left join ledger.postings s
    on s.account_id = p.account_id and s.seq = case when p.type = 'settlement' then o.seq else p.seq end
  left join ledger.holds h
    on t.is_temp and h.account_id = t.account_id and h.transaction_id = t.transaction_id
  left join ledger.accounts a on a.account_id = e.account_id
  left join ledger.members m on m.member_id = coalesce(e.member_id, a.member_id)
  left join catalog.currencies c on c.iid = a.currency_iid
  left join catalog.programs g on g.id = e.program_id
  order by e.turn, e.event_id`;
}

/** Events between two positions, the second included, of these types and this program (null: of any). */
export const listEvents = query({
  name: 'events-list',
  parameters: [
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.array(z.string()).nullable(),
    z.int().nullable(),
    z.int(),
  ],
  row: eventRow,
  text: eventsText(`
    select * from feed.events
    where (turn, event_id) > ($1::text::xid8, $2::bigint)
      and (turn, event_id) <= ($3::text::xid8, $4::bigint)
      and ($5::text[] is null or type = any ($5::text[])) and ($6::int is null or program_id = $6::int)
    order by turn, event_id limit $7::int`),
}) satisfies (...values: never[]) => Promise<EventRow[]>;
