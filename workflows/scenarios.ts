import {
  CancellationScope,
  condition,
  continueAsNew,
  defineSignal,
  isCancellation,
  proxyActivities,
  setCurrentDetails,
  setHandler,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import type {
  DispatchScenariosInput,
  DispatchScenariosResult,
  ScenarioRunInput,
  ScenarioRunResult,
} from './protocol';
import { callSignal } from './protocol';

const { takeScenarioStep, endScenarioRun } = proxyActivities<
  Pick<Activities, 'takeScenarioStep' | 'endScenarioRun'>
>({
  startToCloseTimeout: '30s',
  retry: { initialInterval: '100ms', maximumInterval: '30s' },
});

/**
 * A run of a scenario for one member, from where it stands to its next long wait or its end. Postgres knows
 * where it stands and when it is to go on, and has this workflow started again then. Cancelled, the run ends.
 */
export async function scenarioRun({ run_id }: ScenarioRunInput): Promise<ScenarioRunResult> {
  let isCalled = false;
  setHandler(
    defineSignal(callSignal),
    () => {
      isCalled = true;
    },
    { description: 'The time may have come: looks where the run stands' },
  );
  try {
    for (;;) {
      isCalled = false;
      const now = await takeScenarioStep({ run_id });
      if (now.state === 'ended') {
        setCurrentDetails(`**Ended**: ${now.outcome}`);
        return now;
      }
      if (now.state === 'goes_on') {
        setCurrentDetails(`Did **${now.did}**: ${now.outcome}`);
        continue;
      }
      setCurrentDetails(`**Sleeps** until ${now.until}. Cancel to end the run.`);
      if (now.may_close) return { state: 'sleeps', until: now.until };
      await condition(() => isCalled, now.waits_ms);
    }
  } catch (error) {
    const outcome = isCancellation(error) ? 'canceled' : 'failed';
    await CancellationScope.nonCancellable(() => endScenarioRun(run_id, outcome));
    throw error;
  }
}

const { dispatchScenarios: dispatch } = proxyActivities<Pick<Activities, 'dispatchScenarios'>>({
  startToCloseTimeout: '15 minutes',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '30s' },
});

const shiftsPerRun = 60;

/** Starts runs of scenarios for what happens and calls those that are due, while there is any scenario. */
export async function dispatchScenarios(
  input: DispatchScenariosInput = {},
): Promise<DispatchScenariosResult> {
  let { started = 0, called = 0 } = input;
  for (let shift = 0; shift < shiftsPerRun; shift += 1) {
    const done = await dispatch();
    started += done.started;
    called += done.called;
    setCurrentDetails(`${started} runs started, ${called} called to go on.`);
    if (done.isOver) return { started, called };
  }
  return continueAsNew<typeof dispatchScenarios>({ started, called });
}
