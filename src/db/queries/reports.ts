import type { Pool } from 'pg';
import { z } from 'zod';
import { type Queryable, query, queryFirst, queryOne } from '../query';
import { inTransaction } from '../transaction';

/** The days of a report in the program's time zone; `moment` is the latest it may know of. */
export interface Days {
  program_id: number;
  timezone: string;
  /** First and last day, YYYY-MM-DD. */
  from: string;
  to: string;
  moment: string;
}

/**
 * The days a report is asked for: what is left out is today, by the moment `$4`, and `$5` days before the
 * last one. Undefined if there is no such program.
 */
export const findDays = queryFirst({
  name: 'report-days',
  parameters: [z.int(), z.string().nullable(), z.string().nullable(), z.string(), z.int()],
  row: z.object({ timezone: z.string(), from: z.string(), to: z.string(), today: z.string(), days: z.int() }),
  text: `
    select p.timezone, since::text as from, until::text as to, today::text as today, until - since + 1 as days
    from catalog.programs p
    cross join lateral (select ($4::timestamptz at time zone p.timezone)::date as today) now
    cross join lateral (select coalesce($3::date, today) as until) u
    cross join lateral (select coalesce($2::date, until - $5::int) as since) s
    where p.id = $1::int`,
});

/**
 * Where each day begins, and where the last one ends: at its midnight, or right after the moment `$4`. So a
 * posting of day n is in bucket n of them, and one that came later in the bucket after the last.
 */
const findBounds = queryOne({
  name: 'report-bounds',
  parameters: [z.string(), z.string(), z.string(), z.string()],
  row: z.object({ bounds: z.array(z.string()) }),
  text: `
    select array(
      select day::timestamp at time zone $1::text
      from generate_series($2::date, $3::date, interval '1 day') day order by day
    ) || least(
      ($3::date + 1)::timestamp at time zone $1::text, $4::timestamptz + interval '1 microsecond'
    ) as bounds`,
});

const bounds = z.array(z.string());
const day = z.string();
const points = z.string();
const currency = { points_currency_iid: z.int(), points_currency_eid: z.string(), scale: z.int() };

/** Without this fence the planner takes the days for as many as the postings, and sorts them all. */
const asFewDays = 'offset 0';

/**
 * Postings by which lapsed points may have come or gone: what the index postings_around_lapse holds. A
 * reversal or the end of a hold is one if it did not move the active balance as points do that are alive.
 */
const isAroundLapse = `(
  p.expires_at < p.posted_at
  or p.type = 'reversal' and p.active_after - p.active_before <> p.delta
  or p.type = 'settlement' and p.delta = 0 and p.active_after - p.active_before <> p.amount
)`;

/**
 * What moved per currency and day, and what there was at the end of each day: counted back from what there is
 * now, so that only postings since the first day are read.
 *
 * Points that lapse leave a balance when their row is posted. In between they are `lapsed`: from the first
 * end of a day after they lapsed to the last one before the posting that took them, or until now.
 */
const listPoints = query({
  name: 'report-points',
  parameters: [z.int(), z.string(), bounds],
  row: z.object({
    day,
    ...currency,
    accrued: points,
    redeemed: points,
    expired: points,
    accruals_canceled: points,
    redemptions_canceled: points,
    held: points,
    outstanding: points,
    lapsed: points,
  }),
  text: `
    with sums as (
      select currency_iid, bucket, type, is_temp, is_gain, sum(moved) as total
      from (
        select a.currency_iid, width_bucket(p.posted_at, $3::timestamptz[]) as bucket, p.type, p.is_temp,
          p.delta > 0 as is_gain, case when p.is_temp then p.amount else p.delta end as moved
        from ledger.postings p join ledger.accounts a on a.account_id = p.account_id
        where p.program_id = $1::int and p.posted_at >= ($3::timestamptz[])[1]
        ${asFewDays}
      ) p
      group by 1, 2, 3, 4, 5
    ), moved as (
      select currency_iid, bucket,
        sum(total) filter (where type = 'accrual' and not is_temp) as accrued,
        sum(-total) filter (where type in ('redeem', 'settlement') and not is_temp) as redeemed,
        sum(-total) filter (where type = 'expire') as expired,
        sum(-total) filter (where type = 'reversal' and not is_gain) as accruals_canceled,
        sum(total) filter (where type = 'reversal' and is_gain) as redemptions_canceled,
        sum(total) filter (where not is_temp) as delta,
        sum(total) filter (where type = 'redeem' and is_temp) as reserved
      from sums group by 1, 2
    ), settled as (
      select a.currency_iid, width_bucket(p.posted_at, $3::timestamptz[]) as bucket, sum(p.amount) as released
      from ledger.postings p
      join ledger.accounts a on a.account_id = p.account_id
      join ledger.postings o on o.account_id = p.account_id and o.seq = p.settles_seq and o.type = 'redeem'
      where p.program_id = $1::int and p.posted_at >= ($3::timestamptz[])[1] and p.type = 'settlement'
      group by 1, 2
    ), lapsing as (
      select account_id, case type when 'expire' then amount else -amount end as amount, expires_at,
        posted_at as until
      from ledger.postings p
      where p.program_id = $1::int and p.posted_at >= ($3::timestamptz[])[1] and ${isAroundLapse}
        and expires_at < posted_at and (type = 'expire' or type = 'accrual' and not is_temp)
      union all
      select p.account_id, u.taken + u.reserved, l.expires_at, p.posted_at
      from ledger.postings p
      join ledger.lot_uses u on u.account_id = p.account_id and u.seq = p.seq
      join ledger.lots l on l.account_id = u.account_id and l.seq = u.lot_seq and l.expires_at < p.posted_at
      where p.program_id = $1::int and p.posted_at >= ($3::timestamptz[])[1] and ${isAroundLapse}
        and p.type in ('reversal', 'settlement')
      union all
      select l.account_id, l.remaining - l.reserved, l.expires_at, 'infinity'
      from ledger.lots l
      where l.program_id = $1::int and l.has_free and l.expires_at < 'infinity'
        and l.expires_at < ($3::timestamptz[])[cardinality($3)]
    ), spans as (
      select a.currency_iid, greatest(width_bucket(l.expires_at, $3::timestamptz[]), 1) as since,
        width_bucket(l.until, $3::timestamptz[]) as till, sum(l.amount) as amount
      from lapsing l join ledger.accounts a on a.account_id = l.account_id
      group by 1, 2, 3
    ), lapsed as (
      select currency_iid, bucket, sum(amount) as amount
      from (
        select currency_iid, since as bucket, amount from spans
        union all
        select currency_iid, till, -amount from spans
      ) s
      group by 1, 2
    ), now as (
      select currency_iid, sum(balance) as balance, sum(held) as held
      from ledger.accounts where program_id = $1::int group by 1
    )
    select * from (
      select
        ($2::date + (bucket.bucket - 1))::text as day,
        c.iid as points_currency_iid, c.eid as points_currency_eid, c.scale,
        coalesce(moved.accrued, 0)::text as accrued,
        coalesce(moved.redeemed, 0)::text as redeemed,
        coalesce(moved.expired, 0)::text as expired,
        coalesce(moved.accruals_canceled, 0)::text as accruals_canceled,
        coalesce(moved.redemptions_canceled, 0)::text as redemptions_canceled,
        (
          coalesce(now.held, 0) - coalesce(sum(moved.reserved) over later, 0)
            + coalesce(sum(settled.released) over later, 0)
        )::text as held,
        (coalesce(now.balance, 0) - coalesce(sum(moved.delta) over later, 0))::text as outstanding,
        coalesce(sum(lapsed.amount) over so_far, 0)::text as lapsed
      from catalog.currencies c
      cross join generate_series(1, cardinality($3)) bucket
      left join moved on moved.currency_iid = c.iid and moved.bucket = bucket.bucket
      left join settled on settled.currency_iid = c.iid and settled.bucket = bucket.bucket
      left join lapsed on lapsed.currency_iid = c.iid and lapsed.bucket = bucket.bucket
      left join now on now.currency_iid = c.iid
      where c.program_id = $1::int
      window
        later as (partition by c.iid order by bucket.bucket rows between 1 following and unbounded following),
        so_far as (partition by c.iid order by bucket.bucket)
      order by bucket.bucket, c.iid
    ) report
    where day < ($2::date + cardinality($3) - 1)::text`,
});

/** Members who came and went per day, by the dates of their membership, and how many there were then. */
const listMembers = query({
  name: 'report-members',
  parameters: [z.int(), z.string(), bounds],
  row: z.object({ day, new: z.int(), removed: z.int(), total: z.int() }),
  text: `
    with moved as (
      select bucket, sum(came)::int as came, sum(went)::int as went
      from (
        select width_bucket(registered_at, $3::timestamptz[]) as bucket, 1 as came, 0 as went
        from ledger.members where program_id = $1::int
        union all
        select width_bucket(removed_at, $3::timestamptz[]), 0, 1
        from ledger.members where program_id = $1::int and removed_at is not null
      ) m
      group by 1
    )
    select
      ($2::date + (bucket - 1))::text as day, coalesce(came, 0) as new, coalesce(went, 0) as removed,
      (
        coalesce((select came - went from moved where bucket = 0), 0)
        + coalesce(sum(came - went) over (order by bucket), 0)
      )::int as total
    from generate_series(1, cardinality($3) - 1) bucket left join moved using (bucket)
    order by bucket`,
});

/** Members who reached and lost each tier per day, by the history of tiers, and how many held it then. */
const listTierMembers = query({
  name: 'report-tiers',
  parameters: [z.int(), z.string(), bounds],
  row: z.object({
    day,
    tiers_group_id: z.int(),
    tiers_group_eid: z.string(),
    tier_id: z.int(),
    tier_eid: z.string(),
    tier_order: z.int(),
    reached: z.int(),
    lost: z.int(),
    members: z.int(),
  }),
  text: `
    with moved as (
      select tier_id, bucket, sum(came)::int as came, sum(went)::int as went
      from (
        select h.tier_id, width_bucket(h.reached_at, $3::timestamptz[]) as bucket, 1 as came, 0 as went
        from ledger.member_tiers h
        join catalog.tier_groups g on g.id = h.group_id and g.program_id = $1::int
        union all
        select h.tier_id, width_bucket(h.lost_at, $3::timestamptz[]), 0, 1
        from ledger.member_tiers h
        join catalog.tier_groups g on g.id = h.group_id and g.program_id = $1::int
        where h.lost_at is not null
      ) h
      group by 1, 2
    )
    select
      ($2::date + (d.bucket - 1))::text as day, g.id as tiers_group_id, g.external_id as tiers_group_eid,
      t.id as tier_id, t.eid as tier_eid, t.tier_order, coalesce(m.came, 0) as reached,
      coalesce(m.went, 0) as lost,
      (
        coalesce((select b.came - b.went from moved b where b.tier_id = t.id and b.bucket = 0), 0)
        + coalesce(sum(m.came - m.went) over (partition by t.id order by d.bucket), 0)
      )::int as members
    from catalog.tier_groups g
    join catalog.tiers t on t.group_id = g.id
    cross join generate_series(1, cardinality($3) - 1) d (bucket)
    left join moved m on m.tier_id = t.id and m.bucket = d.bucket
    where g.program_id = $1::int
    order by d.bucket, g.id, t.tier_order`,
});

const promotionRow = z.object({
  day,
  promotion_id: z.int(),
  promotion_eid: z.string(),
  points_currency_iid: z.int().nullable(),
  points_currency_eid: z.string().nullable(),
  currency: z.string().nullable(),
  scale: z.int(),
  uses: z.int(),
  orders: z.int(),
  canceled: z.int(),
  discount_amount: points,
  accrued: points,
  redeemed: points,
  accruals_canceled: points,
  redemptions_canceled: points,
});

/**
 * What promotions moved per day: uses are transactions that took effect. A temporary redemption does so when
 * it is committed, by a row that says only which one it settles.
 */
const listPointsPromotions = query({
  name: 'report-promotions',
  parameters: [z.int(), z.string(), bounds],
  row: promotionRow,
  text: `
    with posted as (
      select p.account_id, p.posted_at, p.type, p.delta, p.promotion_id, p.promotion_eid,
        case when p.source_type = 'order' and p.type <> 'reversal' then p.source_iid end as order_id
      from ledger.postings p
      where p.program_id = $1::int
        and p.posted_at >= ($3::timestamptz[])[1] and p.posted_at < ($3::timestamptz[])[cardinality($3)]
        and p.promotion_id is not null and not p.is_temp and p.type in ('accrual', 'redeem', 'reversal')
      union all
      select p.account_id, p.posted_at, 'redeem', p.delta, o.promotion_id, o.promotion_eid, null
      from ledger.postings p
      join ledger.postings o on o.account_id = p.account_id and o.seq = p.settles_seq
      where p.program_id = $1::int
        and p.posted_at >= ($3::timestamptz[])[1] and p.posted_at < ($3::timestamptz[])[cardinality($3)]
        and p.type = 'settlement' and p.delta < 0 and o.promotion_id is not null
    ), by_order as (
      select bucket, promotion_id, any_value(promotion_eid) as promotion_eid, currency_iid, order_id,
        count(*) filter (where type <> 'reversal') as uses,
        count(*) filter (where type = 'reversal') as canceled,
        sum(delta) filter (where type = 'accrual') as accrued,
        sum(-delta) filter (where type = 'redeem') as redeemed,
        sum(-delta) filter (where type = 'reversal' and delta <= 0) as accruals_canceled,
        sum(delta) filter (where type = 'reversal' and delta > 0) as redemptions_canceled
      from (
        select width_bucket(p.posted_at, $3::timestamptz[]) as bucket, p.promotion_id, p.promotion_eid,
          a.currency_iid, p.type, p.delta, p.order_id
        from posted p join ledger.accounts a on a.account_id = p.account_id
        ${asFewDays}
      ) p
      group by bucket, promotion_id, currency_iid, order_id
    )
    select
      ($2::date + (bucket - 1))::text as day, p.promotion_id, any_value(p.promotion_eid) as promotion_eid,
      c.iid as points_currency_iid, c.eid as points_currency_eid, null::text as currency, c.scale,
      sum(uses)::int as uses, count(order_id)::int as orders, sum(canceled)::int as canceled,
      '0' as discount_amount,
      coalesce(sum(accrued), 0)::text as accrued,
      coalesce(sum(redeemed), 0)::text as redeemed,
      coalesce(sum(accruals_canceled), 0)::text as accruals_canceled,
      coalesce(sum(redemptions_canceled), 0)::text as redemptions_canceled
    from by_order p join catalog.currencies c on c.iid = p.currency_iid
    group by bucket, p.promotion_id, c.iid
    order by bucket, p.promotion_id, c.iid`,
});

/** What promotions took off confirmed orders per day and money; a use is an order. */
const listDiscountPromotions = query({
  name: 'report-discounts',
  parameters: [z.int(), z.string(), bounds],
  row: promotionRow,
  text: `
    select
      ($2::date + (bucket - 1))::text as day, p.promotion_id, any_value(p.promotion_eid) as promotion_eid,
      null::int as points_currency_iid, null::text as points_currency_eid, m.code as currency, m.scale,
      count(*)::int as uses, count(*)::int as orders, 0 as canceled,
      sum(p.discount_amount)::text as discount_amount,
      '0' as accrued, '0' as redeemed, '0' as accruals_canceled, '0' as redemptions_canceled
    from (
      select width_bucket(d.applied_at, $3::timestamptz[]) as bucket, d.promotion_id, d.promotion_eid,
        d.discount_amount, o.currency
      from market.order_promotions d join market.orders o on o.id = d.order_id and o.program_id = $1::int
      where d.applied_at >= ($3::timestamptz[])[1] and d.applied_at < ($3::timestamptz[])[cardinality($3)]
        and d.discount_amount > 0
      ${asFewDays}
    ) p join market.currencies m on m.code = p.currency
    group by bucket, p.promotion_id, m.code
    order by bucket, p.promotion_id, m.code`,
});

/** By day and promotion, what they did in money and in points. */
const listPromotions: Listing<z.output<typeof promotionRow>> = async (db, ...asked) => {
  const rows = [
    ...(await listDiscountPromotions(db, ...asked)),
    ...(await listPointsPromotions(db, ...asked)),
  ];
  return rows.sort((a, b) => (a.day === b.day ? a.promotion_id - b.promotion_id : a.day < b.day ? -1 : 1));
};

/** A day and ten years need different plans, and compiling a plan takes longer than most of them. */
const planAnew = queryOne({
  name: 'report-plan',
  parameters: [],
  row: z.object({ plan: z.string(), jit: z.string(), memory: z.string() }),
  text: `
    select set_config('plan_cache_mode', 'force_custom_plan', true) as plan,
      set_config('jit', 'off', true) as jit, set_config('work_mem', '64MB', true) as memory`,
});

type Listing<R> = (db: Queryable, programId: number, from: string, bounds: string[]) => Promise<R[]>;

/** Reads everything in one snapshot. */
function report<R>(list: Listing<R>) {
  return (pool: Pool, { program_id, timezone, from, to, moment }: Days): Promise<R[]> =>
    inTransaction(pool, 'isolation level repeatable read read only', async (db) => {
      await planAnew(db);
      const { bounds } = await findBounds(db, timezone, from, to, moment);
      return list(db, program_id, from, bounds);
    });
}

/** One row per day and currency, amounts as decimal text. Throws DatabaseUnavailable. */
export const reportPoints = report(listPoints);
/** One row per day. Throws DatabaseUnavailable. */
export const reportMembers = report(listMembers);
/** One row per day and tier. Throws DatabaseUnavailable. */
export const reportTiers = report(listTierMembers);
/** One row per day, promotion and currency, of points or of money. Throws DatabaseUnavailable. */
export const reportPromotions = report(listPromotions);
