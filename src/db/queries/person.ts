import { z } from 'zod';
import { query, queryFirst } from '../query';

/** Everything that is kept on one person: profile, memberships, accounts, and what was posted to them. */

export const findKeptProfile = queryFirst({
  name: 'person-profile',
  parameters: [z.string()],
  row: z.object({
    profile_id: z.string(),
    database_id: z.int(),
    email: z.string().nullable(),
    phones: z.array(z.string()),
    fields: z.record(z.string(), z.json()),
    created_at: z.string(),
    updated_at: z.string(),
  }),
  text: `
    select profile_id, database_id, email, phones, fields, created_at, updated_at
    from directory.profiles where profile_id = $1`,
});

/** Present and former ones. */
export const listKeptMemberships = query({
  name: 'person-memberships',
  parameters: [z.string()],
  row: z.object({
    member_id: z.string(),
    program_id: z.int(),
    registered_at: z.string(),
    removed_at: z.string().nullable(),
  }),
  text: `
    select member_id::text as member_id, program_id, registered_at, removed_at
    from ledger.members where profile_id = $1 order by ledger.members.member_id`,
});

/** Who held which tier when; present ones have no lost_at. */
export const listKeptTiers = query({
  name: 'person-tiers',
  parameters: [z.string()],
  row: z.object({
    member_id: z.string(),
    tiers_group_id: z.int(),
    tiers_group_eid: z.string(),
    tier_id: z.int(),
    tier_eid: z.string(),
    reached_at: z.string(),
    lost_at: z.string().nullable(),
    first_reached_at: z.string().nullable(),
    rewarded_by: z.string().nullable(),
  }),
  text: `
    select h.member_id::text as member_id, g.id as tiers_group_id, g.external_id as tiers_group_eid,
      t.id as tier_id, t.eid as tier_eid, h.reached_at, h.lost_at,
      f.reached_at as first_reached_at, f.rewarded_by::text as rewarded_by
    from ledger.members m
    join ledger.member_tiers h on h.member_id = m.member_id
    join catalog.tiers t on t.id = h.tier_id
    join catalog.tier_groups g on g.id = h.group_id
    left join ledger.first_tiers f on f.member_id = h.member_id and f.tier_id = h.tier_id
    where m.profile_id = $1 order by h.member_id, h.group_id, h.id`,
});

/** Which scenarios went through whom, and how they ended; of running ones outcome and ended_at are null. */
export const listKeptRuns = query({
  name: 'person-scenario-runs',
  parameters: [z.string()],
  row: z.object({
    member_id: z.string(),
    run_id: z.string(),
    scenario_id: z.int(),
    scenario_eid: z.string().nullable(),
    cause: z.string(),
    started_at: z.string(),
    ended_at: z.string().nullable(),
    outcome: z.string().nullable(),
  }),
  text: `
    select r.member_id::text as member_id, r.run_id::text as run_id, r.scenario_id,
      d.external_id as scenario_eid, r.cause, r.started_at, r.ended_at, r.outcome
    from ledger.members m
    join scenarios.runs r on r.member_id = m.member_id
    left join scenarios.definitions d on d.id = r.scenario_id
    where m.profile_id = $1 order by r.run_id`,
});

/** Holds that were settled before they were posted have no posting to be shown with. */
export const listKeptAccounts = query({
  name: 'person-accounts',
  parameters: [z.string()],
  row: z.object({
    member_id: z.string(),
    account_id: z.string(),
    points_currency_iid: z.int(),
    points_currency_eid: z.string(),
    balance: z.string(),
    held: z.string(),
    debt: z.string(),
    closed_at: z.string().nullable(),
    never_opened: z.array(z.string()),
  }),
  text: `
    select a.member_id::text as member_id, a.account_id::text as account_id,
      c.iid as points_currency_iid, c.eid as points_currency_eid,
      trim_scale(a.balance)::text as balance, trim_scale(a.held)::text as held,
      trim_scale(a.debt)::text as debt, a.closed_at,
      array(
        select h.transaction_id::text from ledger.holds h
        where h.account_id = a.account_id and h.seq is null order by h.transaction_id
      ) as never_opened
    from ledger.members m
    join ledger.accounts a on a.member_id = m.member_id
    join catalog.currencies c on c.iid = a.currency_iid
    where m.profile_id = $1 order by a.account_id`,
});

/** What somebody ordered, after a position. */
export const listKeptOrders = query({
  name: 'person-orders',
  parameters: [z.string(), z.int(), z.int()],
  row: z.object({
    id: z.int(),
    external_id: z.string(),
    endpoint: z.string(),
    status: z.string(),
    currency: z.string(),
    region: z.string().nullable(),
    total_price: z.string(),
    final_total_price: z.string(),
    delivery_cost: z.string(),
    tags: z.array(z.string()),
    custom_fields: z.record(z.string(), z.json()),
    create_time: z.string(),
    update_time: z.string(),
    lines: z.array(
      z.object({
        external_id: z.string(),
        product: z.string().nullable(),
        sku: z.string().nullable(),
        count: z.int(),
        final_total_price: z.string(),
        custom_fields: z.record(z.string(), z.json()),
      }),
    ),
  }),
  text: `
    select o.id, o.external_id, o.endpoint, o.status, o.currency, o.region,
      trim_scale(o.total_price)::text as total_price,
      trim_scale(o.final_total_price)::text as final_total_price,
      trim_scale(o.delivery_cost)::text as delivery_cost, o.tags, o.custom_fields, o.create_time,
      o.update_time,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'external_id', l.external_id,
          'product', case when g.entity_type = 'product' then g.external_id end,
          'sku', case when g.entity_type = 'sku' then g.external_id end,
          'count', l.count, 'final_total_price', trim_scale(l.final_total_price)::text,
          'custom_fields', l.custom_fields
        ) order by l.line_no), '[]')
        from market.order_lines l join market.goods g on g.id = l.goods_id where l.order_id = o.id
      ) as lines
    from market.orders o
    where o.profile_id = $1 and o.id > $2
    order by o.id limit $3::int`,
});

/** Postings of all accounts after a position; each with the lot it made, what it did to lots, its hold. */
export const listKeptPostings = query({
  name: 'person-postings',
  parameters: [z.string(), z.string(), z.string(), z.int()],
  row: z.object({
    account_id: z.string(),
    seq: z.string(),
    transaction_id: z.string(),
    transaction_eid: z.string().nullable(),
    type: z.string(),
    amount: z.string(),
    delta: z.string(),
    balance_after: z.string(),
    active_before: z.string(),
    active_after: z.string(),
    posted_at: z.string(),
    created_at: z.string(),
    is_temp: z.boolean(),
    settles_seq: z.string().nullable(),
    reverses_seq: z.string().nullable(),
    activates_at: z.string().nullable(),
    expires_at: z.string().nullable(),
    promotion_id: z.int().nullable(),
    promotion_eid: z.string().nullable(),
    description: z.string(),
    source_type: z.string(),
    source_iid: z.string().nullable(),
    source_sid: z.string().nullable(),
    source_subiid: z.string().nullable(),
    product_eid: z.string().nullable(),
    sku_eid: z.string().nullable(),
    external_data: z.record(z.string(), z.json()).nullable(),
    lot_amount: z.string().nullable(),
    lot_remaining: z.string().nullable(),
    lot_reserved: z.string().nullable(),
    lot_activates_at: z.string().nullable(),
    lot_expires_at: z.string().nullable(),
    lot_uses: z.array(z.object({ lot_seq: z.string(), taken: z.string(), reserved: z.string() })),
    hold_state: z.string().nullable(),
    hold_temp_until: z.string().nullable(),
    hold_settled_at: z.string().nullable(),
    hold_committed_as: z.string().nullable(),
    hold_canceled: z.boolean().nullable(),
  }),
  text: `
    select
      p.account_id::text as account_id, p.seq::text as seq, p.transaction_id::text as transaction_id,
      p.transaction_eid, p.type::text as type, trim_scale(p.amount)::text as amount,
      trim_scale(p.delta)::text as delta, trim_scale(p.balance_after)::text as balance_after,
      trim_scale(p.active_before)::text as active_before, trim_scale(p.active_after)::text as active_after,
      p.posted_at, p.created_at, p.is_temp, p.settles_seq::text as settles_seq,
      p.reverses_seq::text as reverses_seq, p.activates_at, p.expires_at, p.promotion_id, p.promotion_eid,
      p.description, p.source_type, p.source_iid::text as source_iid, p.source_sid,
      p.source_subiid::text as source_subiid, p.product_eid, p.sku_eid, p.external_data,
      trim_scale(l.amount)::text as lot_amount, trim_scale(l.remaining)::text as lot_remaining,
      trim_scale(l.reserved)::text as lot_reserved, l.activates_at as lot_activates_at,
      l.expires_at as lot_expires_at,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'lot_seq', u.lot_seq::text,
          'taken', trim_scale(u.taken)::text, 'reserved', trim_scale(u.reserved)::text
        ) order by u.lot_seq), '[]')
        from ledger.lot_uses u where u.account_id = p.account_id and u.seq = p.seq
      ) as lot_uses,
      h.state::text as hold_state, h.temp_until as hold_temp_until, h.settled_at as hold_settled_at,
      h.committed_as::text as hold_committed_as, h.canceled as hold_canceled
    from ledger.members m
    join ledger.accounts a on a.member_id = m.member_id
    join ledger.postings p on p.account_id = a.account_id
    left join ledger.lots l on l.account_id = p.account_id and l.seq = p.seq
    left join ledger.holds h
      on p.is_temp and h.account_id = p.account_id and h.transaction_id = p.transaction_id
    where m.profile_id = $1 and (p.account_id, p.seq) > ($2::bigint, $3::bigint)
    order by p.account_id, p.seq limit $4::int`,
});
