import { proxyActivities } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { CleanExportsResult } from './protocol';

const { cleanExports: clean } = proxyActivities<Pick<Activities, 'cleanExports'>>({
  startToCloseTimeout: '1h',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

/**
 * Removes exports whose time has come, and erases persons who were deleted from the files of the others.
 * Started when somebody is deleted, and by a schedule.
 */
export async function cleanExports(): Promise<CleanExportsResult> {
  return await clean();
}
