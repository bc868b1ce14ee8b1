import { z } from 'zod';
import { notedRow, orderPointsRule } from '../queries/order-points';
import { command, query, queryFirst } from '../query';

/**
 * Notes confirmed orders whose points are to be looked at, if their program has a rule for them: those that
 * changed ($2 says of each of $1), and those of which something was refused the last time. In the transaction
 * that changes the status, and after it.
 */
export const noteOrders = query({
  name: 'order-points-note',
  parameters: [z.array(z.int()), z.array(z.boolean())],
  row: notedRow,
  text: `
    with wanted as (
      select o.id, o.external_id, p.external_id as program, o.profile_id
      from unnest($1::int[], $2::boolean[]) as i(id, is_changed)
      join market.orders o on o.id = i.id and o.origin = 'commit' and o.profile_id is not null
      join catalog.programs p on p.id = o.program_id and p.order_points is not null
      left join market.order_points n on n.order_id = o.id
      where i.is_changed or n.refused <> '[]'
    ), notes as (
      insert into market.order_points (order_id)
      select id from wanted order by id
      on conflict (order_id) do update set noted_at = now(), settled_at = null
      returning order_id
    )
    select w.id as order_id, w.external_id, w.program, w.profile_id
    from notes n join wanted w on w.id = n.order_id
    order by w.id`,
});

/** Notes every order of a program some of whose points wait: its settings are others now. */
export const noteWaiting = command({
  name: 'order-points-note-waiting',
  parameters: [z.int()],
  text: `
    insert into market.order_points (order_id)
    select o.id
    from market.orders o
    where o.origin = 'commit' and o.program_id = $1 and o.id in (
      select p.source_iid
      from ledger.lots l join ledger.postings p on p.account_id = l.account_id and p.seq = l.seq
      where l.program_id = $1 and l.activates_at = 'infinity' and l.has_free and p.source_type = 'order'
    )
    order by o.id for key share of o
    on conflict (order_id) do update set noted_at = now(), settled_at = null`,
});

/** What looking at the points of an order came to; what could not be done stays written down. */
export const settleNote = command({
  name: 'order-points-settle',
  parameters: [z.int(), z.boolean(), z.string()],
  text: `
    update market.order_points set settled_at = now(), is_canceled = $2, refused = $3::jsonb
    where order_id = $1`,
});

/** Forgets an order whose points were looked at; the order is locked. */
export const forgetOrder = command({
  name: 'order-points-forget',
  parameters: [z.int()],
  text: 'delete from market.order_points where order_id = $1 and settled_at is not null',
});

/** The rule of a program for the points of orders, which nobody changes until this transaction has ended. */
export const holdRule = queryFirst({
  name: 'order-points-hold-rule',
  parameters: [z.int()],
  row: z.object({ order_points: orderPointsRule.nullable() }),
  text: 'select order_points from catalog.programs where id = $1 for share',
});
