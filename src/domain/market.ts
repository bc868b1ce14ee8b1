/** The market as operators set it up: where orders come from, in which money, and what is kept of them. */

import type { Condition } from './condition';
import { type FieldValue, fieldKind } from './field-type';

export const channelTypes = ['online', 'retail'] as const;

/** Where goods are sold; `database_id`: where its customers are, for good. */
export interface Channel {
  external_id: string;
  database_id: number;
  name: string;
  description: string;
  tags: string[];
  type: (typeof channelTypes)[number];
}

/** A page, an app or a till of a channel; orders name it as their endpoint. */
export interface Touchpoint {
  external_id: string;
  /** External id of its channel. */
  channel: string;
  name: string;
  description: string;
}

/** A currency of money, by its ISO 4217 code; `scale`: the decimals of its smallest unit. */
export interface Money {
  code: string;
  name: string;
  scale: number;
}

export interface Region {
  external_id: string;
  name: string;
}

export interface OrderStatus {
  external_id: string;
  name: string;
}

export const lineStatusTypes = ['delivered', 'canceled', 'refunded', 'in_process'] as const;

export interface LineStatus {
  external_id: string;
  name: string;
  type: (typeof lineStatusTypes)[number];
}

export const marketEntities = ['product', 'sku', 'order', 'line_order'] as const;
export type MarketEntity = (typeof marketEntities)[number];

export const marketTypes = ['unicode', 'int', 'float', 'bool', 'enum', 'date'] as const;
export type MarketType = (typeof marketTypes)[number];

/** A custom field of goods, orders or order lines. */
export interface MarketField {
  entity_type: MarketEntity;
  external_id: string;
  name: string;
  value_type: MarketType;
  required: boolean;
  /** What it is if nobody says; null: nothing. */
  default_value: MarketValue | null;
  /** Of an enum, what its values are called and their numbers; null for other types. */
  enum_values: Record<string, number> | null;
}

/** A custom field's value as it is stored: of an enum the name, of a date RFC 3339 UTC. */
export type MarketValue = string | number | boolean;

export const segmentDays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

/** Goods with a name: listed one by one, or those that meet a condition whenever it is calculated. */
export interface GoodsSegment {
  external_id: string;
  name: string;
  description: string;
  entity_type: 'product' | 'sku';
  type: 'static' | 'updatable';
  /** Of an updatable one. */
  condition: Condition | null;
  /** At most so many; null: all. */
  most: number | null;
  /** Days on which it is calculated by itself; none: every day. */
  days: (typeof segmentDays)[number][];
  /** HH:MM in the time zone; null: it is not calculated by itself. */
  time_of_day: string | null;
  timezone: string;
  /** From then on it is not calculated any more. */
  active_until: string | null;
}

/** What calculating a segment came to; null: there is none to calculate of this external id now. */
export type CalculatedSegment = { looked_at: number; size: number } | null;

/** Whether a segment is calculated at all at that moment. */
export function isCalculated({ type, active_until }: GoodsSegment, now: string): boolean {
  return type === 'updatable' && (active_until === null || new Date(now) < new Date(active_until));
}

/** The whole market of an account, each part by external id or code. */
export interface Market {
  readonly channels: ReadonlyMap<string, Readonly<Channel>>;
  readonly touchpoints: ReadonlyMap<string, Readonly<Touchpoint>>;
  readonly currencies: ReadonlyMap<string, Readonly<Money>>;
  readonly regions: ReadonlyMap<string, Readonly<Region>>;
  readonly orderStatuses: ReadonlyMap<string, Readonly<OrderStatus>>;
  readonly lineStatuses: ReadonlyMap<string, Readonly<LineStatus>>;
  /** Segments of goods. */
  readonly segments: ReadonlyMap<string, Readonly<GoodsSegment>>;
  readonly customFields: Readonly<Record<MarketEntity, ReadonlyMap<string, Readonly<MarketField>>>>;
}

/** The channel a touchpoint belongs to; undefined if there is no such touchpoint. */
export function channelOf(market: Market, endpoint: string): Readonly<Channel> | undefined {
  return market.channels.get(market.touchpoints.get(endpoint)?.channel ?? '');
}

const kinds = { unicode: 'string', int: 'int', float: 'float', bool: 'bool', date: 'date' } as const;

type ValueField = Pick<MarketField, 'value_type' | 'enum_values'>;

/** A value as its field stores it; undefined if it does not fit. An enum takes names and their numbers. */
export function readMarketValue(field: ValueField, value: unknown): MarketValue | undefined {
  if (field.value_type !== 'enum') return single(fieldKind(kinds[field.value_type], null).read(value));
  const names = Object.entries(field.enum_values ?? {});
  return names.find(([name, number]) => value === name || String(value) === String(number))?.[0];
}

/** Values of custom fields as they are shown: without those whose field is gone or has another type. */
export function shownValues(
  fields: ReadonlyMap<string, ValueField>,
  values: Readonly<Record<string, MarketValue>>,
): Record<string, MarketValue> {
  const shown = Object.entries(values).filter(([name, value]) => {
    const field = fields.get(name);
    return field && readMarketValue(field, value) === value;
  });
  return Object.fromEntries(shown);
}

/** The field with its default as values are stored; a default that does not fit stays. */
export function withStoredDefault<
  F extends Pick<MarketField, 'value_type' | 'enum_values' | 'default_value'>,
>(field: F): F {
  const { default_value } = field;
  if (default_value === null) return field;
  return { ...field, default_value: readMarketValue(field, default_value) ?? default_value };
}

/** What a client is told when a value does not fit its field. */
export function expectedOf(field: ValueField): string {
  if (field.value_type !== 'enum') return fieldKind(kinds[field.value_type], null).expected;
  return fieldKind('enum', Object.keys(field.enum_values ?? {})).expected;
}

function single(value: FieldValue | undefined): MarketValue | undefined {
  return typeof value === 'object' ? undefined : value;
}
