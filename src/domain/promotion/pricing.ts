import { z } from 'zod';
import type { Currency, Database, Program } from '../catalog';
import type { ConditionProblem } from '../condition';
import type { Market } from '../market';
import { pathText } from '../path-text';
import { profileFactTypes } from '../profile-facts';
import type { Segment } from '../segment';
import type { PromotionGroup } from './arbitrate';
import { isInSegment, lineFactTypes, orderFactTypes } from './facts';
import { conditionPart, discountPart, pointsPart } from './kinds';
import { limitsSchema } from './limits';
import type { Policy } from './price';
import {
  type CompiledPromotion,
  checkOrderPromotion,
  compilePromotion,
  type OrderPromotion,
} from './promotion';
import type { PointsCurrency, Terms } from './terms';
import { finestMoneyScale, moneyScale, rescaled, toWhole } from './whole';

/** What the orders of a program are priced by. */
export interface Pricing {
  /** Discount and points promotions in order of id, also those that are switched off. */
  readonly promotions: readonly CompiledPromotion[];
  readonly policy: Policy;
  readonly terms: Terms;
  /** The segments of its profile database. */
  readonly segments: readonly Segment[];
  /** The same for orders in money of so many decimals. */
  inMoney(scale: number): Pricing;
}

/** What a program and its surroundings are set up as, as far as promotions may mention it. */
export interface Surroundings {
  readonly program: Program;
  readonly database: Database | undefined;
  readonly market: Market;
  readonly currencies: readonly Currency[];
  readonly groups: readonly PromotionGroup[];
  readonly segments: readonly Segment[];
  /** External ids of the tiers of all its groups. */
  readonly tiers: readonly string[];
  /** External ids of segments of goods. */
  readonly goodsSegments: readonly string[];
  /** Ids of the pools of promo codes, by external id. */
  readonly pools: ReadonlyMap<string, number>;
}

/** A promotion as it is stored: its parts are not read yet. */
export type StoredPromotion = Omit<OrderPromotion, 'limits' | 'conditions' | 'effects'> & {
  readonly limits: unknown;
  readonly conditions: unknown;
  readonly effects: unknown;
};

/** A promotion that does not fit its surroundings any more. */
export interface Misfit {
  readonly programId: number;
  readonly promotion: string;
  readonly problem: string;
}

/** What the promotions of the program may mention; `scale`: the decimals of the money orders are in. */
export function termsOf(
  { program, database, market, ...rest }: Surroundings,
  scale: number = moneyScale,
): Terms {
  const { currencies, segments, tiers, goodsSegments, pools } = rest;
  return {
    timezone: program.timezone,
    moneyScale: scale,
    currencies: currencies.map((currency) => toPointsCurrency(currency, scale)),
    orderFacts: orderFactTypes(market),
    goodsFacts: lineFactTypes(market),
    profileFacts: profileFactTypes(database?.fields.values() ?? []),
    profileSegments: new Map(segments.map(({ externalId }) => [externalId, isInSegment(externalId)])),
    goodsSegments: new Map(
      goodsSegments.map((eid) => [
        eid,
        ({ facts: { segment } }) => Array.isArray(segment) && segment.includes(eid),
      ]),
    ),
    tiers: new Set(tiers),
    pools,
  };
}

/**
 * Everything compiled. A promotion that does not fit any more counts as switched off; `misfits` say what is
 * wrong with it.
 */
export function makePricing(surroundings: Surroundings, stored: readonly StoredPromotion[]): Made {
  const made = new Map<number, Made>();
  const inMoney = (scale: number): Made => {
    const known =
      made.get(scale) ?? pricingIn(surroundings, stored, scale, (other) => inMoney(other).pricing);
    made.set(scale, known);
    return known;
  };
  return inMoney(moneyScale);
}

type Made = { pricing: Pricing; misfits: Misfit[] };

function pricingIn(
  { program, groups, segments, ...rest }: Surroundings,
  stored: readonly StoredPromotion[],
  scale: number,
  inMoney: Pricing['inMoney'],
): Made {
  const currencies = rest.currencies.filter(({ isActive }) => isActive);
  const terms = termsOf({ program, groups, segments, ...rest, currencies }, scale);
  const misfits: Misfit[] = [];
  const promotions = stored.map((promotion) => {
    const compiled = compileStored(promotion, terms);
    if ('effects' in compiled) return compiled;
    misfits.push({ programId: program.id, promotion: promotion.externalId, problem: compiled.problem });
    return compilePromotion({ ...promotion, ...nothing, isActive: false }, terms);
  });
  const policy = { arbitration: program.arbitration, groups, currencies: terms.currencies };
  return { pricing: Object.freeze({ promotions, policy, terms, segments, inMoney }), misfits };
}

const nothing = { limits: null, conditions: [], effects: [] };

const forms = {
  discount: z.object({
    limits: limitsSchema.nullable(),
    conditions: z.array(conditionPart),
    effects: z.array(discountPart),
  }),
  points: z.object({
    limits: limitsSchema.nullable(),
    conditions: z.array(conditionPart),
    effects: z.array(pointsPart),
  }),
};

function compileStored(stored: StoredPromotion, terms: Terms): CompiledPromotion | { problem: string } {
  try {
    const read = readStored(stored, terms);
    if ('effects' in read) return compilePromotion({ ...stored, ...read }, terms);
    return { problem: `${pathText(read.path)}: ${read.problem}` };
  } catch (error) {
    return { problem: String(error) };
  }
}

type Parts = Pick<StoredPromotion, 'kind' | 'limits' | 'conditions' | 'effects'>;

/** Limits, conditions and effects as they are to be compiled; or what does not fit the program, and where. */
export function readStored(
  stored: Parts,
  terms: Terms,
): Pick<OrderPromotion, 'limits' | 'conditions' | 'effects'> | ConditionProblem {
  const read = forms[stored.kind].safeParse(stored);
  if (read.success) return checkOrderPromotion({ kind: stored.kind, ...read.data }, terms) ?? read.data;
  const [issue] = read.error.issues;
  return { path: (issue?.path ?? []) as ConditionProblem['path'], problem: issue?.message ?? '' };
}

/** One point is worth one of the order's money unless its currency says otherwise. */
function toPointsCurrency(
  { iid, eid, type, scale, rounding, ratio }: Currency,
  orderScale: number,
): PointsCurrency {
  // Both in units so fine that they are whole, whatever money the order is in.
  const finer = finestMoneyScale - orderScale;
  return {
    ...{ iid, eid, type, scale, rounding },
    points: rescaled(toWhole(ratio?.points ?? '1', scale), 0, finer, 'down'),
    money: toWhole(ratio?.money ?? '1', finestMoneyScale),
    moneyCurrency: ratio?.money_currency ?? null,
  };
}
