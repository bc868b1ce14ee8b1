import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { listUnsettled } from './db/queries/order-points';
import type { Gateway } from './gateway';
import { lookAgain } from './look-again';

/** So many workflows are started at once, and so often in one look: a worker begins with a look. */
const ordersAtOnce = 50;
const roundsPerLook = 20;

/** Starts what was missed: the points of orders that were noted when a status changed, and not looked at. */
export async function keepOrderPoints(gateway: Gateway, db: Pool, log: Logger) {
  const look = async () => {
    let after = 0;
    for (let round = 0; round < roundsPerLook; round += 1) {
      const orders = await listUnsettled(db, after, ordersAtOnce);
      await Promise.all(orders.map((order) => gateway.startOrderPoints(order)));
      if (orders.length < ordersAtOnce) return;
      after = orders.at(-1)?.order_id ?? after;
    }
  };
  return lookAgain(look, log, 'points of orders cannot be looked at: retrying');
}
