import { Context } from '@temporalio/activity';
import { deleteOldEvents } from '../src/db/commands/events';
import type { ActivityContext } from './index';

const eventsPerBatch = 5_000;
const batchesPerActivity = 200;
const dayMs = 86_400_000;

/** `isDone` is false when more was due than one activity does. */
export interface Deleted {
  events: number;
  isDone: boolean;
}

/**
 * Deletes the events that happened more than so many days ago, batch after batch. Safe to repeat at any
 * point. Heartbeats with the number of events so far.
 */
export function createDeleteEvents({ db, clock }: ActivityContext) {
  return async function deleteEvents({ keep_days }: { keep_days: number }): Promise<Deleted> {
    const before = new Date(Date.parse(clock()) - keep_days * dayMs).toISOString();
    let events = 0;
    for (let batch = 0; batch < batchesPerActivity; batch += 1) {
      const { deleted } = await deleteOldEvents(db, before, eventsPerBatch);
      if (deleted === 0) return { events, isDone: true };
      events += deleted;
      Context.current().heartbeat({ events });
      Context.current().cancellationSignal.throwIfAborted();
    }
    return { events, isDone: false };
  };
}
