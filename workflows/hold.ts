import {
  CancellationScope,
  condition,
  defineSignal,
  isCancellation,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { HoldInput, HoldResult, HoldSignal } from './protocol';
import { discardSignal, holdSignals } from './protocol';

const { settle } = proxyLocalActivities<Pick<Activities, 'settle'>>({
  startToCloseTimeout: '5s',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
});

/**
 * A temporary transaction: waits for commit, rollback or cancel, or until temp_until, and asks the ledger to
 * settle. The ledger decides; what it says is the result, whichever signal came first here.
 */
export async function hold(input: HoldInput): Promise<HoldResult> {
  let signal: HoldSignal | undefined;
  let isDiscarded = false;
  for (const name of holdSignals) {
    setHandler(
      defineSignal(name),
      () => {
        signal ??= name;
      },
      { description: `Ends the temporary transaction: ${name}` },
    );
  }
  setHandler(
    defineSignal(discardSignal),
    () => {
      isDiscarded = true;
    },
    { description: 'Sent by the API when the transaction was refused' },
  );
  setCurrentDetails(`**Open** until ${input.temp_until}: waits for the signal commit, rollback or cancel.`);

  const cancelled = await waitFor(timeToWaitMs(input), () => signal !== undefined || isDiscarded);
  if (isDiscarded) return { state: 'discarded' };
  const wish = cancelled ? 'cancel' : (signal ?? 'timeout');

  const { program_id, member_id, currency_iid, target_id } = input;
  const outcome = await CancellationScope.nonCancellable(() =>
    settle({ verb: 'settle', program_id, member_id, currency_iid, target_id, wish }),
  );
  const result: HoldResult = 'refusal' in outcome ? { state: 'member_gone' } : outcome;
  setCurrentDetails(`**${result.state}** (asked for: ${wish}).`);
  return result;
}

function timeToWaitMs({ waits_ms, temp_until }: HoldInput): number {
  return Math.max(1, waits_ms ?? Date.parse(temp_until) - Date.now());
}

/** Waits for the predicate or so long; true if an operator cancelled the workflow instead. */
async function waitFor(timeoutMs: number, predicate: () => boolean): Promise<boolean> {
  try {
    await condition(predicate, timeoutMs);
    return false;
  } catch (error) {
    if (isCancellation(error)) return true;
    throw error;
  }
}
