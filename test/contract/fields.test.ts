import type { z } from 'zod';
import {
  amount,
  choice,
  condition,
  email,
  fieldValue,
  flag,
  freeFields,
  integer,
  jsonObject,
  list,
  numericId,
  object,
  optional,
  phone,
  text,
  timestamp,
} from '../../src/contract/fields';
import { check, problemsText } from '../../src/contract/problems';
import { NumberText } from '../../src/contract/values';

/** What a field called `it` makes of a value: the value, or the text of the error. */
function read(field: z.ZodType, value: unknown): unknown {
  const result = check(object({ it: field }), { it: value });
  return 'value' in result ? result.value.it : problemsText(result.problems);
}

const written = (text: string) => new NumberText(text);

describe('amount', () => {
  it.each([
    ['100.50', '100.5'],
    ['0100.00', '100'],
    ['0.01', '0.01'],
    ['000000000000000000000000000001', '1'],
    ['12345678901234567890.5', '12345678901234567890.5'],
    [7, '7'],
    [written('100.50'), '100.5'],
    [written('99999999999999999999'), '99999999999999999999'],
  ])('takes %j as %s', (value, expected) => {
    expect(read(amount(), value)).toBe(expected);
  });

  it.each([
    ['abc', '"abc"'],
    ['', '""'],
    ['NaN', '"NaN"'],
    ['1e3', '"1e3"'],
    ['+1', '"+1"'],
    ['-1', '"-1"'],
    [' 1', '" 1"'],
    ['1\n', '"1\\n"'],
    ['1.', '"1."'],
    ['.5', '".5"'],
    ['1,5', '"1,5"'],
    ['0', '"0"'],
    ['0.00', '"0.00"'],
    ['٣', '"٣"'],
    ['123456789012345678901', '"123456789012345678901"'],
    [written('1e3'), '1e3'],
    [-5, '-5'],
    [true, 'true'],
    [['1'], 'a list'],
    [{}, 'an object'],
    ['x'.repeat(500), `"${'x'.repeat(60)}…"`],
  ])('refuses %j', (value, got) => {
    expect(read(amount(), value)).toBe(`it: expected a positive decimal string such as "100.50", got ${got}`);
  });

  it('may be zero where that makes sense', () => {
    expect(read(amount({ zero: true }), '0.00')).toBe('0');
  });
});

describe('an id that may be text', () => {
  it.each([
    [1, 1],
    ['1', 1],
    ['007', 7],
    [2_147_483_647, 2_147_483_647],
  ])('takes %j as %d', (value, expected) => {
    expect(read(numericId(), value)).toBe(expected);
  });

  it.each([
    [0, '0'],
    ['0', '"0"'],
    [-1, '-1'],
    ['1.0', '"1.0"'],
    ['', '""'],
    [' 1', '" 1"'],
    ['2147483648', '"2147483648"'],
    [written('1e3'), '1e3'],
    [true, 'true'],
  ])('refuses %j', (value, shown) => {
    expect(read(numericId(), value)).toBe(`it: expected an integer from 1 to 2147483647, got ${shown}`);
  });
});

describe('timestamp', () => {
  it.each([
    ['2025-03-01T08:00:00Z', '2025-03-01T08:00:00Z'],
    ['2025-03-01t08:00:00z', '2025-03-01T08:00:00Z'],
    ['2025-03-01T08:00:00+05:30', '2025-03-01T02:30:00Z'],
    ['2025-03-01T00:15:00.250-01:00', '2025-03-01T01:15:00.25Z'],
    ['2025-03-01T08:00:00.123456789Z', '2025-03-01T08:00:00.123456Z'],
    ['2025-03-01T08:00:00.000Z', '2025-03-01T08:00:00Z'],
    ['2024-02-29T23:59:59Z', '2024-02-29T23:59:59Z'],
    ['0050-01-01T00:00:00Z', '0050-01-01T00:00:00Z'],
  ])('takes %s as %s', (value, expected) => {
    expect(read(timestamp(), value)).toBe(expected);
  });

  it.each([
    '2025-02-29T00:00:00Z',
    '2025-02-30T00:00:00Z',
    '2025-13-01T00:00:00Z',
    '2025-00-10T00:00:00Z',
    '2025-03-01T24:00:00Z',
    '2016-12-31T23:59:60Z',
    '2025-03-01T08:00:00',
    '2025-03-01 08:00:00Z',
    '2025-03-01',
    '2025-03-01T08:00Z',
    '2025-03-01T08:00:00+0530',
    '2025-03-01T08:00:00+24:00',
    '0000-06-01T00:00:00Z',
    '0001-01-01T00:00:00+05:00',
    '9999-12-31T23:59:59-01:00',
    'now',
  ])('refuses %s', (value) => {
    expect(read(timestamp(), value)).toBe(
      `it: expected an RFC 3339 time such as "2025-03-01T08:00:00Z", got "${value}"`,
    );
  });
});

const simple: [z.ZodType, unknown[], unknown[], string][] = [
  [text(5), ['a', 'äöüß€', ' a '], ['', 'abcdef', 'a\0b', '\ud800', 5, true], 'text of 1 to 5 characters'],
  [text(5, { min: 0 }), ['', 'a'], ['abcdef'], 'text of 0 to 5 characters'],
  [integer({ min: 1, max: 9 }), [1, 9], [0, 10, 1.5, '5', true, written('1.0')], 'an integer from 1 to 9'],
  [flag(), [true, false], ['true', 1, 0], 'true or false'],
  [choice(['a', 'b']), ['a', 'b'], ['c', 'A', 1], 'one of "a", "b"'],
  [
    fieldValue(),
    ['a', 5],
    ['', 'x'.repeat(1001), true, written('1.5')],
    'text of 1 to 1000 characters or an integer',
  ],
];

describe.each(simple)('a field for %#', (field, good, bad, expected) => {
  it.each(good)('takes %j', (value) => {
    expect(read(field, value)).toBe(value);
  });
  it.each(bad)('refuses %j', (value) => {
    expect(read(field, value)).toMatch(`it: expected ${expected}, got `);
  });
  it.each([undefined, null])('is required, and not %j', (value) => {
    expect(read(field, value)).toBe('it: is required');
  });
  it.each([undefined, null])('may be %j if it is optional', (value) => {
    expect(read(optional(field), value)).toBeUndefined();
  });
});

it('is required also if its key is absent', () => {
  const result = check(object({ a: text(5), b: optional(text(5)) }), {});
  expect(result).toEqual({ problems: [{ field: 'a', problem: 'is required' }] });
});

it.each([
  [email(), ' Ann@Example.COM ', 'ann@example.com'],
  [phone(), '+1 (202) 555-01.01', '+12025550101'],
])('contacts are normalised: %#', (field, value, expected) => {
  expect(read(field, value)).toBe(expected);
});

it.each([
  [email(), 'ann', 'an e-mail address'],
  [email(), 'a b@c', 'an e-mail address'],
  [email(), 'a\0@c', 'an e-mail address'],
  [phone(), '2025550101', 'an international phone number such as "+12025550101"'],
  [phone(), '+1 202 call me', 'an international phone number such as "+12025550101"'],
  [phone(), '+12', 'an international phone number such as "+12025550101"'],
])('contacts are checked: %#', (field, value, expected) => {
  expect(read(field, value)).toBe(`it: expected ${expected}, got ${JSON.stringify(value)}`);
});

describe.each([
  ['jsonObject', jsonObject()],
  ['freeFields', freeFields()],
])('%s', (_, field) => {
  it('takes any object, with numbers as they are', () => {
    const value = { a: [1, written('0.1'), { b: null }], c: true, d: 'x' };
    expect(read(field, value)).toEqual({ a: [1, 0.1, { b: null }], c: true, d: 'x' });
  });

  it('keeps a key __proto__ a key', () => {
    const value = JSON.parse('{"__proto__":{"a":1}}');
    expect(JSON.stringify(read(field, value))).toBe('{"__proto__":{"a":1}}');
  });

  const deep = (levels: number): object => (levels === 0 ? {} : { a: deep(levels - 1) });

  it.each([
    ['text', 'it: expected an object, got "text"'],
    [[], 'it: expected an object, got a list'],
    [written('1.5'), 'it: expected an object, got 1.5'],
    [{ a: ['\0'] }, 'it.a[0]: expected text without U+0000 and lone surrogates'],
    [{ '\0': 1 }, 'it: expected keys without U+0000 and lone surrogates'],
    [
      { a: written('12345678901234567890') },
      'it.a: expected a number that fits a double, or text, got 12345678901234567890',
    ],
    [{ a: written('1e999') }, 'it.a: expected a number that fits a double, or text, got 1e999'],
    [deep(40), 'it: expected at most 32 levels'],
    [undefined, 'it: is required'],
  ])('refuses %j', (value, expected) => {
    expect(read(field, value)).toBe(expected);
  });
});

it.each([
  [
    { field: 'total', operator: 'gte', value: written('10.50') },
    { field: 'total', operator: 'gte', value: 10.5 },
  ],
  [
    { any: [{ field: 'total' }] },
    'it.any[0].operator: expected one of eq, ne, in, not_in, gt, gte, lt, lte, exists, got none',
  ],
  [
    { field: 'total', operator: 'eq', value: written('1e999') },
    'it.value: expected a number that fits a double, or text, got 1e999',
  ],
  ['vip', 'it: expected an object, got "vip"'],
])('condition reads %j', (value, expected) => {
  expect(read(condition(), value)).toEqual(expected);
});

it('limits a JSON object to 64 KiB as JSON text', () => {
  const ofBytes = (bytes: number) => ({ a: 'x'.repeat(bytes - '{"a":""}'.length) });
  expect(read(jsonObject(), ofBytes(65_536))).toEqual(ofBytes(65_536));
  expect(read(jsonObject(), ofBytes(65_537))).toBe('it: expected at most 65536 bytes of JSON, got 65537');
});

it.each([
  ['x', 'it: expected a list, got "x"'],
  [[], 'it: expected at least 1 of them, got 0'],
  [[{ a: 1 }, { a: 1 }, { a: 1 }], 'it: expected at most 2 of them, got 3'],
  [[{ a: 'x' }], 'it[0].a: expected an integer from 0 to 2147483647, got "x"'],
  [[7], 'it[0]: expected an object, got 7'],
  [null, 'it: is required'],
])('a list refuses %j', (value, expected) => {
  expect(read(list(object({ a: integer() }), { min: 1, max: 2 }), value)).toBe(expected);
});

it('shows ten problems and counts the others', () => {
  const problems = Array.from({ length: 12 }, (_, index) => ({ field: `f${index}`, problem: 'is required' }));
  expect(problemsText(problems)).toMatch(/^f0: is required; .*; f9: is required; and 2 more$/);
});
