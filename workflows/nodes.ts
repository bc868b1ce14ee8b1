import {
  ActivityFailure,
  ApplicationFailure,
  CancellationScope,
  getExternalWorkflowHandle,
  proxyActivities,
  setCurrentDetails,
} from '@temporalio/workflow';
import type { Activities } from '../activities';
import type {
  ParticipationInput,
  ParticipationResult,
  PointsManagementInput,
  PointsManagementResult,
} from './protocol';
import { holdWorkflowId } from './protocol';

const { managePoints, participate } = proxyActivities<Pick<Activities, 'managePoints' | 'participate'>>({
  startToCloseTimeout: '10s',
  retry: { initialInterval: '100ms', maximumInterval: '10s' },
});

/**
 * The node "Loyalty points management" of a scenario: a trigger promotion accrues or redeems. A "no" is the
 * outcome; the workflow fails with InvalidInput when the input can never be carried out.
 */
export async function loyaltyPointsManagement(input: PointsManagementInput): Promise<PointsManagementResult> {
  const result = await orInvalid(managePoints(input));
  setCurrentDetails(`**${result.outcome}**`);
  return result;
}

/** The node "Loyalty participation": makes a profile a member, or ends the membership. Fails as above. */
export async function loyaltyParticipation(input: ParticipationInput): Promise<ParticipationResult> {
  const { result, holds } = await orInvalid(participate(input));
  setCurrentDetails(`**${result.outcome}**`);
  await CancellationScope.nonCancellable(() => Promise.all(holds.map(tellRolledBack)));
  return result;
}

/** What is wrong with the input is said by the workflow itself, not by an activity inside it. */
async function orInvalid<T>(done: Promise<T>): Promise<T> {
  try {
    return await done;
  } catch (error) {
    if (!(error instanceof ActivityFailure) || !(error.cause instanceof ApplicationFailure)) throw error;
    throw error.cause;
  }
}

/** The ledger has rolled the hold back already; a workflow that is gone need not hear of it. */
async function tellRolledBack(transactionId: string): Promise<void> {
  await getExternalWorkflowHandle(holdWorkflowId(transactionId))
    .signal('rollback')
    .catch(() => {});
}
