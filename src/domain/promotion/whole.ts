import { type Amount, decimal } from '../amount';

/**
 * Money and points while an order is priced: whole numbers of their smallest unit (cents, hundredths of a
 * point), so that nothing is lost by adding and every division has to say how it rounds.
 */
export type Whole = bigint;

/** Decimals of money where no currency says otherwise, and the fewest that answers show. */
export const moneyScale = 2;

/** The most decimals that money of any currency has. */
export const finestMoneyScale = 4;

export const roundings = ['half_up', 'half_even', 'down', 'up'] as const;
export type Rounding = (typeof roundings)[number];

/** "12.5" at scale 2 is 1250n; an amount with more decimals than the scale is a RangeError. */
export function toWhole(amount: Amount, scale: number): Whole {
  const value = decimal(amount).times(10 ** scale);
  if (!value.isInteger()) throw new RangeError(`${amount} has more than ${scale} decimals`);
  return BigInt(value.toFixed());
}

/** 1250n at scale 2 is "12.50". */
export function fromWhole(whole: Whole, scale: number): Amount {
  const digits = (whole < 0n ? -whole : whole).toString().padStart(scale + 1, '0');
  const sign = whole < 0n ? '-' : '';
  if (scale === 0) return sign + digits;
  return `${sign}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** Money in major units as whole units of a scale, which may be too coarse for it. */
export function toWholeMoney(amount: Amount, scale: number, rounding: Rounding): Whole {
  return rescaled(toWhole(amount, finestMoneyScale), finestMoneyScale, scale, rounding);
}

/** The same amount in units of another scale. */
export function rescaled(whole: Whole, from: number, to: number, rounding: Rounding): Whole {
  if (to >= from) return whole * 10n ** BigInt(to - from);
  return divide(whole, 10n ** BigInt(from - to), rounding);
}

/** Money as it is answered and stored, with two decimals at least: 7n at scale 0 is "7.00". */
export function fromWholeMoney(whole: Whole, scale: number): Amount {
  const shown = Math.max(scale, moneyScale);
  return fromWhole(rescaled(whole, scale, shown, 'down'), shown);
}

/** `numerator` ≥ 0 divided by `denominator` > 0, rounded as said. */
export function divide(numerator: Whole, denominator: Whole, rounding: Rounding): Whole {
  const quotient = numerator / denominator;
  const rest = numerator % denominator;
  if (rest === 0n || rounding === 'down') return quotient;
  if (rounding === 'up') return quotient + 1n;
  const doubled = 2n * rest;
  if (doubled !== denominator) return doubled > denominator ? quotient + 1n : quotient;
  const staysEven = rounding === 'half_even' && quotient % 2n === 0n;
  return staysEven ? quotient : quotient + 1n;
}

export function sum(wholes: readonly Whole[]): Whole {
  let total = 0n;
  for (const whole of wholes) total += whole;
  return total;
}

export function least(a: Whole, ...others: Whole[]): Whole {
  return others.reduce((low, it) => (it < low ? it : low), a);
}

/**
 * Splits a total in proportion to weights, by largest remainder; of equal remainders the earlier wins
 * (spec/domain.md 9.5). The shares sum exactly to the total, or to 0 if nothing has weight.
 */
export function split(total: Whole, weights: readonly Whole[]): Whole[] {
  const heavy = sum(weights);
  if (heavy === 0n) return weights.map(() => 0n);
  const shares = weights.map((weight) => (total * weight) / heavy);
  const left = Number(total - sum(shares));
  const byRemainder = weights
    .map((weight, index) => ({ index, remainder: (total * weight) % heavy }))
    .sort((a, b) => (a.remainder === b.remainder ? a.index - b.index : a.remainder > b.remainder ? -1 : 1));
  for (const { index } of byRemainder.slice(0, left)) shares[index] = (shares[index] ?? 0n) + 1n;
  return shares;
}

/**
 * As `split`, but no share above its limit: what is too much for one goes to the others, in proportion
 * again, and what no one can take is dropped (spec/domain.md 9.5).
 */
export function splitWithin(total: Whole, weights: readonly Whole[], limits: readonly Whole[]): Whole[] {
  const shares = weights.map(() => 0n);
  let left = least(total, sum(weights.map((weight, index) => (weight > 0n ? (limits[index] ?? 0n) : 0n))));
  while (left > 0n) {
    const open = weights.map((weight, index) =>
      (shares[index] ?? 0n) < (limits[index] ?? 0n) ? weight : 0n,
    );
    for (const [index, share] of split(left, open).entries()) {
      const taken = least(share, (limits[index] ?? 0n) - (shares[index] ?? 0n));
      shares[index] = (shares[index] ?? 0n) + taken;
      left -= taken;
    }
  }
  return shares;
}
