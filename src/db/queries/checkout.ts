import { z } from 'zod';
import {
  type CheckoutRefusal,
  type CheckoutRequest,
  type CheckoutSettings,
  type Customer,
  type JudgedCode,
  judgeCodes,
  type PricedCheckout,
  priceCheckout,
  readPayments,
} from '../../domain/checkout';
import type { KnownGoods } from '../../domain/goods-facts';
import { changeOrder } from '../../domain/order';
import type { PromotionUse } from '../../domain/promotion/order';
import type { Pricing } from '../../domain/promotion/pricing';
import { finestMoneyScale, moneyScale, toWhole } from '../../domain/promotion/whole';
import { isRefusal, refuse } from '../../domain/refusal';
import { type Queryable, query } from '../query';
import { findGoods } from './goods';
import { readProfile } from './profiles';
import { promoCodesOf } from './promo-codes';

/** What a checkout has to know of its customer. */

/** The active and total points of a member by currency, at a moment (RFC 3339). */
export const readBalances = query({
  name: 'checkout-balances',
  parameters: [z.string(), z.string()],
  row: z.object({ currency_iid: z.int(), active: z.string(), total: z.string() }),
  text: `
    select a.currency_iid, trim_scale(now.active)::text as active,
      trim_scale(now.balance - now.lapsed)::text as total
    from ledger.accounts a, lateral ledger.refresh(a, $2::timestamptz) now
    where a.member_id = $1::bigint
    order by a.currency_iid`,
});

const heldTiers = query({
  name: 'checkout-tiers',
  parameters: [z.string()],
  row: z.object({ eid: z.string() }),
  text: `
    select t.eid from ledger.member_tiers h join catalog.tiers t on t.id = h.tier_id
    where h.member_id = $1::bigint and h.lost_at is null`,
});

const uses = query({
  name: 'checkout-uses',
  parameters: [z.string(), z.string(), z.string()],
  row: z.object({
    promotion_id: z.int(),
    total: z.int(),
    by_member: z.int(),
    by_member_in_period: z.int(),
    granted: z.string(),
  }),
  text: `
    select
      w.promotion_id, coalesce(u.uses, before.uses)::int as total, own.uses::int as by_member,
      own.uses_in_period::int as by_member_in_period,
      trim_scale(coalesce(u.granted, market.granted(w.promotion_id, w.currency_iid)))::text as granted
    from jsonb_to_recordset($2::jsonb) as w(promotion_id int, currency_iid int, period_start timestamp)
    left join market.promotion_uses u
      on u.promotion_id = w.promotion_id and u.currency_iid is not distinct from w.currency_iid
    left join lateral (
      select count(*) as uses
      from market.order_promotions o where o.promotion_id = w.promotion_id and u.promotion_id is null
    ) before on true
    left join lateral (
      select
        count(*) as uses,
        count(*) filter (where o.applied_at >= w.period_start at time zone $3) as uses_in_period
      from market.order_promotions o
      where o.promotion_id = w.promotion_id and o.profile_id = $1
    ) own on true`,
});

/**
 * Everything promotions may look at of a customer at a moment (RFC 3339 UTC); without a member id the
 * profile alone. undefined: the profile is gone. Throws DatabaseUnavailable.
 */
export async function findCustomer(
  db: Queryable,
  { profile_id, member_id }: { profile_id: string; member_id: string | null },
  pricing: Pricing | undefined,
  at: string,
): Promise<Customer | undefined> {
  const profile = await readProfile(db, profile_id);
  if (!profile) return undefined;
  if (member_id === null || !pricing) return { profile, member: null };
  const points = await readBalances(db, member_id, at);
  const tiers = await heldTiers(db, member_id);
  return {
    profile,
    member: {
      tiers: new Set(tiers.map(({ eid }) => eid)),
      balances: new Map(points.map(({ currency_iid, active }) => [currency_iid, active])),
      uses: await findUses(db, profile_id, pricing, at),
    },
  };
}

/** How often limited promotions have been used, by everybody and by a profile, at a moment (RFC 3339). */
export async function findUses(
  db: Queryable,
  profileId: string,
  pricing: Pricing,
  at: string,
): Promise<Map<number, PromotionUse>> {
  const limited = limitedPromotions(pricing, at);
  if (limited.length === 0) return new Map();
  const rows = await uses(db, profileId, JSON.stringify(limited), pricing.terms.timezone);
  const scales = new Map(pricing.promotions.map((it) => [it.id, it.compiledLimits.scale]));
  return new Map(rows.map((row) => [row.promotion_id, toUse(row, scales.get(row.promotion_id))]));
}

function toUse(
  row: { total: number; by_member: number; by_member_in_period: number; granted: string },
  scale: number | undefined,
): PromotionUse {
  return {
    total: row.total,
    byMember: row.by_member,
    byMemberInPeriod: row.by_member_in_period,
    granted: toWhole(row.granted, scale ?? finestMoneyScale),
  };
}

/** The promotions whose uses count, what their budgets are in, and the day their current period began. */
function limitedPromotions({ promotions }: Pricing, at: string) {
  return promotions
    .filter(({ isActive, limits }) => isActive && limits !== null)
    .map(({ id, compiledLimits: { currencyIid, periodStart } }) => ({
      ...{ promotion_id: id, currency_iid: currencyIid, period_start: periodStart(at) },
    }));
}

/**
 * Prices an order as a customer asks for it, at a moment (RFC 3339 UTC); only reads. Refusals: those of
 * priceFor, profile_not_found. Throws DatabaseUnavailable.
 */
export async function priceRequest(
  db: Queryable,
  settings: CheckoutSettings,
  request: CheckoutRequest,
  person: { profile_id: string; member_id: string | null },
  now: string,
): Promise<PricedCheckout | CheckoutRefusal> {
  const customer = await findCustomer(db, person, settings.pricing, now);
  if (!customer) return refuse('profile_not_found', { matching: `profile_id "${person.profile_id}"` });
  return priceFor(db, settings, request, customer, now);
}

/**
 * Prices an order for a customer, who need not exist. Refusals: those of changeOrder and of payments with
 * points. Throws DatabaseUnavailable.
 */
export async function priceFor(
  db: Queryable,
  settings: CheckoutSettings,
  request: CheckoutRequest,
  customer: Customer,
  now: string,
): Promise<PricedCheckout | CheckoutRefusal> {
  const { market, channel, program, pricing } = settings;
  const { profile_id: profileId } = customer.profile;
  const named = (key: 'product' | 'sku') => request.lines.flatMap((line) => line[key] ?? []);
  const goods = await findGoods(db, { products: named('product'), skus: named('sku') });
  const record = changeOrder(undefined, request, { market, now, profileId, goods });
  if (isRefusal(record)) {
    if (record.refusal === 'conflict') throw new Error('An order that is not there yet conflicts');
    return record;
  }
  const payments = program && pricing ? readPayments(request.points_payment ?? [], program, pricing) : [];
  if (isRefusal(payments)) return payments;
  const codes = await findCodes(db, request.promo_codes ?? [], channel.database_id, profileId, now);
  const ofLines = request.lines.map(({ product = '', sku }) =>
    sku === undefined ? goods.products.get(product) : goods.skus.get(sku),
  );
  const scale = market.currencies.get(record.currency)?.scale ?? moneyScale;
  const parts = { scale, record, channel, customer, pricing: pricing?.inMoney(scale), codes, payments };
  return priceCheckout({ ...parts, goods: ofLines as KnownGoods[] }, request.create_time ?? now);
}

async function findCodes(
  db: Queryable,
  codes: readonly string[],
  databaseId: number,
  profileId: string,
  at: string,
): Promise<JudgedCode[]> {
  const found = await promoCodesOf(db, { codes, databaseId, profileId });
  return judgeCodes(found, profileId, at);
}
