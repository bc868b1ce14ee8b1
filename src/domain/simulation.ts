import type { Amount } from './amount';
import type { Reason } from './promotion/kind';

/** Simulations: what is asked of one, and what it reports. Money in major units, times RFC 3339 UTC. */

/** What a simulation is told: which promotion, on which orders, among which others. */
export interface SimulationTask {
  simulation_id: string;
  program_id: number;
  promotion_id: number;
  options: SimulationOptions;
  requested_at: string;
  requested_by: string;
}

export interface SimulationOptions {
  /** The last so many orders. */
  orders: number;
  /** Of this period by their create_time, both inclusive; null: since ever. */
  since: string | null;
  until: string;
  /** External ids of touchpoints. */
  endpoints: string[];
  /** Orders in one of these statuses are left out. */
  except_statuses: string[];
  /** Whether the promotion's own dates count. */
  keep_dates: boolean;
  /** External ids of other promotions, to be taken as switched on, or as not there. */
  drafts: string[];
  without: string[];
}

/** What the workflow of a simulation comes to; a problem says why there is no report. */
export type Simulated = { orders: number; touched: number } | { problem: string };

export interface SimulationReport {
  /** create_time of the first and the last order; null: there were none. */
  from: string | null;
  to: string | null;
  orders: { read: number; of_members: number; touched: number; share: Amount };
  customers: { read: number; touched: number };
  money: MoneyReport[];
  points: PointsReport[];
  others: OtherReport[];
  rejected: { reason: Reason; orders: number; example: { order_external_id: string; detail: string } }[];
  limits: LimitsReport | null;
  examples: ExampleReport[];
}

/** Of orders in one currency of money; revenue is what is paid in money, without delivery. */
export interface MoneyReport {
  currency: string;
  orders: number;
  touched: number;
  revenue_before: Amount;
  revenue_after: Amount;
  revenue_change: Amount;
  discount_amount: Amount;
  points_payment_amount: Amount;
}

/** Of one points currency in orders of one currency of money; worth: in that money, null if in none. */
export interface PointsReport {
  points_currency_iid: number;
  points_currency_eid: string;
  currency: string;
  granted: Amount;
  granted_worth: Amount | null;
  redeemed: Amount;
  redeemed_worth: Amount;
  /** Of all promotions together. */
  granted_change: Amount;
  redeemed_change: Amount;
}

/** What becomes of another promotion in orders of one currency of money. */
export interface OtherReport {
  promo_iid: number;
  promo_eid: string;
  currency: string;
  orders_lost: number;
  orders_gained: number;
  discount_change: Amount;
  points: { points_currency_eid: string; granted_change: Amount; redeemed_change: Amount }[];
}

/** How far the promotion's own limits carried, counted from the first order on. */
export interface LimitsReport {
  uses: number;
  total_uses: number | null;
  granted: Amount | null;
  budget: Amount | null;
  /** Null: the budget is in money, or there is none. */
  budget_points_currency_eid: string | null;
  /** create_time of the order that used up total_uses or the budget; null: something was left. */
  exhausted_at: string | null;
  /** Orders that a limit kept it from. */
  orders_refused: number;
}

export interface ExampleReport {
  order_external_id: string;
  create_time: string;
  currency: string;
  before: ExamplePrice;
  after: ExamplePrice;
}

export interface ExamplePrice {
  discount_amount: Amount;
  points_payment_amount: Amount;
  final_total_price: Amount;
  points_accrued: ExamplePoints[];
  points_redeemed: ExamplePoints[];
  promotions: string[];
}

interface ExamplePoints {
  points_currency_eid: string;
  amount: Amount;
}
