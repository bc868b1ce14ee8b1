import { z } from 'zod';
import { toTrimmed } from '../../domain/amount';
import {
  currencyTypes,
  directions,
  downgrades,
  expirationOrigins,
  expirationUnits,
  fieldTypes,
  participations,
  periodKinds,
  periodUnits,
  promotionKinds,
  type Ratio,
  ruleModes,
  scopes,
  tierGroupTypes,
} from '../../domain/catalog';
import { discountModes } from '../../domain/promotion/arbitrate';
import { pointsModes } from '../../domain/promotion/price';
import { roundings } from '../../domain/promotion/whole';
import { query } from '../query';
import { orderPointsRule } from './order-points';

/**
 * The settings, row by row: all of them, in order of id. There are never so many that a process could not
 * hold them.
 */

const time = z.string();
const points = z.string();

export const databaseRow = z.object({
  id: z.int(),
  name: z.string(),
  email_is_unique: z.boolean(),
  created_at: time,
  updated_at: time,
});
export type DatabaseRow = z.output<typeof databaseRow>;
export const databaseColumns = 'id, name, email_is_unique, created_at, updated_at';

export const listDatabases = query({
  name: 'catalog-databases',
  parameters: [],
  row: databaseRow,
  text: `select ${databaseColumns} from catalog.databases order by id`,
});

export const fieldRow = z.object({
  database_id: z.int(),
  name: z.string(),
  title: z.string(),
  type: z.enum(fieldTypes),
  is_required: z.boolean(),
  is_unique: z.boolean(),
  enum_values: z.array(z.string()).nullable(),
});
export type FieldRow = z.output<typeof fieldRow>;
export const fieldColumns = 'database_id, name, title, type, is_required, is_unique, enum_values';

export const listFields = query({
  name: 'catalog-fields',
  parameters: [],
  row: fieldRow,
  text: `select ${fieldColumns} from catalog.database_fields order by database_id, name`,
});

export const segmentRow = z.object({
  id: z.int(),
  database_id: z.int(),
  external_id: z.string(),
  name: z.string(),
  description: z.string(),
  timezone: z.string(),
  condition: z.json(),
  created_at: time,
  updated_at: time,
});
export type SegmentRow = z.output<typeof segmentRow>;
export const segmentColumns = `
  id, database_id, external_id, name, description, timezone, condition, created_at, updated_at`;

export const listSegments = query({
  name: 'catalog-segments',
  parameters: [],
  row: segmentRow,
  text: `select ${segmentColumns} from catalog.segments order by id`,
});

export const programRow = z.object({
  id: z.int(),
  external_id: z.string(),
  name: z.string(),
  description: z.string(),
  database_id: z.int(),
  is_active: z.boolean(),
  timezone: z.string(),
  temp_default_timeout_sec: z.int(),
  temp_max_timeout_sec: z.int(),
  allow_negative_balance: z.boolean(),
  regrant_initial_balance: z.boolean(),
  rule_mode: z.enum(ruleModes),
  arbitration_discounts: z.enum(discountModes),
  arbitration_points: z.enum(pointsModes),
  discount_with_points: z.boolean(),
  participation: z.enum(participations),
  segment_id: z.int().nullable(),
  order_points: orderPointsRule.nullable(),
  created_at: time,
  updated_at: time,
});
export type ProgramRow = z.output<typeof programRow>;
export const programColumns = `
  id, external_id, name, description, database_id, is_active, timezone, temp_default_timeout_sec,
  temp_max_timeout_sec, allow_negative_balance, regrant_initial_balance, rule_mode,
  arbitration_discounts, arbitration_points, discount_with_points, participation, segment_id,
  order_points, created_at, updated_at`;

export const listPrograms = query({
  name: 'catalog-programs',
  parameters: [],
  row: programRow,
  text: `select ${programColumns} from catalog.programs order by id`,
});

export const currencyRow = z.object({
  iid: z.int(),
  program_id: z.int(),
  eid: z.string(),
  name: z.string(),
  type: z.enum(currencyTypes),
  is_active: z.boolean(),
  scale: z.int(),
  initial_balance: points,
  expiration_n: z.int().nullable(),
  expiration_unit: z.enum(expirationUnits).nullable(),
  expiration_from: z.enum(expirationOrigins).nullable(),
  expires_on: z.string().nullable(),
  activation_n: z.int().nullable(),
  activation_unit: z.enum(expirationUnits).nullable(),
  expiring_soon_days: z.int().nullable(),
  rounding: z.enum(roundings),
  ratio_points: points.nullable(),
  ratio_money: points.nullable(),
  ratio_money_currency: z.string().nullable(),
  created_at: time,
  updated_at: time,
});
export type CurrencyRow = z.output<typeof currencyRow>;
export const currencyColumns = `
  iid, program_id, eid, name, type, is_active, scale, initial_balance, expiration_n, expiration_unit,
  expiration_from, expires_on, activation_n, activation_unit, expiring_soon_days, rounding, ratio_points,
  ratio_money, ratio_money_currency, created_at, updated_at`;

/** What its points are worth, with trimmed decimals. */
export function ratioOf({ ratio_points, ratio_money, ratio_money_currency }: CurrencyRow): Ratio | null {
  if (ratio_points === null || ratio_money === null) return null;
  const [points, money] = [toTrimmed(ratio_points), toTrimmed(ratio_money)];
  return { points, money, money_currency: ratio_money_currency };
}

export const listCurrencies = query({
  name: 'catalog-currencies',
  parameters: [],
  row: currencyRow,
  text: `select ${currencyColumns} from catalog.currencies order by iid`,
});

export const promotionRow = z.object({
  id: z.int(),
  program_id: z.int(),
  external_id: z.string(),
  name: z.string(),
  description: z.string(),
  is_active: z.boolean(),
  start_date: time.nullable(),
  end_date: time.nullable(),
  kind: z.enum(promotionKinds),
  priority: z.int(),
  combinable: z.boolean(),
  group_id: z.int().nullable(),
  partner_id: z.int().nullable(),
  limits: z.json().nullable(),
  conditions: z.json(),
  effects: z.json(),
  created_at: time,
  updated_at: time,
});
export type PromotionRow = z.output<typeof promotionRow>;
export const promotionColumns = `
  id, program_id, external_id, name, description, is_active, start_date, end_date, kind, priority,
  combinable, group_id, partner_id, limits, conditions, effects, created_at, updated_at`;

export const listPromotions = query({
  name: 'catalog-promotions',
  parameters: [],
  row: promotionRow,
  text: `select ${promotionColumns} from catalog.promotions order by id`,
});

export const promotionGroupRow = z.object({
  id: z.int(),
  program_id: z.int(),
  external_id: z.string(),
  name: z.string(),
  parent_id: z.int().nullable(),
  mode: z.enum(discountModes),
  priority: z.int(),
  created_at: time,
  updated_at: time,
});
export type PromotionGroupRow = z.output<typeof promotionGroupRow>;
export const promotionGroupColumns = `
  id, program_id, external_id, name, parent_id, mode, priority, created_at, updated_at`;

export const listPromotionGroups = query({
  name: 'catalog-promotion-groups',
  parameters: [],
  row: promotionGroupRow,
  text: `select ${promotionGroupColumns} from catalog.promotion_groups order by id`,
});

export const partnerRow = z.object({
  id: z.int(),
  program_id: z.int(),
  eid: z.string(),
  name: z.string(),
  created_at: time,
  updated_at: time,
});
export type PartnerRow = z.output<typeof partnerRow>;
export const partnerColumns = 'id, program_id, eid, name, created_at, updated_at';

export const listPartners = query({
  name: 'catalog-partners',
  parameters: [],
  row: partnerRow,
  text: `select ${partnerColumns} from catalog.partners order by id`,
});

export const ruleRow = z.object({
  promotion_id: z.int(),
  direction: z.enum(directions),
  currency_iid: z.int(),
  static_amount: points.nullable(),
  min_amount: points.nullable(),
  max_amount: points.nullable(),
});
export type RuleRow = z.output<typeof ruleRow>;

export const listRules = query({
  name: 'catalog-rules',
  parameters: [],
  row: ruleRow,
  text: `
    select promotion_id, direction, currency_iid, static_amount, min_amount, max_amount
    from catalog.promotion_rules
    order by promotion_id, direction, currency_iid`,
});

export const tierGroupRow = z.object({
  id: z.int(),
  program_id: z.int(),
  external_id: z.string(),
  name: z.string(),
  type: z.enum(tierGroupTypes),
  currency_iid: z.int(),
  period_kind: z.enum(periodKinds).nullable(),
  period_n: z.int().nullable(),
  period_unit: z.enum(periodUnits).nullable(),
  downgrade: z.enum(downgrades),
  grace_days: z.int(),
  created_at: time,
  updated_at: time,
});
export type TierGroupRow = z.output<typeof tierGroupRow>;
export const tierGroupColumns = `
  id, program_id, external_id, name, type, currency_iid, period_kind, period_n, period_unit, downgrade,
  grace_days, created_at, updated_at`;

export const listTierGroups = query({
  name: 'catalog-tier-groups',
  parameters: [],
  row: tierGroupRow,
  text: `select ${tierGroupColumns} from catalog.tier_groups order by id`,
});

const tierRow = z.object({
  id: z.int(),
  group_id: z.int(),
  eid: z.string(),
  name: z.string(),
  tier_order: z.int(),
  threshold: points,
  reward_currency_iid: z.int().nullable(),
  reward_amount: points.nullable(),
});

export const listTiers = query({
  name: 'catalog-tiers',
  parameters: [],
  row: tierRow,
  text: `
    select id, group_id, eid, name, tier_order, threshold, reward_currency_iid, reward_amount
    from catalog.tiers order by group_id, tier_order`,
});

export const tokenRow = z.object({
  id: z.int(),
  name: z.string(),
  scopes: z.array(z.enum(scopes)),
  program_ids: z.array(z.int()).nullable(),
  created_at: time,
  revoked_at: time.nullable(),
});
export type TokenRow = z.output<typeof tokenRow>;
export const tokenColumns = 'id, name, scopes, program_ids, created_at, revoked_at';

export const listTokens = query({
  name: 'catalog-tokens',
  parameters: [],
  row: tokenRow,
  text: `select ${tokenColumns} from catalog.tokens order by id`,
});

export const listLiveTokens = query({
  name: 'catalog-live-tokens',
  parameters: [],
  row: tokenRow
    .pick({ id: true, name: true, scopes: true, program_ids: true })
    .extend({ token_hash: z.string() }),
  text: `
    select id, name, scopes, program_ids, encode(token_hash, 'hex') as token_hash
    from catalog.tokens
    where revoked_at is null
    order by id`,
});
