import { continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { DeliverEventsInput, DeliverEventsResult } from './protocol';

const { deliverEvents: deliver } = proxyActivities<Pick<Activities, 'deliverEvents'>>({
  startToCloseTimeout: '5 minutes',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

const shiftsPerRun = 60;

/** Delivers events to one webhook until it is deleted or switched off. Each webhook has a workflow. */
export async function deliverEvents(input: DeliverEventsInput): Promise<DeliverEventsResult> {
  const { webhook_id } = input;
  let { delivered = 0, failed = 0 } = input;
  for (let shift = 0; shift < shiftsPerRun; shift += 1) {
    const done = await deliver({ webhook_id });
    delivered += done.delivered;
    failed += done.failed;
    setCurrentDetails(`${delivered} events delivered, ${failed} attempts failed.`);
    if (done.isOver) return { delivered, failed };
  }
  return continueAsNew<typeof deliverEvents>({ webhook_id, delivered, failed });
}
