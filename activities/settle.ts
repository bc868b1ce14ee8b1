import { activityInfo } from '@temporalio/activity';
import { postOperations } from '../src/db/ledger';
import type { Settle } from '../src/domain/operation';
import type { Outcome } from '../src/domain/outcome';
import type { ActivityContext } from './index';

/**
 * Settles a temporary transaction: asks the ledger, which decides, and answers how it ended.
 * Everything is thrown as it is and tried again: a hold must not end without its answer.
 */
export function createSettle({ db, clock }: ActivityContext) {
  return async function settle(operation: Settle): Promise<Outcome<Settle>> {
    const origin = activityInfo().workflowExecution?.workflowId ?? activityInfo().activityId;
    const [outcome] = await postOperations(db, [operation], clock(), origin);
    return outcome as Outcome<Settle>;
  };
}
