import { continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { ExpirePointsInput, ExpirePointsResult } from './protocol';

const { expirePoints: expire } = proxyActivities<Pick<Activities, 'expirePoints'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

/**
 * Writes off the lapsed points of one program. Reads and redemptions treat them as gone from the very second,
 * whether this has run or not; it makes the rows. Started by a schedule, or by anyone.
 */
export async function expirePoints({ program_id, lots = 0 }: ExpirePointsInput): Promise<ExpirePointsResult> {
  const expired = await expire({ program_id });
  const total = lots + expired.lots;
  setCurrentDetails(`${total} lots of program ${program_id} written off so far.`);
  if (expired.isDone) return { lots: total };
  return continueAsNew<typeof expirePoints>({ program_id, lots: total });
}
