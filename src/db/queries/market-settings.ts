import { z } from 'zod';
import { feedModes, feedParams } from '../../domain/feed';
import { channelTypes, lineStatusTypes, marketEntities, marketTypes, segmentDays } from '../../domain/market';
import { query } from '../query';

/** The settings of the market, row by row: all of them, in order of their keys. */

const times = { created_at: z.string(), updated_at: z.string() };
const named = { external_id: z.string(), name: z.string() };

/** A table of settings: its columns are those of the row, and `keys` of them are its key. */
export interface SettingTable<R extends z.ZodObject = z.ZodObject> {
  readonly table: string;
  readonly keys: readonly string[];
  readonly row: R;
}

export const channelTable = {
  table: 'channels',
  keys: ['external_id'],
  row: z.object({
    ...named,
    database_id: z.int(),
    description: z.string(),
    tags: z.array(z.string()),
    type: z.enum(channelTypes),
    ...times,
  }),
} as const satisfies SettingTable;

export const touchpointTable = {
  table: 'touchpoints',
  keys: ['external_id'],
  row: z.object({ ...named, channel: z.string(), description: z.string(), ...times }),
} as const satisfies SettingTable;

export const moneyTable = {
  table: 'currencies',
  keys: ['code'],
  row: z.object({ code: z.string(), name: z.string(), scale: z.int(), ...times }),
} as const satisfies SettingTable;

export const regionTable = {
  table: 'regions',
  keys: ['external_id'],
  row: z.object({ ...named, ...times }),
} as const satisfies SettingTable;

export const orderStatusTable = {
  table: 'order_statuses',
  keys: ['external_id'],
  row: z.object({ ...named, ...times }),
} as const satisfies SettingTable;

export const lineStatusTable = {
  table: 'line_statuses',
  keys: ['external_id'],
  row: z.object({ ...named, type: z.enum(lineStatusTypes), ...times }),
} as const satisfies SettingTable;

export const marketFieldTable = {
  table: 'custom_fields',
  keys: ['entity_type', 'external_id'],
  row: z.object({
    entity_type: z.enum(marketEntities),
    ...named,
    value_type: z.enum(marketTypes),
    required: z.boolean(),
    default_value: z.union([z.string(), z.number(), z.boolean()]).nullable(),
    enum_values: z.record(z.string(), z.int()).nullable(),
    ...times,
  }),
} as const satisfies SettingTable;

export const segmentTable = {
  table: 'segments',
  keys: ['external_id'],
  row: z.object({
    ...named,
    description: z.string(),
    entity_type: z.enum(['product', 'sku']),
    type: z.enum(['static', 'updatable']),
    condition: z.unknown(),
    most: z.int().nullable(),
    days: z.array(z.enum(segmentDays)),
    time_of_day: z.string().nullable(),
    timezone: z.string(),
    active_until: z.string().nullable(),
    ...times,
  }),
} as const satisfies SettingTable;

export const feedTable = {
  table: 'feeds',
  keys: ['external_id'],
  row: z.object({
    ...named,
    url: z.string(),
    entity_type: z.enum(['product', 'sku']),
    mode: z.enum(feedModes),
    overwrite_categories: z.boolean(),
    params: z.enum(feedParams),
    mapping: z.record(z.string(), z.string()),
    days: z.array(z.enum(segmentDays)),
    time_of_day: z.string().nullable(),
    timezone: z.string(),
    ...times,
  }),
} as const satisfies SettingTable;

export const listFeeds = listOf(feedTable);
export const listChannels = listOf(channelTable);
export const listTouchpoints = listOf(touchpointTable);
export const listMoney = listOf(moneyTable);
export const listRegions = listOf(regionTable);
export const listOrderStatuses = listOf(orderStatusTable);
export const listLineStatuses = listOf(lineStatusTable);
export const listGoodsSegments = listOf(segmentTable);
export const listMarketFields = listOf(marketFieldTable);

/** The columns of a table of settings, for SQL. */
export function columnsOf({ row }: SettingTable): string {
  return Object.keys(row.shape).join(', ');
}

function listOf<R extends z.ZodObject>(settings: SettingTable<R>) {
  const { table, keys, row } = settings;
  return query({
    name: `market-${table}`,
    parameters: [],
    row,
    text: `select ${columnsOf(settings)} from market.${table} order by ${keys.join(', ')}`,
  });
}
