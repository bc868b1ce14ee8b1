import { z } from 'zod';
import { queryFirst } from '../query';

/** Whether there is an order of that external id, and how preorder_commit was asked for and answered it. */
export const findCommitted = queryFirst({
  name: 'order-committed',
  parameters: [z.string()],
  row: z.object({ order_id: z.int(), request_hash: z.string().nullable(), answer: z.json().nullable() }),
  text: 'select id as order_id, request_hash, answer from market.orders where external_id = $1',
});
