import { activityInfo } from '@temporalio/activity';
import { type PointsManagementNode, pointsManagementInput } from '../src/contract/nodes';
import { postOperations } from '../src/db/ledger';
import { findAnswer } from '../src/db/queries/transactions';
import { toTrimmed } from '../src/domain/amount';
import type { PointsManaged } from '../src/domain/node';
import type { Redeem } from '../src/domain/operation';
import type { Outcome, Posted } from '../src/domain/outcome';
import { isRefusal } from '../src/domain/refusal';
import type { ActivityContext } from './index';
import { hashOf, personOf, programOf, readInput, usedBefore } from './node-input';
import { choose, type Doer, operationOf } from './trigger-promotion';

/**
 * The node "Loyalty points management". A run does what a node says once: repeated, it answers what it did.
 * Throws InvalidInput, also when the same node of the same run said something else before.
 */
export function createManagePoints(context: ActivityContext) {
  const { db, catalog, clock } = context;
  return async function managePoints(given: unknown): Promise<PointsManaged> {
    const input = readInput(pointsManagementInput, given);
    const program = await programOf(context, input.loyalty_program_id);
    const person = await personOf(context, program, input.matching);
    if (!person) return { outcome: 'not_member' };
    const doer = doerOf(input, person.profile_id);
    const [known] = await findAnswer(db, program.id, doer.transaction_eid);
    if (known && known.request_hash !== doer.request_hash) throw usedBefore(input);
    if (known) return answer(known);
    if (person.member_id === null) return { outcome: 'not_member' };
    const now = clock();
    const chosen = await choose(catalog, program, input, now);
    if ('outcome' in chosen) return chosen;
    const operation = operationOf(input, chosen, person.member_id, doer, now);
    const origin = activityInfo().workflowExecution?.workflowId ?? activityInfo().activityId;
    const [outcome] = (await postOperations(db, [operation], now, origin)) as [Outcome<Redeem>];
    if (!isRefusal(outcome)) return answer(outcome);
    switch (outcome.refusal) {
      case 'insufficient_points':
        return { outcome: 'insufficient' };
      case 'member_not_found':
        return { outcome: 'not_member' };
      case 'eid_reused':
        throw usedBefore(input);
      case 'request_expired':
        throw new Error('The ledger was told a time that has passed');
    }
  };
}

function doerOf(input: PointsManagementNode, profileId: string): Doer {
  const { scenario_id, run_id, node_id, loyalty_program_id, matching, ...wish } = input;
  return {
    scenario_id,
    run_id,
    node_id,
    transaction_eid: `workflow/${scenario_id}/${run_id}/${node_id}`,
    request_hash: hashOf([profileId, ...Object.entries(wish).sort()]),
  };
}

function answer(posted: Omit<Posted, 'repeated'>): PointsManaged {
  const { transaction_id, balance_before, balance_after } = posted;
  return {
    outcome: 'done',
    transaction_id,
    balance_before: toTrimmed(balance_before),
    balance_after: toTrimmed(balance_after),
  };
}
