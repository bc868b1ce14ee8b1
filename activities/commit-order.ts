import { ApplicationFailure, activityInfo } from '@temporalio/activity';
import { uuidv7 } from 'uuidv7';
import { commitOrder, Overtaken } from '../src/db/commit-order';
import { isTransient } from '../src/db/faults';
import { type CommitOrder, type CommitOutcome, checkoutSettings } from '../src/domain/checkout';
import { isRefusal } from '../src/domain/refusal';
import type { ActivityContext } from './index';

/**
 * Confirms an order in one transaction. What may pass is thrown and tried again; the row of the order tells a
 * second attempt what the first has done. Anything else is a bug: the workflow fails, so that somebody looks.
 */
export function createCommitOrder({ db, catalog, clock, log }: ActivityContext) {
  async function attempt(input: CommitOrder): Promise<CommitOutcome> {
    const settings = checkoutSettings(catalog, input.order.endpoint);
    if (isRefusal(settings)) return settings;
    const { activityId, workflowExecution } = activityInfo();
    const origin = workflowExecution?.workflowId ?? activityId;
    try {
      return await commitOrder(db, settings, input, { at: clock(), origin, newId: uuidv7 });
    } catch (error) {
      if (isTransient(error) || error instanceof Overtaken) throw error;
      log.error({ err: error, origin }, 'An order could not be confirmed');
      const message = error instanceof Error ? error.message : String(error);
      throw ApplicationFailure.nonRetryable(message, 'FaultyOrder');
    }
  }

  return async function confirm(input: CommitOrder): Promise<CommitOutcome> {
    const outcome = await attempt(input);
    if (!isRefusal(outcome)) return outcome;
    // Settings may have changed just now: the process that asked has seen them, this one not yet.
    await catalog.refresh();
    return attempt(input);
  };
}
