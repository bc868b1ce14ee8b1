import type { z } from 'zod';
import { deferred, type LeafKind, leaves } from './fields';

/**
 * What a format needs to know of a schema: where lists, objects and which scalars are, and whether an element
 * without content is the empty text or nothing.
 */
export type Shape =
  | { kind: LeafKind; empty: '' | null }
  | { kind: 'list'; of: Shape }
  | { kind: 'object'; keys: ReadonlyMap<string, Shape> };

/** The shape of a schema built from `fields` and `request`; anything else in it throws. */
export function shapeOf(schema: z.ZodType, isNullable = false): Shape {
  const leaf = leaves.get(schema);
  if (leaf) return { kind: leaf.kind, empty: leaf.schema.minLength === 0 && !isNullable ? '' : null };
  const item = deferred.get(schema);
  if (item) return shapeOf(item);
  const { def } = (schema as unknown as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'object': {
      const keys = Object.entries(def.shape).map(
        ([key, field]) => [key, shapeOf(field as z.ZodType)] as const,
      );
      return { kind: 'object', keys: new Map(keys) };
    }
    case 'array':
      return { kind: 'list', of: shapeOf(def.element as z.ZodType) };
    case 'optional':
    case 'nullable':
      return shapeOf(def.innerType as z.ZodType, true);
    case 'pipe':
      return shapeOf(def.in as z.ZodType, isNullable);
    default:
      throw new Error(`A contract cannot hold a ${def.type}: use the builders of contract/fields`);
  }
}

/** The shape of an object as the formats need it, with further keys. */
export function withKeys(shape: Shape, further: Readonly<Record<string, LeafKind>>): Shape {
  const own = shape.kind === 'object' ? shape.keys : new Map<string, Shape>();
  const added = Object.entries(further).map(([key, kind]) => [key, { kind, empty: null }] as const);
  return { kind: 'object', keys: new Map<string, Shape>([...own, ...added]) };
}

/** The same value with the keys of its objects in the order of the shape; keys it does not know come last. */
export function arranged<T>(value: T, shape: Shape | undefined): T {
  if (Array.isArray(value)) {
    const of = shape?.kind === 'list' ? shape.of : undefined;
    return value.map((item) => arranged(item, of)) as T;
  }
  if (typeof value !== 'object' || value === null || shape?.kind !== 'object') return value;
  const places = new Map([...shape.keys.keys()].map((key, place) => [key, place]));
  const placeOf = (key: string) => places.get(key) ?? places.size;
  const entries = Object.entries(value).sort(([a], [b]) => placeOf(a) - placeOf(b));
  return Object.fromEntries(entries.map(([key, item]) => [key, arranged(item, shape.keys.get(key))])) as T;
}
