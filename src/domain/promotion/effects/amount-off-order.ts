import { z } from 'zod';
import { money } from '../arguments';
import { discountKind } from '../kind';
import { moneyScale, splitWithin, toWhole } from '../whole';
import { discountShape } from './scope';

export const amountOffOrder = discountKind({
  kind: 'amount_off_order',
  does: 'discount',
  summary: 'So much money off all lines together, split in proportion to what is due for them.',
  args: z.strictObject({ kind: z.literal('amount_off_order'), amount: money(), scope: discountShape.scope }),
  compile({ amount }) {
    const whole = toWhole(amount, moneyScale);
    return ({ due, room, scope }) => {
      const inScope = new Set(scope);
      const weights = due.map((line, index) => (inScope.has(index) ? line : 0n));
      return splitWithin(whole, weights, room);
    };
  },
});
