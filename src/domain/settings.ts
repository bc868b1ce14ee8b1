/** What operators may set up. Keys are those of wire, file and SQL. */

import type {
  Currency,
  downgrades,
  expirationOrigins,
  expirationUnits,
  FieldType,
  Participation,
  periodKinds,
  periodUnits,
  promotionKinds,
  Ratio,
  RuleMode,
  Scope,
  TierGroup,
} from './catalog';
import type { Condition } from './condition';
import type { Mode } from './promotion/arbitrate';
import type { Part } from './promotion/kinds';
import type { PointsMode } from './promotion/price';
import type { Rounding } from './promotion/whole';
import type { ScenarioDefinition } from './scenario';

export interface DatabaseValues {
  name: string;
  email_is_unique: boolean;
}

export interface FieldValues {
  name: string;
  title: string;
  type: FieldType;
  is_required: boolean;
  is_unique: boolean;
  enum_values: string[] | null;
}

export interface ScenarioValues extends ScenarioDefinition {
  external_id: string;
  name: string;
  description: string;
  is_active: boolean;
}

export interface SegmentValues {
  external_id: string;
  name: string;
  description: string;
  timezone: string;
  condition: Condition;
}

export interface ProgramValues {
  external_id: string;
  name: string;
  description: string;
  database_id: number;
  is_active: boolean;
  timezone: string;
  temp_default_timeout_sec: number;
  temp_max_timeout_sec: number;
  allow_negative_balance: boolean;
  regrant_initial_balance: boolean;
  rule_mode: RuleMode;
  participation: Participation;
  segment_id: number | null;
  arbitration: ArbitrationValues;
  order_points: OrderPointsValues | null;
}

/** What the statuses of a confirmed order do to its points; statuses of orders by external id. */
export interface OrderPointsValues {
  /** Points wait until the order has one of these; null: they do not wait. */
  activated_by: string[] | null;
  canceled_by: string[];
  /** Whether a line whose status is of type refunded or canceled takes back its share. */
  refunded_lines: boolean;
}

export interface ArbitrationValues {
  discounts: Mode;
  points: PointsMode;
  discount_with_points: boolean;
}

/** So many days, months or years. */
export interface Delay {
  n: number;
  unit: (typeof expirationUnits)[number];
}

export interface Expiration extends Delay {
  from: (typeof expirationOrigins)[number];
}

export interface CurrencyValues {
  eid: string;
  name: string;
  type: Currency['type'];
  is_active: boolean;
  scale: number;
  /** Points as a decimal string. */
  initial_balance: string;
  expiration: Expiration | null;
  /** MM-DD or YYYY-MM-DD; instead of `expiration`. */
  expires_on: string | null;
  activation: Delay | null;
  expiring_soon_days: number | null;
  rounding: Rounding;
  ratio: Ratio | null;
}

/** A currency is named by iid, by eid, or by both. */
export interface RuleValues {
  points_currency_iid?: number | undefined;
  points_currency_eid?: string | undefined;
  static_amount: string | null;
  min_amount: string | null;
  max_amount: string | null;
}

export interface PromotionValues {
  external_id: string;
  name: string;
  description: string;
  is_active: boolean;
  start_date: string | null;
  end_date: string | null;
  kind: (typeof promotionKinds)[number];
  /** The lower comes first. */
  priority: number;
  /** False: it is the only one on its lines. */
  combinable: boolean;
  /** External id of the group that decides between it and others; null: the program does. */
  group: string | null;
  /** In the form of domain/promotion, without what is null. */
  limits: object | null;
  conditions: Part[];
  effects: Part[];
  accrual_rules: RuleValues[];
  redeem_rules: RuleValues[];
}

export interface PartnerValues {
  eid: string;
  name: string;
}

/** Special terms for one product or SKU, on behalf of a partner. */
export interface PartnerProductValues {
  external_id: string;
  name: string;
  description: string;
  is_active: boolean;
  start_date: string | null;
  end_date: string | null;
  priority: number;
  combinable: boolean;
  /** Of the partner. */
  partner_eid: string;
  /** External id of the goods: of either a product, all its SKUs included, or an SKU. */
  product: string | null;
  sku: string | null;
  /** Of a discount or a points promotion. */
  effect: Part;
}

export interface PromotionGroupValues {
  external_id: string;
  name: string;
  /** External id of the group it is in; null: none. */
  parent: string | null;
  mode: Mode;
  priority: number;
}

/**
 * How long points count towards a tier: a calendar period of their own, or a period that begins with them.
 */
export interface TierPeriod {
  kind: (typeof periodKinds)[number];
  n: number;
  unit: (typeof periodUnits)[number];
}

export interface TierValues {
  eid: string;
  name: string;
  /** Points as a decimal string. */
  threshold: string;
  reward: { points_currency_eid: string; amount: string } | null;
}

export interface TierGroupValues {
  external_id: string;
  name: string;
  type: TierGroup['type'];
  points_currency_eid: string;
  period: TierPeriod | null;
  downgrade: (typeof downgrades)[number];
  grace_days: number;
  /** From the lowest to the highest. */
  tiers: TierValues[];
}

export interface TokenValues {
  name: string;
  scopes: Scope[];
  /** null: every program. */
  program_ids: number[] | null;
}

/** What is wrong with a setting: with itself, or with itself beside what there is already. */
export interface Objection {
  objection: 'bad_request' | 'conflict';
  path: (string | number)[];
  problem: string;
}

export function isObjection(value: unknown): value is Objection {
  return typeof value === 'object' && value !== null && 'objection' in value;
}
