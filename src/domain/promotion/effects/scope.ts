import { byDefault, choice, money, optionally } from '../arguments';
import type { Bill, Reduce } from '../kind';
import type { Terms } from '../terms';
import { least, split, sum, toWholeMoney, type Whole } from '../whole';

/** Which lines an effect is for: those that the conditions pick, or all. */
export const scope = byDefault(choice(['matching', 'order']), 'matching');

/** What every discount can be told: which lines it is for, and the most it may come to. */
export const discountShape = {
  scope,
  max_discount: optionally(money()),
};

/** The reductions of the lines in scope, nothing for the others, none above the room of its line. */
export function reduceEach(bill: Bill, reduction: (due: Whole, index: number) => Whole): Whole[] {
  const reductions = bill.due.map(() => 0n);
  for (const index of bill.scope) {
    const wished = reduction(bill.due[index] ?? 0n, index);
    reductions[index] = least(wished, bill.room[index] ?? 0n);
  }
  return reductions;
}

/** Keeps the sum of all reductions to the most it may be, each line giving up its share. */
export function capped(reduce: Reduce, most: string | null, { moneyScale }: Terms): Reduce {
  if (most === null) return reduce;
  const whole = toWholeMoney(most, moneyScale, 'down');
  return (bill) => withinSum(reduce(bill), whole);
}

/** The reductions as they are, or in proportion, so that they sum to no more than `most`. */
export function withinSum(reductions: Whole[], most: Whole): Whole[] {
  return sum(reductions) > most ? split(most, reductions) : reductions;
}

/** What each line in scope weighs: what is due for it. */
export function weights(due: readonly Whole[], within: readonly number[]): Whole[] {
  const inScope = new Set(within);
  return due.map((line, index) => (inScope.has(index) ? line : 0n));
}
