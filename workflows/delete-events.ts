import { continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { DeleteEventsInput, DeleteEventsResult } from './protocol';

const { deleteEvents: deleteSome } = proxyActivities<Pick<Activities, 'deleteEvents'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

/** Deletes the events that are older than so many days. Started by a schedule, or by anyone. */
export async function deleteEvents({
  keep_days,
  events = 0,
}: DeleteEventsInput): Promise<DeleteEventsResult> {
  const deleted = await deleteSome({ keep_days });
  const total = events + deleted.events;
  setCurrentDetails(`${total} events older than ${keep_days} days deleted so far.`);
  if (deleted.isDone) return { events: total };
  return continueAsNew<typeof deleteEvents>({ keep_days, events: total });
}
