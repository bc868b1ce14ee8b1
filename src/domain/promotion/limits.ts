import { z } from 'zod';
import type { ConditionProblem } from '../condition';
import { dayIn } from '../profile-facts';
import { choice, count, money, name, optionally, pointsAmount } from './arguments';
import type { PromotionUse } from './order';
import { checkPoints, currencyNamed, type Terms } from './terms';
import { finestMoneyScale, rescaled, toWhole, type Whole } from './whole';

const limitPeriods = ['day', 'week', 'month', 'year'] as const;

/** How often a promotion may be used, and what it may cost; a use is an order it applied to. */
export const limitsSchema = z.strictObject(
  {
    total_uses: optionally(count()),
    uses_per_member: optionally(count()),
    uses_per_period: optionally(
      z.strictObject({ uses: count(), period: choice(limitPeriods) }, { error: 'expected uses and period' }),
    ),
    budget: optionally(
      z.union(
        [
          z.strictObject({ money: money() }),
          z.strictObject({ points: pointsAmount(), points_currency_eid: name() }),
        ],
        { error: 'expected {"money"} or {"points", "points_currency_eid"}' },
      ),
    ),
  },
  { error: 'expected total_uses, uses_per_member, uses_per_period or budget' },
);
export type Limits = z.output<typeof limitsSchema>;

export function checkLimits(
  { budget }: Limits,
  kind: 'discount' | 'points',
  terms: Terms,
): ConditionProblem | null {
  if (budget === null) return null;
  if ('money' in budget) {
    if (kind === 'discount') return null;
    return { path: ['budget', 'money'], problem: 'a points promotion has a budget in points' };
  }
  if (kind === 'discount') {
    return { path: ['budget', 'points'], problem: 'a discount promotion has a budget in money' };
  }
  const problem = checkPoints(budget.points_currency_eid, { points: budget.points }, terms);
  return problem && { path: ['budget', ...problem.path], problem: problem.problem };
}

export interface CompiledLimits {
  /** Why the promotion may not be used any more, or null. */
  objection(use: PromotionUse): string | null;
  /** What may still be granted: of money (currencyIid null) in units of the order's, or of points. */
  left(use: PromotionUse): Whole | null;
  readonly currencyIid: number | null;
  /** Decimals of what the budget counts: those of its points, or the most that any money has. */
  readonly scale: number;
  /** The most that may be granted; null: no budget. */
  readonly most: Whole | null;
  /** First day of the period that a moment (RFC 3339) lies in, in the program's zone; null: none counts. */
  periodStart(at: string): string | null;
}

export const unused: PromotionUse = { total: 0, byMember: 0, byMemberInPeriod: 0, granted: 0n };

export function compileLimits(limits: Limits | null, terms: Terms): CompiledLimits {
  const { total_uses: total, uses_per_member: own, uses_per_period: often, budget } = limits ?? noLimits;
  const [most, currencyIid, scale] = budgetOf(budget, terms);
  const left = ({ granted }: PromotionUse) => {
    if (most === null) return null;
    const rest = most > granted ? most - granted : 0n;
    return currencyIid === null ? rescaled(rest, scale, terms.moneyScale, 'down') : rest;
  };
  return {
    ...{ currencyIid, scale, most, left },
    periodStart: (at) => (often ? periodStart(often.period, dayIn(terms.timezone, at)) : null),
    objection(use) {
      if (total !== null && use.total >= total) return `used ${use.total} of ${total} times`;
      if (own !== null && use.byMember >= own) return `used ${use.byMember} of ${own} times by this member`;
      if (often && use.byMemberInPeriod >= often.uses) {
        return `used ${use.byMemberInPeriod} of ${often.uses} times by this member this ${often.period}`;
      }
      return left(use) === 0n ? 'its budget is used up' : null;
    },
  };
}

const noLimits: Limits = { total_uses: null, uses_per_member: null, uses_per_period: null, budget: null };

function budgetOf(budget: Limits['budget'], terms: Terms): [Whole | null, number | null, number] {
  if (budget === null) return [null, null, finestMoneyScale];
  if ('money' in budget) return [toWhole(budget.money, finestMoneyScale), null, finestMoneyScale];
  const { iid, scale } = currencyNamed(budget.points_currency_eid, terms);
  return [toWhole(budget.points, scale), iid, scale];
}

/** Of a day such as "2025-06-05": the first day of its week (Monday), month or year, or the day itself. */
function periodStart(period: (typeof limitPeriods)[number], day: string): string {
  if (period === 'month') return `${day.slice(0, 7)}-01`;
  if (period === 'year') return `${day.slice(0, 4)}-01-01`;
  if (period === 'day') return day;
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  return date.toISOString().slice(0, 10);
}
