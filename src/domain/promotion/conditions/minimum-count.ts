import { z } from 'zod';
import { byDefault, choice, count } from '../arguments';
import { conditionKind } from '../kind';

export const minimumCount = conditionKind({
  kind: 'minimum_count',
  summary: 'Only if there are so many units in the matching lines, or in the whole order.',
  because: 'order_segment',
  args: z.strictObject({
    kind: z.literal('minimum_count'),
    count: count(),
    of: byDefault(choice(['matching', 'order']), 'matching'),
  }),
  compile: ({ count: needed, of }) => ({
    objection({ order }, picked) {
      const units = (of === 'order' ? order.lines : picked).reduce((total, line) => total + line.count, 0);
      return units >= needed ? null : `${units} units are fewer than ${needed}`;
    },
  }),
});
