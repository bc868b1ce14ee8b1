import { CancellationScope, isCancellation } from '@temporalio/workflow';

/** Carries a job out; if it fails, first records why: that it was cancelled, or that it could not be done. */
export async function orRecord<T>(
  job: () => Promise<T>,
  why: { cancelled: string; failed: string },
  record: (problem: string) => Promise<unknown>,
): Promise<T> {
  try {
    return await job();
  } catch (error) {
    const problem = isCancellation(error) ? why.cancelled : why.failed;
    await CancellationScope.nonCancellable(() => record(problem));
    throw error;
  }
}
