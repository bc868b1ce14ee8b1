import { z } from 'zod';
import { name, optionally } from '../arguments';
import { conditionKind } from '../kind';
import type { OrderCode } from '../order';

export const promoCode = conditionKind({
  kind: 'promo_code',
  summary: 'Only with a promo code of a pool, or with one code that is written here.',
  because: 'promo_code',
  args: z.strictObject({
    kind: z.literal('promo_code'),
    pool: optionally(name()),
    code: optionally(name()),
  }),
  check({ pool, code }, { pools }) {
    if ((pool === null) === (code === null)) return { path: [], problem: 'expected either pool or code' };
    if (pool === null || pools.has(pool)) return null;
    return { path: ['pool'], problem: `there is no pool of promo codes "${pool}"` };
  },
  compile({ pool, code }, { pools }) {
    const poolId = pool === null ? null : pools.get(pool);
    const needs = (given: OrderCode) => (code === null ? given.poolId === poolId : given.code === code);
    return {
      needs,
      objection: ({ order }) => (order.codes.some(needs) ? null : 'no promo code for it came with the order'),
    };
  },
});
