import {
  ActivityCancellationType,
  proxyActivities,
  setCurrentDetails,
  workflowInfo,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { orRecord } from './or-record';
import type { ImportFeedInput, ImportFeedResult } from './protocol';

const { fetchFeed, readFeed } = proxyActivities<Pick<Activities, 'fetchFeed' | 'readFeed'>>({
  startToCloseTimeout: '12h',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '1m', maximumAttempts: 20 },
});

const { openFeedRun, endFeedRun } = proxyActivities<Pick<Activities, 'openFeedRun' | 'endFeedRun'>>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/**
 * Imports a feed: fetches it if it is not there yet, reads it and writes its goods, and removes the file. A
 * feed that cannot be read is a result, not a failure. Cancelled, it keeps what was written.
 */
export async function importFeed(input: ImportFeedInput): Promise<ImportFeedResult> {
  const task = await openFeedRun(input, workflowInfo().runId);
  if (!task) return null;
  const why = { cancelled: 'the import was cancelled', failed: 'the import failed' };
  return orRecord(
    () => carryOut(task),
    why,
    (problem) => endFeedRun(task.run_id, problem),
  );
}

async function carryOut(task: NonNullable<Awaited<ReturnType<typeof openFeedRun>>>) {
  setCurrentDetails(`**Reading** ${task.source}: the heartbeat of \`readFeed\` says how far it has come.`);
  const fetched = task.feed === null ? null : await fetchFeed(task);
  const result = await readFeed(task, fetched);
  await endFeedRun(task.run_id, result.problem);
  setCurrentDetails(`**${result.problem ?? 'Done'}**: ${result.offers} offers, ${result.refused} refused.`);
  return result;
}
