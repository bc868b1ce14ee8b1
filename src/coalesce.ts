import { Unavailable } from './domain/unavailable';

/** Thrown to a request that found the queue full. */
export class QueueFull extends Unavailable {
  override readonly name = 'QueueFull';
}

export interface CoalesceOptions<T, R> {
  /** Carries a batch and answers one result per item, in the batch's order. */
  carry(batch: T[]): Promise<R[]>;
  /** How many batches may be under way at once. */
  lanes: number;
  maxItems: number;
  maxBytes: number;
  /** How many items may wait for a lane; the next one is turned away with QueueFull. */
  maxWaiting: number;
  bytesOf(item: T): number;
}

interface Waiting<T, R> {
  item: T;
  bytes: number;
  resolve(result: R): void;
  reject(error: unknown): void;
}

/**
 * Lets items that arrive while earlier batches are under way travel together in the next one.
 * There is no delay: a lone item leaves at once, and only a busy lane makes a batch grow.
 */
export function coalesce<T, R>(options: CoalesceOptions<T, R>): (item: T) => Promise<R> {
  const waiting: Waiting<T, R>[] = [];
  let lanesBusy = 0;
  let isScheduled = false;

  /** Items of one turn of the event loop leave together. */
  function schedule(): void {
    if (isScheduled || waiting.length === 0 || lanesBusy === options.lanes) return;
    isScheduled = true;
    setImmediate(() => {
      isScheduled = false;
      while (waiting.length > 0 && lanesBusy < options.lanes) void dispatch(takeBatch(waiting, options));
    });
  }

  async function dispatch(batch: Waiting<T, R>[]): Promise<void> {
    lanesBusy += 1;
    try {
      const results = await options.carry(batch.map(({ item }) => item));
      if (results.length !== batch.length) {
        throw new Error(`A batch of ${batch.length} came back with ${results.length} results`);
      }
      for (const [index, result] of results.entries()) batch[index]?.resolve(result);
    } catch (error) {
      for (const { reject } of batch) reject(error);
    } finally {
      lanesBusy -= 1;
      schedule();
    }
  }

  return (item) =>
    new Promise<R>((resolve, reject) => {
      if (waiting.length >= options.maxWaiting) {
        reject(new QueueFull(`${waiting.length} requests are waiting already`));
        return;
      }
      waiting.push({ item, bytes: options.bytesOf(item), resolve, reject });
      schedule();
    });
}

/** The longest head of the queue within both limits; at least one item. */
function takeBatch<T, R>(
  waiting: Waiting<T, R>[],
  { maxItems, maxBytes }: CoalesceOptions<T, R>,
): Waiting<T, R>[] {
  let bytes = 0;
  let count = 0;
  for (const { bytes: itemBytes } of waiting) {
    bytes += itemBytes;
    if (count > 0 && (count === maxItems || bytes > maxBytes)) break;
    count += 1;
  }
  return waiting.splice(0, count);
}
