/** What operators set up, as the rest of the program sees it, and the questions asked of it alone. */

import type { Decimal } from 'decimal.js';
import type { Arbitration } from './promotion/price';
import type { Rounding } from './promotion/whole';
import { type Refusal, refuse } from './refusal';
import type { OrderPointsValues } from './settings';

/** What a token may be allowed to do. */
export const scopes = ['loyalty_read', 'loyalty_write', 'market', 'admin'] as const;
export type Scope = (typeof scopes)[number];

export const fieldTypes = [
  'string',
  'int',
  'float',
  'bool',
  'date',
  'datetime',
  'enum',
  'tags',
  'ip',
] as const;
export type FieldType = (typeof fieldTypes)[number];

/** A custom field of a profile database. */
export interface Field {
  readonly name: string;
  readonly title: string;
  readonly type: FieldType;
  readonly isRequired: boolean;
  readonly isUnique: boolean;
  /** The values an enum field takes; null for other types. */
  readonly enumValues: readonly string[] | null;
}

/** A profile database: the people, before they are members of anything. */
export interface Database {
  readonly id: number;
  readonly name: string;
  readonly emailIsUnique: boolean;
  readonly fields: ReadonlyMap<string, Field>;
}

/** Who becomes a member by itself: nobody, all profiles of the database, or those in a segment. */
export const participations = ['manual', 'all', 'segment'] as const;
export type Participation = (typeof participations)[number];

export const ruleModes = ['strict', 'bounds'] as const;
export type RuleMode = (typeof ruleModes)[number];

export interface Program {
  readonly id: number;
  readonly externalId: string;
  readonly name: string;
  readonly databaseId: number;
  readonly isActive: boolean;
  readonly timezone: string;
  readonly tempDefaultTimeoutSec: number;
  readonly tempMaxTimeoutSec: number;
  readonly ruleMode: RuleMode;
  readonly arbitration: Arbitration;
  readonly participation: Participation;
  readonly segmentId: number | null;
  readonly orderPoints: Readonly<OrderPointsValues> | null;
  readonly updatedAt: string;
}

export const currencyTypes = ['standard', 'qualification'] as const;

/** How long points live, and from when that is counted. */
export const expirationUnits = ['day', 'month', 'year'] as const;
export const expirationOrigins = ['accrual', 'activation'] as const;

export interface Currency {
  readonly iid: number;
  readonly eid: string;
  readonly programId: number;
  readonly name: string;
  readonly type: (typeof currencyTypes)[number];
  readonly isActive: boolean;
  /** Decimal places of an amount, 0 to 4. */
  readonly scale: number;
  /** Of points that are a percentage of something. */
  readonly rounding: Rounding;
  /** null: one point is worth one of whatever money an order is in. */
  readonly ratio: Ratio | null;
}

/** So many points are worth so much money, both decimal strings; money_currency null: of any currency. */
export interface Ratio {
  points: string;
  money: string;
  money_currency: string | null;
}

export const tierGroupTypes = ['cumulative', 'periodic'] as const;
export const periodKinds = ['calendar', 'rolling'] as const;
export const periodUnits = ['day', 'month', 'year'] as const;
export const downgrades = ['none', 'one_step', 'to_earned'] as const;

/** A set of tiers that members reach by points of a qualification currency. */
export interface TierGroup {
  readonly id: number;
  readonly externalId: string;
  readonly programId: number;
  readonly type: (typeof tierGroupTypes)[number];
}

export const directions = ['accrual', 'redeem'] as const;
export type Direction = (typeof directions)[number];

/** How many points of one currency a promotion moves; a bound that is null is open. */
export interface Rule {
  readonly direction: Direction;
  readonly currencyIid: number;
  readonly staticAmount: Decimal | null;
  readonly minAmount: Decimal | null;
  readonly maxAmount: Decimal | null;
}

export const promotionKinds = ['trigger', 'discount', 'points'] as const;

/** A trigger promotion; dates are RFC 3339 UTC, both inclusive, null means open. */
export interface Promotion {
  readonly id: number;
  readonly externalId: string;
  readonly programId: number;
  readonly name: string;
  readonly description: string;
  readonly isActive: boolean;
  readonly startDate: string | null;
  readonly endDate: string | null;
  readonly rules: readonly Rule[];
}

/** What the bearer of a token may do. */
export interface Access {
  readonly tokenId: number;
  readonly tokenName: string;
  readonly scopes: ReadonlySet<Scope>;
  /** null: every program. */
  readonly programIds: ReadonlySet<number> | null;
}

/** Whether the token may touch the program: its allow-list names it, or there is no list. */
export function mayUseProgram(access: Access, programId: number): boolean {
  return access.programIds === null || access.programIds.has(programId);
}

/** How a request names a currency: by iid, by eid, by both, or not at all. */
export interface CurrencySelector {
  readonly iid?: number | undefined;
  readonly eid?: string | undefined;
}

/**
 * The currency a request names by iid, eid or both; at least one is given.
 * Refusals: currency_not_found, currency_mismatch.
 */
export function findCurrency<C extends Pick<Currency, 'iid' | 'eid'>>(
  program: Program,
  currencies: readonly C[],
  { iid, eid }: CurrencySelector,
): C | Refusal<'currency_not_found' | 'currency_mismatch'> {
  const byIid = currencies.find((currency) => currency.iid === iid);
  const byEid = currencies.find((currency) => currency.eid === eid);
  if (iid !== undefined && !byIid) {
    return refuse('currency_not_found', { currency: iid, program: program.id });
  }
  if (eid !== undefined && !byEid) {
    return refuse('currency_not_found', { currency: `"${eid}"`, program: program.id });
  }
  if (iid !== undefined && eid !== undefined && byIid !== byEid) {
    return refuse('currency_mismatch', { iid, eid });
  }
  const named = byIid ?? byEid;
  if (!named) throw new RangeError('A currency selector without iid and eid names nothing');
  return named;
}

/**
 * The currency a request means (spec/api.md 1.8, G-22): the one it names; else the only one the promotion's
 * rules of that direction mention; else the program's only standard currency.
 * Refusals: currency_not_found, currency_mismatch, currency_needed.
 */
export function chooseCurrency(
  program: Program,
  currencies: readonly Currency[],
  selector: CurrencySelector,
  rules: readonly Rule[] = [],
): Currency | Refusal<'currency_not_found' | 'currency_mismatch' | 'currency_needed'> {
  if (selector.iid !== undefined || selector.eid !== undefined) {
    return findCurrency(program, currencies, selector);
  }
  const ruled = new Set(rules.map((rule) => rule.currencyIid));
  const inRules = currencies.filter((currency) => ruled.has(currency.iid));
  const standard = currencies.filter((currency) => currency.type === 'standard');
  return onlyOne(inRules) ?? onlyOne(standard) ?? refuse('currency_needed', { program: program.id });
}

/**
 * Whether the promotion lets this amount of this currency move now (spec/api.md 2.6, G-7). In mode `strict` a
 * rule with a static amount takes that amount only; in mode `bounds` the static amount is the scenario's
 * default and only the bounds count. `now` is RFC 3339. Answers null if all is well.
 * Refusals: promotion_rule_not_found, promotion_inactive, promotion_out_of_dates, amount_outside_rule.
 */
export function checkRule(
  promotion: Promotion,
  direction: Direction,
  currency: Currency,
  amount: Decimal,
  now: string | Date,
  mode: RuleMode,
): RuleRefusal | null {
  const name = promotion.externalId;
  const rule = promotion.rules.find((it) => it.direction === direction && it.currencyIid === currency.iid);
  if (!rule) {
    return refuse('promotion_rule_not_found', { promotion: name, direction, currency: `"${currency.eid}"` });
  }
  if (!promotion.isActive) return refuse('promotion_inactive', { promotion: name });
  if (!runsAt(promotion, new Date(now))) return refuse('promotion_out_of_dates', { promotion: name });
  if (allows(rule, amount, mode)) return null;
  const expected = expectation(rule, currency.scale, mode);
  return refuse('amount_outside_rule', { amount: amount.toFixed(), promotion: name, expected });
}

type RuleRefusal = Refusal<
  'promotion_rule_not_found' | 'promotion_inactive' | 'promotion_out_of_dates' | 'amount_outside_rule'
>;

function runsAt({ startDate, endDate }: Promotion, now: Date): boolean {
  if (startDate !== null && now < new Date(startDate)) return false;
  return endDate === null || now <= new Date(endDate);
}

function allows({ staticAmount, minAmount, maxAmount }: Rule, amount: Decimal, mode: RuleMode): boolean {
  if (staticAmount && mode === 'strict') return amount.equals(staticAmount);
  if (minAmount && amount.lessThan(minAmount)) return false;
  return !maxAmount || amount.lessThanOrEqualTo(maxAmount);
}

function expectation({ staticAmount, minAmount, maxAmount }: Rule, scale: number, mode: RuleMode): string {
  if (staticAmount && mode === 'strict') return `exactly ${staticAmount.toFixed(scale)}`;
  if (minAmount && maxAmount) return `${minAmount.toFixed(scale)} to ${maxAmount.toFixed(scale)}`;
  return minAmount ? `at least ${minAmount.toFixed(scale)}` : `at most ${maxAmount?.toFixed(scale)}`;
}

function onlyOne<T>(items: readonly T[]): T | undefined {
  return items.length === 1 ? items[0] : undefined;
}
