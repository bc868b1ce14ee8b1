import type { ConditionProblem } from '../condition';
import type { Earning, Payment, Reason, Reduce, Test } from './kind';
import { checkPart, compileCondition, compileDiscount, compilePoints, type Part } from './kinds';
import { type CompiledLimits, checkLimits, compileLimits, type Limits } from './limits';
import type { OrderCode } from './order';
import type { Terms } from './terms';

/** A discount or points promotion as it is set up; dates are RFC 3339 UTC, both inclusive. */
export interface OrderPromotion {
  readonly id: number;
  readonly externalId: string;
  readonly name: string;
  readonly kind: 'discount' | 'points';
  readonly isActive: boolean;
  readonly startDate: string | null;
  readonly endDate: string | null;
  /** The lower comes first; of equal ones the lower id. */
  readonly priority: number;
  /** False: it is the only one on its lines. */
  readonly isCombinable: boolean;
  /** The group whose mode decides between it and its siblings; null: the program's. */
  readonly groupId: number | null;
  readonly limits: Limits | null;
  readonly conditions: readonly Part[];
  readonly effects: readonly Part[];
}

/** A promotion made ready to be asked, many times. */
export interface CompiledPromotion extends OrderPromotion {
  readonly startsAtMs: number;
  readonly endsAtMs: number;
  readonly tests: readonly (Test & { because: Reason })[];
  readonly discounts: readonly Scoped<{ reduce: Reduce }>[];
  readonly earnings: readonly Scoped<Earning>[];
  readonly payments: readonly Payment[];
  readonly compiledLimits: CompiledLimits;
  /** Of the codes that came with an order, those it holds because of: no more than it takes. */
  codesUsed(codes: readonly OrderCode[]): OrderCode[];
}

/** An effect is for the lines that the conditions pick, or for the whole order. */
type Scoped<T> = T & { readonly isForOrder: boolean };

/** What of a promotion does not exist or fit in its program, with the path of it; null if all is well. */
export function checkOrderPromotion(
  { kind, conditions, effects, limits }: Pick<OrderPromotion, 'kind' | 'conditions' | 'effects' | 'limits'>,
  terms: Terms,
): ConditionProblem | null {
  const lists = { conditions, effects };
  for (const [key, parts] of Object.entries(lists)) {
    for (const [index, part] of parts.entries()) {
      const problem = checkPart(part, terms);
      if (problem) return { path: [key, index, ...problem.path], problem: problem.problem };
    }
  }
  const inLimits = limits && checkLimits(limits, kind, terms);
  if (inLimits) return { path: ['limits', ...inLimits.path], problem: inLimits.problem };
  return kind === 'points' ? checkOncePerCurrency(effects) : null;
}

/** A second earning in one currency would leave open which of them a line gets. */
function checkOncePerCurrency(effects: readonly Part[]): ConditionProblem | null {
  const seen = new Set<string>();
  for (const [index, effect] of effects.entries()) {
    const currency = (effect as { points_currency_eid?: string }).points_currency_eid;
    const key = `${effect.kind === 'points_payment' ? 'pays' : 'earns'} ${currency}`;
    if (seen.has(key)) {
      return { path: ['effects', index], problem: `a second effect of the promotion that ${key}` };
    }
    seen.add(key);
  }
  return null;
}

const isForOrder = (part: Part) => (part as { scope?: string }).scope === 'order';

/** The checked promotion, ready to be asked. */
export function compilePromotion(promotion: OrderPromotion, terms: Terms): CompiledPromotion {
  const { kind, conditions, effects, startDate, endDate } = promotion;
  const tests = conditions.map((part) => compileCondition(part, terms));
  const discounts = kind === 'discount' ? effects : [];
  const points = (kind === 'points' ? effects : []).map((part) => ({
    isForOrder: isForOrder(part),
    ...compilePoints(part, terms),
  }));
  return {
    ...promotion,
    startsAtMs: startDate === null ? Number.NEGATIVE_INFINITY : Date.parse(startDate),
    endsAtMs: endDate === null ? Number.POSITIVE_INFINITY : Date.parse(endDate),
    tests,
    discounts: discounts.map((part) => ({
      isForOrder: isForOrder(part),
      reduce: compileDiscount(part, terms),
    })),
    earnings: points.filter((it) => 'earn' in it),
    payments: points.filter((it) => 'accepts' in it),
    compiledLimits: compileLimits(promotion.limits, terms),
    codesUsed: (codes) => tests.flatMap(({ needs }) => (needs && codes.find((code) => needs(code))) ?? []),
  };
}
