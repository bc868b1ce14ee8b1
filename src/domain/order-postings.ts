import type { Amount } from './amount';
import type { PricedCheckout } from './checkout';
import type { Accrue, Redeem } from './operation';
import type { PricedAnswer } from './promotion/answer';
import type { Earning } from './promotion/kind';
import { firedIn, isOf, type PricedLine, type PricedOrder } from './promotion/price';
import type { CompiledPromotion } from './promotion/promotion';
import { fromWhole, fromWholeMoney, sum, toWhole } from './promotion/whole';
import type { Delay, Expiration } from './settings';

/** What a confirmed order writes besides itself: postings line by line, and what its promotions did. */

/** Who gets and gives the points of an order, and which order it is. */
export interface OrderAccount {
  program_id: number;
  member_id: string;
  order_id: number;
  external_id: string;
  /** RFC 3339 UTC: later than this nobody waits any more. */
  not_after: string;
}

/** A posting with what its answer says of it; dates of its own are still to be worked out. */
export interface LinePosting {
  operation: Accrue | Redeem;
  line: PricedLine['line'];
  currency: { eid: string; scale: number };
  activation: Delay | null;
  expiration: Expiration | null;
}

/**
 * The postings of an order: first what is redeemed, then what is accrued, each line by line, one for each
 * promotion. Source order, as spec/domain.md 5 has it: order id, external id, number of the line.
 */
export function postingsOf(
  { priced: { lines } }: PricedCheckout,
  account: OrderAccount,
  newId: () => string,
): LinePosting[] {
  const { program_id, member_id, order_id, external_id, not_after } = account;
  const common = (index: number, currency_iid: number, promotion: CompiledPromotion) => ({
    ...{ transaction_id: newId(), program_id, member_id, currency_iid, not_after },
    ...{ promotion_id: promotion.id, promotion_eid: promotion.externalId, description: promotion.name },
    ...{ source_type: 'order' as const, source_iid: String(order_id), source_sid: external_id },
    source_subiid: String(index + 1),
    ...goodsOf(lines[index]),
  });
  const redeemed = lines.flatMap(({ line, payments }, index) =>
    payments
      .filter(({ points }) => points > 0n)
      .map(({ candidate, currency, points }) => ({
        operation: {
          verb: 'redeem' as const,
          ...common(index, currency.iid, candidate.promotion),
          amount: fromWhole(points, currency.scale),
        },
        ...{ line, currency, activation: null, expiration: null },
      })),
  );
  const accrued = lines.flatMap(({ line, earned }, index) =>
    earned.map(({ candidate, earning, points }) => ({
      operation: {
        verb: 'accrue' as const,
        ...common(index, earning.currency.iid, candidate.promotion),
        amount: fromWhole(points, earning.currency.scale),
      },
      ...{ line, ...datesOf(earning), currency: earning.currency },
    })),
  );
  return [...redeemed, ...accrued];
}

function datesOf({ activation, expiration }: Earning) {
  return { activation, expiration };
}

function goodsOf(priced: PricedLine | undefined) {
  const { product, sku } = priced?.line ?? { product: null, sku: null };
  return { ...(product !== null && { product_eid: product }), ...(sku !== null && { sku_eid: sku }) };
}

/** What each promotion did for the order; `accrued`: points by iid of their currency. */
export function deedsOf({ priced: { lines } }: PricedCheckout, { promotions }: PricedAnswer) {
  const earned = lines.flatMap((line) => line.earned);
  return promotions.map((promotion) => {
    const accrued: Record<number, Amount> = {};
    for (const { candidate, earning, points } of earned) {
      if (candidate.promotion.id !== promotion.promo_iid) continue;
      const { iid, scale } = earning.currency;
      accrued[iid] = fromWhole(toWhole(accrued[iid] ?? '0', scale) + points, scale);
    }
    return { ...promotion, accrued };
  });
}

/**
 * A posting that waits for a status of the order, with what is counted from when it becomes active; only what
 * is counted from the accrual is still to be worked out. Redemptions do not wait.
 */
export function awaitingStatus(posting: LinePosting): LinePosting {
  const { operation, activation, expiration } = posting;
  if (operation.verb === 'redeem') return posting;
  const later = expiration?.from === 'activation' ? { n: expiration.n, unit: expiration.unit } : null;
  const waiting = { ...(activation && { activation }), ...(later && { expiration: later }) };
  return {
    ...posting,
    ...{ operation: { ...operation, waiting }, activation: null, expiration: later ? null : expiration },
  };
}

/** A use of a promotion; `granted` is what its budget counts: points of a currency, or money (null). */
interface PromotionUsed {
  promotion_id: number;
  is_limited: boolean;
  granted: string;
  currency_iid: number | null;
  total_uses: number | null;
  budget: string | null;
}

/** How the promotions that came into play were used. */
export function usesOf({ priced }: Pick<PricedCheckout, 'priced'>): PromotionUsed[] {
  return [...firedIn(priced.lines)].map((promotion) => useOf(promotion, priced));
}

function useOf(promotion: CompiledPromotion, { scale, lines }: PricedOrder): PromotionUsed {
  const { id, limits, compiledLimits } = promotion;
  const { currencyIid, most } = compiledLimits;
  const isIts = isOf(promotion);
  const discounts = lines.flatMap((line) => line.discounts.filter(isIts));
  const earned = lines.flatMap((line) =>
    line.earned.filter((it) => isIts(it) && it.earning.currency.iid === currencyIid),
  );
  return {
    promotion_id: id,
    is_limited: limits !== null,
    granted:
      currencyIid === null
        ? fromWholeMoney(sum(discounts.map(({ money }) => money)), scale)
        : fromWhole(sum(earned.map(({ points }) => points)), compiledLimits.scale),
    currency_iid: currencyIid,
    total_uses: limits?.total_uses ?? null,
    budget: most === null ? null : fromWhole(most, compiledLimits.scale),
  };
}
