import { z } from 'zod';
import { compileCondition, unmetComparisons } from '../../condition';
import { condition, names, optionally } from '../arguments';
import { conditionKind } from '../kind';
import { checkNames, checkWhere } from '../terms';

export const audience = conditionKind({
  kind: 'audience',
  summary: 'Only members of one of the segments, who hold one of the tiers, whose profile meets a condition.',
  because: 'audience',
  args: z.strictObject({
    kind: z.literal('audience'),
    segments: optionally(names(100)),
    tiers: optionally(names(100)),
    where: optionally(condition()),
  }),
  check: ({ segments, tiers, where }, terms) =>
    checkNames(segments, terms.profileSegments, 'profile segment', ['segments']) ??
    checkNames(tiers, terms.tiers, 'tier', ['tiers']) ??
    checkWhere(where, terms.profileFacts, ['where']),
  compile({ segments, tiers, where }, terms) {
    const inSegment = segments?.map((eid) => terms.profileSegments.get(eid));
    const holds = where && compileCondition(where, terms.profileFacts);
    return {
      objection({ shopper }) {
        if (inSegment && !inSegment.some((isIn) => isIn?.(shopper.facts))) {
          return `not in segment ${segments?.join(', ')}`;
        }
        if (tiers && !tiers.some((tier) => shopper.tiers.has(tier))) return `not of tier ${tiers.join(', ')}`;
        if (!where || holds?.(shopper.facts)) return null;
        const unmet = unmetComparisons(where, terms.profileFacts, shopper.facts);
        return `profile: ${unmet.map(({ field }) => field).join(', ')}`;
      },
    };
  },
});
