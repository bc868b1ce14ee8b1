/** Products and SKUs: what an import does to them. */

import { fitsScale } from './amount';
import { expectedOf, type Market, type MarketField, type MarketValue, readMarketValue } from './market';
import { type Refusal, refuse } from './refusal';

export type GoodsEntity = 'product' | 'sku';

/** What may be different in a region; money as decimal strings. */
export interface RegionalData {
  price: string | null;
  old_price: string | null;
  currency: string | null;
  count: number | null;
  is_available: boolean | null;
  delivery: boolean | null;
  custom_fields: Record<string, MarketValue>;
}

/** A product or SKU as it is stored; money as decimal strings without needless zeros. */
export interface Goods extends Omit<RegionalData, 'custom_fields'> {
  entity_type: GoodsEntity;
  external_id: string;
  /** Of an SKU: external id of its product. */
  product_external_id: string | null;
  name: string;
  tags: string[];
  manufacturer_name: string | null;
  description: string | null;
  url: string | null;
  pictures: string[];
  /** Days of shelf or service life, in digits. */
  expiration_time: string | null;
  barcode: number[];
  manufacturer_warranty: boolean | null;
  custom_fields: Record<string, MarketValue>;
  /** By external id of the region. */
  regional_data: Record<string, RegionalData>;
  /** External ids. */
  categories: string[];
}

type Change<T> = { [K in keyof T]?: T[K] | undefined };
type Free = Readonly<Record<string, unknown>>;

/** What an import says of one; undefined: stays, null: goes. A list replaces the former one. */
export interface GoodsChange
  extends Change<Omit<Goods, 'entity_type' | 'external_id' | 'custom_fields' | 'regional_data'>> {
  external_id: string;
  custom_fields?: Free | undefined;
  regional_data?: RegionalChange[] | undefined;
}

export interface RegionalChange extends Change<Omit<RegionalData, 'custom_fields'>> {
  external_id: string;
  custom_fields?: Free | undefined;
}

/** What goods may refer to. */
export interface Surroundings {
  market: Market;
  /** External ids. */
  categories: { has(externalId: string): boolean };
}

const blankRegion: RegionalData = {
  price: null,
  old_price: null,
  currency: null,
  count: null,
  is_available: null,
  delivery: null,
  custom_fields: {},
};

const blank: Omit<Goods, 'entity_type' | 'external_id' | 'name'> = {
  ...blankRegion,
  product_external_id: null,
  tags: [],
  manufacturer_name: null,
  description: null,
  url: null,
  pictures: [],
  expiration_time: null,
  barcode: [],
  manufacturer_warranty: null,
  regional_data: {},
  categories: [],
};

class Unfit extends Error {}

function unfit(problem: string): never {
  throw new Unfit(problem);
}

/**
 * What becomes of a product or SKU by an import; `before` is what there is. New ones get the defaults of
 * their custom fields, and need a name and the required fields. Refusals: bad_request, with the field's name.
 */
export function changeGoods(
  entity: GoodsEntity,
  before: Goods | undefined,
  change: GoodsChange,
  surroundings: Surroundings,
): Goods | Refusal<'bad_request'> {
  const { custom_fields, regional_data, ...plain } = change;
  try {
    const name = plain.name ?? before?.name ?? unfit('name: is required');
    const after: Goods = {
      ...(before ?? blank),
      ...withoutUndefined(plain),
      entity_type: entity,
      name,
      custom_fields: customFields(entity, before?.custom_fields, custom_fields ?? {}, surroundings.market),
      regional_data: regional_data
        ? regions(entity, regional_data, surroundings.market)
        : (before?.regional_data ?? {}),
    };
    checkNames(after, change, surroundings);
    return after;
  } catch (error) {
    if (error instanceof Unfit) return refuse('bad_request', { problem: error.message });
    throw error;
  }
}

function withoutUndefined<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  const entries = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: Exclude<T[K], undefined> };
}

function checkNames(goods: Goods, change: GoodsChange, { market, categories }: Surroundings): void {
  checkMoney(goods, market, '');
  const strange = change.categories?.find((category) => !categories.has(category));
  if (strange !== undefined) unfit(`categories: there is no category "${strange}"`);
  const { expiration_time } = goods;
  if (expiration_time !== null && !/^\d{1,6}$/.test(expiration_time)) {
    unfit(`expiration_time: expected days such as "730", got ${JSON.stringify(expiration_time)}`);
  }
}

function checkMoney(
  data: Pick<RegionalData, 'price' | 'old_price' | 'currency'>,
  market: Market,
  path: string,
): void {
  const { currency } = data;
  const money = currency === null ? undefined : market.currencies.get(currency);
  if (currency !== null && !money) unfit(`${path}currency: there is no currency "${currency}"`);
  for (const key of ['price', 'old_price'] as const) {
    const amount = data[key];
    const scale = money?.scale ?? 4;
    if (amount === null || fitsScale(amount, scale)) continue;
    unfit(`${path}${key}: "${amount}" has more decimals than ${currency ?? 'money'} allows (${scale})`);
  }
}

function regions(
  entity: GoodsEntity,
  changes: readonly RegionalChange[],
  market: Market,
): Record<string, RegionalData> {
  const entries = changes.map(({ external_id, custom_fields, ...plain }, index) => {
    const path = `regional_data[${index}].`;
    if (!market.regions.has(external_id)) unfit(`${path}external_id: there is no region "${external_id}"`);
    const fields = readCustomFields(
      market.customFields[entity],
      custom_fields ?? {},
      `${path}custom_fields.`,
    );
    const data = { ...blankRegion, ...withoutUndefined(plain), custom_fields: fields.set };
    checkMoney(data, market, path);
    return [external_id, data] as const;
  });
  const twice = entries.find(([id], index) => entries.findIndex(([other]) => other === id) < index);
  if (twice) unfit(`regional_data: region "${twice[0]}" is there twice`);
  return Object.fromEntries(entries);
}

function customFields(
  entity: GoodsEntity,
  before: Goods['custom_fields'] | undefined,
  values: Free,
  market: Market,
): Record<string, MarketValue> {
  const result = changeCustomFields(market.customFields[entity], before, values);
  return 'problem' in result ? unfit(result.problem) : result.values;
}

type Fields = ReadonlyMap<string, Readonly<MarketField>>;

/**
 * The custom fields of something after an import: null and empty text remove a value; what is new gets
 * defaults and must have the required ones.
 */
export function changeCustomFields(
  fields: Fields,
  before: Record<string, MarketValue> | undefined,
  values: Free,
): { values: Record<string, MarketValue> } | { problem: string } {
  try {
    const { set, removed } = readCustomFields(fields, values, 'custom_fields.');
    const start = before ?? defaultsOf(fields);
    const after = { ...start, ...set };
    for (const name of removed) delete after[name];
    const missing = [...fields.values()].find(
      ({ external_id, required }) =>
        required && !Object.hasOwn(after, external_id) && (!before || removed.includes(external_id)),
    );
    return missing ? { problem: `custom_fields.${missing.external_id}: is required` } : { values: after };
  } catch (error) {
    if (error instanceof Unfit) return { problem: error.message };
    throw error;
  }
}

function defaultsOf(fields: Fields): Record<string, MarketValue> {
  const entries = [...fields.values()].flatMap(({ external_id, default_value }) =>
    default_value === null ? [] : [[external_id, default_value] as const],
  );
  return Object.fromEntries(entries);
}

function readCustomFields(fields: Fields, values: Free, path: string) {
  const set: Record<string, MarketValue> = {};
  const removed: string[] = [];
  for (const [name, value] of Object.entries(values)) {
    const field = fields.get(name);
    if (!field) unfit(`${path}${name}: there is no such custom field`);
    if (value === null || value === '') {
      removed.push(name);
      continue;
    }
    const read = readMarketValue(field, value);
    if (read === undefined) {
      const got = typeof value === 'object' ? 'an object' : JSON.stringify(value);
      unfit(`${path}${name}: expected ${expectedOf(field)}, got ${got}`);
    }
    set[name] = read;
  }
  return { set, removed };
}
