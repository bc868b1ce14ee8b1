import { z } from 'zod';
import type { PastCustomer, PastOrder } from '../../domain/past-order';
import type { PromotionUse } from '../../domain/promotion/order';
import type { CompiledPromotion } from '../../domain/promotion/promotion';
import { toWhole } from '../../domain/promotion/whole';
import type { SimulationOptions } from '../../domain/simulation';
import type { UsesBefore } from '../../domain/use-counts';
import { type Queryable, query, queryOne } from '../query';
import { orderColumns, orderRow } from './orders';

/** Orders of the past in the order of time, and what they are priced again with: many in one statement. */

const isWanted = `
  o.deleted_at is null and o.endpoint = any ($1::text[]) and o.status <> all ($2::text[])
  and o.create_time <= $3::timestamptz`;

const findStretch = queryOne({
  name: 'past-orders-stretch',
  parameters: [z.array(z.string()), z.array(z.string()), z.string(), z.string().nullable(), z.int()],
  row: z.object({ orders: z.int(), create_time: z.string().nullable(), id: z.int().nullable() }),
  text: `
    with chosen as (
      select o.create_time, o.id from market.orders o
      where ${isWanted} and ($4::timestamptz is null or o.create_time >= $4::timestamptz)
      order by o.create_time desc, o.id desc limit $5::int
    )
    select (select count(*)::int from chosen) as orders, first.create_time, first.id
    from (select) one left join (select * from chosen order by create_time, id limit 1) first on true`,
});

/** A position among orders, right before one of them. */
export interface PastPosition {
  create_time: string;
  id: number;
}

/** How many orders a simulation is about, and right before which one it begins; null: there are none. */
export async function findPastOrders(
  db: Queryable,
  { endpoints, except_statuses, until, since, orders }: SimulationOptions,
): Promise<{ orders: number; begin: PastPosition | null }> {
  const found = await findStretch(db, endpoints, except_statuses, until, since, orders);
  const { create_time, id } = found;
  const begin = create_time === null || id === null ? null : { create_time, id: id - 1 };
  return { orders: found.orders, begin };
}

const listPage = query({
  name: 'past-orders-page',
  parameters: [z.array(z.string()), z.array(z.string()), z.string(), z.string(), z.int(), z.int()],
  row: orderRow.extend({ points_asked: z.json(), answer: z.json().nullable() }),
  text: `
    select
      ${orderColumns}, o.points_asked,
      case when o.answer is not null then jsonb_build_object(
        'order_status', o.answer -> 'order_status', 'promo_codes', o.answer -> 'promo_codes',
        'points_accrued', o.answer -> 'points_accrued', 'points_redeemed', o.answer -> 'points_redeemed',
        'balances', o.answer -> 'balances',
        'merchant_discounts', (
          select jsonb_agg(coalesce(line ->> 'merchant_discount_amount', '0') order by line_no)
          from jsonb_array_elements(o.answer -> 'lines') with ordinality l(line, line_no)
        )
      ) end as answer
    from market.orders o
    where ${isWanted} and (o.create_time, o.id) > ($4::timestamptz, $5::int)
    order by o.create_time, o.id
    limit $6::int`,
});

/** The orders behind a position, so many at most. */
export async function listPastOrders(
  db: Queryable,
  { endpoints, except_statuses, until }: SimulationOptions,
  after: PastPosition,
  limit: number,
): Promise<PastOrder[]> {
  const rows = await listPage(db, endpoints, except_statuses, until, after.create_time, after.id, limit);
  return rows as unknown as PastOrder[];
}

const listMembers = query({
  name: 'past-orders-members',
  parameters: [z.int(), z.array(z.string())],
  row: z.object({
    profile_id: z.string(),
    email: z.string().nullable(),
    phones: z.array(z.string()),
    fields: z.record(z.string(), z.json()),
    tiers: z.array(z.string()),
  }),
  text: `
    select
      p.profile_id, p.email, p.phones, p.fields,
      array(
        select t.eid from ledger.member_tiers h join catalog.tiers t on t.id = h.tier_id
        where h.member_id = m.member_id and h.lost_at is null
      ) as tiers
    from directory.profiles p
    join ledger.members m on m.program_id = $1::int and m.profile_id = p.profile_id and m.removed_at is null
    where p.profile_id = any ($2::text[])`,
});

/** Those of the profiles that are members of a program today, by profile_id. */
export async function findPastCustomers(
  db: Queryable,
  programId: number,
  profileIds: readonly string[],
): Promise<Map<string, PastCustomer>> {
  const rows = await listMembers(db, programId, [...new Set(profileIds)]);
  return new Map(rows.map(({ tiers, ...profile }) => [profile.profile_id, { profile, tiers }]));
}

const listCodePools = query({
  name: 'past-orders-codes',
  parameters: [z.int(), z.array(z.string())],
  row: z.object({ code: z.string(), pool_id: z.int() }),
  text: 'select code, pool_id from codes.codes where database_id = $1::int and code = any ($2::text[])',
});

/** The pools of promo codes of a profile database, by code. */
export async function findCodePools(
  db: Queryable,
  databaseId: number,
  codes: readonly string[],
): Promise<Map<string, number>> {
  if (codes.length === 0) return new Map();
  const rows = await listCodePools(db, databaseId, [...new Set(codes)]);
  return new Map(rows.map(({ code, pool_id }) => [code, pool_id]));
}

const countUses = query({
  name: 'past-orders-uses',
  parameters: [z.string(), z.string()],
  row: z.object({ promotion_id: z.int(), total: z.int(), granted: z.string() }),
  text: `
    select
      o.promotion_id, count(*)::int as total,
      trim_scale(coalesce(sum(
        case when w.currency_iid is null then o.discount_amount
          else (o.accrued ->> w.currency_iid::text)::numeric end
      ), 0))::text as granted
    from jsonb_to_recordset($1::jsonb) as w(promotion_id int, currency_iid int)
    join market.order_promotions o
      on o.promotion_id = w.promotion_id and o.applied_at < $2::timestamptz
    group by o.promotion_id`,
});

const countOwnUses = query({
  name: 'past-orders-own-uses',
  parameters: [z.array(z.string()), z.string(), z.string(), z.string()],
  row: z.object({
    promotion_id: z.int(),
    profile_id: z.string(),
    total: z.int(),
    in_period: z.int(),
  }),
  text: `
    select
      o.promotion_id, o.profile_id, count(*)::int as total,
      (count(*) filter (where o.applied_at >= w.period_start at time zone $3::text))::int as in_period
    from jsonb_to_recordset($2::jsonb) as w(promotion_id int, period_start timestamp)
    join market.order_promotions o
      on o.promotion_id = w.promotion_id and o.profile_id = any ($1::text[])
      and o.applied_at < $4::timestamptz
    group by o.promotion_id, o.profile_id`,
});

/** How limited promotions had been used before a moment (RFC 3339), by all and by single customers. */
export interface PastUses {
  /** By profile_id, of those who were asked about. */
  of(profileIds: readonly string[]): Promise<(profileId: string) => UsesBefore>;
}

export async function countPastUses(
  db: Queryable,
  promotions: readonly CompiledPromotion[],
  timezone: string,
  before: string,
): Promise<PastUses> {
  const limited = promotions.filter(({ isActive, limits }) => isActive && limits !== null);
  const wanted = JSON.stringify(
    limited.map(({ id, compiledLimits: { currencyIid, periodStart } }) => ({
      ...{ promotion_id: id, currency_iid: currencyIid, period_start: periodStart(before) },
    })),
  );
  const rows = limited.length === 0 ? [] : await countUses(db, wanted, before);
  const all = new Map(rows.map((row) => [row.promotion_id, row]));
  const useOf = (promotion: CompiledPromotion, own: { total: number; in_period: number } | undefined) => {
    const total = all.get(promotion.id);
    return {
      total: total?.total ?? 0,
      granted: toWhole(total?.granted ?? '0', promotion.compiledLimits.scale),
      byMember: own?.total ?? 0,
      byMemberInPeriod: own?.in_period ?? 0,
    } satisfies PromotionUse;
  };
  return {
    async of(profileIds) {
      const own =
        all.size === 0 ? [] : await countOwnUses(db, [...new Set(profileIds)], wanted, timezone, before);
      const owns = new Map(own.map((row) => [`${row.promotion_id} ${row.profile_id}`, row]));
      return (profileId) =>
        new Map(limited.map((it) => [it.id, useOf(it, owns.get(`${it.id} ${profileId}`))]));
    },
  };
}
