import { z } from 'zod';
import { percent } from '../arguments';
import { discountKind } from '../kind';
import { divide, toWhole } from '../whole';
import { capped, discountShape, reduceEach } from './scope';

export const percentOff = discountKind({
  kind: 'percent_off',
  does: 'discount',
  summary: 'A percentage off each line; each line is rounded half up.',
  args: z.strictObject({ kind: z.literal('percent_off'), percent: percent(), ...discountShape }),
  compile({ percent: text, max_discount: most }, terms) {
    const basisPoints = toWhole(text, 2);
    return capped(
      (bill) => reduceEach(bill, (due) => divide(due * basisPoints, 10_000n, 'half_up')),
      most,
      terms,
    );
  },
});
