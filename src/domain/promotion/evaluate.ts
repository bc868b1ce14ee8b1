import type { Reason } from './kind';
import { unused } from './limits';
import type { Checkout, OrderLine } from './order';
import type { CompiledPromotion } from './promotion';
import type { Whole } from './whole';

/** A promotion that could apply, and to which lines, by index. */
export interface Candidate {
  readonly promotion: CompiledPromotion;
  readonly picked: readonly number[];
  /** What its budget still allows, in money or in points of that currency; null: as much as there is. */
  readonly left: Whole | null;
}

/** Why a promotion does not apply; `detail` is for people. */
export interface Rejected {
  readonly promotion: CompiledPromotion;
  readonly because: Reason;
  readonly detail: string;
}

/** Which promotions could apply to an order, and why the others cannot. */
export function evaluate(
  promotions: readonly CompiledPromotion[],
  checkout: Checkout,
): { candidates: Candidate[]; rejected: Rejected[] } {
  const candidates: Candidate[] = [];
  const rejected: Rejected[] = [];
  for (const promotion of promotions) {
    const judged = judge(promotion, checkout);
    if ('because' in judged) rejected.push(judged);
    else candidates.push(judged);
  }
  return { candidates, rejected };
}

function judge(promotion: CompiledPromotion, checkout: Checkout): Candidate | Rejected {
  const no = (because: Reason, detail: string): Rejected => ({ promotion, because, detail });
  const ms = checkout.at.getTime();
  if (!promotion.isActive) return no('inactive', 'switched off');
  if (ms < promotion.startsAtMs) return no('out_of_dates', `begins at ${promotion.startDate}`);
  if (ms > promotion.endsAtMs) return no('out_of_dates', `ended at ${promotion.endDate}`);
  const { lines } = checkout.order;
  const picks = promotion.tests.flatMap(({ picks }) => picks ?? []);
  const isPicked = (line: OrderLine) => picks.every((picksLine) => picksLine(line, checkout));
  const picked = [...lines.keys()].filter((index) => isPicked(lines[index] as OrderLine));
  const pickedLines = picked.map((index) => lines[index] as OrderLine);
  for (const { because, objection } of promotion.tests) {
    const detail = objection?.(checkout, pickedLines) ?? null;
    if (detail !== null) return no(because, detail);
  }
  if (picked.length === 0) return no('no_matching_lines', 'no line with such goods');
  const use = checkout.shopper.uses.get(promotion.id) ?? unused;
  const limit = promotion.compiledLimits.objection(use);
  if (limit !== null) return no('limit', limit);
  return { promotion, picked, left: promotion.compiledLimits.left(use) };
}
