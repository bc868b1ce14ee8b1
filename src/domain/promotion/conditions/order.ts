import { z } from 'zod';
import { compileCondition, unmetComparisons } from '../../condition';
import { condition } from '../arguments';
import { conditionKind } from '../kind';
import { checkWhere } from '../terms';

export const order = conditionKind({
  kind: 'order',
  summary:
    'Only orders of a segment: channel, endpoint, region, currency, totals, counts, tags, fields, goods.',
  because: 'order_segment',
  args: z.strictObject({ kind: z.literal('order'), where: condition() }),
  check: ({ where }, terms) => checkWhere(where, terms.orderFacts, ['where']),
  compile({ where }, { orderFacts }) {
    const holds = compileCondition(where, orderFacts);
    return {
      objection({ order: { facts } }) {
        if (holds(facts)) return null;
        const unmet = unmetComparisons(where, orderFacts, facts);
        return unmet.map(({ field, operator }) => `${field} (${operator})`).join(', ');
      },
    };
  },
});
