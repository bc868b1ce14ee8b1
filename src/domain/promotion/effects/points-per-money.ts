import { z } from 'zod';
import { byDefault, flag, money, pointsAmount } from '../arguments';
import { earningKind } from '../kind';
import { divide, finestMoneyScale, rescaled, split, sum, toWhole } from '../whole';
import { checkEarning, earning, earningShape } from './points-shape';
import { weights } from './scope';

export const pointsPerMoney = earningKind({
  kind: 'points_per_money',
  does: 'earn',
  summary:
    'So many points for so much money that is paid for all lines together: for each full amount, or in ' +
    'proportion.',
  args: z.strictObject({
    kind: z.literal('points_per_money'),
    amount: pointsAmount(),
    money: money(),
    full_steps: byDefault(flag(), true),
    ...earningShape,
  }),
  check: (args, terms) => checkEarning(args, terms, { amount: args.amount }),
  compile: ({ amount, money: step, full_steps: isStepped, ...args }, terms) =>
    earning(args, terms, ({ scale, rounding }) => {
      const [points, each] = [toWhole(amount, scale), toWhole(step, finestMoneyScale)];
      return ({ due, scope }) => {
        const paid = weights(due, scope);
        const total = rescaled(sum(paid), terms.moneyScale, finestMoneyScale, 'down');
        if (isStepped) return split((total / each) * points, paid);
        return split(divide(total * points, each, rounding), paid);
      };
    }),
});
