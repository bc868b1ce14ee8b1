import type { Facts } from '../condition';
import type { Whole } from './whole';

/** A line of an order to be priced; money is per item, in minor units. */
export interface OrderLine {
  readonly externalId: string;
  /** External id of the product, also of the one an SKU belongs to. */
  readonly product: string | null;
  readonly sku: string | null;
  readonly count: number;
  readonly basePrice: Whole;
  /** What the merchant himself asks, before any promotion. */
  readonly merchantPrice: Whole;
  /** No promotion and no payment by points goes below it. */
  readonly minPrice: Whole;
  /** What conditions on goods may ask. */
  readonly facts: Facts;
}

/** An order to be priced, delivery left out: nothing touches it. */
export interface Order {
  /** Decimals of its money. */
  readonly scale: number;
  readonly lines: readonly OrderLine[];
  /** What conditions on orders may ask. */
  readonly facts: Facts;
  readonly codes: readonly OrderCode[];
  readonly payments: readonly PaymentRequest[];
}

/** A promo code that came with the order and may be used. */
export interface OrderCode {
  readonly code: string;
  /** The pool it was issued from; null: only promotions that name the code itself know it. */
  readonly poolId: number | null;
}

/** Points the customer wishes to pay with, in units of the currency; `max`: as many as possible. */
export interface PaymentRequest {
  readonly currencyIid: number;
  readonly points: Whole | 'max';
}

/** The member who buys. */
export interface Shopper {
  readonly facts: Facts;
  /** External ids of the tiers that are held. */
  readonly tiers: ReadonlySet<string>;
  /** Active points by currency, in its units. */
  readonly balances: ReadonlyMap<number, Whole>;
  /** What each limited promotion has been used so far, by its id. */
  readonly uses: ReadonlyMap<number, PromotionUse>;
}

/** How much a promotion has been used, by everybody and by this member. */
export interface PromotionUse {
  readonly total: number;
  readonly byMember: number;
  readonly byMemberInPeriod: number;
  /** Money or points granted so far, in units of the budget. */
  readonly granted: Whole;
}

/** All that a promotion may look at. */
export interface Checkout {
  readonly order: Order;
  readonly shopper: Shopper;
  readonly at: Date;
}

/** What the line costs after the merchant's own discount. */
export function merchantTotal(line: OrderLine): Whole {
  return line.merchantPrice * BigInt(line.count);
}
