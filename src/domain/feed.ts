/** Feeds in YML: what an offer of one means. */

import type { GoodsChange } from './goods';
import type { segmentDays } from './market';

export const feedParams = ['ignore', 'store', 'create'] as const;
export const feedModes = ['add_and_update', 'add_only', 'update_only'] as const;

/** How a feed is imported. */
export interface FeedOptions {
  /** product: offers are products, those of a group SKUs of one; sku: SKUs of products there are. */
  entity_type: 'product' | 'sku';
  mode: (typeof feedModes)[number];
  /** Whether goods that have categories get those of the feed. */
  overwrite_categories: boolean;
  /** What becomes of characteristics: nothing, custom fields that there are, or fields made for them. */
  params: (typeof feedParams)[number];
}

/** One run of an import. */
export interface FeedTask {
  run_id: string;
  /** External id of the feed that is to be fetched; null: there is a file. */
  feed: string | null;
  file: string | null;
  /** What it is called where runs are shown; without what may be secret in a URL. */
  source: string;
  options: FeedOptions;
}

/** What a run has come to. */
export interface FeedProgress {
  offers: number;
  added: number;
  updated: number;
  unchanged: number;
  skipped: number;
  refused: number;
}

/** How a run ended: with a problem if the feed could not be read, or not to its end. */
export interface FeedResult extends FeedProgress {
  problem: string | null;
}

/** A feed of the settings. */
export interface Feed extends FeedOptions {
  external_id: string;
  name: string;
  url: string;
  days: (typeof segmentDays)[number][];
  time_of_day: string | null;
  timezone: string;
}

/** A run of a feed of the settings. */
export function taskOf({ external_id, url, ...feed }: Feed, run_id: string): FeedTask {
  const { entity_type, mode, overwrite_categories, params } = feed;
  const source = url.replace(/^(\w+:\/\/)[^/]*@/, '$1').replace(/\?.*$/s, '');
  const options = { entity_type, mode, overwrite_categories, params };
  return { run_id, feed: external_id, file: null, source, options };
}

/** Thrown for a feed that cannot be read: trying again does not help. */
export class UnfitFeed extends Error {
  override readonly name = 'UnfitFeed';
}

/** An offer as it stands in a feed. */
export interface Offer {
  attributes: Readonly<Record<string, string>>;
  /** The texts of its elements, by name, in order. */
  elements: Readonly<Record<string, readonly string[]>>;
  params: readonly { name: string; value: string }[];
}

export interface FeedCategory {
  external_id: string;
  name: string;
  parent_external_id: string | null;
}

/** What an offer comes to: a product, or an SKU with the product it belongs to, made only if it is new. */
export interface OfferItem {
  product: GoodsChange | null;
  skus: GoodsChange[];
  /** A product that is there stays as it is. */
  keepsProduct: boolean;
}

const longest = { external_id: 255, name: 1_000, url: 2_000, manufacturer_name: 255 };
const longestDescription = 1_000;

/** Reads an offer; answers what is wrong with it as text. */
export function readOffer(offer: Offer, { entity_type, params }: FeedOptions): OfferItem | string {
  const { attributes, elements } = offer;
  const first = (name: string) => elements[name]?.[0]?.trim() || undefined;
  const external_id = attributes.id?.trim();
  if (!external_id) return 'id: is required';
  const group = attributes.group_id?.trim() || undefined;
  const parts = [first('typePrefix'), first('vendor'), first('model')].filter((it) => it !== undefined);
  const name = first('name') ?? (parts.length > 0 ? parts.join(' ') : undefined);
  const shared = {
    name,
    manufacturer_name: first('vendor'),
    categories: elements.categoryId?.map((it) => it.trim()).filter((it) => it !== ''),
  };
  const goods: GoodsChange = {
    external_id,
    ...shared,
    price: readMoney(first('price')),
    old_price: readMoney(first('oldprice')),
    currency: currencyOf(first('currencyId')),
    description: first('description')?.slice(0, longestDescription),
    url: first('url'),
    pictures: elements.picture?.map((it) => it.trim()).filter((it) => it !== ''),
    count: readCount(first('count') ?? first('quantity')),
    expiration_time: daysOf(first('expiry')),
    is_available: readFlag(attributes.available ?? first('available')),
    delivery: readFlag(first('delivery')),
    barcode: elements.barcode?.map(Number).filter(Number.isSafeInteger),
    manufacturer_warranty: readFlag(first('manufacturer_warranty')),
    custom_fields: params === 'ignore' ? undefined : paramsOf(offer),
  };
  const problem = problemOf(goods, first('price'));
  if (problem !== undefined) return problem;
  if (entity_type === 'sku') {
    const sku = { ...goods, ...(group !== undefined && { product_external_id: group }) };
    return { product: null, skus: [sku], keepsProduct: true };
  }
  if (group === undefined) return { product: goods, skus: [], keepsProduct: false };
  return { product: { external_id: group, ...shared }, skus: [goods], keepsProduct: true };
}

function problemOf(goods: GoodsChange, price: string | undefined): string | undefined {
  if (goods.price === null) return `price: expected a decimal number, got ${JSON.stringify(price)}`;
  for (const [key, most] of Object.entries(longest)) {
    const value = goods[key as keyof typeof longest];
    if (typeof value === 'string' && value.length > most)
      return `${key}: expected at most ${most} characters`;
  }
  const address = goods.pictures?.find((it) => it.length > longest.url);
  if (address !== undefined) return `picture: expected at most ${longest.url} characters`;
  const field = Object.keys(goods.custom_fields ?? {}).find((it) => it.length > 255);
  return field === undefined ? undefined : 'param: expected names of at most 255 characters';
}

/** null: it is no amount. */
function readMoney(text: string | undefined): string | null | undefined {
  if (text === undefined) return undefined;
  const match = /^0*(\d{1,20})(?:[.,](\d{1,20}?)0*)?$/.exec(text);
  if (!match) return null;
  return match[2] ? `${match[1]}.${match[2]}`.replace(/\.0$/, '') : match[1];
}

function currencyOf(code: string | undefined): string | undefined {
  return code === 'RUR' ? 'RUB' : code;
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function readFlag(text: string | undefined): boolean | undefined {
  const word = text?.trim().toLowerCase();
  return word === 'true' ? true : word === 'false' ? false : undefined;
}

/** Days, or an ISO 8601 period of years, months and days. */
function daysOf(text: string | undefined): string | undefined {
  if (text === undefined || /^\d{1,6}$/.test(text)) return text;
  const match = /^P(?:(\d{1,3})Y)?(?:(\d{1,3})M)?(?:(\d{1,4})D)?/.exec(text);
  if (!match || match[0] === 'P') return undefined;
  const [years, months, days] = [match[1], match[2], match[3]].map((it) => Number(it ?? 0));
  return String((years ?? 0) * 365 + (months ?? 0) * 30 + (days ?? 0));
}

/** A characteristic that is there several times has all its values. */
function paramsOf({ params }: Offer): Record<string, string> {
  const values: Record<string, string> = {};
  for (const { name, value } of params) {
    if (name === '' || value === '') continue;
    values[name] = values[name] === undefined ? value : `${values[name]}, ${value}`;
  }
  return values;
}
