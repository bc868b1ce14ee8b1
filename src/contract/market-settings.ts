import type { Condition } from '../domain/condition';
import { feedModes, feedParams } from '../domain/feed';
import {
  channelTypes,
  type GoodsSegment,
  lineStatusTypes,
  type MarketValue,
  marketEntities,
  marketTypes,
  segmentDays,
} from '../domain/market';
import {
  choice,
  condition as conditionField,
  flag,
  integer,
  list,
  nullable,
  numbersByName,
  plainValue,
  text,
  textsByName,
  timeOfDay,
  timestamp,
} from './fields';
import { setting } from './settings';

/** What operators may set up of the market: the management API and program files are made of these. */

const externalId = (what: string) => setting(`Your id of the ${what}; for good.`, text(255));
const name = setting('Name for people.', text(255));
const description = setting('For people.', text(10_000, { min: 0 }), '');

export const channelSettings = {
  external_id: externalId('sales channel'),
  database_id: setting('Profile database of its customers; for good.', integer({ min: 1 })),
  name,
  description,
  tags: setting<string[]>('For people.', list(text(255), { max: 1_000 }), []),
  type: setting('online or retail.', choice(channelTypes)),
};

export const touchpointSettings = {
  external_id: setting('Your id of the touchpoint, which orders name as endpoint; for good.', text(255)),
  channel: setting('External id of its sales channel; for good.', text(255)),
  name,
  description,
};

export const moneySettings = {
  code: setting('ISO 4217 code; for good.', text(3)),
  name,
  scale: setting('Decimals of the smallest unit; for good.', integer({ max: 4 }), 2),
};

export const regionSettings = { external_id: externalId('region'), name };

export const orderStatusSettings = { external_id: externalId('order status'), name };

export const lineStatusSettings = {
  external_id: externalId('line status'),
  name,
  type: setting('What it comes to; for good.', choice(lineStatusTypes)),
};

export const goodsSegmentSettings = {
  external_id: externalId('segment'),
  name,
  description,
  entity_type: setting('What is in it; for good.', choice(['product', 'sku'])),
  type: setting(
    'static: listed. updatable: what meets the condition. For good.',
    choice(['static', 'updatable']),
  ),
  condition: setting<Condition | null>(
    'Of an updatable segment: {"field", "operator", "value"}, or {"all": […]} or {"any": […]} of such. ' +
      'field: name, price, old_price, currency, tags, category (with those it lies in), region, count, ' +
      'expiration_time (days), delivery, manufacturer_warranty, is_available, manufacturer_name, id, ' +
      'external_id, created_at, updated_at, custom_fields.NAME and the like.',
    nullable(conditionField()),
    null,
  ),
  most: setting<number | null>(
    'At most so many of those that meet the condition, those that are there longest. null: all.',
    nullable(integer({ min: 1 })),
    null,
  ),
  days: setting<GoodsSegment['days']>(
    'Days on which it is calculated by itself. Empty: every day.',
    list(choice(segmentDays), { max: 7 }),
    [],
  ),
  time_of_day: setting<string | null>(
    'When on these days, HH:MM. null: only when it is asked for.',
    nullable(timeOfDay()),
    null,
  ),
  timezone: setting('Where days begin and end, such as "Europe/Berlin".', text(64), 'UTC'),
  active_until: setting<string | null>(
    'From then on it stays as it is. null: no end.',
    nullable(timestamp()),
    null,
  ),
};

/** How a feed is imported. */
export const feedOptionSettings = {
  entity_type: setting(
    'product: offers are products, and those with a group_id SKUs of one. sku: all are SKUs of products ' +
      'there are, named by group_id.',
    choice(['product', 'sku']),
    'product' as const,
  ),
  mode: setting(
    'Whether to add what is new, to update what is there, or both.',
    choice(feedModes),
    'add_and_update',
  ),
  overwrite_categories: setting('Whether goods that have categories get those of the feed.', flag(), true),
  params: setting(
    'Characteristics: ignore them; store them in custom fields, all of which must be there; or create ' +
      'fields that are not.',
    choice(feedParams),
    'ignore',
  ),
  mapping: setting<Record<string, string>>(
    'What fields of goods are filled from instead of where they usually are, such as {"name": "model", ' +
      '"custom_fields.colour": "param.Colour"}. By name of the field, or custom_fields.NAME, which must be ' +
      'there unless params is create: an element of the offer, an attribute as "@bid", or a characteristic ' +
      'as "param.NAME", which then is not stored by its own name.',
    textsByName(100, 255),
    {},
  ),
};

export const feedSettings = {
  external_id: externalId('feed'),
  name,
  url: setting(
    'Where it is: YML, or a .zip, .gz or .tar.gz of it. user:password@ signs in; the password is shown ' +
      'as ***, and stays when it is sent back so.',
    text(2_000),
  ),
  ...feedOptionSettings,
  days: goodsSegmentSettings.days,
  time_of_day: goodsSegmentSettings.time_of_day,
  timezone: goodsSegmentSettings.timezone,
};

export const marketFieldSettings = {
  entity_type: setting('What has the field; for good.', choice(marketEntities)),
  external_id: externalId('field'),
  name,
  value_type: setting('What values it takes; for good.', choice(marketTypes)),
  required: setting('Whether everything new must have it.', flag(), false),
  default_value: setting<MarketValue | null>(
    'The value of what is new and has none. null: nothing.',
    nullable(plainValue()),
    null,
  ),
  enum_values: setting<Record<string, number> | null>(
    'The values of a field of type enum by name, each with a number; null for other types.',
    nullable(numbersByName()),
    null,
  ),
};
