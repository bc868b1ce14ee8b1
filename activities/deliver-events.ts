import { Context } from '@temporalio/activity';
import { findReceiver } from '../src/db/queries/webhooks';
import { deliverRound } from './delivery-round';
import type { ActivityContext } from './index';

/** How soon a new event is seen. */
const lookIntervalMs = 500;

/** So long one activity goes on looking; then Temporal hears how far it has come, and starts the next. */
const shiftMs = 60_000;
const heartbeatMs = 2_000;

/** `isOver`: the webhook was deleted or switched off. */
export interface Delivered {
  delivered: number;
  failed: number;
  isOver: boolean;
}

/**
 * Delivers the events of one webhook, as they come, for a minute. Each arrives at least once: what a killed
 * attempt had sent but not written down is sent again, under the same id.
 */
export function createDeliverEvents({ db, clock, send }: ActivityContext) {
  return async function deliverEvents({ webhook_id }: { webhook_id: number }): Promise<Delivered> {
    const context = Context.current();
    const signal = context.cancellationSignal;
    const sum = { delivered: 0, failed: 0 };
    const beat = setInterval(() => context.heartbeat(sum), heartbeatMs);
    try {
      const endsAt = Date.now() + shiftMs;
      while (Date.now() < endsAt) {
        const receiver = await findReceiver(db, webhook_id, clock());
        if (!receiver?.is_active) return { ...sum, isOver: true };
        const round = await deliverRound({ db, send, clock, signal }, receiver);
        sum.delivered += round.delivered;
        sum.failed += round.failed;
        await context.sleep(round.isIdle ? lookIntervalMs : 1);
      }
      return { ...sum, isOver: false };
    } finally {
      clearInterval(beat);
    }
  };
}
