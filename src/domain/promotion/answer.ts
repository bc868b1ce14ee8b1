import type { Amount } from '../amount';
import type { Candidate } from './evaluate';
import type { PaymentNote } from './pay';
import { firedIn, isOf, type PricedLine, type PricedOrder, type Rejection, totalsOf } from './price';
import type { CompiledPromotion } from './promotion';
import type { PointsCurrency } from './terms';
import { divide, fromWhole, fromWholeMoney, moneyScale, sum, type Whole } from './whole';

/** A priced order as it is answered and stored: money in major units, points in those of their currency. */

export interface PointsAmount {
  points_currency_iid: number;
  points_currency_eid: string;
  amount: Amount;
}

export interface PromotionAnswer {
  promo_iid: number;
  promo_eid: string;
  name: string;
  type: 'discount' | 'points';
  discount_amount: Amount;
  points_accrued: Amount;
  points_redeemed: Amount;
}

/** What one promotion did for one line. */
export interface AppliedAnswer {
  promo_eid: string;
  discount_amount: Amount;
  points_accrued: LinePoints[];
  points_redeemed: LinePoints[];
}

export type LinePoints = Omit<PointsAmount, 'points_currency_iid'>;

export interface LineAnswer {
  external_id: string;
  product?: string;
  sku?: string;
  count: number;
  base_price_per_item: Amount;
  total_price: Amount;
  /** The part of discount_amount that the merchant gave himself; only if there is one. */
  merchant_discount_amount?: Amount;
  discount_amount: Amount;
  points_payment_amount: Amount;
  final_total_price: Amount;
  final_price_per_item: Amount;
  points_accrued: LinePoints[];
  promotions: string[];
  /** Only if an explanation was asked for. */
  applied?: AppliedAnswer[];
}

export interface RejectionAnswer {
  promo_eid: string;
  reason: string;
  detail: string;
  lost_to: string[];
}

export interface PaymentAnswer {
  points_currency_eid: string;
  requested: Amount;
  allowed: Amount;
  reason: string;
}

/** What preorder, preorder_commit and tests of promotions have in common. */
export interface PricedAnswer {
  total_price: Amount;
  /** The part of discount_amount that the merchant gave himself; only if there is one. */
  merchant_discount_amount?: Amount;
  discount_amount: Amount;
  points_payment_amount: Amount;
  final_total_price: Amount;
  points_accrued: PointsAmount[];
  points_redeemed: PointsAmount[];
  /** Wishes to pay with points that were not granted in full; only if there are some. */
  points_payment?: PaymentAnswer[];
  promotions: PromotionAnswer[];
  rejected_promotions: RejectionAnswer[];
  lines: LineAnswer[];
}

/** Writes money of an order's scale. */
type Money = (whole: Whole) => Amount;

/**
 * `delivery`, in minor units, is in both totals if the request's total had it (NG-11). `explain`: each line
 * says what each promotion did for it.
 */
export function answerOf(
  { scale, lines, notes, rejected }: PricedOrder,
  currencies: readonly PointsCurrency[],
  { delivery, explain }: { delivery: Whole; explain: boolean },
): PricedAnswer {
  const money: Money = (whole) => fromWholeMoney(whole, scale);
  const totals = totalsOf(lines);
  const reduced = notes.flatMap((note) => paymentAnswer(note, currencies));
  return {
    total_price: money(totals.total + delivery),
    ...merchantsPart(totals.merchantDiscount, money),
    discount_amount: money(totals.merchantDiscount + totals.discount),
    points_payment_amount: money(totals.paid),
    final_total_price: money(totals.final + delivery),
    points_accrued: accruedIn(lines),
    points_redeemed: redeemedIn(lines),
    ...(reduced.length > 0 ? { points_payment: reduced } : {}),
    promotions: [...deedsIn(lines)].sort(([a], [b]) => byId(a, b)).map((it) => promotionAnswer(it, money)),
    rejected_promotions: [...rejected].sort((a, b) => byId(a.promotion, b.promotion)).map(rejectionAnswer),
    lines: lines.map((line) => lineAnswer(line, money, explain)),
  };
}

const byId = (a: CompiledPromotion, b: CompiledPromotion) => a.id - b.id;

function accruedIn(lines: readonly PricedLine[]): PointsAmount[] {
  return perCurrency(
    lines.flatMap(({ earned }) => earned.map(({ earning: { currency }, points }) => ({ currency, points }))),
  );
}

function redeemedIn(lines: readonly PricedLine[]): PointsAmount[] {
  return perCurrency(lines.flatMap(({ payments }) => payments));
}

function perCurrency(amounts: readonly { currency: PointsCurrency; points: Whole }[]): PointsAmount[] {
  const given = amounts.filter(({ points }) => points > 0n);
  const currencies = new Map(given.map(({ currency }) => [currency.iid, currency]));
  return [...currencies.values()]
    .sort((a, b) => a.iid - b.iid)
    .map(({ iid, eid, scale }) => ({
      points_currency_iid: iid,
      points_currency_eid: eid,
      amount: fromWhole(sum(given.flatMap((it) => (it.currency.iid === iid ? [it.points] : []))), scale),
    }));
}

/** What one promotion did for all lines. */
export interface Deeds {
  discounts: Whole[];
  earned: { currency: PointsCurrency; points: Whole }[];
  payments: { currency: PointsCurrency; points: Whole; money: Whole }[];
}

export function deedsIn(lines: readonly PricedLine[]): Map<CompiledPromotion, Deeds> {
  const deeds = new Map<CompiledPromotion, Deeds>();
  const of = ({ promotion }: Candidate) => {
    const known = deeds.get(promotion) ?? { discounts: [], earned: [], payments: [] };
    deeds.set(promotion, known);
    return known;
  };
  for (const { discounts, earned, payments } of lines) {
    for (const { candidate, money } of discounts) of(candidate).discounts.push(money);
    for (const { candidate, earning, points } of earned) {
      of(candidate).earned.push({ currency: earning.currency, points });
    }
    for (const payment of payments) of(payment.candidate).payments.push(payment);
  }
  return deeds;
}

/** Its points are added up over currencies; the lines tell them apart. */
function promotionAnswer([promotion, deeds]: [CompiledPromotion, Deeds], money: Money): PromotionAnswer {
  return {
    promo_iid: promotion.id,
    promo_eid: promotion.externalId,
    name: promotion.name,
    type: promotion.kind,
    discount_amount: money(sum(deeds.discounts)),
    points_accrued: pointsTotal(deeds.earned),
    points_redeemed: pointsTotal(deeds.payments),
  };
}

function pointsTotal(amounts: readonly { currency: PointsCurrency; points: Whole }[]): Amount {
  const scale = Math.max(moneyScale, ...amounts.map(({ currency }) => currency.scale));
  return fromWhole(sum(amounts.map((it) => it.points * 10n ** BigInt(scale - it.currency.scale))), scale);
}

function rejectionAnswer({ promotion, because, detail, lostTo }: Rejection): RejectionAnswer {
  return {
    promo_eid: promotion.externalId,
    reason: because,
    detail,
    lost_to: lostTo.map(({ externalId }) => externalId),
  };
}

function paymentAnswer(
  { currencyIid, requested, allowed, because }: PaymentNote,
  currencies: readonly PointsCurrency[],
): PaymentAnswer[] {
  if (because === null) return [];
  const currency = currencies.find(({ iid }) => iid === currencyIid);
  if (!currency) throw new RangeError(`Currency ${currencyIid} is not one of the program`);
  const { eid, scale } = currency;
  const wish = requested === 'max' ? 'max' : fromWhole(requested, scale);
  return [{ points_currency_eid: eid, requested: wish, allowed: fromWhole(allowed, scale), reason: because }];
}

const merchantsPart = (whole: Whole, money: Money) =>
  whole > 0n ? { merchant_discount_amount: money(whole) } : {};

function lineAnswer(priced: PricedLine, money: Money, explain: boolean): LineAnswer {
  const { line, total, merchantDiscount, discounts, payments, final } = priced;
  const fired = [...firedIn([priced])].sort(byId);
  return {
    external_id: line.externalId,
    ...(line.sku === null ? { product: line.product ?? '' } : { sku: line.sku }),
    count: line.count,
    base_price_per_item: money(line.basePrice),
    total_price: money(total),
    ...merchantsPart(merchantDiscount, money),
    discount_amount: money(merchantDiscount + sum(discounts.map((it) => it.money))),
    points_payment_amount: money(sum(payments.map((it) => it.money))),
    final_total_price: money(final),
    final_price_per_item: money(divide(final, BigInt(line.count), 'half_up')),
    points_accrued: accruedIn([priced]).map(withoutIid),
    promotions: fired.map(({ externalId }) => externalId),
    ...(explain ? { applied: fired.map((promotion) => appliedAnswer(promotion, priced, money)) } : {}),
  };
}

function withoutIid({ points_currency_eid, amount }: PointsAmount): LinePoints {
  return { points_currency_eid, amount };
}

function appliedAnswer(promotion: CompiledPromotion, priced: PricedLine, money: Money): AppliedAnswer {
  const isIts = isOf(promotion);
  const its = {
    ...priced,
    earned: priced.earned.filter(isIts),
    payments: priced.payments.filter(isIts),
  };
  return {
    promo_eid: promotion.externalId,
    discount_amount: money(sum(priced.discounts.filter(isIts).map((it) => it.money))),
    points_accrued: accruedIn([its]).map(withoutIid),
    points_redeemed: redeemedIn([its]).map(withoutIid),
  };
}
