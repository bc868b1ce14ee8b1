import type { Field } from './catalog';
import {
  type Comparison,
  type Condition,
  type ConditionProblem,
  checkCondition,
  compileCondition,
  type Fact,
  type FactTypes,
  type Predicate,
  unmetComparisons,
} from './condition';
import { systemFields } from './profile';
import { dayIn, type ProfileRecord, pickFacts, profileFactTypes } from './profile-facts';

/** Profiles of one database that meet a condition, now and whenever they change. */
export interface Segment extends SegmentDefinition {
  readonly holds: Predicate;
  readonly types: FactTypes;
  /** The facts its condition asks about. */
  readonly asks: readonly string[];
}

interface SegmentDefinition {
  readonly id: number;
  readonly externalId: string;
  readonly databaseId: number;
  /** Where days begin and end. */
  readonly timezone: string;
  readonly condition: Condition;
  readonly updatedAt: string;
}

/** A segment whose condition was checked against these fields, ready to be asked. */
export function makeSegment(definition: SegmentDefinition, fields: Iterable<Field>): Segment {
  const types = profileFactTypes(fields);
  const asks = [
    ...new Set([...comparisonsOf(definition.condition)].map(({ comparison }) => comparison.field)),
  ];
  return { ...definition, types, asks, holds: compileCondition(definition.condition, types) };
}

/** Whether profiles are in a segment at a moment (RFC 3339). */
export function inSegment(segment: Segment, at: string): (profile: ProfileRecord) => boolean {
  const { holds, asks, timezone } = segment;
  const today = { day: dayIn(timezone, at), timezone };
  return (profile) => holds(pickFacts(profile, asks, today));
}

/** What keeps a profile out of a segment: comparisons, and what they met. Empty if it is in. */
export function whyNotInSegment(
  { condition, types, asks, timezone }: Segment,
  profile: ProfileRecord,
  at: string,
): (Comparison & { fact: Fact })[] {
  const facts = pickFacts(profile, asks, { day: dayIn(timezone, at), timezone });
  const unmet = unmetComparisons(condition, types, facts);
  return unmet.map(({ field, operator, value }) => ({ field, operator, value, fact: facts[field] ?? null }));
}

/** What is wrong with a condition for profiles with these custom fields; null if nothing is. */
export function checkSegmentCondition(
  condition: Condition,
  fields: readonly Pick<Field, 'name' | 'type' | 'enumValues'>[],
): ConditionProblem | null {
  const problem = checkCondition(condition, profileFactTypes(fields));
  if (problem) return problem;
  const custom = new Map(fields.map((field) => [field.name, field]));
  for (const { comparison, path } of comparisonsOf(condition)) {
    const known = (custom.get(comparison.field) ?? systemFields.get(comparison.field))?.enumValues;
    if (!known || comparison.operator === 'exists') continue;
    const isList = Array.isArray(comparison.value);
    const values = isList ? (comparison.value as unknown[]) : [comparison.value];
    const odd = values.findIndex((value) => !known.includes(String(value)));
    if (odd < 0) continue;
    const expected = known.map((word) => `"${word}"`).join(' or ');
    const at = isList ? ['value', odd] : ['value'];
    return { path: [...path, ...at], problem: `expected ${expected}, got ${JSON.stringify(values[odd])}` };
  }
  return null;
}

type Place = { comparison: Comparison; path: ConditionProblem['path'] };

function* comparisonsOf(condition: Condition, path: ConditionProblem['path'] = []): Generator<Place> {
  if ('field' in condition) {
    yield { comparison: condition, path };
    return;
  }
  const [key, nodes] = 'all' in condition ? ['all', condition.all] : ['any', condition.any];
  for (const [index, node] of nodes.entries()) yield* comparisonsOf(node, [...path, key, index]);
}
