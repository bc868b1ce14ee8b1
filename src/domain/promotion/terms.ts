import type { Condition, ConditionProblem, FactTypes, Predicate } from '../condition';
import { checkCondition } from '../condition';
import type { OrderLine } from './order';
import type { Rounding, Whole } from './whole';

/** A points currency as promotions see it. */
export interface PointsCurrency {
  readonly iid: number;
  readonly eid: string;
  readonly type: 'standard' | 'qualification';
  readonly scale: number;
  /** How points computed from a percentage are rounded. */
  readonly rounding: Rounding;
  /** So many units of points are worth so many minor units of money. */
  readonly points: Whole;
  readonly money: Whole;
  /** ISO code of that money, orders in other money know no such points; null: whatever an order is in. */
  readonly moneyCurrency: string | null;
}

/** What the promotions of a program may mention. */
export interface Terms {
  readonly timezone: string;
  /** Decimals of the money that orders are in. */
  readonly moneyScale: number;
  readonly currencies: readonly PointsCurrency[];
  readonly orderFacts: FactTypes;
  readonly goodsFacts: FactTypes;
  readonly profileFacts: FactTypes;
  readonly profileSegments: ReadonlyMap<string, Predicate>;
  readonly goodsSegments: ReadonlyMap<string, (line: OrderLine) => boolean>;
  /** External ids of the tiers of all groups. */
  readonly tiers: ReadonlySet<string>;
  /** Ids of the pools of promo codes, by external id. */
  readonly pools: ReadonlyMap<string, number>;
}

type Path = (string | number)[];

/** Whether every name is known; the problem names the first that is not. */
export function checkNames(
  given: readonly string[] | null,
  known: { has(name: string): boolean },
  what: string,
  path: Path,
): ConditionProblem | null {
  const index = given?.findIndex((name) => !known.has(name)) ?? -1;
  if (index < 0) return null;
  return { path: [...path, index], problem: `there is no ${what} "${given?.[index]}"` };
}

export function checkWhere(where: Condition | null, types: FactTypes, path: Path): ConditionProblem | null {
  return where && checkCondition(where, types, path);
}

/** The currency of that external id; it was checked before. */
export function currencyNamed(eid: string, { currencies }: Terms): PointsCurrency {
  const currency = currencies.find((it) => it.eid === eid);
  if (!currency) throw new RangeError(`The promotion was not checked: there is no currency "${eid}"`);
  return currency;
}

/** Whether the currency exists and can hold the amount; `null` if so. */
export function checkPoints(
  eid: string,
  amounts: Readonly<Record<string, string | null>>,
  terms: Terms,
): ConditionProblem | null {
  const currency = terms.currencies.find((it) => it.eid === eid);
  if (!currency) {
    return { path: ['points_currency_eid'], problem: `the program has no currency "${eid}"` };
  }
  for (const [key, amount] of Object.entries(amounts)) {
    const decimals = amount?.split('.')[1]?.length ?? 0;
    if (decimals <= currency.scale) continue;
    const problem = `"${amount}" has more decimals than "${eid}" allows (${currency.scale})`;
    return { path: [key], problem };
  }
  return null;
}
