import { z } from 'zod';
import { expirationOrigins, expirationUnits } from '../../catalog';
import type { ConditionProblem } from '../../condition';
import { byDefault, choice, count, name, optionally, pointsAmount } from '../arguments';
import type { Earning } from '../kind';
import { checkPoints, currencyNamed, type Terms } from '../terms';
import { toWhole } from '../whole';
import { scope, withinSum } from './scope';

const delay = z.strictObject({ n: count(10_000), unit: choice(expirationUnits) });
const expiration = z.strictObject({
  n: count(10_000),
  unit: choice(expirationUnits),
  from: byDefault(choice(expirationOrigins), 'accrual'),
});

/** What every effect that gives points can be told. */
export const earningShape = {
  points_currency_eid: name(),
  scope,
  max_points: optionally(pointsAmount()),
  activation: optionally(delay),
  expiration: optionally(expiration),
};
type EarningArgs = z.output<z.ZodObject<typeof earningShape>>;

export function checkEarning(
  { points_currency_eid: eid, max_points, expiration: lives }: EarningArgs,
  terms: Terms,
  amounts: Readonly<Record<string, string>> = {},
): ConditionProblem | null {
  const problem = checkPoints(eid, { max_points, ...amounts }, terms);
  if (problem || lives === null || currencyNamed(eid, terms).type === 'standard') return problem;
  return { path: ['expiration'], problem: 'points of a qualification currency do not expire' };
}

/** An earning of these lines, kept to the most it may come to. */
export function earning(
  args: EarningArgs,
  terms: Terms,
  earn: (currency: Earning['currency']) => Earning['earn'],
): Earning {
  const currency = currencyNamed(args.points_currency_eid, terms);
  const unlimited = earn(currency);
  const most = args.max_points === null ? null : toWhole(args.max_points, currency.scale);
  return {
    currency,
    activation: args.activation,
    expiration: args.expiration,
    earn: (bill) => (most === null ? unlimited(bill) : withinSum(unlimited(bill), most)),
  };
}
