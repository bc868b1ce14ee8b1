import { continueAsNew, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { Activities } from '../activities';
import type { EvaluateTiersInput, EvaluateTiersResult } from './protocol';

const { evaluateTiers: evaluate } = proxyActivities<Pick<Activities, 'evaluateTiers'>>({
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10s',
  retry: { initialInterval: '1s', maximumInterval: '1 minute' },
});

/**
 * Evaluates the members of one program whose tiers may have changed although nothing was posted: periods have
 * ended, or the settings of a tier group have changed. Started by a schedule, or by anyone.
 */
export async function evaluateTiers({
  program_id,
  members = 0,
}: EvaluateTiersInput): Promise<EvaluateTiersResult> {
  const evaluated = await evaluate({ program_id });
  const total = members + evaluated.members;
  setCurrentDetails(`${total} members of program ${program_id} evaluated so far.`);
  if (evaluated.isDone) return { members: total };
  return continueAsNew<typeof evaluateTiers>({ program_id, members: total });
}
