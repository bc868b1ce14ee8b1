import { defineSignal, proxyLocalActivities, setCurrentDetails, setHandler } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { lookSignal, type OrderPointsInput, type OrderPointsResult } from './protocol';

const { settleOrderPoints: settle } = proxyLocalActivities<Pick<Activities, 'settleOrderPoints'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
});

/**
 * Has the points of an order become what its statuses say. Started by whoever changes a status, and by
 * workers where that was missed; the note in the database says whether there is anything to do.
 */
export async function orderPoints({ order_id }: OrderPointsInput): Promise<OrderPointsResult> {
  const total: OrderPointsResult = { activated: 0, canceled: 0, refused: [] };
  let isAsked = true;
  setHandler(defineSignal(lookSignal), () => {
    isAsked = true;
  });
  while (isAsked) {
    isAsked = false;
    const done = await settle(order_id);
    total.activated += done.activated;
    total.canceled += done.canceled;
    total.refused = done.refused;
  }
  setCurrentDetails(describe(total));
  return total;
}

function describe({ activated, canceled, refused }: OrderPointsResult): string {
  const lines = [`${activated} transactions activated, ${canceled} cancelled.`];
  for (const it of refused) lines.push(`- **Refused**: ${it.transaction_id}, ${it.reason}`);
  return lines.join('\n');
}
