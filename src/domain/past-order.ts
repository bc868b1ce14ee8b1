import { type Amount, decimal } from './amount';
import type { Program } from './catalog';
import {
  type Customer,
  type JudgedCode,
  makeCheckout,
  type PaymentWish,
  type PricedRecord,
  readPayments,
} from './checkout';
import type { KnownGoods } from './goods-facts';
import type { Channel } from './market';
import type { ProfileRecord } from './profile-facts';
import type { Checkout, PaymentRequest } from './promotion/order';
import type { Pricing } from './promotion/pricing';
import type { PointsCurrency } from './promotion/terms';
import { fromWhole } from './promotion/whole';
import { isRefusal } from './refusal';

/** Orders of the past, as they are priced again. */

/** An order as it is stored; money as decimal strings, times RFC 3339 UTC. */
export interface PastOrder extends Omit<PricedRecord, 'lines'> {
  id: number;
  external_id: string;
  profile_id: string | null;
  create_time: string;
  lines: PastLine[];
  /** How its customer wished to pay with points. */
  points_asked: PaymentWish[];
  /** What preorder_commit answered; null: the order was imported. */
  answer: PastAnswer | null;
}

type PastLine = PricedRecord['lines'][number] & { goods_id: number };

interface PastPoints {
  points_currency_eid: string;
  amount: Amount;
}

/** Of the answer to a confirmed order what says how it stood when it was priced. */
export interface PastAnswer {
  order_status: string;
  /** What the merchant himself took off each line. */
  merchant_discounts: Amount[];
  promo_codes: { code: string; applied: boolean; reason: string | null }[];
  points_accrued: PastPoints[];
  points_redeemed: PastPoints[];
  balances: { points_currency_eid: string; active_balance: Amount }[];
}

/** A member as he is today. */
export interface PastCustomer {
  profile: ProfileRecord;
  tiers: readonly string[];
}

/** What an order is priced again with: its goods line by line, and the pools of its promo codes. */
export interface PastSurroundings {
  /** Decimals of the order's money. */
  scale: number;
  channel: Channel;
  program: Program;
  goods: readonly KnownGoods[];
  pools: ReadonlyMap<string, number>;
}

/** The order as promotions saw it at its time, of a customer as he is today; null: of nobody. */
export function checkoutAgain(
  order: PastOrder,
  customer: PastCustomer | null,
  { scale, channel, program, goods, pools }: PastSurroundings,
  anyPricing: Pricing,
): Checkout {
  const { answer } = order;
  const pricing = anyPricing.inMoney(scale);
  const payments = customer && answer ? paymentsThen(order, program, pricing) : [];
  const balances = balancesThen(answer, payments, pricing.terms.currencies);
  const parts = {
    record: { ...order, status: answer?.order_status ?? order.status, lines: linesAsAsked(order) },
    ...{ scale, channel, goods, pricing, payments },
    customer: customer ? toCustomer(customer, balances) : nobody,
    codes: customer && answer ? codesThen(answer, pools) : [],
  };
  return makeCheckout(parts, order.create_time);
}

const nobody = toCustomer(
  { profile: { profile_id: '', email: null, phones: [], fields: {} }, tiers: [] },
  new Map(),
);

function toCustomer({ profile, tiers }: PastCustomer, balances: ReadonlyMap<number, Amount>) {
  const member: Customer['member'] = { tiers: new Set(tiers), balances, uses: new Map() };
  return { profile, member };
}

/** A confirmed order has its final prices where the merchant's were. */
function linesAsAsked({ answer, lines }: PastOrder): PastLine[] {
  if (!answer) return lines;
  return lines.map((line, index) => {
    const perItem = decimal(answer.merchant_discounts[index] ?? '0').dividedBy(line.count);
    const merchants = decimal(line.base_price_per_item).minus(perItem);
    return { ...line, final_price_per_item: merchants.toFixed() };
  });
}

/** The codes that could be used then, by whatever pool they are of. */
function codesThen({ promo_codes }: PastAnswer, pools: ReadonlyMap<string, number>): JudgedCode[] {
  return promo_codes.flatMap(({ code, applied, reason }): JudgedCode[] => {
    if (reason === 'unknown') return [{ code, poolId: null, verdict: 'unknown' }];
    const wasUsable = applied || reason === 'not_needed';
    return wasUsable ? [{ code, poolId: pools.get(code) ?? null, verdict: 'usable' }] : [];
  });
}

const amountIn = (points: readonly PastPoints[], { eid }: PointsCurrency): Amount =>
  points.find((it) => it.points_currency_eid === eid)?.amount ?? '0';

/** The wishes in currencies that there still are. */
function paymentsThen({ points_asked }: PastOrder, program: Program, pricing: Pricing): PaymentRequest[] {
  return points_asked.flatMap((wish) => {
    const payments = readPayments([wish], program, pricing);
    return isRefusal(payments) ? [] : payments;
  });
}

/** What there was to pay with, reckoned back from what was left; at least what was paid or asked for. */
function balancesThen(
  answer: PastAnswer | null,
  payments: readonly PaymentRequest[],
  currencies: readonly PointsCurrency[],
): ReadonlyMap<number, Amount> {
  if (!answer) return new Map();
  const balances = currencies.map((currency): [number, Amount] => {
    const { iid, eid, scale } = currency;
    const left = answer.balances.find((it) => it.points_currency_eid === eid)?.active_balance ?? '0';
    const redeemed = amountIn(answer.points_redeemed, currency);
    const before = decimal(left).plus(redeemed).minus(amountIn(answer.points_accrued, currency));
    const wish = payments.find(({ currencyIid }) => currencyIid === iid)?.points ?? 0n;
    const known = [before, decimal(redeemed), decimal(wish === 'max' ? '0' : fromWhole(wish, scale))];
    return [iid, known.reduce((most, it) => (it.greaterThan(most) ? it : most)).toFixed()];
  });
  return new Map(balances);
}
