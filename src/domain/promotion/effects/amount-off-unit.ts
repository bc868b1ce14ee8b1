import { z } from 'zod';
import { money } from '../arguments';
import { discountKind } from '../kind';
import { toWholeMoney } from '../whole';
import { capped, discountShape, reduceEach } from './scope';

export const amountOffUnit = discountKind({
  kind: 'amount_off_unit',
  does: 'discount',
  summary: 'So much money off every unit.',
  args: z.strictObject({ kind: z.literal('amount_off_unit'), amount: money(), ...discountShape }),
  compile({ amount, max_discount: most }, terms) {
    const perUnit = toWholeMoney(amount, terms.moneyScale, 'down');
    return capped(
      (bill) => reduceEach(bill, (_, index) => perUnit * BigInt(bill.lines[index]?.count ?? 0)),
      most,
      terms,
    );
  },
});
