import { z } from 'zod';
import { deferred, type JsonSchema, leaves, lenient } from './fields';

const mark = 'x-lenient';

/** A schema of the contract as JSON Schema: of what a request may hold, or of what an answer holds. */
export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _, ...result } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const leaf = leaves.get(zodSchema as unknown as z.ZodType);
      if (leaf) Object.assign(jsonSchema, leaf.schema);
      const item = deferred.get(zodSchema as unknown as z.ZodType);
      if (item) Object.assign(jsonSchema, jsonSchemaOf(item, io));
      if (lenient.has(zodSchema as unknown as z.ZodType)) jsonSchema[mark] = true;
    },
  });
  return simplify(result) as JsonSchema;
}

/**
 * Says "or null" in one schema instead of two, which people read better, and nothing where null is lenience.
 */
function simplify(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(simplify);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, simplify(item)]);
  const { anyOf, [mark]: isLenient, ...schema } = Object.fromEntries(entries);
  const [of, nothing, ...others]: JsonSchema[] = anyOf ?? [];
  if (of && nothing?.type === 'null' && others.length === 0) {
    return { ...of, ...(!isLenient && orNull(of)), ...schema };
  }
  if (isLenient && Array.isArray(schema.type)) return { ...schema, type: withoutNull(schema.type) };
  return anyOf ? { ...schema, anyOf } : schema;
}

function withoutNull(types: readonly unknown[]): unknown {
  const others = types.filter((type) => type !== 'null');
  return others.length === 1 ? others[0] : others;
}

function orNull({ type, enum: words }: JsonSchema): JsonSchema {
  return { type: [type, 'null'].flat(), ...(Array.isArray(words) && { enum: [...words, null] }) };
}

/** Names a schema that stands in many places. */
export const sharedAs = 'x-shared-as';

/**
 * Puts the schemas that have a name of their own into `found`, and a reference wherever they stood: `place`
 * and the name.
 */
export function shareSchemas(value: unknown, place: string, found: Record<string, unknown>): unknown {
  if (Array.isArray(value)) return value.map((item) => shareSchemas(item, place, found));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([key, item]) => [key, shareSchemas(item, place, found)]);
  const { [sharedAs]: name, ...schema } = Object.fromEntries(entries);
  if (typeof name !== 'string') return schema;
  const { description, ...shared } = schema;
  found[name] = shared;
  return { $ref: `${place}${name}`, ...(description !== undefined && { description }) };
}
