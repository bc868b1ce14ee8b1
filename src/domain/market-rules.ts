/** The rules of market settings that no single field can tell. */

import { checkCondition, type FactTypes } from './condition';
import { checkMapping, type Feed } from './feed';
import {
  type Channel,
  expectedOf,
  type GoodsSegment,
  type LineStatus,
  type Market,
  type MarketField,
  type Money,
  readMarketValue,
  type Touchpoint,
} from './market';
import { problemOfUrl } from './secret-url';
import { isTimezone } from './setting-rules';
import type { Objection } from './settings';

const wrong = (path: Objection['path'], problem: string): Objection => ({
  objection: 'bad_request',
  path,
  problem,
});

const lasting = (key: string, before: unknown): Objection => ({
  objection: 'conflict',
  path: [key],
  problem: `is for good: it is ${JSON.stringify(before)}`,
});

/** `databases`: those there are; `before`: the channel as it is, if it is to be changed. */
export function checkChannel(
  { database_id }: Channel,
  databases: readonly { id: number }[],
  before?: Channel,
): Objection | null {
  if (before && before.database_id !== database_id) return lasting('database_id', before.database_id);
  if (databases.some(({ id }) => id === database_id)) return null;
  return wrong(['database_id'], `profile database ${database_id} does not exist`);
}

/** `channels`: those there are; `before`: the touchpoint as it is, if it is to be changed. */
export function checkTouchpoint(
  { channel }: Touchpoint,
  channels: readonly { external_id: string }[],
  before?: Touchpoint,
): Objection | null {
  if (before && before.channel !== channel) return lasting('channel', before.channel);
  if (channels.some(({ external_id }) => external_id === channel)) return null;
  return wrong(['channel'], `there is no sales channel "${channel}"`);
}

export function checkMoney({ code, scale }: Money, before?: Money): Objection | null {
  if (!/^[A-Z]{3}$/.test(code)) {
    return wrong(['code'], `expected an ISO 4217 code such as "EUR", got ${JSON.stringify(code)}`);
  }
  return before && before.scale !== scale ? lasting('scale', before.scale) : null;
}

export function checkLineStatus({ type }: LineStatus, before?: LineStatus): Objection | null {
  return before && before.type !== type ? lasting('type', before.type) : null;
}

/** `customFields`: those there are. */
export function checkFeed(feed: Feed, customFields: Market['customFields']): Objection | null {
  const { url, days, time_of_day, timezone } = feed;
  const urlProblem = problemOfUrl(url);
  if (urlProblem) return wrong(['url'], urlProblem);
  if (!isTimezone(timezone)) {
    const got = JSON.stringify(timezone);
    return wrong(['timezone'], `expected a name such as "Europe/Berlin", got ${got}`);
  }
  const isOdd = days.length > 0 && time_of_day === null;
  if (isOdd) return wrong(['time_of_day'], 'is required when days are given');
  const problem = checkMapping(feed, customFields);
  return problem ? wrong(['mapping', problem.target], problem.problem) : null;
}

/** `types`: the facts of goods; `before`: the segment as it is, if it is to be changed. */
export function checkGoodsSegment(
  segment: GoodsSegment,
  types: FactTypes,
  before?: GoodsSegment,
): Objection | null {
  for (const key of ['type', 'entity_type'] as const) {
    if (before && before[key] !== segment[key]) return lasting(key, before[key]);
  }
  if (!isTimezone(segment.timezone)) {
    const got = JSON.stringify(segment.timezone);
    return wrong(['timezone'], `expected a name such as "Europe/Berlin", got ${got}`);
  }
  const { type, condition, most, time_of_day, days } = segment;
  if (type === 'static') {
    const extra = Object.entries({ condition, most, time_of_day }).find(([, value]) => value !== null);
    return extra ? wrong([extra[0]], 'only updatable segments have it: expected null') : null;
  }
  if (condition === null) return wrong(['condition'], 'is required when type is "updatable"');
  if (days.length > 0 && time_of_day === null) {
    return wrong(['time_of_day'], 'is required when days are given');
  }
  const problem = checkCondition(condition, types);
  return problem ? wrong(['condition', ...problem.path], problem.problem) : null;
}

/** `before`: the field as it is, if it is to be changed. */
export function checkMarketField(field: MarketField, before?: MarketField): Objection | null {
  if (before && before.value_type !== field.value_type) return lasting('value_type', before.value_type);
  const objection = checkEnum(field, before);
  if (objection || field.default_value === null) return objection;
  if (readMarketValue(field, field.default_value) !== undefined) return null;
  const got = JSON.stringify(field.default_value);
  return wrong(['default_value'], `expected ${expectedOf(field)}, got ${got}`);
}

function checkEnum({ value_type, enum_values }: MarketField, before?: MarketField): Objection | null {
  if (value_type !== 'enum') {
    return enum_values ? wrong(['enum_values'], 'only fields of type "enum" have them') : null;
  }
  const names = Object.keys(enum_values ?? {});
  if (!enum_values || names.length === 0) {
    return wrong(['enum_values'], 'is required when value_type is "enum"');
  }
  const numbers = new Set(Object.values(enum_values));
  if (numbers.size < names.length) {
    return wrong(['enum_values'], 'expected numbers that differ from each other');
  }
  const lost = Object.entries(before?.enum_values ?? {}).find(([name, it]) => enum_values[name] !== it);
  if (!lost) return null;
  return {
    objection: 'conflict',
    path: ['enum_values', lost[0]],
    problem: `is for good: it is ${lost[1]}`,
  };
}
