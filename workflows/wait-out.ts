import { isCancellation, sleep } from '@temporalio/workflow';

/** So long, or until an operator cancels. */
export async function waitOut(seconds: number): Promise<void> {
  try {
    await sleep(seconds * 1000);
  } catch (error) {
    if (!isCancellation(error)) throw error;
  }
}
