import { cancellationSignal, heartbeat } from '@temporalio/activity';
import { asFault } from '../src/db/faults';

const heartbeatMs = 1_000;

/**
 * Does work and says once a second how far it has come. Throws what work throws, as the rest of the program
 * knows it; once the activity is cancelled, that.
 */
export async function beating<T>(progress: () => object, work: () => Promise<T>): Promise<T> {
  const beat = setInterval(() => heartbeat(progress()), heartbeatMs);
  try {
    return await work();
  } catch (error) {
    // A plain AbortError would not tell a pause or a stopping worker from a cancellation.
    throw cancellationSignal().aborted ? cancellationSignal().reason : asFault(error);
  } finally {
    clearInterval(beat);
  }
}
