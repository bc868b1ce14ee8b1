import type { Pool } from 'pg';
import { dueOperations, isCanceledBy, type SettledOrderPoints } from '../domain/order-points';
import { isRefusal } from '../domain/refusal';
import { settleNote } from './commands/order-points';
import { postOperations } from './ledger';
import { findRefused, findStanding, listOrderPostings, lockNote } from './queries/order-points';
import { inTransaction } from './transaction';

/**
 * Has the points of an order become what its statuses say at a moment (RFC 3339 UTC), in one transaction with
 * the note that asked for it; nothing where no note does. `origin` is the id of the workflow that asks. What
 * the ledger refuses is written down and answered. Throws what Postgres throws; then nothing was written.
 */
export function settleOrderPoints(
  pool: Pool,
  orderId: number,
  { at, origin, newId }: { at: string; origin: string; newId(): string },
): Promise<SettledOrderPoints> {
  return inTransaction(pool, '', async (db) => {
    const result: SettledOrderPoints = { activated: 0, canceled: 0, refused: [] };
    if (!(await lockNote(db, orderId))) {
      return { ...result, refused: (await findRefused(db, orderId))?.refused ?? [] };
    }
    const order = await findStanding(db, orderId);
    if (!order) throw new Error(`Order ${orderId} was noted, but was not confirmed`);
    const { order_points: rule } = order;
    const operations = dueOperations(rule, order, await listOrderPostings(db, orderId), newId);
    const outcomes = operations.length > 0 ? await postOperations(db, operations, at, origin) : [];
    for (const [index, { verb, target_id }] of operations.entries()) {
      const outcome = outcomes[index];
      if (isRefusal(outcome)) result.refused.push({ transaction_id: target_id, reason: outcome.refusal });
      else result[verb === 'cancel' ? 'canceled' : 'activated'] += 1;
    }
    await settleNote(db, orderId, isCanceledBy(rule, order.status), JSON.stringify(result.refused));
    return result;
  });
}
