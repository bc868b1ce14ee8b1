import fc from 'fast-check';
import { divide, fromWhole, split, splitWithin, sum, toWhole } from '../../../src/domain/promotion/whole';

it.each([
  ['100.5', 2, 10050n, '100.50'],
  ['0.01', 2, 1n, '0.01'],
  ['7', 0, 7n, '7'],
  ['0.0001', 4, 1n, '0.0001'],
  ['-1.5', 2, -150n, '-1.50'],
])('%s at scale %i', (amount, scale, whole, written) => {
  expect(toWhole(amount, scale)).toBe(whole);
  expect(fromWhole(whole, scale)).toBe(written);
});

it('refuses an amount that the scale cannot hold', () => {
  expect(() => toWhole('0.001', 2)).toThrow(RangeError);
});

it.each([
  [7n, 2n, { down: 3n, up: 4n, half_up: 4n, half_even: 4n }],
  [5n, 2n, { down: 2n, up: 3n, half_up: 3n, half_even: 2n }],
  [1n, 3n, { down: 0n, up: 1n, half_up: 0n, half_even: 0n }],
  [2n, 3n, { down: 0n, up: 1n, half_up: 1n, half_even: 1n }],
  [6n, 3n, { down: 2n, up: 2n, half_up: 2n, half_even: 2n }],
])('%d / %d', (numerator, denominator, expected) => {
  for (const rounding of ['down', 'up', 'half_up', 'half_even'] as const) {
    expect([rounding, divide(numerator, denominator, rounding)]).toEqual([rounding, expected[rounding]]);
  }
});

it.each([
  [100n, [200000n, 50000n], [80n, 20n]],
  [100n, [1n, 1n, 1n], [34n, 33n, 33n]],
  [1n, [1n, 2n, 1n], [0n, 1n, 0n]],
  [5n, [0n, 0n], [0n, 0n]],
  [0n, [3n, 4n], [0n, 0n]],
])('%d split by %j', (total, weights, expected) => {
  expect(split(total, weights)).toEqual(expected);
});

it('gives what is too much for one line to the others, and drops what none can take', () => {
  expect(splitWithin(100n, [50n, 50n], [10n, 500n])).toEqual([10n, 90n]);
  expect(splitWithin(100n, [50n, 50n, 0n], [10n, 20n, 99n])).toEqual([10n, 20n, 0n]);
});

const wholes = fc.array(fc.bigInt(0n, 10n ** 12n), { minLength: 1, maxLength: 20 });

it('splits exactly, each share within one unit of its proportion', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), wholes, (total, weights) => {
      const shares = split(total, weights);
      const heavy = sum(weights);
      expect(sum(shares)).toBe(heavy === 0n ? 0n : total);
      for (const [index, weight] of weights.entries()) {
        const exact = heavy === 0n ? 0n : (total * weight) / heavy;
        expect([exact, exact + 1n]).toContain(shares[index]);
      }
    }),
  );
});

it('keeps limits, and gives all that the limits allow', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 10n ** 12n), wholes, wholes, (total, weights, limits) => {
      const shares = splitWithin(total, weights, limits);
      const takers = weights.map((weight, index) => (weight > 0n ? (limits[index] ?? 0n) : 0n));
      const most = sum(takers);
      expect(sum(shares)).toBe(total < most ? total : most);
      for (const [index, share] of shares.entries()) {
        expect(share).toBeLessThanOrEqual(takers[index] ?? 0n);
      }
    }),
  );
});
