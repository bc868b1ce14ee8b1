import type { Goods } from '../../src/domain/goods';
import { factsOf, goodsFactTypes, type KnownGoods } from '../../src/domain/goods-facts';
import type { Market, MarketField } from '../../src/domain/market';

const field = (entity_type: 'product' | 'sku', external_id: string, value_type: MarketField['value_type']) =>
  [
    external_id,
    {
      entity_type,
      external_id,
      name: external_id,
      value_type,
      required: false,
      default_value: null,
      enum_values: null,
    },
  ] as const;

const market: Market = {
  channels: new Map(),
  touchpoints: new Map(),
  currencies: new Map(),
  regions: new Map(),
  orderStatuses: new Map(),
  lineStatuses: new Map(),
  segments: new Map(),
  customFields: {
    product: new Map([field('product', 'colour', 'unicode'), field('product', 'size', 'unicode')]),
    sku: new Map([field('sku', 'size', 'int')]),
    order: new Map(),
    line_order: new Map(),
  },
};

const region = {
  price: null,
  old_price: null,
  currency: null,
  count: null,
  is_available: null,
  delivery: null,
  custom_fields: {},
};

const plain: Goods = {
  ...region,
  entity_type: 'product',
  external_id: 'P1',
  product_external_id: null,
  name: 'Phone',
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

const known = (goods: Partial<KnownGoods>): KnownGoods => ({
  ...plain,
  id: 1,
  category: [],
  segment: [],
  product: null,
  created_at: '2026-01-01T00:00:00Z',
  updated_at: '2026-01-01T00:00:00Z',
  ...goods,
});

const product = known({
  price: '1000',
  manufacturer_name: 'Maker',
  is_available: true,
  tags: ['new'],
  custom_fields: { colour: 'red', size: 'large' },
  regional_data: {
    north: { ...region, price: '1100', is_available: false, custom_fields: { colour: 'blue' } },
  },
});
const sku = known({
  id: 2,
  entity_type: 'sku',
  external_id: 'S1',
  product_external_id: 'P1',
  price: '900',
  tags: ['small'],
  category: ['phones', 'electronics'],
  custom_fields: { size: 5 },
  product,
});
const types = goodsFactTypes(market);

test('an SKU has the facts of its product where it has none, and tags besides its own', () => {
  expect(factsOf(sku, types)).toMatchObject({
    entity_type: 'sku',
    product_external_id: 'P1',
    price: '900',
    manufacturer_name: 'Maker',
    is_available: true,
    tags: ['small', 'new'],
    category: ['phones', 'electronics'],
    region: ['north'],
    'custom_fields.colour': 'red',
    'custom_fields.size': 5,
  });
});

test('a region changes what it says, and only that', () => {
  expect(factsOf(product, types, 'north')).toMatchObject({
    price: '1100',
    is_available: false,
    manufacturer_name: 'Maker',
    'custom_fields.colour': 'blue',
  });
  expect(factsOf(product, types, 'south')).toMatchObject({ price: '1000', is_available: true });
  expect(factsOf(sku, types, 'north')).toMatchObject({ price: '900', is_available: false });
});

test('a field of two types is compared as that of SKUs, and products have no such fact', () => {
  expect(types.get('custom_fields.size')).toBe('number');
  expect(factsOf(product, types)).not.toHaveProperty('custom_fields.size');
});

test('every fact has a type', () => {
  expect(Object.keys(factsOf(sku, types)).filter((name) => !types.has(name))).toEqual([]);
});
