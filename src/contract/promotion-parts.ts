import { z } from 'zod';
import { conditionPart, effectPart, type Part, withoutNulls } from '../domain/promotion/kinds';
import { limitsSchema } from '../domain/promotion/limits';
import { type Field, type JsonSchema, leaves, nullable, text } from './fields';
import { sharedAs } from './json-schema';
import { plainObject } from './plain';

/** Conditions, effects and limits of promotions as fields: read by the kinds that are declared for them. */

const mostBytes = 1_048_576;

function partField<T extends object>(name: string, part: z.ZodType<T>, schema: JsonSchema): Field<T> {
  const field = z.unknown().transform((value, context): T => {
    const plain = plainObject(value, mostBytes);
    const issues = 'problem' in plain ? [{ path: plain.path, message: plain.problem }] : [];
    const read = part.safeParse('object' in plain ? plain.object : {});
    if ('object' in plain && read.success) return withoutNulls(read.data);
    for (const { path, message } of issues[0] ? issues : (read.error?.issues ?? [])) {
      context.addIssue({ code: 'custom', path: [...path], message, input: value });
    }
    return z.NEVER;
  });
  leaves.add(field, { kind: 'json', schema: { type: 'object', ...schema, [sharedAs]: name } });
  return field;
}

/** A condition of a promotion. */
export const condition = () =>
  partField<Part>('PromotionCondition', conditionPart, conditionPart.meta() as JsonSchema);

/** An effect of a discount or of a points promotion. */
export const effect = () => partField<Part>('PromotionEffect', effectPart, effectPart.meta() as JsonSchema);

/** How often a promotion may be used, and what it may cost. */
export function limits(): Field<object> {
  const { $schema: _, ...schema } = z.toJSONSchema(limitsSchema, { io: 'input', unrepresentable: 'any' });
  return partField<object>('PromotionLimits', limitsSchema, schema);
}

/** Why a promotion takes no part although it is switched on; null: it may. */
export const misfit = () =>
  nullable(text(2000)).describe(
    'What it names and is gone, such as a tier, since when it counts as switched off; null: nothing.',
  );
