import { Decimal } from 'decimal.js';

/** Wide enough for sums of amounts of 20 digits and 4 decimals; a division names its own rounding. */
const Exact = Decimal.clone({ precision: 60, toExpNeg: -40, toExpPos: 60 });

/** Points or money as text, such as "100.50": the only form amounts travel in between processes. */
export type Amount = string;

export function decimal(amount: Amount): Decimal {
  return new Exact(amount);
}

/** With a currency's decimals, as most endpoints answer: "399.5" at scale 2 is "399.50". Never rounds. */
export function toFixedScale(amount: Amount, scale: number): Amount {
  const value = decimal(amount);
  return value.toFixed(Math.max(scale, value.decimalPlaces()));
}

/** Without trailing zeros, as history and promotion lists answer (G-12): "25.50" is "25.5". */
export function toTrimmed(amount: Amount): Amount {
  return decimal(amount).toFixed();
}

/** True if the amount needs no more decimals than the currency allows. */
export function fitsScale(amount: Amount, scale: number): boolean {
  return decimal(amount).decimalPlaces() <= scale;
}
