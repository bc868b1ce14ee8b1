import { Context } from '@temporalio/activity';
import { calculateSegment } from '../src/db/commands/goods-segments';
import type { CalculatedSegment } from '../src/domain/market';
import type { ActivityContext } from './index';

const heartbeatMs = 1_000;

/**
 * Looks at all goods and replaces what is in a segment, in one transaction; so another attempt begins anew.
 * Heartbeats with the number of goods looked at so far.
 */
export function createCalculateSegment({ db, catalog, clock }: ActivityContext) {
  return async function calculate({ segment }: { segment: string }): Promise<CalculatedSegment> {
    const { heartbeat, cancellationSignal } = Context.current();
    await catalog.refresh();
    let lookedAt = 0;
    const beat = setInterval(() => heartbeat({ looked_at: lookedAt }), heartbeatMs);
    try {
      return await calculateSegment(db, catalog.market(), segment, clock(), (count) => {
        cancellationSignal.throwIfAborted();
        lookedAt = count;
      });
    } finally {
      clearInterval(beat);
    }
  };
}
