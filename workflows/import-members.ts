import {
  ActivityCancellationType,
  CancellationScope,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import { orRecord } from './or-record';
import type { ImportInput, ImportResult } from './protocol';
import { waitOut } from './wait-out';

const { importMembers: carryOut } = proxyActivities<Pick<Activities, 'importMembers'>>({
  startToCloseTimeout: '24h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

const { failImport, forgetImport } = proxyActivities<Pick<Activities, 'failImport' | 'forgetImport'>>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/**
 * Imports members and their points from a file, keeps the report of refused rows for a while, and forgets it.
 * Cancelled meanwhile, the import has failed: what it had done stays, and the same file again does the rest.
 */
export async function importMembers(input: ImportInput): Promise<ImportResult> {
  setCurrentDetails('**At work**: the heartbeat of `importMembers` says how far it has come.');
  const result = await carryOutOrFail(input);
  const { keep_sec, ...told } = result;
  setCurrentDetails(
    'problem' in told
      ? `**Failed**: ${told.problem}.`
      : `**Done**: ${told.rows} rows, ${told.refused} of them refused. Cancel to forget the report now.`,
  );
  await waitOut(keep_sec);
  await CancellationScope.nonCancellable(() => forgetImport(input.import_id));
  return told;
}

function carryOutOrFail(input: ImportInput) {
  const fail = (problem: string) => failImport(input.import_id, problem);
  const why = { cancelled: 'the import was cancelled', failed: 'the import could not be carried out' };
  return orRecord(
    async () => {
      const result = await carryOut(input);
      return 'problem' in result ? { ...result, ...(await fail(result.problem)) } : result;
    },
    why,
    fail,
  );
}
