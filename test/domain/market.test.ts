import {
  expectedOf,
  type MarketField,
  type MarketType,
  readMarketValue,
  shownValues,
} from '../../src/domain/market';

const enum_values = { red: 1, blue: 2 };

test.each<[MarketType, unknown, unknown]>([
  ['unicode', 'red', 'red'],
  ['unicode', 5, '5'],
  ['unicode', true, undefined],
  ['int', '5', 5],
  ['int', '5.5', undefined],
  ['float', '5.50', 5.5],
  ['float', 'many', undefined],
  ['bool', 'true', true],
  ['bool', 0, false],
  ['bool', 'maybe', undefined],
  ['date', '2026-01-25', '2026-01-25T00:00:00.000Z'],
  ['date', 'tomorrow', undefined],
  ['enum', 'red', 'red'],
  ['enum', 2, 'blue'],
  ['enum', '2', 'blue'],
  ['enum', 'green', undefined],
  ['enum', null, undefined],
])('a field of type %s reads %j as %j', (value_type, value, stored) => {
  expect(readMarketValue({ value_type, enum_values }, value)).toBe(stored);
});

test('values are shown while their field is there, and of its type', () => {
  const field = (value_type: MarketType) => ({ value_type, enum_values: null }) as MarketField;
  const fields = new Map([
    ['a', field('int')],
    ['b', field('unicode')],
    ['c', field('int')],
  ]);
  expect(shownValues(fields, { a: 5, b: 'x', c: 'long', gone: 1 })).toEqual({ a: 5, b: 'x' });
});

test('what is expected of an enum are its names', () => {
  expect(expectedOf({ value_type: 'enum', enum_values })).toBe('"red" or "blue"');
});
