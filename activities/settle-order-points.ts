import { activityInfo } from '@temporalio/activity';
import { uuidv7 } from 'uuidv7';
import { settleOrderPoints } from '../src/db/order-points';
import type { SettledOrderPoints } from '../src/domain/order-points';
import type { ActivityContext } from './index';

/**
 * Has the points of an order become what its statuses say, in one transaction. What the ledger refuses goes
 * to the log, too, because somebody may want to look.
 */
export function createSettleOrderPoints({ db, clock, log }: ActivityContext) {
  return async function settle(orderId: number): Promise<SettledOrderPoints> {
    const { activityId, workflowExecution } = activityInfo();
    const origin = workflowExecution?.workflowId ?? activityId;
    const settled = await settleOrderPoints(db, orderId, { at: clock(), origin, newId: uuidv7 });
    const { refused } = settled;
    if (refused.length > 0)
      log.warn({ order: orderId, origin, refused }, 'Points of an order stay as they are');
    return settled;
  };
}
