import { isOpen, type Standing } from './arbitrate';
import type { Candidate } from './evaluate';
import type { Payment } from './kind';
import type { Checkout, PaymentRequest } from './order';
import type { PointsCurrency } from './terms';
import { divide, least, split, splitWithin, sum, type Whole } from './whole';

/** What of an order is paid with points of one currency: money and points, per line. */
export interface Paid {
  readonly candidate: Candidate;
  readonly currency: PointsCurrency;
  readonly money: readonly Whole[];
  readonly points: readonly Whole[];
}

/** What became of a wish to pay with points. */
export interface PaymentNote {
  readonly currencyIid: number;
  readonly requested: Whole | 'max';
  readonly allowed: Whole;
  /** Why it is less than was asked for; null if it is not. */
  readonly because: string | null;
}

/** A customer wishes to spend more points than he has: the order is refused (spec/domain.md 9.6). */
export interface Overdrawn {
  readonly overdrawn: PointsCurrency;
}

type Option = { candidate: Candidate; payment: Payment; money: Whole[]; points: Whole };

/**
 * Pays with points of one currency, on request or by a promotion that always does: of the promotions that
 * allow it, by the one that allows most. Null: nobody asked for it.
 */
export function payWith(
  currency: PointsCurrency,
  candidates: readonly Candidate[],
  standing: Standing,
  { order, shopper }: Checkout,
): { paid: Paid | null; note: PaymentNote | null } | Overdrawn | null {
  const request = order.payments.find(({ currencyIid }) => currencyIid === currency.iid);
  const owned = shopper.balances.get(currency.iid) ?? 0n;
  const active = owned > 0n ? owned : 0n;
  if (request && request.points !== 'max' && request.points > active) return { overdrawn: currency };
  const wished = !request || request.points === 'max' ? active : request.points;
  const options = candidates.flatMap((candidate) =>
    candidate.promotion.payments
      .filter((payment) => payment.currency.iid === currency.iid && (request || payment.isAutomatic))
      .map((payment) => optionOf(candidate, payment, wished, standing)),
  );
  const [first, ...others] = options;
  if (!request && !first) return null;
  const chosen = others.reduce((most, it) => (most && it.points > most.points ? it : most), first);
  const paid = chosen && chosen.points > 0n ? paidBy(chosen) : null;
  return { paid, note: request ? noteOf(request, chosen, active) : null };
}

/** min(wished, the promotion's maximum, its share of the eligible lines), and what that is in money. */
function optionOf(candidate: Candidate, payment: Payment, wished: Whole, standing: Standing): Option {
  const { lines, due, room, holders } = standing;
  const none = { candidate, payment, money: due.map(() => 0n), points: 0n };
  if (sum(due) < payment.minOrder) return none;
  const picked = new Set(candidate.picked);
  const eligible = due.map((whole, index) => {
    const line = lines[index];
    const isEligible = line && picked.has(index) && payment.accepts(line);
    return isEligible && isOpen(candidate, holders[index] ?? []) ? whole : 0n;
  });
  const { points: perPoints, money: perMoney } = payment.currency;
  const share = divide(sum(eligible) * payment.basisPoints, 10_000n, 'down');
  const most = least(share, sum(eligible.map((whole, index) => (whole > 0n ? (room[index] ?? 0n) : 0n))));
  const cap = divide(most * perPoints, perMoney, 'down');
  const points = least(wished, cap, payment.maxPoints ?? cap);
  const money = divide(points * perMoney, perPoints, 'down');
  return {
    candidate,
    payment,
    money: splitWithin(money, eligible, room),
    points: least(points, divide(money * perPoints, perMoney, 'up')),
  };
}

function paidBy({ candidate, payment, money, points }: Option): Paid {
  return { candidate, currency: payment.currency, money, points: split(points, money) };
}

function noteOf(request: PaymentRequest, chosen: Option | undefined, active: Whole): PaymentNote {
  const allowed = chosen?.points ?? 0n;
  const requested = request.points;
  const isLess = allowed < (requested === 'max' ? active : requested);
  const because = chosen ? 'no more is allowed for this order' : 'no promotion allows it for this order';
  return { currencyIid: request.currencyIid, requested, allowed, because: isLess ? because : null };
}
