import type { z } from 'zod';
import { programId } from './common';
import { currencySelector } from './currency';
import { amount, choice, integer, optional, text } from './fields';
import { matching } from './matching';
import { check, type Problem } from './problems';
import { request } from './request';
import { shapeOf } from './shape';

/** What the workflows of scenario nodes take: an interface as public as the HTTP API, in the same words. */

const whose = {
  loyalty_program_id: programId(),
  scenario_id: integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).describe('Your id of the scenario.'),
  run_id: integer({ min: 1, max: Number.MAX_SAFE_INTEGER }).describe('Your id of this run of it.'),
  node_id: text(200).describe('Your id of the node. A run does what a node says once.'),
};

/** The node "Loyalty points management": a trigger promotion accrues or redeems. */
export const pointsManagementInput = request(
  {
    ...whose,
    operation: choice(['accrue', 'redeem']),
    promotion_id: text(255).describe('Trigger promotion: its external id, or its numeric id.'),
    amount: optional(amount()).describe('Absent: the static amount of the rule.'),
  },
  { currency: currencySelector(), matching: matching() },
);

/** The node "Loyalty participation": makes a profile a member, or ends the membership. */
export const participationInput = request(
  { ...whose, operation: choice(['add', 'remove']) },
  { matching: matching() },
);

export type PointsManagementNode = z.output<typeof pointsManagementInput>;
export type ParticipationNode = z.output<typeof participationInput>;

/** The input of a node, or everything that is wrong with it; keys it does not know are wrong, too. */
export function readNode<S extends z.ZodType>(
  schema: S,
  given: unknown,
): { value: z.output<S> } | { problems: Problem[] } {
  const shape = shapeOf(schema);
  const known = shape.kind === 'object' ? [...shape.keys.keys()] : [];
  const keys = typeof given === 'object' && given !== null ? Object.keys(given) : [];
  const unknown = keys.filter((key) => !known.includes(key));
  const problem = `is unknown: expected ${known.join(', ')}`;
  const checked = check(schema, given);
  if (unknown.length === 0) return checked;
  const others = 'problems' in checked ? checked.problems : [];
  return { problems: [...unknown.map((field) => ({ field, problem })), ...others] };
}
