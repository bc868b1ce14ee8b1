import { ActivityCancellationType, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import { orRecord } from './or-record';
import type { SimulationInput, SimulationResult } from './protocol';

const { simulatePromotion: replay } = proxyActivities<Pick<Activities, 'simulatePromotion'>>({
  startToCloseTimeout: '12h',
  scheduleToCloseTimeout: '24h',
  heartbeatTimeout: '10s',
  cancellationType: ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

const { failSimulation } = proxyActivities<Pick<Activities, 'failSimulation'>>({
  startToCloseTimeout: '1m',
  retry: { initialInterval: '1s', maximumInterval: '1m' },
});

/**
 * Replays past orders without a promotion and with it. A promotion that cannot be simulated any more is a
 * result, not a failure. Cancelled, it has failed, and there is no report.
 */
export async function simulatePromotion(input: SimulationInput): Promise<SimulationResult> {
  setCurrentDetails('**At work**: the heartbeat of `simulatePromotion` says how far it has come.');
  const result = await replayOrFail(input);
  setCurrentDetails(
    'problem' in result
      ? `**Failed**: ${result.problem}.`
      : `**Done**: the promotion touches ${result.touched} of ${result.orders} orders.`,
  );
  return result;
}

async function replayOrFail(input: SimulationInput): Promise<SimulationResult> {
  const record = (problem: string) => failSimulation(input.simulation_id, problem);
  const why = {
    cancelled: 'the simulation was cancelled',
    failed: 'the simulation could not be carried out',
  };
  return orRecord(
    async () => {
      const result = await replay(input);
      if ('problem' in result) await record(result.problem);
      return result;
    },
    why,
    record,
  );
}
