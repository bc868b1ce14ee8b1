import { cancellationSignal } from '@temporalio/activity';
import { calculateSegment } from '../src/db/commands/goods-segments';
import type { CalculatedSegment } from '../src/domain/market';
import { beating } from './beating';
import type { ActivityContext } from './index';

/**
 * Looks at all goods and replaces what is in a segment, in one transaction; so another attempt begins anew.
 * Heartbeats with the number of goods looked at so far.
 */
export function createCalculateSegment({ db, catalog, clock }: ActivityContext) {
  return async function calculate({ segment }: { segment: string }): Promise<CalculatedSegment> {
    await catalog.refresh();
    let lookedAt = 0;
    return beating(
      () => ({ looked_at: lookedAt }),
      () =>
        calculateSegment(db, catalog.market(), segment, clock(), (count) => {
          cancellationSignal().throwIfAborted();
          lookedAt = count;
        }),
    );
  };
}
