import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { isTransient } from '../src/db/faults';
import { postOperations } from '../src/db/ledger';
import type { Operation } from '../src/domain/operation';
import { type Fault, faultyOperations, type Outcome } from '../src/domain/outcome';
import type { ActivityContext } from './index';

/**
 * Carries a batch of operations to the ledger: one outcome each, in order.
 *
 * What may pass (a lost connection, a deadlock) is thrown as it is, and Temporal tries again. If anything
 * else fails, the operations are tried one by one, so that only the faulty ones fail; the activity then
 * fails with `FaultyOperations`, because someone should look, and carries the outcomes of the others.
 */
export function createPost({ db, clock, log }: ActivityContext) {
  async function postOne(operation: Operation, origin: string): Promise<Outcome | Fault> {
    try {
      const [outcome] = await postOperations(db, [operation], clock(), origin);
      return outcome as Outcome;
    } catch (error) {
      if (isTransient(error)) throw error;
      const { verb } = operation;
      log.error({ err: error, verb, origin }, 'An operation could not be carried out');
      return { fault: error instanceof Error ? error.message : String(error) };
    }
  }

  return async function post(operations: Operation[]): Promise<Outcome[]> {
    const origin = activityInfo().activityId;
    try {
      return await postOperations(db, operations, clock(), origin);
    } catch (error) {
      if (isTransient(error)) throw error;
      log.warn({ err: error, origin }, 'A batch failed: its operations are tried one by one');
    }
    const outcomes: (Outcome | Fault)[] = [];
    for (const operation of operations) outcomes.push(await postOne(operation, origin));
    if (outcomes.every((outcome) => !('fault' in outcome))) return outcomes as Outcome[];
    throw ApplicationFailure.create({
      type: faultyOperations,
      message: 'Some operations could not be carried out',
      nonRetryable: true,
      details: [outcomes],
    });
  };
}
