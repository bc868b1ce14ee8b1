import { endpoint } from './endpoint';
import {
  amount,
  checkedByItself,
  flag,
  freeFields,
  integer,
  list,
  object,
  optional,
  points,
  removable,
  text,
  timestamp,
} from './fields';
import { importedFields, itemResults, nextFromId, pageRequest, rowKeys } from './market-common';
import { request } from './request';

/** Products and SKUs (spec/neighbours.md 3 and 4). */

const money = () => removable(amount({ zero: true }));
const customFields = () =>
  optional(freeFields()).describe('Values by external id of the field. null removes one; others stay.');

const varying = {
  price: money().describe('Current price, as decimal text.'),
  old_price: money().describe('Former price.'),
  currency: removable(text(3)).describe('A currency of the market settings; others are refused.'),
  count: removable(integer()).describe('Stock.'),
  is_available: removable(flag()).describe('In stock.'),
  delivery: removable(flag()).describe('Can be delivered by courier.'),
  custom_fields: customFields(),
};

const goodsFields = {
  name: optional(text(1_000)).describe('Name. Required of what is new.'),
  external_id: text(255).describe('External id, which order lines name.'),
  ...varying,
  tags: optional(list(text(255), { max: 1_000 })).describe('A list replaces the former one.'),
  manufacturer_name: removable(text(255)),
  description: removable(text(1_000)).describe('At most 1000 characters.'),
  url: removable(text(2_000)).describe('Page in the shop.'),
  pictures: optional(list(text(2_000), { max: 100 })).describe('Addresses of images.'),
  expiration_time: removable(text(6)).describe('Shelf or service life in days, as text: "730".'),
  barcode: optional(list(integer({ max: Number.MAX_SAFE_INTEGER }), { max: 100 })),
  manufacturer_warranty: removable(flag()),
  regional_data: optional(
    list(object({ external_id: text(255).describe('External id of the region.'), ...varying }), {
      max: 1_000,
    }),
  ).describe('What is different in a region. The list replaces the former one.'),
  categories: optional(list(text(255), { max: 100 })).describe(
    'External ids. A list replaces the former one.',
  ),
};

export const skuFields = {
  ...goodsFields,
  product_external_id: optional(text(255)).describe('External id of its product.'),
};

const productItem = object({
  ...skuFields,
  sku: optional(list(object(skuFields), { max: 1_000 })).describe('Its modifications.'),
});

export const categoryFields = {
  external_id: text(255).describe('External id.'),
  name: text(255).describe('Name for people.'),
  parent_external_id: removable(text(255)).describe('The category it lies in.'),
};

const categories = optional(list(object(categoryFields), { max: 100_000 })).describe(
  'Categories to make or rename first.',
);

const most = 10_000;
const maxBytes = 10_485_760;
const importNotes =
  'Custom fields are made first, then categories, then goods. Goods are found by external_id: what is ' +
  'there is updated, and what is left out stays. Ours: up to 10,000 items and 10 MB; result has one entry ' +
  'for each item, and one that is refused does not disturb the others. null removes a value.';

const okRow = (external_id: string) => ({ external_id, error: 0, error_text: '' });

const importProducts = endpoint({
  path: '/api/v1.1/market/products/import',
  family: 'market',
  scope: 'market',
  summary: 'Import products, SKUs and categories',
  description: `${importNotes} An item with product_external_id is taken as an SKU.`,
  maxBytes,
  request: request(
    {
      custom_fields: importedFields(),
      categories,
      data: list(checkedByItself(productItem), { min: 1, max: most }).describe('Products.'),
    },
    {},
  ),
  response: object({ result: itemResults({}) }),
  refusals: [],
  examples: [
    {
      request: {
        categories: [{ external_id: 'c1', name: 'Phones' }],
        data: [
          {
            name: 'Phone X',
            external_id: 'P1',
            price: '1000',
            currency: 'RUB',
            categories: ['c1'],
            sku: [{ name: 'Phone X 64', external_id: 'S1', product_external_id: 'P1', price: '900' }],
          },
        ],
      },
      response: { result: [okRow('P1')] },
    },
  ],
});

const importSkus = endpoint({
  path: '/api/v1.1/market/sku/import',
  family: 'market',
  scope: 'market',
  summary: 'Import SKUs and categories',
  description: `${importNotes} The product of an SKU must be there.`,
  maxBytes,
  request: request(
    {
      custom_fields: importedFields(),
      categories,
      data: list(checkedByItself(object(skuFields)), { min: 1, max: most }).describe('SKUs.'),
    },
    {},
  ),
  response: object({ result: itemResults({}) }),
  refusals: [],
  examples: [
    {
      request: {
        data: [{ name: 'Phone X 128', external_id: 'S2', product_external_id: 'P1', price: '1100' }],
      },
      response: { result: [okRow('S2')] },
    },
  ],
});

const key = { name: text(1_000), external_id: text(255) };
const answeredMoney = () => points().nullable().optional();
const answeredVarying = {
  price: answeredMoney(),
  old_price: answeredMoney(),
  currency: text(3).nullable().optional(),
  count: integer().nullable().optional(),
  is_available: flag().nullable().optional(),
  delivery: flag().nullable().optional(),
  custom_fields: freeFields().optional(),
};
const fullRow = {
  id: integer().optional(),
  ...answeredVarying,
  tags: list(text(255)).optional(),
  manufacturer_name: text(255).nullable().optional(),
  description: text(1_000).nullable().optional(),
  url: text(2_000).nullable().optional(),
  pictures: list(text(2_000)).optional(),
  expiration_time: text(6).nullable().optional(),
  barcode: list(integer({ max: Number.MAX_SAFE_INTEGER })).optional(),
  manufacturer_warranty: flag().nullable().optional(),
  regional_data: list(object({ external_id: text(255), ...answeredVarying })).optional(),
  categories: list(text(255)).optional(),
  created_at: timestamp().optional(),
  updated_at: timestamp().optional(),
};

const listRequest = request(
  { ...pageRequest, full: optional(flag()).describe('Ours: whether to answer all fields. Absent: false.') },
  {},
);

const listProducts = endpoint({
  path: '/api/v1.1/market/products/list',
  family: 'market',
  scope: 'market',
  summary: 'List products',
  description: 'Name and external id of products and of their SKUs, page by page.',
  request: listRequest,
  response: object({
    result: list(object({ ...key, ...fullRow, sku: list(object(key)) })),
    next_from_id: nextFromId(),
  }),
  refusals: [],
  outcome: 'last',
  examples: [
    {
      request: { limit: 1 },
      response: {
        result: [{ name: 'Phone X', external_id: 'P1', sku: [{ name: 'Phone X 64', external_id: 'S1' }] }],
        next_from_id: '0000000000000001',
      },
    },
  ],
});

const listSkus = endpoint({
  path: '/api/v1.1/market/sku/list',
  family: 'market',
  scope: 'market',
  summary: 'List SKUs',
  description: 'Name and external id of SKUs, page by page.',
  request: listRequest,
  response: object({
    result: list(object({ ...key, product_external_id: text(255).optional(), ...fullRow })),
    next_from_id: nextFromId(),
  }),
  refusals: [],
  outcome: 'last',
  examples: [
    {
      request: {},
      response: { result: [{ name: 'Phone X 64', external_id: 'S1' }], next_from_id: null },
    },
  ],
});

const removal = (one: string, notes: string) =>
  ({
    family: 'market',
    scope: 'market',
    summary: `Delete ${one}`,
    description: `By ids, external_ids or both. deleted_count is how many of those named were there.${notes}`,
    request: request(rowKeys, {}, ({ ids, external_ids }, report) => {
      if (!ids?.length && !external_ids?.length) report('ids', 'is required, or external_ids');
    }),
    response: object({ deleted_count: integer() }),
    refusals: [],
    examples: [{ request: { external_ids: ['P1', 'P2'] }, response: { deleted_count: 2 } }],
  }) as const;

const deleteProducts = endpoint({
  path: '/api/v1.1/market/products/delete',
  ...removal('products', ' Ours: their SKUs go with them, and are not counted.'),
});

const deleteSkus = endpoint({ path: '/api/v1.1/market/sku/delete', ...removal('SKUs', '') });

export const products = { import: importProducts, list: listProducts, remove: deleteProducts };
export const skus = { import: importSkus, list: listSkus, remove: deleteSkus };
