import { z } from 'zod';
import { moneyOrZero } from '../arguments';
import { discountKind } from '../kind';
import { toWholeMoney } from '../whole';
import { capped, discountShape, reduceEach } from './scope';

export const specialPrice = discountKind({
  kind: 'special_price',
  does: 'discount',
  summary: 'Every unit for this price, if that is less.',
  args: z.strictObject({ kind: z.literal('special_price'), price: moneyOrZero(), ...discountShape }),
  compile({ price, max_discount: most }, terms) {
    const perUnit = toWholeMoney(price, terms.moneyScale, 'up');
    const reduce = (due: bigint, count: number) => {
      const special = perUnit * BigInt(count);
      return due > special ? due - special : 0n;
    };
    return capped(
      (bill) => reduceEach(bill, (due, index) => reduce(due, bill.lines[index]?.count ?? 0)),
      most,
      terms,
    );
  },
});
