import fc from 'fast-check';
import {
  type Condition,
  checkCondition,
  compileCondition,
  conditionHolds,
  type Fact,
  type FactType,
  isConditionProblem,
  readCondition,
  unmetComparisons,
} from '../../src/domain/condition';

const types = new Map<string, FactType>([
  ['region', 'text'],
  ['total', 'number'],
  ['is_vip', 'flag'],
  ['born', 'time'],
  ['tags', 'texts'],
]);

describe('a comparison', () => {
  const cases: [string, string, unknown, Fact, boolean][] = [
    ['region', 'eq', 'north', 'north', true],
    ['region', 'eq', 'north', 'North', false],
    ['region', 'eq', 'north', null, false],
    ['region', 'ne', 'north', 'south', true],
    ['region', 'ne', 'north', null, true],
    ['region', 'in', ['north', 'south'], 'south', true],
    ['region', 'in', ['north', 'south'], undefined, false],
    ['region', 'not_in', ['north', 'south'], 'west', true],
    ['region', 'not_in', ['north'], undefined, true],
    ['region', 'exists', true, 'north', true],
    ['region', 'exists', undefined, '', false],
    ['region', 'exists', false, null, true],
    ['total', 'eq', 10, '10.00', true],
    ['total', 'eq', '10.0', 10, true],
    ['total', 'in', [1, '2.50'], '2.5', true],
    ['total', 'gt', '99999999999999999999.9998', '99999999999999999999.9999', true],
    ['total', 'gt', 10, '10.00', false],
    ['total', 'gte', 10, '10.00', true],
    ['total', 'lt', '-1', '-1.01', true],
    ['total', 'lte', 10, null, false],
    ['is_vip', 'eq', true, true, true],
    ['is_vip', 'ne', true, null, true],
    ['born', 'lt', '2000-01-01', '1999-12-31T23:59:59Z', true],
    ['born', 'gte', '2000-01-01T00:00:00+01:00', '1999-12-31T23:00:00Z', true],
    ['born', 'eq', '2000-01-01', '2000-01-01T00:00:00.000Z', true],
    ['tags', 'eq', 'a', ['b', 'a'], true],
    ['tags', 'ne', 'a', ['b', 'a'], false],
    ['tags', 'in', ['x', 'b'], ['b'], true],
    ['tags', 'not_in', ['x', 'b'], [], true],
    ['tags', 'exists', true, [], false],
  ];
  test.each(cases)('%s %s %j of %j is %j', (field, operator, value, fact, expected) => {
    const condition = read({ field, operator, ...(value === undefined ? {} : { value }) });
    expect(checkCondition(condition, types)).toBeNull();
    expect(conditionHolds(condition, types, { [field]: fact })).toBe(expected);
  });
});

describe('a condition is refused', () => {
  const cases: [string, unknown, string, RegExp][] = [
    ['no object', 'vip', '', /expected \{"all"/],
    ['an empty group', { all: [] }, 'all', /at least one/],
    ['two groups', { all: [{}], any: [{}] }, 'any', /beside "all"/],
    ['no field', { any: [{ operator: 'eq', value: 1 }] }, 'any.0.field', /required/],
    ['an unknown operator', { field: 'total', operator: 'like', value: 1 }, 'operator', /one of eq, ne/],
    ['an unknown key', { field: 'total', operator: 'eq', val: 1 }, 'val', /expected field/],
    ['no value', { field: 'total', operator: 'eq' }, 'value', /required/],
    ['one value for a list', { field: 'total', operator: 'in', value: 1 }, 'value', /list/],
    ['an object as value', { field: 'total', operator: 'in', value: [1, {}] }, 'value.1', /expected text/],
    [
      'an unknown field',
      { all: [{ field: 'x', operator: 'eq', value: 1 }] },
      'all.0.field',
      /"x" is unknown/,
    ],
    ['an order of texts', { field: 'region', operator: 'gt', value: 'a' }, 'operator', /not by gt/],
    ['a text for a number', { field: 'total', operator: 'in', value: [1, 'a'] }, 'value.1', /a number/],
    ['an exponent', { field: 'total', operator: 'eq', value: '1e3' }, 'value', /a number/],
    ['a text for a flag', { field: 'is_vip', operator: 'eq', value: 'true' }, 'value', /true or false/],
    ['no day', { field: 'born', operator: 'lt', value: '2000-13-01' }, 'value', /a day/],
    ['a text for exists', { field: 'tags', operator: 'exists', value: 'yes' }, 'value', /true or false/],
  ];
  test.each(cases)('%s', (_, value, path, problem) => {
    const condition = readCondition(value);
    const found = isConditionProblem(condition) ? condition : checkCondition(condition, types);
    expect(found?.path.join('.')).toBe(path);
    expect(found?.problem).toMatch(problem);
  });

  test('when it is nested too deep, or too long', () => {
    const nested = (levels: number): unknown =>
      levels === 0 ? { field: 'total', operator: 'eq', value: 1 } : { all: [nested(levels - 1)] };
    expect(isConditionProblem(readCondition(nested(10)))).toBe(false);
    expect(readCondition(nested(11))).toMatchObject({ problem: 'expected at most 10 levels' });
    const long = { any: Array.from({ length: 201 }, () => nested(0)) };
    expect(readCondition(long)).toMatchObject({ problem: 'expected at most 200 comparisons' });
  });
});

test('groups are AND and OR; a negated comparison is the opposite of the comparison', () => {
  const leaf = fc.constantFrom<Condition>(
    { field: 'region', operator: 'eq', value: 'a' },
    { field: 'region', operator: 'not_in', value: ['a', 'b'] },
    { field: 'total', operator: 'gt', value: 1 },
  );
  const { tree } = fc.letrec<{ tree: Condition }>((tie) => ({
    tree: fc.oneof(
      { maxDepth: 3 },
      leaf,
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((all) => ({ all })),
      fc.array(tie('tree'), { minLength: 1, maxLength: 3 }).map((any) => ({ any })),
    ),
  }));
  const facts = fc.record({
    region: fc.constantFrom('a', 'b', 'c', null),
    total: fc.constantFrom('0', '1', '2', null),
  });
  fc.assert(
    fc.property(tree, facts, (condition, known) => {
      const holds = compileCondition(condition, types)(known);
      expect(holds).toBe(naive(condition, known));
      expect(unmetComparisons(condition, types, known).length > 0).toBe(!holds);
    }),
  );
});

function naive(condition: Condition, facts: { region: string | null; total: string | null }): boolean {
  if ('all' in condition) return condition.all.every((it) => naive(it, facts));
  if ('any' in condition) return condition.any.some((it) => naive(it, facts));
  if (condition.operator === 'eq') return facts.region === 'a';
  if (condition.operator === 'not_in') return facts.region !== 'a' && facts.region !== 'b';
  return facts.total === '2';
}

function read(value: unknown): Condition {
  const condition = readCondition(value);
  if (isConditionProblem(condition)) throw new Error(`${condition.path.join('.')}: ${condition.problem}`);
  return condition;
}
