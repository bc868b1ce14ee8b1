import { Decimal } from 'decimal.js';

/** Times are whole hours, so that moments coincide often. */
interface Lot {
  name: string;
  free: Decimal;
  expired: Decimal;
  from: number;
  to: number;
}

interface Taking {
  lot: Lot;
  amount: Decimal;
}

interface Hold {
  state: 'open' | 'committed' | 'rolled_back' | 'timed_out' | 'canceled';
  until: number;
  /** What was said when it ended. */
  balance: string;
  /** Opens a lot on commit; a redemption has reserved its points. */
  accrual?: { name: string; amount: Decimal };
  takings: Taking[];
}

interface Posted {
  kind: 'accrual' | 'redeem';
  amount: Decimal;
  lot?: Lot;
  takings: Taking[];
  /** What was said when it was cancelled. */
  canceled?: string;
}

const zero = new Decimal(0);

/** The ledger of one account as plainly as it can be said: no cache, every balance summed anew. */
export class LedgerModel {
  private readonly lots: Lot[] = [];
  private readonly posted = new Map<string, Posted>();
  private readonly holds = new Map<string, Hold>();
  private debt = zero;

  constructor(private readonly allowsDebt: boolean) {}

  active(at: number): Decimal {
    return sum(this.usable(at).map((lot) => lot.free)).minus(this.debt);
  }

  total(at: number): Decimal {
    const unlapsed = this.lots.filter((lot) => lot.to > at).map((lot) => lot.free);
    const held = [...this.holds.values()]
      .filter((hold) => hold.state === 'open')
      .flatMap((hold) => hold.takings);
    return sum([...unlapsed, ...held.map(({ amount }) => amount)]).minus(this.debt);
  }

  accrue(name: string, amount: Decimal, at: number, from: number, to: number, until?: number): string {
    return this.moving(at, () => {
      if (until !== undefined) {
        this.holds.set(name, { state: 'open', until, balance: '', accrual: { name, amount }, takings: [] });
        return;
      }
      this.addLot(name, amount, at, from, to);
    });
  }

  redeem(name: string, amount: Decimal, at: number, until?: number): string {
    if (this.active(at).lessThan(amount)) return 'insufficient_points';
    return this.moving(at, () => {
      const takings = this.take(amount, at);
      if (until === undefined) this.posted.set(name, { kind: 'redeem', amount, takings });
      else this.holds.set(name, { state: 'open', until, balance: '', takings });
    });
  }

  settle(name: string, wish: 'commit' | 'rollback' | 'timeout' | 'abort', at: number): string {
    const hold = this.holds.get(name);
    if (!hold) return 'never_opened';
    if (hold.state === 'open') {
      const isCommitted = wish === 'commit' && at < hold.until;
      if (isCommitted) this.commit(name, hold, at);
      else this.restore(hold.takings, at);
      const ends = {
        commit: 'timed_out',
        timeout: 'timed_out',
        rollback: 'rolled_back',
        abort: 'canceled',
      } as const;
      hold.state = isCommitted ? 'committed' : ends[wish];
      hold.balance = text(this.active(at));
    }
    return `${hold.state} ${hold.balance}`;
  }

  /** Writes off what has lapsed; answers how many lots that were. */
  expire(at: number): number {
    const due = this.lots.filter((lot) => lot.to <= at && lot.free.greaterThan(0));
    for (const lot of due) {
      lot.expired = lot.expired.plus(lot.free);
      lot.free = zero;
    }
    return due.length;
  }

  cancel(name: string, at: number): string {
    const hold = this.holds.get(name);
    if (hold?.state === 'open') return this.settle(name, 'abort', at).replace('canceled ', '');
    if (hold?.state === 'canceled') return hold.balance;
    if (hold && hold.state !== 'committed') return `already_${hold.state}`;
    const posted = this.posted.get(name);
    if (!posted) return 'transaction_not_found';
    if (posted.canceled !== undefined) return posted.canceled;
    if (posted.lot) {
      const missing = posted.amount.minus(posted.lot.expired).minus(posted.lot.free);
      if (missing.greaterThan(0) && !this.allowsDebt) return 'points_spent';
      posted.lot.free = zero;
      this.debt = this.debt.plus(missing);
      this.repay(at);
    } else {
      this.restore(posted.takings, at);
    }
    posted.canceled = text(this.active(at));
    return posted.canceled;
  }

  private commit(name: string, hold: Hold, at: number): void {
    if (hold.accrual) this.addLot(name, hold.accrual.amount, at, at, Number.POSITIVE_INFINITY);
    else
      this.posted.set(name, {
        kind: 'redeem',
        amount: sum(hold.takings.map((it) => it.amount)),
        takings: hold.takings,
      });
  }

  /** Only what waits, and was not cancelled, has no moment from which it is active. */
  activate(name: string, at: number): string {
    const posted = this.posted.get(name);
    if (!posted?.lot || this.holds.has(name)) return 'transaction_not_found';
    const { lot } = posted;
    if (lot.from === Number.POSITIVE_INFINITY && posted.canceled === undefined) lot.from = at;
    return text(this.active(at));
  }

  private addLot(name: string, amount: Decimal, at: number, from: number, to: number): void {
    const lot = { name, free: amount, expired: zero, from, to };
    this.lots.push(lot);
    this.posted.set(name, { kind: 'accrual', amount, lot, takings: [] });
    this.repay(at);
  }

  private moving(at: number, move: () => void): string {
    const before = this.active(at);
    move();
    return `${text(before)} ${text(this.active(at))}`;
  }

  private usable(at: number): Lot[] {
    return this.inOrder(this.lots.filter((lot) => lot.from <= at && lot.to > at));
  }

  private inOrder(lots: Lot[]): Lot[] {
    return [...lots].sort((a, b) => compare(a.to, b.to) || compare(a.from, b.from));
  }

  private take(amount: Decimal, at: number): Taking[] {
    return takeFrom(this.usable(at), amount);
  }

  private restore(takings: Taking[], at: number): void {
    for (const { lot, amount } of takings) lot.free = lot.free.plus(amount);
    this.repay(at);
  }

  private repay(at: number): void {
    const lots = this.inOrder(this.lots.filter((lot) => lot.to > at));
    const available = Decimal.min(this.debt, sum(lots.map((lot) => lot.free)));
    takeFrom(lots, available);
    this.debt = this.debt.minus(available);
  }
}

function takeFrom(lots: Lot[], amount: Decimal): Taking[] {
  const takings: Taking[] = [];
  let open = amount;
  for (const lot of lots) {
    const share = Decimal.min(lot.free, open);
    if (share.isZero()) continue;
    lot.free = lot.free.minus(share);
    open = open.minus(share);
    takings.push({ lot, amount: share });
  }
  return takings;
}

function compare(a: number, b: number): number {
  return a === b ? 0 : a < b ? -1 : 1;
}

function sum(amounts: Decimal[]): Decimal {
  return amounts.reduce((total, amount) => total.plus(amount), zero);
}

export function text(amount: Decimal): string {
  return amount.toFixed();
}
