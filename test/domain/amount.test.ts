import fc from 'fast-check';
import { decimal, fitsScale, toFixedScale, toTrimmed } from '../../src/domain/amount';

test.each([
  ['399.5000', 2, '399.50', '399.5'],
  ['100', 2, '100.00', '100'],
  ['100.0000', 0, '100', '100'],
  ['0.0001', 4, '0.0001', '0.0001'],
  ['-60', 2, '-60.00', '-60'],
  ['99999999999999999999.9999', 2, '99999999999999999999.9999', '99999999999999999999.9999'],
])('%s at scale %i reads %s, trimmed %s', (amount, scale, fixed, trimmed) => {
  expect(toFixedScale(amount, scale)).toBe(fixed);
  expect(toTrimmed(amount)).toBe(trimmed);
});

test.each([
  ['100.50', 1, true],
  ['100.55', 1, false],
  ['100.0', 0, true],
])('%s fits scale %i: %s', (amount, scale, fits) => {
  expect(fitsScale(amount, scale)).toBe(fits);
});

test('sums of twenty digits and four decimals lose nothing', () => {
  const amount = fc.bigInt({ min: 1n, max: 10n ** 24n - 1n });
  fc.assert(
    fc.property(fc.array(amount, { maxLength: 50 }), (units) => {
      const sum = units.reduce((total, unit) => total.plus(decimal(`${unit}e-4`)), decimal('0'));
      const exact = units.reduce((total, unit) => total + unit, 0n);
      expect(sum.times(10_000).toFixed()).toBe(exact.toString());
    }),
  );
});
