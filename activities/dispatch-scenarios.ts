import { Context } from '@temporalio/activity';
import { findScenarioWork } from '../src/db/queries/scenarios';
import type { ActivityContext } from './index';
import { dispatchRound } from './scenario-round';

/** How soon an event starts a run, and a run that is due goes on. */
const lookIntervalMs = 500;

/** So long one activity goes on looking; then Temporal hears how far it has come, and starts the next. */
const shiftMs = 60_000;
const heartbeatMs = 2_000;

/** `isOver`: no scenario is switched on and no run is under way. */
export interface Dispatched {
  started: number;
  called: number;
  isOver: boolean;
}

/**
 * Starts runs of scenarios for what happens, and calls those that are due, for a minute. What a killed
 * attempt had done but not written down is done again, and comes to nothing: a run has one row and one
 * workflow id.
 */
export function createDispatchScenarios(context: ActivityContext) {
  const { db, stopping } = context;
  return async function dispatchScenarios(): Promise<Dispatched> {
    const activity = Context.current();
    const sum = { started: 0, called: 0 };
    const beat = setInterval(() => activity.heartbeat(sum), heartbeatMs);
    // The process need not wait for this shift to end.
    const stop = new Promise<void>((resolve) => {
      stopping.addEventListener('abort', () => resolve(), { once: true });
    });
    try {
      const endsAt = Date.now() + shiftMs;
      while (Date.now() < endsAt && !stopping.aborted) {
        if (!(await findScenarioWork(db)).is_there) return { ...sum, isOver: true };
        const round = await dispatchRound(context);
        sum.started += round.started;
        sum.called += round.called;
        if (!round.isFull) await Promise.race([activity.sleep(lookIntervalMs), stop]);
        activity.cancellationSignal.throwIfAborted();
      }
      return { ...sum, isOver: false };
    } finally {
      clearInterval(beat);
    }
  };
}
