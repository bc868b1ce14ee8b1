import { z } from 'zod';
import { byDefault, choice, money } from '../arguments';
import { conditionKind } from '../kind';
import { merchantTotal } from '../order';
import { fromWholeMoney, sum, toWholeMoney } from '../whole';

export const minimumSum = conditionKind({
  kind: 'minimum_sum',
  summary: 'Only if the matching lines, or the whole order, cost so much, before promotions and delivery.',
  because: 'order_segment',
  args: z.strictObject({
    kind: z.literal('minimum_sum'),
    amount: money(),
    of: byDefault(choice(['matching', 'order']), 'matching'),
  }),
  compile({ amount, of }, { moneyScale }) {
    const needed = toWholeMoney(amount, moneyScale, 'up');
    return {
      objection({ order }, picked) {
        const total = sum((of === 'order' ? order.lines : picked).map(merchantTotal));
        if (total >= needed) return null;
        return `sum ${fromWholeMoney(total, moneyScale)} is below ${fromWholeMoney(needed, moneyScale)}`;
      },
    };
  },
});
