import { z } from 'zod';
import { lineStatusTypes } from '../../domain/market';
import { type RefusalCode, refusals } from '../../domain/refusal';
import { query, queryFirst } from '../query';

/** Orders whose points are to be looked at, and what there is to know of one. */

export const orderPointsRule = z.object({
  activated_by: z.array(z.string()).nullable(),
  canceled_by: z.array(z.string()),
  refunded_lines: z.boolean(),
});

export const notedRow = z.object({
  order_id: z.int(),
  external_id: z.string(),
  program: z.string(),
  profile_id: z.string(),
});

/** The next so many orders after one that were noted and not looked at yet. */
export const listUnsettled = query({
  name: 'order-points-unsettled',
  parameters: [z.int(), z.int()],
  row: notedRow,
  text: `
    select o.id as order_id, o.external_id, p.external_id as program, o.profile_id
    from market.order_points n
    join market.orders o on o.id = n.order_id
    join catalog.programs p on p.id = o.program_id
    where n.settled_at is null and n.order_id > $1
    order by n.order_id limit $2::int`,
});

/**
 * Locks the note of an order that was not looked at yet. Whoever changes a status writes the note after it,
 * and so before or after: what is read of the order while the note is locked belongs together.
 */
export const lockNote = queryFirst({
  name: 'order-points-lock',
  parameters: [z.int()],
  row: z.object({ order_id: z.int() }),
  text: `
    select order_id from market.order_points where order_id = $1 and settled_at is null for update`,
});

/** What was refused when the points of an order were looked at last. */
export const findRefused = queryFirst({
  name: 'order-points-refused',
  parameters: [z.int()],
  row: z.object({
    refused: z.array(
      z.object({ transaction_id: z.string(), reason: z.enum(Object.keys(refusals) as [RefusalCode]) }),
    ),
  }),
  text: 'select refused from market.order_points where order_id = $1',
});

/** An order, its lines with the types of their statuses, and what its program says of its points. */
export const findStanding = queryFirst({
  name: 'order-points-standing',
  parameters: [z.int()],
  row: z.object({
    id: z.int(),
    external_id: z.string(),
    status: z.string(),
    order_points: orderPointsRule.nullable(),
    lines: z.array(z.object({ line_no: z.int(), status_type: z.enum(lineStatusTypes).nullable() })),
  }),
  text: `
    select o.id, o.external_id, o.status, p.order_points, (
      select coalesce(jsonb_agg(jsonb_build_object('line_no', l.line_no, 'status_type', s.type)), '[]')
      from market.order_lines l left join market.line_statuses s on s.external_id = l.status
      where l.order_id = o.id
    ) as lines
    from market.orders o join catalog.programs p on p.id = o.program_id
    where o.id = $1 and o.origin = 'commit'`,
});

/** What was posted for an order and not cancelled since, in the order of posting. */
export const listOrderPostings = query({
  name: 'order-points-postings',
  parameters: [z.int()],
  row: z.object({
    transaction_id: z.string(),
    program_id: z.int(),
    member_id: z.string(),
    currency_iid: z.int(),
    line_no: z.int(),
    is_waiting: z.boolean(),
  }),
  text: `
    select
      p.transaction_id::text as transaction_id, p.program_id, a.member_id::text as member_id, a.currency_iid,
      p.source_subiid::int as line_no,
      p.waiting is not null and w.seq is null as is_waiting
    from ledger.postings p
    join ledger.accounts a on a.account_id = p.account_id
    left join ledger.postings w on w.account_id = p.account_id and w.activates_seq = p.seq
    where p.source_type = 'order' and p.source_iid = $1::int and p.type in ('accrual', 'redeem')
      and not exists (
        select from ledger.postings r where r.account_id = p.account_id and r.reverses_seq = p.seq
      )
    order by p.account_id, p.seq`,
});
