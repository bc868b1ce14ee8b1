import { z } from 'zod';
import { money } from '../arguments';
import { discountKind } from '../kind';
import { splitWithin, toWholeMoney } from '../whole';
import { scope, weights } from './scope';

export const amountOffOrder = discountKind({
  kind: 'amount_off_order',
  does: 'discount',
  summary: 'So much money off all lines together, split in proportion to what is due for them.',
  args: z.strictObject({ kind: z.literal('amount_off_order'), amount: money(), scope }),
  compile({ amount }, { moneyScale }) {
    const whole = toWholeMoney(amount, moneyScale, 'down');
    return ({ due, room, scope: within }) => splitWithin(whole, weights(due, within), room);
  },
});
