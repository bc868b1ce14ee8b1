import {
  arbitrate,
  heldBy,
  lessened,
  type Mode,
  type PromotionGroup,
  type Share,
  type Standing,
  treeOf,
} from './arbitrate';
import { withinSum } from './effects/scope';
import { type Candidate, evaluate, type Rejected } from './evaluate';
import type { Bill, Earning, Reason } from './kind';
import { type Checkout, merchantTotal, type OrderLine, type PaymentRequest } from './order';
import { type Overdrawn, type Paid, type PaymentNote, payWith } from './pay';
import type { CompiledPromotion } from './promotion';
import type { PointsCurrency } from './terms';
import { sum, type Whole } from './whole';

/** How a program decides between promotions (spec/domain.md 9.4). */
export interface Arbitration {
  readonly discounts: Mode;
  readonly points: PointsMode;
  /** Whether lines that a discount made cheaper may earn points and be paid with them. */
  readonly discountWithPoints: boolean;
}

export const pointsModes = ['best', 'priority_first', 'stack'] as const;
export type PointsMode = (typeof pointsModes)[number];

/** What an order is priced by. */
export interface Policy {
  readonly arbitration: Arbitration;
  readonly groups: readonly PromotionGroup[];
  readonly currencies: readonly PointsCurrency[];
}

/** Points that one promotion gives for one line. */
export interface Earned {
  readonly candidate: Candidate;
  readonly earning: Earning;
  readonly points: Whole;
}

export interface PricedLine {
  readonly line: OrderLine;
  /** Base price times count. */
  readonly total: Whole;
  /** What the merchant himself took off, by no promotion. */
  readonly merchantDiscount: Whole;
  readonly discounts: readonly { candidate: Candidate; money: Whole }[];
  readonly payments: readonly {
    candidate: Candidate;
    currency: PointsCurrency;
    money: Whole;
    points: Whole;
  }[];
  readonly earned: readonly Earned[];
  readonly final: Whole;
}

/** A priced order. The sums of the lines are the sums of the order; delivery is not in it. */
export interface PricedOrder {
  /** Decimals of its money. */
  readonly scale: number;
  readonly lines: readonly PricedLine[];
  readonly notes: readonly PaymentNote[];
  readonly rejected: readonly Rejection[];
}

/** Why a promotion did not come into play; outranked: by which others. */
export interface Rejection extends Rejected {
  readonly lostTo: readonly CompiledPromotion[];
}

/**
 * Prices an order: the merchant's discount, then discounts, then payment with points, then what is earned
 * (spec/domain.md 9). Only reads what it is given; the same facts give the same price.
 */
export function price(
  promotions: readonly CompiledPromotion[],
  checkout: Checkout,
  policy: Policy,
): PricedOrder | Overdrawn {
  const { scale, lines } = checkout.order;
  const { candidates, rejected } = evaluate(promotions, checkout);
  const before = opening(lines);
  const discounts = discountsOf(candidates, before, policy);
  const reduced = reducedBy(before, discounts);
  const known = { ...policy, currencies: policy.currencies.filter((it) => isWorthMoneyOf(it, checkout)) };
  const open = policy.arbitration.discountWithPoints ? reduced : withoutReduced(reduced, discounts);
  const payments = paymentsOf(candidates, open, checkout, known);
  if ('overdrawn' in payments) return payments;
  const earned = earnedOf(candidates, payments.standing, known);
  const priced = lines.map((line, index) => lineOf(line, index, discounts, payments.paid, earned));
  const fired = firedIn(priced);
  const { discountWithPoints } = policy.arbitration;
  const lost = candidates
    .filter((candidate) => !fired.has(candidate.promotion))
    .map(
      (candidate) =>
        foreign(candidate, checkout) ?? outranked(candidate, priced, { before, discountWithPoints }),
    );
  const notes = payments.notes;
  const all = [...rejected.map((it) => ({ ...it, lostTo: [] })), ...lost];
  return { scale, lines: priced, notes, rejected: all };
}

function isWorthMoneyOf({ moneyCurrency }: PointsCurrency, { order }: Checkout): boolean {
  return moneyCurrency === null || moneyCurrency === order.facts.currency;
}

function opening(lines: readonly OrderLine[]): Standing {
  const due = lines.map(merchantTotal);
  const room = lines.map((line, index) => {
    const above = (due[index] ?? 0n) - line.minPrice * BigInt(line.count);
    return above > 0n ? above : 0n;
  });
  return { lines, due, room, holders: lines.map(() => []), taken: new Set() };
}

function discountsOf(candidates: readonly Candidate[], standing: Standing, policy: Policy): Share[] {
  const discounting = candidates.filter(({ promotion }) => promotion.discounts.length > 0);
  const tree = treeOf(discounting, policy.groups, policy.arbitration.discounts);
  return arbitrate(tree, standing, takeDiscount);
}

/** All discounts of one promotion, each on what the one before it left, within its budget. */
function takeDiscount({ promotion, picked, left }: Candidate, bill: Bill): Whole[] {
  let [due, room] = [bill.due, bill.room];
  const total = bill.due.map(() => 0n);
  for (const { reduce, isForOrder } of promotion.discounts) {
    const scope = scopeOf(isForOrder, picked, bill);
    const reductions = reduce({ ...bill, due, room, scope });
    for (const index of scope) total[index] = (total[index] ?? 0n) + (reductions[index] ?? 0n);
    due = due.map((whole, index) => whole - (reductions[index] ?? 0n));
    room = room.map((whole, index) => whole - (reductions[index] ?? 0n));
  }
  return left === null ? total : withinSum(total, left);
}

/** Of the open lines, those an effect is for: all, or the picked ones. */
function scopeOf(isForOrder: boolean, picked: readonly number[], { scope }: Bill): readonly number[] {
  if (isForOrder) return scope;
  const open = new Set(scope);
  return picked.filter((index) => open.has(index));
}

function reducedBy(standing: Standing, shares: readonly Share[]): Standing {
  return {
    ...standing,
    due: lessened(standing.due, shares),
    room: lessened(standing.room, shares),
    holders: heldBy(standing.holders, shares),
  };
}

/** Lines that a discount reduced count as nothing for points. */
function withoutReduced(standing: Standing, discounts: readonly Share[]): Standing {
  const isReduced = (index: number) => discounts.some(({ perLine }) => (perLine[index] ?? 0n) > 0n);
  const zeroed = (wholes: readonly Whole[]) => wholes.map((whole, index) => (isReduced(index) ? 0n : whole));
  return { ...standing, due: zeroed(standing.due), room: zeroed(standing.room) };
}

function paymentsOf(
  candidates: readonly Candidate[],
  before: Standing,
  checkout: Checkout,
  { currencies }: Policy,
): { paid: Paid[]; notes: PaymentNote[]; standing: Standing } | Overdrawn {
  const paid: Paid[] = [];
  const notes: PaymentNote[] = [];
  let standing = before;
  const paying = candidates
    .filter(({ promotion }) => promotion.payments.length > 0)
    .sort((a, b) => a.promotion.priority - b.promotion.priority || a.promotion.id - b.promotion.id);
  for (const currency of [...currencies].sort((a, b) => a.iid - b.iid)) {
    const result = payWith(currency, paying, standing, checkout);
    if (result && 'overdrawn' in result) return result;
    if (result?.note) notes.push(result.note);
    if (!result?.paid) continue;
    paid.push(result.paid);
    standing = reducedBy(standing, [{ candidate: result.paid.candidate, perLine: result.paid.money }]);
  }
  const isKnown = ({ currencyIid }: PaymentRequest) => currencies.some(({ iid }) => iid === currencyIid);
  for (const { currencyIid, points } of checkout.order.payments.filter((request) => !isKnown(request))) {
    notes.push({ currencyIid, requested: points, allowed: 0n, because: 'it pays for orders in other money' });
  }
  return { paid, notes, standing };
}

type EarnedShare = Share & { earning: Earning };

/** What is earned on what is paid with money. Currencies do not compete with each other. */
function earnedOf(candidates: readonly Candidate[], standing: Standing, policy: Policy): EarnedShare[] {
  const mode = policy.arbitration.points === 'stack' ? 'stack_additive' : policy.arbitration.points;
  const groups = policy.groups.map((group) =>
    group.mode === 'stack_sequential' ? { ...group, mode: 'stack_additive' as const } : group,
  );
  return policy.currencies.flatMap(({ iid }) => {
    const earningIn = (candidate: Candidate) =>
      candidate.promotion.earnings.find(({ currency }) => currency.iid === iid);
    const earning = candidates.filter((candidate) => earningIn(candidate) !== undefined);
    if (earning.length === 0) return [];
    const take = (candidate: Candidate, bill: Bill) => takeEarning(candidate, earningIn(candidate), bill);
    const shares = arbitrate(treeOf(earning, groups, mode), standing, take);
    return shares.map((share) => ({ ...share, earning: earningIn(share.candidate) as Earning }));
  });
}

type ScopedEarning = CompiledPromotion['earnings'][number];

/** What a promotion gives for the lines that are open to it and not free, within its budget. */
function takeEarning({ promotion, picked, left }: Candidate, earning: ScopedEarning | undefined, bill: Bill) {
  if (!earning) return bill.due.map(() => 0n);
  const points = earning.earn({ ...bill, scope: scopeOf(earning.isForOrder, picked, bill) });
  const isBudget = promotion.compiledLimits.currencyIid === earning.currency.iid;
  return isBudget && left !== null ? withinSum(points, left) : points;
}

function lineOf(
  line: OrderLine,
  index: number,
  discounts: readonly Share[],
  paid: readonly Paid[],
  earned: readonly EarnedShare[],
): PricedLine {
  const total = line.basePrice * BigInt(line.count);
  const due = merchantTotal(line);
  const off = discounts
    .map(({ candidate, perLine }) => ({ candidate, money: perLine[index] ?? 0n }))
    .filter(({ money }) => money > 0n);
  const payments = paid
    .map(({ candidate, currency, money, points }) => ({
      ...{ candidate, currency },
      ...{ money: money[index] ?? 0n, points: points[index] ?? 0n },
    }))
    .filter(({ money }) => money > 0n);
  return {
    ...{ line, total, merchantDiscount: total - due, discounts: off, payments },
    earned: earned
      .map(({ candidate, earning, perLine }) => ({ candidate, earning, points: perLine[index] ?? 0n }))
      .filter(({ points }) => points > 0n),
    final: due - sum(off.map(({ money }) => money)) - sum(payments.map(({ money }) => money)),
  };
}

/** Whether a part of a priced line is a promotion's. */
export function isOf(promotion: CompiledPromotion): (part: { candidate: Candidate }) => boolean {
  return ({ candidate }) => candidate.promotion === promotion;
}

/** The promotions that came into play. */
export function firedIn(lines: readonly PricedLine[]): Set<CompiledPromotion> {
  const fired = new Set<CompiledPromotion>();
  for (const { discounts, payments, earned } of lines) {
    for (const parts of [discounts, payments, earned]) {
      for (const { candidate } of parts) fired.add(candidate.promotion);
    }
  }
  return fired;
}

/** A candidate all of whose points are worth other money than the order's, if it is one. */
function foreign({ promotion }: Candidate, checkout: Checkout): Rejection | null {
  const { discounts, earnings, payments } = promotion;
  const currencies = [...earnings, ...payments].map(({ currency }) => currency);
  if (discounts.length > 0 || currencies.some((it) => isWorthMoneyOf(it, checkout))) return null;
  return { promotion, because: 'order_segment', detail: 'its points are for other money', lostTo: [] };
}

/** A candidate that came to nothing: alone it would not have either, or others came before it. */
function outranked(
  candidate: Candidate,
  lines: readonly PricedLine[],
  { before, discountWithPoints }: { before: Standing; discountWithPoints: boolean },
): Rejection {
  const { promotion, picked } = candidate;
  const no = (because: Reason, detail: string) => ({ promotion, because, detail, lostTo: [] });
  if (promotion.discounts.length + promotion.earnings.length === 0) {
    return no('not_requested', 'nothing was paid with points');
  }
  if (!wouldDoAlone(candidate, { ...before, scope: [...before.lines.keys()] })) {
    return no('floor', 'nothing is left to reduce, or to earn points on');
  }
  const isForOrder = [...promotion.discounts, ...promotion.earnings].some((effect) => effect.isForOrder);
  const wanted = isForOrder ? lines : picked.flatMap((index) => lines[index] ?? []);
  const competing = competitorsOf(promotion, wanted, discountWithPoints);
  const rivals = competing.size > 0 ? competing : firedIn(wanted);
  const lostTo = [...rivals].sort((a, b) => a.id - b.id);
  const names = lostTo.map(({ externalId }) => externalId).join(', ');
  return { promotion, because: 'arbitration', detail: `outranked by ${names}`, lostTo };
}

/**
 * Who has what a promotion wanted of these lines: discounts compete with discounts, points with points of the
 * same currency, and whatever does not combine with all the rest.
 */
function competitorsOf(
  promotion: CompiledPromotion,
  lines: readonly PricedLine[],
  discountWithPoints: boolean,
): Set<CompiledPromotion> {
  const competitors = new Set<CompiledPromotion>();
  const isForDiscount = promotion.discounts.length > 0;
  const currencies = new Set(promotion.earnings.map(({ currency }) => currency.iid));
  const add = (rival: CompiledPromotion, doCompete: boolean) => {
    if (doCompete || !rival.isCombinable || !promotion.isCombinable) competitors.add(rival);
  };
  for (const { discounts, payments, earned } of lines) {
    for (const { candidate } of discounts) add(candidate.promotion, isForDiscount || !discountWithPoints);
    if (isForDiscount) continue;
    for (const { candidate } of payments) add(candidate.promotion, false);
    for (const { candidate, earning } of earned) {
      add(candidate.promotion, currencies.has(earning.currency.iid));
    }
  }
  return competitors;
}

function wouldDoAlone(candidate: Candidate, bill: Bill): boolean {
  const { discounts, earnings } = candidate.promotion;
  const taken = discounts.length > 0 ? [takeDiscount(candidate, bill)] : [];
  const given = earnings.map((earning) => takeEarning(candidate, earning, bill));
  return [...taken, ...given].flat().some((share) => share > 0n);
}

/** The sums of a priced order, in minor units; delivery is not in them. */
export function totalsOf(lines: readonly PricedLine[]) {
  const total = sum(lines.map((line) => line.total));
  const merchantDiscount = sum(lines.map((line) => line.merchantDiscount));
  const discount = sum(lines.flatMap((line) => line.discounts.map(({ money }) => money)));
  const paid = sum(lines.flatMap((line) => line.payments.map(({ money }) => money)));
  return { total, merchantDiscount, discount, paid, final: total - merchantDiscount - discount - paid };
}
