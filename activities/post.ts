import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { isTransient } from '../src/db/faults';
import { postOperations } from '../src/db/ledger';
import type { Operation } from '../src/domain/operation';
import { type Fault, faultyOperations, type Outcome } from '../src/domain/outcome';
import type { ActivityContext } from './index';

type PostContext = Pick<ActivityContext, 'db' | 'clock' | 'log'>;

/**
 * Carries a batch of operations to the ledger: one outcome each, in order; `origin` is who writes. What may
 * pass (a lost connection, a deadlock) is thrown as it is. If anything else fails, the operations are tried
 * one by one, so that only the faulty ones are faults.
 */
export async function postBatch(
  { db, clock, log }: PostContext,
  operations: readonly Operation[],
  origin: string,
): Promise<(Outcome | Fault)[]> {
  try {
    return await postOperations(db, operations, clock(), origin);
  } catch (error) {
    if (isTransient(error)) throw error;
    log.warn({ err: error, origin }, 'A batch failed: its operations are tried one by one');
  }
  const outcomes: (Outcome | Fault)[] = [];
  for (const operation of operations) {
    try {
      outcomes.push(...(await postOperations(db, [operation], clock(), origin)));
    } catch (error) {
      if (isTransient(error)) throw error;
      const { verb } = operation;
      log.error({ err: error, verb, origin }, 'An operation could not be carried out');
      outcomes.push({ fault: error instanceof Error ? error.message : String(error) });
    }
  }
  return outcomes;
}

/**
 * The activity that carries a batch of operations to the ledger. What may pass is thrown, and Temporal tries
 * again; if operations are faulty it fails with `FaultyOperations`, because someone should look, and carries
 * the outcomes of the others.
 */
export function createPost(context: PostContext) {
  return async function post(operations: Operation[]): Promise<Outcome[]> {
    const outcomes = await postBatch(context, operations, activityInfo().activityId);
    if (outcomes.every((outcome) => !('fault' in outcome))) return outcomes as Outcome[];
    throw ApplicationFailure.create({
      type: faultyOperations,
      message: 'Some operations could not be carried out',
      nonRetryable: true,
      details: [outcomes],
    });
  };
}
