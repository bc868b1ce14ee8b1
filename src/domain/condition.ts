import type { Decimal } from 'decimal.js';
import { decimal } from './amount';

/**
 * What can be asked of profiles, members, orders and goods: one language for segments, promotions and
 * scenarios. `ne` and `not_in` are exactly what `eq` and `in` are not, so they hold where there is no fact.
 */
export type Condition = { all: Condition[] } | { any: Condition[] } | Comparison;

export interface Comparison {
  field: string;
  operator: Operator;
  /** Text, a number or true/false; a list of them for in and not_in; true or false for exists. */
  value: Operand;
}

export type Operand = Scalar | Scalar[];
type Scalar = string | number | boolean;

const operators = ['eq', 'ne', 'in', 'not_in', 'gt', 'gte', 'lt', 'lte', 'exists'] as const;
export type Operator = (typeof operators)[number];

/** `number`: compared as decimals; `time`: RFC 3339 or a day; `texts`: a list, of which one has to fit. */
export type FactType = 'text' | 'number' | 'flag' | 'time' | 'texts';

/** What may be asked about, and of which type it is. */
export type FactTypes = ReadonlyMap<string, FactType>;

/** What is known: numbers and times as text, or null if there is nothing. */
export type Fact = string | number | boolean | readonly string[] | null | undefined;
export type Facts = Readonly<Record<string, Fact>>;

/** What is wrong with a condition, and where in it. */
export interface ConditionProblem {
  path: (string | number)[];
  problem: string;
}

const mostComparisons = 200;
const mostValues = 10_000;
const deepest = 10;

const allowed: Record<FactType, readonly Operator[]> = {
  text: ['eq', 'ne', 'in', 'not_in', 'exists'],
  number: operators,
  flag: ['eq', 'ne', 'exists'],
  time: ['eq', 'ne', 'gt', 'gte', 'lt', 'lte', 'exists'],
  texts: ['eq', 'ne', 'in', 'not_in', 'exists'],
};

const expectations: Record<FactType, string> = {
  text: 'text',
  number: 'a number such as 10 or "10.50"',
  flag: 'true or false',
  time: 'a day such as "2025-03-01" or an RFC 3339 time',
  texts: 'text',
};

/**
 * Reads a condition from JSON or YAML: `{all: […]}`, `{any: […]}` or `{field, operator, value}`, at most 10
 * levels deep and of at most 200 comparisons. Gives it, or what is wrong with its form.
 */
export function readCondition(value: unknown): Condition | ConditionProblem {
  const counted = { comparisons: 0 };
  try {
    return readNode(value, [], counted);
  } catch (error) {
    if (error instanceof Malformed) return { path: error.path, problem: error.message };
    throw error;
  }
}

export function isConditionProblem(value: Condition | ConditionProblem | null): value is ConditionProblem {
  return value !== null && 'problem' in value;
}

class Malformed extends Error {
  constructor(
    readonly path: ConditionProblem['path'],
    problem: string,
  ) {
    super(problem);
  }
}

function readNode(
  value: unknown,
  path: ConditionProblem['path'],
  counted: { comparisons: number },
): Condition {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    const expected = 'expected {"all": […]}, {"any": […]} or {"field", "operator", "value"}';
    throw new Malformed(path, `${expected}, got ${shown(value)}`);
  }
  if (path.length > deepest * 2) throw new Malformed(path, `expected at most ${deepest} levels`);
  const keys = Object.keys(value);
  if ('all' in value || 'any' in value) {
    const key = 'all' in value ? 'all' : 'any';
    const other = keys.find((it) => it !== key);
    if (other !== undefined) throw new Malformed([...path, other], `cannot stand beside "${key}"`);
    const nodes = (value as Record<string, unknown>)[key];
    if (!Array.isArray(nodes) || nodes.length === 0) {
      throw new Malformed([...path, key], `expected a list of at least one condition, got ${shown(nodes)}`);
    }
    const read = nodes.map((node, index) => readNode(node, [...path, key, index], counted));
    return key === 'all' ? { all: read } : { any: read };
  }
  counted.comparisons++;
  if (counted.comparisons > mostComparisons) {
    throw new Malformed([], `expected at most ${mostComparisons} comparisons`);
  }
  return readComparison(value as Record<string, unknown>, path);
}

function shown(value: unknown): string {
  if (value === undefined) return 'none';
  if (Array.isArray(value)) return `a list of ${value.length}`;
  return typeof value === 'object' && value !== null ? 'an object' : JSON.stringify(value).slice(0, 60);
}

function readComparison(node: Record<string, unknown>, path: ConditionProblem['path']): Comparison {
  const unknown = Object.keys(node).find((key) => !['field', 'operator', 'value'].includes(key));
  if (unknown !== undefined) throw new Malformed([...path, unknown], 'expected field, operator and value');
  const { field, operator: word, value = word === 'exists' ? true : undefined } = node;
  if (typeof field !== 'string' || field === '') throw new Malformed([...path, 'field'], 'is required');
  const operator = operators.find((it) => it === word);
  if (!operator)
    throw new Malformed([...path, 'operator'], `expected one of ${operators.join(', ')}, got ${shown(word)}`);
  const isList = operator === 'in' || operator === 'not_in';
  if (isList && (!Array.isArray(value) || value.length === 0 || value.length > mostValues)) {
    throw new Malformed(
      [...path, 'value'],
      `expected a list of 1 to ${mostValues} values, got ${shown(value)}`,
    );
  }
  const values: unknown[] = isList ? (value as unknown[]) : [value];
  const odd = values.findIndex((it) => !['string', 'number', 'boolean'].includes(typeof it));
  if (odd >= 0) {
    const at = isList ? [...path, 'value', odd] : [...path, 'value'];
    const problem = `expected text, a number, true or false, got ${shown(values[odd])}`;
    throw new Malformed(at, value === undefined ? 'is required' : problem);
  }
  return { field, operator, value: value as Operand };
}

/** Whether every field exists, its type knows the operator, and the value is of that type; null if so. */
export function checkCondition(
  condition: Condition,
  types: FactTypes,
  path: ConditionProblem['path'] = [],
): ConditionProblem | null {
  if ('field' in condition) return checkComparison(condition, types, path);
  const [key, nodes] = group(condition);
  for (const [index, node] of nodes.entries()) {
    const problem = checkCondition(node, types, [...path, key, index]);
    if (problem) return problem;
  }
  return null;
}

function group(condition: Exclude<Condition, Comparison>): ['all' | 'any', Condition[]] {
  return 'all' in condition ? ['all', condition.all] : ['any', condition.any];
}

function checkComparison(
  { field, operator, value }: Comparison,
  types: FactTypes,
  path: ConditionProblem['path'],
): ConditionProblem | null {
  const type = types.get(field);
  if (!type) {
    const known = [...types.keys()].slice(0, 40).join(', ');
    return { path: [...path, 'field'], problem: `"${field}" is unknown: expected one of ${known}` };
  }
  if (!allowed[type].includes(operator)) {
    const problem = `"${field}" can be compared by ${allowed[type].join(', ')}, not by ${operator}`;
    return { path: [...path, 'operator'], problem };
  }
  if (operator === 'exists') {
    if (typeof value === 'boolean') return null;
    return { path: [...path, 'value'], problem: 'expected true or false' };
  }
  const values = Array.isArray(value) ? value : [value];
  const odd = values.findIndex((it) => comparable(it, type) === undefined);
  if (odd < 0) return null;
  const at = Array.isArray(value) ? ['value', odd] : ['value'];
  return {
    path: [...path, ...at],
    problem: `expected ${expectations[type]}, got ${JSON.stringify(values[odd])}`,
  };
}

type Comparable = string | boolean | Decimal | number;

/** The value as it is compared: texts as they are, numbers as decimals, times as milliseconds. */
function comparable(value: Scalar, type: FactType): Comparable | undefined {
  switch (type) {
    case 'flag':
      return typeof value === 'boolean' ? value : undefined;
    case 'number':
      return /^[+-]?\d{1,40}(\.\d{1,40})?$/.test(String(value)) ? decimal(String(value)) : undefined;
    case 'time': {
      const isTime = typeof value === 'string' && /^\d{4}-\d\d-\d\d(T.+)?$/.test(value);
      const ms = isTime ? Date.parse(value) : Number.NaN;
      return Number.isNaN(ms) ? undefined : ms;
    }
    default:
      return typeof value === 'boolean' ? undefined : String(value);
  }
}

export type Predicate = (facts: Facts) => boolean;

/** The checked condition as a function: values are read once, so that asking is cheap. */
export function compileCondition(condition: Condition, types: FactTypes): Predicate {
  if ('field' in condition) return compileComparison(condition, types);
  const [key, nodes] = group(condition);
  const predicates = nodes.map((node) => compileCondition(node, types));
  return key === 'all'
    ? (facts) => predicates.every((holds) => holds(facts))
    : (facts) => predicates.some((holds) => holds(facts));
}

/** Whether the checked condition holds for these facts. */
export function conditionHolds(condition: Condition, types: FactTypes, facts: Facts): boolean {
  return compileCondition(condition, types)(facts);
}

/** The comparisons that would have to turn out otherwise; empty if the condition holds. */
export function unmetComparisons(condition: Condition, types: FactTypes, facts: Facts): Comparison[] {
  if (conditionHolds(condition, types, facts)) return [];
  if ('field' in condition) return [condition];
  const [, nodes] = group(condition);
  return nodes.flatMap((node) => unmetComparisons(node, types, facts));
}

function compileComparison({ field, operator, value }: Comparison, types: FactTypes): Predicate {
  const type = types.get(field);
  if (!type) throw new RangeError(`The condition was not checked: "${field}" is unknown`);
  if (operator === 'exists') return (facts) => isThere(facts[field]) === value;
  const operands = (Array.isArray(value) ? value : [value]).map((it) => comparable(it, type));
  switch (operator) {
    case 'eq':
    case 'in':
      return oneOf(field, type, operands);
    case 'ne':
    case 'not_in': {
      const isOne = oneOf(field, type, operands);
      return (facts) => !isOne(facts);
    }
    default:
      return ordered(field, type, operator, operands[0]);
  }
}

function isThere(fact: Fact): boolean {
  return fact !== null && fact !== undefined && fact !== '' && !(Array.isArray(fact) && fact.length === 0);
}

function oneOf(field: string, type: FactType, operands: (Comparable | undefined)[]): Predicate {
  const keys = new Set(operands.map(keyOf));
  const isOne = (fact: Scalar) => keys.has(keyOf(comparable(fact, type)));
  return (facts) => {
    const fact = facts[field];
    if (!isThere(fact)) return false;
    return typeof fact === 'object' ? (fact ?? []).some(isOne) : isOne(fact as Scalar);
  };
}

/** Decimals that are equal have one text: 10 and 10.00. */
function keyOf(value: Comparable | undefined): string | boolean | number | undefined {
  return typeof value === 'object' ? value.toFixed() : value;
}

function ordered(
  field: string,
  type: FactType,
  operator: 'gt' | 'gte' | 'lt' | 'lte',
  operand: Comparable | undefined,
): Predicate {
  return (facts) => {
    const fact = facts[field];
    if (!isThere(fact) || typeof fact === 'object') return false;
    const sign = compare(comparable(fact as Scalar, type), operand);
    if (sign === undefined) return false;
    return { gt: sign > 0, gte: sign >= 0, lt: sign < 0, lte: sign <= 0 }[operator];
  };
}

function compare(a: Comparable | undefined, b: Comparable | undefined): number | undefined {
  if (typeof a === 'object' && typeof b === 'object') return a.comparedTo(b);
  return typeof a === 'number' && typeof b === 'number' ? a - b : undefined;
}
