import { type AdminBench, openAdmin, type Step, times } from '../support/admin';
import type { Json } from '../support/wire';

let bench: AdminBench;
const play = (title: string, steps: Step[]) => test(title, () => bench.play(steps));

beforeAll(async () => {
  bench = await openAdmin();
  await bench.pool.query(`insert into catalog.databases (id, name) values (1, 'Customers'), (2, 'Others')`);
});

afterAll(() => bench.close());

const web = {
  external_id: 'web',
  database_id: 1,
  name: 'Web shop',
  description: '',
  tags: [],
  type: 'online',
  ...times,
};

play('sales channels', [
  [
    'POST /market/channels',
    { external_id: 'web', database_id: 1, name: 'Web shop', type: 'online' },
    201,
    web,
  ],
  [
    'POST /market/channels',
    { external_id: 'web', database_id: 1, name: 'Again', type: 'retail' },
    409,
    'external_id: "web" is there already',
  ],
  [
    'POST /market/channels',
    { external_id: 'x', database_id: 9, name: 'X', type: 'online' },
    400,
    'database_id: profile database 9 does not exist',
  ],
  [
    'POST /market/channels',
    { external_id: 'x', database_id: 1, name: 'X', type: 'mail' },
    400,
    'type: expected one of "online", "retail", got "mail"',
  ],
  ['GET /market/channels', undefined, 200, { items: [web], next_after: null }],
  ['GET /market/channels/web', undefined, 200, web],
  ['GET /market/channels/x', undefined, 404, 'Sales channel x not found'],
  [
    'PATCH /market/channels/web',
    { tags: ['a', 'b'], type: 'retail' },
    200,
    { ...web, tags: ['a', 'b'], type: 'retail' },
  ],
  ['PATCH /market/channels/web', { database_id: 2 }, 409, 'database_id: is for good: it is 1'],
  ['PATCH /market/channels/x', { name: 'X' }, 404, 'Sales channel x not found'],
]);

const website = { external_id: 'website', channel: 'web', name: 'Website', description: '', ...times };

play('touchpoints', [
  ['POST /market/touchpoints', { external_id: 'website', channel: 'web', name: 'Website' }, 201, website],
  [
    'POST /market/touchpoints',
    { external_id: 'x', channel: 'x', name: 'X' },
    400,
    'channel: there is no sales channel "x"',
  ],
  ['PATCH /market/touchpoints/website', { name: 'Shop' }, 200, { ...website, name: 'Shop' }],
  ['PATCH /market/touchpoints/website', { channel: 'x' }, 409, 'channel: is for good: it is "web"'],
  ['GET /market/touchpoints', undefined, 200, { items: [{ ...website, name: 'Shop' }], next_after: null }],
  ['DELETE /market/channels/web', undefined, 409, 'Sales channel web is in use'],
  ['DELETE /market/touchpoints/website', undefined, 200, { ...website, name: 'Shop' }],
  ['DELETE /market/touchpoints/website', undefined, 404, 'Touchpoint website not found'],
  ['DELETE /market/channels/web', undefined, 200, { ...web, tags: ['a', 'b'], type: 'retail' }],
]);

const rouble = { code: 'RUB', name: 'Rouble', scale: 2, ...times };

play('currencies of money', [
  ['POST /market/currencies', { code: 'RUB', name: 'Rouble' }, 201, rouble],
  ['POST /market/currencies', { code: 'RUB', name: 'Rouble' }, 409, 'code: "RUB" is there already'],
  [
    'POST /market/currencies',
    { code: 'rub', name: 'Rouble' },
    400,
    'code: expected an ISO 4217 code such as "EUR", got "rub"',
  ],
  ['PATCH /market/currencies/RUB', { name: 'Ruble' }, 200, { ...rouble, name: 'Ruble' }],
  ['PATCH /market/currencies/RUB', { scale: 0 }, 409, 'scale: is for good: it is 2'],
  ['DELETE /market/currencies/RUB', undefined, 200, { ...rouble, name: 'Ruble' }],
]);

const north = { external_id: 'north', name: 'North', ...times };

play('regions', [
  ['POST /market/regions', { external_id: 'north', name: 'North' }, 201, north],
  [
    'POST /market/regions',
    { external_id: 'a/b c', name: 'A' },
    201,
    { ...north, external_id: 'a/b c', name: 'A' },
  ],
  ['GET /market/regions/a%2Fb%20c', undefined, 200, { ...north, external_id: 'a/b c', name: 'A' }],
  ['PATCH /market/regions/north', { name: 'Far north' }, 200, { ...north, name: 'Far north' }],
  ['DELETE /market/regions/north', undefined, 200, { ...north, name: 'Far north' }],
]);

test('the six order statuses there are to begin with', async () => {
  const { items } = await bench.ask('GET', '/market/order-statuses');
  expect((items as Json[]).map(({ external_id }) => external_id)).toEqual([
    'canceled',
    'confirmed',
    'delivered',
    'new',
    'paid',
    'part_refunded',
  ]);
});

const packed = { external_id: 'packed', name: 'Packed', ...times };
const packing = { external_id: 'packing', name: 'Packing', type: 'in_process', ...times };

play('statuses', [
  ['POST /market/order-statuses', { external_id: 'packed', name: 'Packed' }, 201, packed],
  ['DELETE /market/order-statuses/packed', undefined, 200, packed],
  [
    'GET /market/line-statuses/refunded',
    undefined,
    200,
    { external_id: 'refunded', name: 'Refunded', type: 'refunded', ...times },
  ],
  [
    'POST /market/line-statuses',
    { external_id: 'packing', name: 'Packing', type: 'in_process' },
    201,
    packing,
  ],
  ['PATCH /market/line-statuses/packing', { name: 'Wrapping' }, 200, { ...packing, name: 'Wrapping' }],
  ['PATCH /market/line-statuses/packing', { type: 'canceled' }, 409, 'type: is for good: it is "in_process"'],
]);

const colour = {
  entity_type: 'product',
  external_id: 'colour',
  name: 'Colour',
  value_type: 'enum',
  required: false,
  default_value: 'red',
  enum_values: { red: 1, blue: 2 },
  ...times,
};
const newColour = {
  entity_type: 'product',
  external_id: 'colour',
  name: 'Colour',
  value_type: 'enum',
  default_value: 1,
  enum_values: { red: 1, blue: '2' },
};
const size = { entity_type: 'sku', external_id: 'size', name: 'Size', value_type: 'int' };

play('custom fields', [
  ['POST /market/custom-fields', newColour, 201, colour],
  ['POST /market/custom-fields', newColour, 409, 'external_id: "product/colour" is there already'],
  [
    'POST /market/custom-fields',
    { ...newColour, entity_type: 'sku' },
    201,
    { ...colour, entity_type: 'sku' },
  ],
  [
    'POST /market/custom-fields',
    { ...size, value_type: 'text' },
    400,
    'value_type: expected one of "unicode", "int", "float", "bool", "enum", "date", got "text"',
  ],
  [
    'POST /market/custom-fields',
    { ...size, default_value: 'L' },
    400,
    'default_value: expected a whole number, got "L"',
  ],
  [
    'POST /market/custom-fields',
    { ...size, enum_values: { a: 1 } },
    400,
    'enum_values: only fields of type "enum" have them',
  ],
  [
    'POST /market/custom-fields',
    { ...size, value_type: 'enum' },
    400,
    'enum_values: is required when value_type is "enum"',
  ],
  [
    'POST /market/custom-fields',
    { ...size, value_type: 'enum', enum_values: { a: 1, b: 1 } },
    400,
    'enum_values: expected numbers that differ from each other',
  ],
  [
    'POST /market/custom-fields',
    { ...size, value_type: 'enum', enum_values: { a: 'one' } },
    400,
    'enum_values: expected an object of whole numbers by name, got an object',
  ],
  [
    'PATCH /market/custom-fields/product/colour',
    { enum_values: { red: 1, blue: 2, green: 3 } },
    200,
    { ...colour, enum_values: { red: 1, blue: 2, green: 3 } },
  ],
  [
    'PATCH /market/custom-fields/product/colour',
    { enum_values: { red: 1 } },
    409,
    'enum_values.blue: is for good: it is 2',
  ],
  [
    'PATCH /market/custom-fields/product/colour',
    { value_type: 'int' },
    409,
    'value_type: is for good: it is "enum"',
  ],
  [
    'PATCH /market/custom-fields/product/colour',
    { default_value: null },
    200,
    { ...colour, default_value: null, enum_values: { red: 1, blue: 2, green: 3 } },
  ],
  ['GET /market/custom-fields/order/colour', undefined, 404, 'Custom field order/colour not found'],
  [
    'GET /market/custom-fields/shop/colour',
    undefined,
    400,
    'entity_type: expected one of "product", "sku", "order", "line_order", got "shop"',
  ],
  ['DELETE /market/custom-fields/sku/colour', undefined, 200, { ...colour, entity_type: 'sku' }],
]);

const sale = {
  external_id: 'sale',
  name: 'Sale',
  description: '',
  entity_type: 'product',
  type: 'static',
  condition: null,
  most: null,
  days: [],
  time_of_day: null,
  timezone: 'UTC',
  active_until: null,
  ...times,
};
const newCheap = {
  external_id: 'cheap',
  name: 'Cheap',
  entity_type: 'product',
  type: 'updatable',
  condition: { field: 'price', operator: 'lt', value: 100 },
};
const newSale = { external_id: 'sale', name: 'Sale', entity_type: 'product', type: 'static' };

play('segments of goods', [
  ['POST /market/segments', newSale, 201, sale],
  ['POST /market/segments', newSale, 409, 'external_id: "sale" is there already'],
  [
    'POST /market/segments',
    { ...newSale, external_id: 'x', most: 5 },
    400,
    'most: only updatable segments have it: expected null',
  ],
  [
    'POST /market/segments',
    { ...newCheap, condition: null },
    400,
    'condition: is required when type is "updatable"',
  ],
  [
    'POST /market/segments',
    { ...newCheap, condition: { all: [{ field: 'smell', operator: 'eq', value: 'nice' }] } },
    400,
    expect.stringContaining('condition.all[0].field: "smell" is unknown') as unknown as string,
  ],
  [
    'POST /market/segments',
    { ...newCheap, days: ['mon'] },
    400,
    'time_of_day: is required when days are given',
  ],
  [
    'POST /market/segments',
    { ...newCheap, time_of_day: '25:00' },
    400,
    'time_of_day: expected a time of the day such as "03:30", got "25:00"',
  ],
  [
    'POST /market/segments',
    { ...newCheap, timezone: 'Moon' },
    400,
    'timezone: expected a name such as "Europe/Berlin", got "Moon"',
  ],
  [
    'POST /market/segments',
    { ...newCheap, days: ['mon', 'fri'], time_of_day: '03:30' },
    201,
    { ...sale, ...newCheap, days: ['mon', 'fri'], time_of_day: '03:30' },
  ],
  ['PATCH /market/segments/cheap', { type: 'static' }, 409, 'type: is for good: it is "updatable"'],
  ['GET /market/segments/cheap/status', undefined, 200, { size: 0, looked_at: null, calculated_at: null }],
  ['GET /market/segments/x/status', undefined, 404, 'Segment of goods x not found'],
  ['GET /market/segments/x/goods', undefined, 404, 'Segment of goods x not found'],
  ['POST /market/segments/x/goods', { add: [] }, 404, 'Segment of goods x not found'],
  ['POST /market/segments/x/calculate', {}, 404, 'Segment of goods x not found'],
  ['POST /market/segments/cheap/goods', { add: [] }, 409, 'what is in an updatable segment is calculated'],
  ['POST /market/segments/sale/goods', { add: ['P1'] }, 400, 'add[0]: there is no product "P1"'],
]);

const shop = {
  external_id: 'shop',
  name: 'Shop',
  url: 'https://shop.example.com/feed.yml',
  entity_type: 'product',
  mode: 'add_and_update',
  overwrite_categories: true,
  params: 'ignore',
  mapping: {},
  days: [],
  time_of_day: null,
  timezone: 'UTC',
  ...times,
};
const newShop = { external_id: 'shop', name: 'Shop', url: shop.url };
const colourOf = { 'custom_fields.colour': 'param.Colour' };

play('a custom field that a segment asks about', [
  [
    'POST /market/custom-fields',
    size,
    201,
    { ...size, required: false, default_value: null, enum_values: null, ...times },
  ],
  [
    'POST /market/segments',
    {
      ...newCheap,
      external_id: 'large',
      condition: { field: 'custom_fields.size', operator: 'gt', value: 40 },
    },
    201,
    {
      ...sale,
      ...newCheap,
      external_id: 'large',
      condition: { field: 'custom_fields.size', operator: 'gt', value: 40 },
    },
  ],
  [
    'DELETE /market/custom-fields/sku/size',
    undefined,
    409,
    'Custom field sku/size is in use by segment "large"',
  ],
  [
    'PATCH /market/segments/large',
    { condition: newCheap.condition },
    200,
    { ...sale, ...newCheap, external_id: 'large' },
  ],
  [
    'DELETE /market/custom-fields/sku/size',
    undefined,
    200,
    { ...size, required: false, default_value: null, enum_values: null, ...times },
  ],
  ['DELETE /market/segments/large', undefined, 200, { ...sale, ...newCheap, external_id: 'large' }],
  [
    'POST /market/segments',
    { ...newCheap, external_id: 'x', condition: { field: 'price', operator: 'like', value: 1 } },
    400,
    'condition.operator: expected one of eq, ne, in, not_in, gt, gte, lt, lte, exists, got "like"',
  ],
]);

play('feeds', [
  ['POST /market/feeds', newShop, 201, shop],
  ['POST /market/feeds', newShop, 409, 'external_id: "shop" is there already'],
  [
    'POST /market/feeds',
    { ...newShop, external_id: 'x', url: 'ftp://x' },
    400,
    'url: expected a URL of http or https',
  ],
  [
    'POST /market/feeds',
    { ...newShop, external_id: 'x', mode: 'replace' },
    400,
    'mode: expected one of "add_and_update", "add_only", "update_only", got "replace"',
  ],
  ['PATCH /market/feeds/shop', { days: ['mon'] }, 400, 'time_of_day: is required when days are given'],
  ['PATCH /market/feeds/shop', { mapping: colourOf }, 200, { ...shop, mapping: colourOf }],
  [
    'PATCH /market/feeds/shop',
    { entity_type: 'sku' },
    400,
    'mapping.custom_fields.colour: there is no custom field "colour" of sku',
  ],
  [
    'PATCH /market/feeds/shop',
    { mapping: { name: ' model' } },
    400,
    'mapping.name: expected an element such as "vendorCode", an attribute such as "@bid", or "param.NAME", ' +
      'got " model"',
  ],
  [
    'PATCH /market/feeds/shop',
    { mapping: { title: 'model' } },
    400,
    expect.stringContaining('mapping.title: is no field of goods: expected') as unknown as string,
  ],
  ['GET /market/feeds/shop', undefined, 200, { ...shop, mapping: colourOf }],
  [
    'PATCH /market/feeds/shop',
    { url: 'https://feeds:s@cret@shop.example.com/feed.yml', mapping: {} },
    200,
    { ...shop, url: 'https://feeds:***@shop.example.com/feed.yml' },
  ],
  [
    'PATCH /market/feeds/shop',
    { url: 'https://feeds:***@shop.example.com/feed.yml', name: 'Ours' },
    200,
    { ...shop, name: 'Ours', url: 'https://feeds:***@shop.example.com/feed.yml' },
  ],
  [
    'PATCH /market/feeds/shop',
    { url: 'https://feeds:***@elsewhere.example.com/feed.yml' },
    400,
    'url: expected the password, got ***, as it is shown',
  ],
  ['PATCH /market/feeds/shop', { name: 'Shop', url: shop.url }, 200, shop],
  ['DELETE /market/feeds/shop', undefined, 200, shop],
  ['DELETE /market/feeds/shop', undefined, 404, 'Feed shop not found'],
]);

test('a password that was sent back as it is shown stays', async () => {
  const url = 'https://feeds:s3cret@shop.example.com/feed.yml';
  await bench.ask('POST', '/market/feeds', { ...newShop, url });
  await bench.ask('PATCH', '/market/feeds/shop', { url: url.replace('s3cret', '***'), name: 'Ours' });
  const { rows } = await bench.pool.query('select name, url from market.feeds');
  expect(rows).toEqual([{ name: 'Ours', url }]);
});

test('the goods of a static segment', async () => {
  await bench.pool.query(
    `insert into market.goods (entity_type, external_id, name) values
       ('product', 'P1', 'One'), ('product', 'P2', 'Two'), ('product', 'P3', 'Three')`,
  );
  const change = (body: Json) => bench.ask('POST', '/market/segments/sale/goods', body);
  expect(await change({ add: ['P1', 'P2', 'P1'] })).toMatchObject({ status: 200, added: 2, removed: 0 });
  expect(await change({ add: ['P2', 'P3'], remove: ['P1', 'P9'] })).toMatchObject({ added: 1, removed: 1 });
  expect(await bench.ask('GET', '/market/segments/sale/goods?limit=1')).toMatchObject({
    items: [{ external_id: 'P2', name: 'Two' }],
    next_after: expect.any(Number),
  });
  await bench.pool.query(`update market.goods set deleted_at = now() where external_id = 'P2'`);
  const { items } = await bench.ask('GET', '/market/segments/sale/goods');
  expect(items).toEqual([expect.objectContaining({ external_id: 'P3' })]);
  expect(await bench.ask('DELETE', '/market/segments/sale')).toMatchObject({ status: 200, name: 'Sale' });
});
