import type { z } from 'zod';
import type { ConditionProblem } from '../condition';
import type { Delay, Expiration } from '../settings';
import type { Checkout, OrderCode, OrderLine } from './order';
import type { PointsCurrency, Terms } from './terms';
import type { Whole } from './whole';

/** Why a promotion does not apply (spec/domain.md 9.3); not_requested: it only lets points pay. */
export const reasons = [
  'inactive',
  'out_of_dates',
  'audience',
  'order_segment',
  'no_matching_lines',
  'promo_code',
  'limit',
  'arbitration',
  'floor',
  'not_requested',
] as const;
export type Reason = (typeof reasons)[number];

interface Kind<Name extends string, Args> {
  readonly kind: Name;
  /** For people: what it does. */
  readonly summary: string;
  readonly args: z.ZodType<Args>;
  /** Whether what the arguments mention exists. */
  check?(args: Args, terms: Terms): ConditionProblem | null;
}

/** A condition picks lines, or judges the order; why not is said for people. */
export interface Test {
  picks?(line: OrderLine, checkout: Checkout): boolean;
  objection?(checkout: Checkout, picked: readonly OrderLine[]): string | null;
  /** Whether this code would make it hold; of several the first is used. */
  needs?(code: OrderCode): boolean;
}

export interface ConditionKind<Name extends string = string, Args = never> extends Kind<Name, Args> {
  readonly because: Reason;
  compile(args: Args, terms: Terms): Test;
}

/** The lines as they stand when an effect is asked: what is due for each, and how far it may fall. */
export interface Bill {
  readonly lines: readonly OrderLine[];
  readonly due: readonly Whole[];
  readonly room: readonly Whole[];
  /** The lines the effect may touch, by index. */
  readonly scope: readonly number[];
}

/** What each line is reduced by, of all lines; at most the room it has. */
export type Reduce = (bill: Bill) => Whole[];

export interface DiscountKind<Name extends string = string, Args = never> extends Kind<Name, Args> {
  readonly does: 'discount';
  compile(args: Args, terms: Terms): Reduce;
}

/** What each line earns, in units of the currency. */
export interface Earning {
  readonly currency: PointsCurrency;
  readonly activation: Delay | null;
  readonly expiration: Expiration | null;
  earn(bill: Bill): Whole[];
}

export interface EarningKind<Name extends string = string, Args = never> extends Kind<Name, Args> {
  readonly does: 'earn';
  compile(args: Args, terms: Terms): Earning;
}

/** How far an order may be paid with points. */
export interface Payment {
  readonly currency: PointsCurrency;
  readonly isAutomatic: boolean;
  /** Share of the eligible lines, in hundredths of a percent. */
  readonly basisPoints: Whole;
  /** What the order must cost at least, after discounts, in minor units. */
  readonly minOrder: Whole;
  readonly maxPoints: Whole | null;
  accepts(line: OrderLine): boolean;
}

export interface PaymentKind<Name extends string = string, Args = never> extends Kind<Name, Args> {
  readonly does: 'pay';
  compile(args: Args, terms: Terms): Payment;
}

/** Declares a kind; only its arguments' type is worked out. */
export function conditionKind<Name extends string, Args>(kind: ConditionKind<Name, Args>) {
  return kind;
}

export function discountKind<Name extends string, Args>(kind: DiscountKind<Name, Args>) {
  return kind;
}

export function earningKind<Name extends string, Args>(kind: EarningKind<Name, Args>) {
  return kind;
}

export function paymentKind<Name extends string, Args>(kind: PaymentKind<Name, Args>) {
  return kind;
}
