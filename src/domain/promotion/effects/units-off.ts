import { z } from 'zod';
import { byDefault, choice, count, percent } from '../arguments';
import { type Bill, discountKind } from '../kind';
import { divide, toWhole, type Whole } from '../whole';
import { capped, discountShape, reduceEach } from './scope';

export const unitsOff = discountKind({
  kind: 'units_off',
  does: 'discount',
  summary: 'A percentage off the cheapest or the most expensive units; 100 makes them free.',
  args: z.strictObject({
    kind: z.literal('units_off'),
    which: choice(['cheapest', 'most_expensive']),
    units: byDefault(count(), 1),
    percent: byDefault(percent(), '100'),
    ...discountShape,
  }),
  compile({ which, units, percent: text, max_discount: most }, terms) {
    const basisPoints = toWhole(text, 2);
    return capped(
      (bill) => {
        const byPrice = mostExpensiveFirst(bill);
        if (which === 'cheapest') byPrice.reverse();
        let left = units;
        const picked = new Map<number, number>();
        for (const { index, count: there } of byPrice) {
          picked.set(index, Math.min(left, there));
          left -= Math.min(left, there);
        }
        return reduceUnits(bill, picked, basisPoints);
      },
      most,
      terms,
    );
  },
});

export const everyNthUnit = discountKind({
  kind: 'every_nth_unit',
  does: 'discount',
  summary:
    'Of the units by price, the most expensive first, a percentage off every n-th: n = 3 and 100 is three ' +
    'for two.',
  args: z.strictObject({
    kind: z.literal('every_nth_unit'),
    n: count(1_000),
    percent: byDefault(percent(), '100'),
    ...discountShape,
  }),
  compile({ n, percent: text, max_discount: most }, terms) {
    const basisPoints = toWhole(text, 2);
    return capped(
      (bill) => {
        let before = 0;
        const picked = new Map<number, number>();
        for (const { index, count: there } of mostExpensiveFirst(bill)) {
          picked.set(index, Math.floor((before + there) / n) - Math.floor(before / n));
          before += there;
        }
        return reduceUnits(bill, picked, basisPoints);
      },
      most,
      terms,
    );
  },
});

/** The lines in scope by what a unit costs now; of equal ones the first comes first. */
function mostExpensiveFirst({ scope, lines, due }: Bill): { index: number; count: number }[] {
  return scope
    .map((index) => ({ index, count: lines[index]?.count ?? 1, due: due[index] ?? 0n }))
    .sort((a, b) => {
      const [left, right] = [a.due * BigInt(b.count), b.due * BigInt(a.count)];
      return left === right ? a.index - b.index : left > right ? -1 : 1;
    });
}

/** Of each line so many units are reduced: their part of what is due, rounded half up. */
function reduceUnits(bill: Bill, picked: ReadonlyMap<number, number>, basisPoints: Whole): Whole[] {
  return reduceEach(bill, (due, index) => {
    const units = BigInt(picked.get(index) ?? 0);
    return divide(due * units * basisPoints, BigInt(bill.lines[index]?.count ?? 1) * 10_000n, 'half_up');
  });
}
