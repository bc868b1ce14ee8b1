import type { NotedOrder } from '../../domain/order-points';
import { isDoneBy } from './done-by';
import type { Dependencies } from './target';

/** So many workflows of one request are waited for at once. */
const ordersAtOnce = 50;

/** Whoever changes statuses waits so long for points at most: this, and more for more orders. */
const shortestWaitMs = 3_000;
const longestWaitMs = 7_000;

/**
 * Has the points of orders become what their new statuses say, so that the answer finds balances right. The
 * orders were noted with the change: those left over, because Temporal is away or there are too many, are
 * taken up by the workers, within a minute.
 */
export async function settleNoted(
  { gateway }: Pick<Dependencies, 'gateway'>,
  noted: readonly NotedOrder[],
): Promise<void> {
  const end = Date.now() + Math.min(shortestWaitMs + 10 * noted.length, longestWaitMs);
  for (let from = 0; from < noted.length; from += ordersAtOnce) {
    const some = noted.slice(from, from + ordersAtOnce);
    if (!(await isDoneBy(end, Promise.all(some.map((order) => gateway.settleOrderPoints(order)))))) return;
  }
}
