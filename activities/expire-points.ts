import { activityInfo, Context } from '@temporalio/activity';
import { expireLots } from '../src/db/ledger';
import type { ActivityContext } from './index';

/** Lots per database transaction: the locks of one batch are held for a fraction of a second. */
const lotsPerBatch = 500;
const batchesPerActivity = 200;

/** `isDone` is false when more was due than one activity does. */
export interface Expired {
  lots: number;
  isDone: boolean;
}

/**
 * Writes off the lapsed points of a program, batch after batch. Safe to repeat at any point: what a killed
 * attempt has written off is due no more. Heartbeats with the number of lots so far.
 */
export function createExpirePoints({ db, clock }: ActivityContext) {
  return async function expirePoints({ program_id }: { program_id: number }): Promise<Expired> {
    const { workflowExecution, activityId } = activityInfo();
    const origin = workflowExecution?.workflowId ?? activityId;
    let lots = 0;
    for (let batch = 0; batch < batchesPerActivity; batch += 1) {
      const expired = await expireLots(db, program_id, clock(), lotsPerBatch, origin);
      if (expired === 0) return { lots, isDone: true };
      lots += expired;
      Context.current().heartbeat({ lots });
      Context.current().cancellationSignal.throwIfAborted();
    }
    return { lots, isDone: false };
  };
}
