import { activityInfo, Context } from '@temporalio/activity';
import { evaluateTiers as evaluateSome } from '../src/db/ledger';
import type { ActivityContext } from './index';

/** Members per database transaction: their accounts are locked for a fraction of a second. */
const membersPerBatch = 100;
const batchesPerActivity = 200;

/** `isDone` is false when there were more members than one activity evaluates. */
export interface Evaluated {
  members: number;
  isDone: boolean;
}

/**
 * Evaluates the members of a program whose tiers are due, batch after batch. Safe to repeat at any point:
 * who was evaluated is due no more. Heartbeats with the number of members so far.
 */
export function createEvaluateTiers({ db, clock }: ActivityContext) {
  return async function evaluateTiers({ program_id }: { program_id: number }): Promise<Evaluated> {
    const { workflowExecution, activityId } = activityInfo();
    const origin = workflowExecution?.workflowId ?? activityId;
    let members = 0;
    for (let batch = 0; batch < batchesPerActivity; batch += 1) {
      const evaluated = await evaluateSome(db, program_id, clock(), membersPerBatch, origin);
      if (evaluated === 0) return { members, isDone: true };
      members += evaluated;
      Context.current().heartbeat({ members });
      Context.current().cancellationSignal.throwIfAborted();
    }
    return { members, isDone: false };
  };
}
