import { activityInfo, Context } from '@temporalio/activity';
import { expireLots, tellExpiring } from '../src/db/ledger';
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
 * Tells of the points of a program that lapse soon and writes off those that have, batch after batch. Safe
 * to repeat at any point: what a killed attempt has told or written off is due no more. Heartbeats with the
 * number of lots written off so far.
 */
export function createExpirePoints({ db, clock }: ActivityContext) {
  return async function expirePoints({ program_id }: { program_id: number }): Promise<Expired> {
    const { workflowExecution, activityId } = activityInfo();
    const origin = workflowExecution?.workflowId ?? activityId;
    let lots = 0;
    const isTold = await tell(program_id);
    for (let batch = 0; batch < batchesPerActivity; batch += 1) {
      const expired = await expireLots(db, program_id, clock(), lotsPerBatch, origin);
      if (expired === 0) return { lots, isDone: isTold };
      lots += expired;
      Context.current().heartbeat({ lots });
      Context.current().cancellationSignal.throwIfAborted();
    }
    return { lots, isDone: false };
  };

  /** Whether all is told that lapses soon. */
  async function tell(programId: number): Promise<boolean> {
    for (let batch = 0; batch < batchesPerActivity; batch += 1) {
      if ((await tellExpiring(db, programId, clock(), lotsPerBatch)) === 0) return true;
      Context.current().heartbeat({ lots: 0 });
      Context.current().cancellationSignal.throwIfAborted();
    }
    return false;
  }
}
