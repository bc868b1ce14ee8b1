import {
  ActivityCancellationType,
  CancellationScope,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { orRecord } from './or-record';
import type { ExportInput, ExportResult } from './protocol';
import { waitOut } from './wait-out';

const { writeExport } = proxyActivities<Pick<Activities, 'writeExport'>>({
  startToCloseTimeout: '12h',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

const { failExport, removeExport } = proxyActivities<Pick<Activities, 'failExport' | 'removeExport'>>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/**
 * Writes an export, keeps its file until it expires, and removes it. Cancelled while it writes, it ends as
 * cancelled and the export has failed; cancelled afterwards, it removes the file at once.
 */
export async function exportTransactions(input: ExportInput): Promise<ExportResult> {
  setCurrentDetails('**Writing**: the heartbeat of `writeExport` says how far it has come.');
  const written = await write(input);
  setCurrentDetails(
    `**Done**: ${written.rows} rows, kept until ${written.expires_at}. Cancel to remove them now.`,
  );
  await waitOut(written.keep_sec);
  await CancellationScope.nonCancellable(() => removeExport(input.task_id));
  setCurrentDetails(`**Removed**; it had ${written.rows} rows.`);
  return written;
}

function write(input: ExportInput): Promise<ExportResult> {
  const why = { cancelled: 'The export was cancelled', failed: 'The export could not be written' };
  return orRecord(
    () => writeExport(input),
    why,
    (problem) => failExport(input.task_id, problem),
  );
}
