import type { Fact, FactType, FactTypes } from './condition';
import type { Goods, RegionalData } from './goods';
import type { Market, MarketField, MarketType } from './market';

/** What conditions may ask of goods. */

/** Goods with what is known of them beyond their own row. */
export interface KnownGoods extends Goods {
  id: number;
  /** Their categories and all that these lie in; of an SKU also those of its product. */
  category: string[];
  /** External ids of the segments they are in; of an SKU also those of its product. */
  segment: string[];
  /** Of an SKU: the product it is a modification of. */
  product: Goods | null;
  created_at: string;
  updated_at: string;
}

const coreTypes: readonly (readonly [string, FactType])[] = [
  ['entity_type', 'text'],
  ['id', 'number'],
  ['external_id', 'text'],
  ['product_external_id', 'text'],
  ['name', 'text'],
  ['price', 'number'],
  ['old_price', 'number'],
  ['currency', 'text'],
  ['tags', 'texts'],
  ['manufacturer_name', 'text'],
  ['description', 'text'],
  ['url', 'text'],
  ['count', 'number'],
  ['expiration_time', 'number'],
  ['is_available', 'flag'],
  ['delivery', 'flag'],
  ['barcode', 'texts'],
  ['manufacturer_warranty', 'flag'],
  ['category', 'texts'],
  ['region', 'texts'],
  ['segment', 'texts'],
  ['created_at', 'time'],
  ['updated_at', 'time'],
];

const typeOf: Record<MarketType, FactType> = {
  unicode: 'text',
  enum: 'text',
  int: 'number',
  float: 'number',
  bool: 'flag',
  date: 'time',
};

/** The facts of goods: core ones, and `custom_fields.NAME`; if both have a field, the SKU's type counts. */
export function goodsFactTypes({ customFields: { product, sku } }: Pick<Market, 'customFields'>): FactTypes {
  return new Map([
    ...coreTypes,
    ...marketFactTypes('custom_fields', product.values()),
    ...marketFactTypes('custom_fields', sku.values()),
  ]);
}

/** The facts that custom fields are, each as `PREFIX.NAME`. */
export function marketFactTypes(prefix: string, fields: Iterable<MarketField>): [string, FactType][] {
  return [...fields].map(({ external_id, value_type }) => [`${prefix}.${external_id}`, typeOf[value_type]]);
}

/** What the condition of a segment may ask: all but segments. */
export function segmentFactTypes(market: Pick<Market, 'customFields'>): FactTypes {
  return new Map([...goodsFactTypes(market)].filter(([name]) => name !== 'segment'));
}

/**
 * The facts of a product or SKU, in a region if one is given. An SKU has what it does not say itself from its
 * product; tags and categories it has besides its own.
 */
export function factsOf(goods: KnownGoods, types: FactTypes, region?: string): Record<string, Fact> {
  const own = inRegion(goods, region);
  const parent = goods.product && inRegion(goods.product, region);
  const pick = <K extends keyof Goods>(key: K) => own[key] ?? parent?.[key] ?? null;
  const facts: Record<string, Fact> = {
    entity_type: goods.entity_type,
    id: goods.id,
    external_id: goods.external_id,
    product_external_id: goods.product_external_id ?? goods.external_id,
    name: goods.name,
    price: pick('price'),
    old_price: pick('old_price'),
    currency: pick('currency'),
    tags: [...new Set([...own.tags, ...(parent?.tags ?? [])])],
    manufacturer_name: pick('manufacturer_name'),
    description: pick('description'),
    url: pick('url'),
    count: pick('count'),
    expiration_time: pick('expiration_time'),
    is_available: pick('is_available'),
    delivery: pick('delivery'),
    barcode: own.barcode.map(String),
    manufacturer_warranty: pick('manufacturer_warranty'),
    category: goods.category,
    region: [...new Set([...Object.keys(own.regional_data), ...Object.keys(parent?.regional_data ?? {})])],
    segment: goods.segment,
    created_at: goods.created_at,
    updated_at: goods.updated_at,
  };
  for (const source of [parent?.custom_fields ?? {}, own.custom_fields]) {
    for (const [name, value] of Object.entries(source)) {
      const key = `custom_fields.${name}`;
      if (fits(value, types.get(key))) facts[key] = value;
    }
  }
  return facts;
}

/** A field may be of one type for products and of another for SKUs. */
function fits(value: unknown, type: FactType | undefined): boolean {
  if (type === 'flag') return typeof value === 'boolean';
  if (type === 'number') return typeof value === 'number';
  return type !== undefined && typeof value === 'string';
}

function inRegion(goods: Goods, region: string | undefined): Goods {
  const data: RegionalData | undefined = region === undefined ? undefined : goods.regional_data[region];
  if (!data) return goods;
  const { custom_fields, ...plain } = data;
  const given = Object.fromEntries(Object.entries(plain).filter(([, value]) => value !== null));
  return { ...goods, ...given, custom_fields: { ...goods.custom_fields, ...custom_fields } };
}
