import { z } from 'zod';
import { byDefault, choice, pointsAmount } from '../arguments';
import { earningKind } from '../kind';
import { split, toWhole } from '../whole';
import { checkEarning, earning, earningShape } from './points-shape';
import { weights } from './scope';

export const fixedPoints = earningKind({
  kind: 'fixed_points',
  does: 'earn',
  summary: 'So many points for the order, split in proportion to what is paid, or for every unit.',
  args: z.strictObject({
    kind: z.literal('fixed_points'),
    amount: pointsAmount(),
    per: byDefault(choice(['order', 'unit']), 'order'),
    ...earningShape,
  }),
  check: (args, terms) => checkEarning(args, terms, { amount: args.amount }),
  compile: ({ amount, per, ...args }, terms) =>
    earning(args, terms, ({ scale }) => {
      const points = toWhole(amount, scale);
      if (per === 'order') return ({ due, scope }) => split(points, weights(due, scope));
      return ({ due, scope, lines }) =>
        weights(due, scope).map((paid, index) =>
          paid > 0n ? points * BigInt(lines[index]?.count ?? 0) : 0n,
        );
    }),
});
