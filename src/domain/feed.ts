/** Feeds in YML: what an offer of one means. */

import { type FeedSource, feedFields, readSource } from './feed-fields';
import type { GoodsChange, GoodsEntity } from './goods';
import type { Market, segmentDays } from './market';
import { sourceOf } from './secret-url';

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
  /**
   * Fields of goods and custom fields, and what they are filled from instead; absent in runs that a former
   * version began.
   */
  mapping?: Readonly<Record<string, string>>;
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
  const { entity_type, mode, overwrite_categories, params, mapping = {} } = feed;
  const options = { entity_type, mode, overwrite_categories, params, mapping };
  return { run_id, feed: external_id, file: null, source: sourceOf(url), options };
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
  params: readonly { name: string; value: string; unit: string }[];
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

type CustomFields = Readonly<Pick<Market['customFields'], GoodsEntity>>;
const ofCustomField = 'custom_fields.';

/**
 * What is wrong with a mapping; null: nothing. A custom field that is filled must be there, unless what is
 * missing is made.
 */
export function checkMapping(
  { mapping = {}, entity_type, params }: FeedOptions,
  customFields: CustomFields,
): { target: string; problem: string } | null {
  for (const [target, source] of Object.entries(mapping)) {
    const field = target.startsWith(ofCustomField) ? target.slice(ofCustomField.length) : undefined;
    if (!Object.hasOwn(feedFields, target) && !field) {
      const known = Object.keys(feedFields).join(', ');
      return { target, problem: `is no field of goods: expected ${known}, or custom_fields.NAME` };
    }
    if (!readSource(source)) {
      const expected = 'an element such as "vendorCode", an attribute such as "@bid", or "param.NAME"';
      return { target, problem: `expected ${expected}, got ${JSON.stringify(source)}` };
    }
    const isThere =
      customFields.sku.has(field ?? '') ||
      (entity_type === 'product' && customFields.product.has(field ?? ''));
    if (field !== undefined && params !== 'create' && !isThere) {
      return { target, problem: `there is no custom field "${field}" of ${entity_type}` };
    }
  }
  return null;
}

/** Says what an offer comes to, or what is wrong with it. */
export type ReadOffer = (offer: Offer) => OfferItem | string;

/** Thrown for an offer that cannot be. */
class UnfitOffer extends Error {}

/** Makes a reader of offers; `customFields` are those there are. A mapping must have been checked. */
export function createOfferReader(options: FeedOptions, customFields: CustomFields): ReadOffer {
  const places = placesOf(options);
  return (offer) => {
    try {
      return readOffer(offer, places, options, customFields);
    } catch (error) {
      if (error instanceof UnfitOffer) return error.message;
      throw error;
    }
  };
}

/** Where the fields of goods and custom fields are in an offer. */
interface Places {
  fields: { target: keyof typeof feedFields; sources: FeedSource[]; mapped: string | undefined }[];
  custom: Map<string, FeedSource>;
  isNameMapped: boolean;
  /** Characteristics that are not stored by their own name. */
  elsewhere: Set<string>;
}

function placesOf({ mapping = {} }: FeedOptions): Places {
  const custom = new Map<string, FeedSource>();
  const elsewhere = new Set<string>();
  for (const [target, text] of Object.entries(mapping)) {
    const source = readSource(text);
    if (!source) throw new Error(`"${text}" names no place in an offer`);
    if (source.kind === 'param') elsewhere.add(source.name);
    if (target.startsWith(ofCustomField)) custom.set(target.slice(ofCustomField.length), source);
  }
  for (const field of custom.keys()) elsewhere.add(field);
  const fields = (Object.keys(feedFields) as (keyof typeof feedFields)[]).map((target) => {
    const mapped = mapping[target];
    const texts = mapped === undefined ? feedFields[target].from : [mapped];
    return { target, sources: texts.flatMap((it) => readSource(it) ?? []), mapped };
  });
  return { fields, custom, isNameMapped: 'name' in mapping, elsewhere };
}

function readOffer(
  offer: Offer,
  places: Places,
  { entity_type, params }: FeedOptions,
  customFields: CustomFields,
): OfferItem {
  const values: { [key: string]: unknown } = {};
  for (const { target, sources, mapped } of places.fields) {
    const { read, expected, isLenient, isNumber } = feedFields[target];
    const texts = sources.map((it) => textsAt(offer, it, isNumber)).find((it) => it.length > 0);
    if (!texts) continue;
    const value = read(texts);
    if (value === undefined && (mapped !== undefined || !isLenient)) {
      const got = JSON.stringify(texts[0]?.slice(0, longestShown));
      const where = mapped === undefined ? '' : ` in ${mapped}`;
      throw new UnfitOffer(`${target}: expected ${expected}, got ${got}${where}`);
    }
    values[target] = value;
  }
  const { external_id, product_external_id: group, ...given } = values as Partial<GoodsChange>;
  if (external_id === undefined) throw new UnfitOffer('external_id: is required');
  const name = given.name ?? (places.isNameMapped ? undefined : nameOf(offer));
  const { manufacturer_name, categories } = given;
  const entity = entity_type === 'sku' || group ? 'sku' : 'product';
  const custom_fields = customFieldsOf(offer, places, params, customFields[entity]);
  const goods: GoodsChange = { ...given, external_id, name, custom_fields };
  if (entity_type === 'sku') {
    const sku = { ...goods, ...(group && { product_external_id: group }) };
    return { product: null, skus: [sku], keepsProduct: true };
  }
  if (!group) return { product: goods, skus: [], keepsProduct: false };
  const product = { external_id: group, name, manufacturer_name, categories };
  return { product, skus: [goods], keepsProduct: true };
}

const longestShown = 60;
const longestFieldName = 255;

/** What there is at a place, without what is blank. Numbers of characteristics come without their unit. */
function textsAt(
  { attributes, elements, params }: Offer,
  { kind, name }: FeedSource,
  isNumber = false,
): string[] {
  if (kind === 'param') {
    return params.filter((it) => it.name === name).flatMap((it) => paramText(it, isNumber) || []);
  }
  const texts = kind === 'element' ? (elements[name] ?? []) : [attributes[name] ?? ''];
  return texts.map((it) => it.trim()).filter((it) => it !== '');
}

function paramText({ value, unit }: Offer['params'][number], isNumber: boolean): string {
  return value !== '' && unit !== '' && !isNumber ? `${value} ${unit}` : value;
}

/** Of offers of type vendor.model. */
function nameOf(offer: Offer): string | undefined {
  const parts = ['typePrefix', 'vendor', 'model'].flatMap(
    (name) => textsAt(offer, { kind: 'element', name })[0] ?? [],
  );
  return parts.length > 0 ? parts.join(' ') : undefined;
}

/** Of what is there several times, all values. */
function customFieldsOf(
  offer: Offer,
  { custom, elsewhere }: Places,
  params: FeedOptions['params'],
  fields: CustomFields[GoodsEntity],
): Record<string, string> | undefined {
  const isNumber = (name: string) => ['int', 'float'].includes(fields.get(name)?.value_type ?? '');
  const found = [...custom].map(([name, source]) => [
    name,
    textsAt(offer, source, isNumber(name)).join(', '),
  ]);
  const values = new Map(found.filter(([, value]) => value !== '') as [string, string][]);
  for (const param of params === 'ignore' ? [] : offer.params) {
    const { name } = param;
    const value = paramText(param, isNumber(name));
    if (name === '' || value === '' || elsewhere.has(name)) continue;
    const before = values.get(name);
    values.set(name, before === undefined ? value : `${before}, ${value}`);
  }
  if ([...values.keys()].some((name) => name.length > longestFieldName)) {
    throw new UnfitOffer(`param: expected names of at most ${longestFieldName} characters`);
  }
  return values.size > 0 ? Object.fromEntries(values) : undefined;
}
