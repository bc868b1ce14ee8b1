import { z } from 'zod';
import { ratePercent } from '../arguments';
import { earningKind } from '../kind';
import { divide, toWhole } from '../whole';
import { checkEarning, earning, earningShape } from './points-shape';
import { weights } from './scope';

export const percentPoints = earningKind({
  kind: 'percent_points',
  does: 'earn',
  summary:
    'Points worth a percentage of what is paid for each line; each line is rounded as the currency says.',
  args: z.strictObject({ kind: z.literal('percent_points'), percent: ratePercent(), ...earningShape }),
  check: (args, terms) => checkEarning(args, terms),
  compile: ({ percent, ...args }, terms) =>
    earning(args, terms, ({ points, money, rounding }) => {
      const basisPoints = toWhole(percent, 2);
      return ({ due, scope }) =>
        weights(due, scope).map((paid) => divide(paid * basisPoints * points, 10_000n * money, rounding));
    }),
});
