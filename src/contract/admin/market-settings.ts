import { endpoint } from '../endpoint';
import { choice, integer, list, nullable, object, optional, text, timestamp } from '../fields';
import {
  channelSettings,
  goodsSegmentSettings,
  lineStatusSettings,
  marketFieldSettings,
  moneySettings,
  orderStatusSettings,
  regionSettings,
  touchpointSettings,
} from '../market-settings';
import { answerFields, changeFields, creationFields } from '../settings';
import { listEndpoint, resourceEndpoints } from './resource';

/** The settings of the market, under /admin/v1/market; what is in use cannot be deleted. */

const times = { created_at: timestamp(), updated_at: timestamp() };
const at = '2025-02-01T08:00:00Z';
const exampleTimes = { created_at: at, updated_at: at };
const byExternalId = { external_id: text(255).describe('External id.') };

const web = {
  external_id: 'web',
  database_id: 1,
  name: 'Web shop',
  description: '',
  tags: [],
  type: 'online',
};
const { external_id: _, ...channelChange } = channelSettings;
export const adminChannels = resourceEndpoints({
  one: 'sales channel',
  many: 'sales channels',
  collection: '/admin/v1/market/channels',
  parent: {},
  item: '/admin/v1/market/channels/:external_id',
  key: byExternalId,
  position: text(255),
  create: creationFields(channelSettings),
  change: changeFields(channelChange),
  answer: { ...answerFields(channelSettings), ...times },
  notes: {
    create: 'Customers of a channel are profiles of one database.',
    change: 'The profile database stays.',
    remove: 'Only a channel without touchpoints can be deleted.',
  },
  example: {
    parent: {},
    key: { external_id: 'web' },
    create: { external_id: 'web', database_id: 1, name: 'Web shop', type: 'online' },
    change: { name: 'Web shop' },
    answer: { ...web, ...exampleTimes },
  },
});

const website = { external_id: 'website', channel: 'web', name: 'Website', description: '' };
const { external_id: __, ...touchpointChange } = touchpointSettings;
export const adminTouchpoints = resourceEndpoints({
  one: 'touchpoint',
  many: 'touchpoints',
  collection: '/admin/v1/market/touchpoints',
  parent: {},
  item: '/admin/v1/market/touchpoints/:external_id',
  key: byExternalId,
  position: text(255),
  create: creationFields(touchpointSettings),
  change: changeFields(touchpointChange),
  answer: { ...answerFields(touchpointSettings), ...times },
  notes: {
    create: 'Orders name it as their endpoint, and so say which channel and which profiles they mean.',
    change: 'The channel stays.',
    remove: 'Only a touchpoint without orders can be deleted.',
  },
  example: {
    parent: {},
    key: { external_id: 'website' },
    create: { external_id: 'website', channel: 'web', name: 'Website' },
    change: { name: 'Website' },
    answer: { ...website, ...exampleTimes },
  },
});

const { code: ___, ...moneyChange } = moneySettings;
export const adminMoney = resourceEndpoints({
  one: 'currency of money',
  many: 'currencies of money',
  collection: '/admin/v1/market/currencies',
  parent: {},
  item: '/admin/v1/market/currencies/:code',
  key: { code: text(3).describe('ISO 4217 code.') },
  position: text(3),
  create: creationFields(moneySettings),
  change: changeFields(moneyChange),
  answer: { ...answerFields(moneySettings), ...times },
  notes: {
    create: 'Goods and orders in other currencies are refused.',
    change: 'The decimals stay.',
    remove: 'Only a currency without goods and orders can be deleted.',
  },
  example: {
    parent: {},
    key: { code: 'RUB' },
    create: { code: 'RUB', name: 'Rouble' },
    change: { name: 'Rouble' },
    answer: { code: 'RUB', name: 'Rouble', scale: 2, ...exampleTimes },
  },
});

const { external_id: ____, ...named } = regionSettings;
export const adminRegions = resourceEndpoints({
  one: 'region',
  many: 'regions',
  collection: '/admin/v1/market/regions',
  parent: {},
  item: '/admin/v1/market/regions/:external_id',
  key: byExternalId,
  position: text(255),
  create: creationFields(regionSettings),
  change: changeFields(named),
  answer: { ...answerFields(regionSettings), ...times },
  notes: {
    create: 'Goods may have prices of a region; orders may name one.',
    change: '',
    remove: 'Only a region without goods and orders can be deleted.',
  },
  example: {
    parent: {},
    key: { external_id: 'north' },
    create: { external_id: 'north', name: 'North' },
    change: { name: 'North' },
    answer: { external_id: 'north', name: 'North', ...exampleTimes },
  },
});

export const adminOrderStatuses = resourceEndpoints({
  one: 'order status',
  many: 'order statuses',
  collection: '/admin/v1/market/order-statuses',
  parent: {},
  item: '/admin/v1/market/order-statuses/:external_id',
  key: byExternalId,
  position: text(255),
  create: creationFields(orderStatusSettings),
  change: changeFields(named),
  answer: { ...answerFields(orderStatusSettings), ...times },
  notes: {
    create: 'There are new, confirmed, paid, delivered, canceled and part_refunded to begin with.',
    change: '',
    remove: 'Only a status that no order has can be deleted.',
  },
  example: {
    parent: {},
    key: { external_id: 'packed' },
    create: { external_id: 'packed', name: 'Packed' },
    change: { name: 'Packed' },
    answer: { external_id: 'packed', name: 'Packed', ...exampleTimes },
  },
});

const { external_id: _____, ...lineStatusChange } = lineStatusSettings;
export const adminLineStatuses = resourceEndpoints({
  one: 'status of order lines',
  many: 'statuses of order lines',
  collection: '/admin/v1/market/line-statuses',
  parent: {},
  item: '/admin/v1/market/line-statuses/:external_id',
  key: byExternalId,
  position: text(255),
  create: creationFields(lineStatusSettings),
  change: changeFields(lineStatusChange),
  answer: { ...answerFields(lineStatusSettings), ...times },
  notes: {
    create: 'There are new, processing, delivering, delivered, refunded and canceled to begin with.',
    change: 'The type stays.',
    remove: 'Only a status that no line has can be deleted.',
  },
  example: {
    parent: {},
    key: { external_id: 'packing' },
    create: { external_id: 'packing', name: 'Packing', type: 'in_process' },
    change: { name: 'Packing' },
    answer: { external_id: 'packing', name: 'Packing', type: 'in_process', ...exampleTimes },
  },
});

const cheap = {
  external_id: 'cheap',
  name: 'Cheap phones',
  description: '',
  entity_type: 'product',
  type: 'updatable',
  condition: {
    all: [
      { field: 'category', operator: 'in', value: ['phones'] },
      { field: 'price', operator: 'lt', value: 1000 },
    ],
  },
  most: null,
  days: [],
  time_of_day: '03:30',
  timezone: 'Europe/Berlin',
  active_until: null,
};
const { external_id: ______, ...segmentChange } = goodsSegmentSettings;
const item = '/admin/v1/market/segments/:external_id';
const segmentResource = resourceEndpoints({
  one: 'segment of goods',
  many: 'segments of goods',
  collection: '/admin/v1/market/segments',
  parent: {},
  item,
  key: byExternalId,
  position: text(255),
  create: creationFields(goodsSegmentSettings),
  change: changeFields(segmentChange),
  answer: { ...answerFields(goodsSegmentSettings), ...times },
  notes: {
    create:
      'A static segment is a list of goods. An updatable one has those that met its condition when it was ' +
      'calculated: on some days at a time, or when it is asked for.',
    change: 'Type and entity stay. A new condition counts from the next calculation on.',
    remove: 'Its list goes with it.',
  },
  example: {
    parent: {},
    key: { external_id: 'cheap' },
    create: {
      external_id: 'cheap',
      name: 'Cheap phones',
      entity_type: 'product',
      type: 'updatable',
      condition: cheap.condition,
      time_of_day: '03:30',
      timezone: 'Europe/Berlin',
    },
    change: { name: 'Cheap phones' },
    answer: { ...cheap, ...exampleTimes },
  },
});

const externalIds = () => optional(list(text(255), { max: 10_000 }));

export const adminGoodsSegments = {
  ...segmentResource,
  goods: listEndpoint({
    many: 'goods in a segment',
    collection: `${item}/goods`,
    parent: byExternalId,
    answer: { id: integer(), external_id: text(255), name: text(1_000) },
    position: integer(),
    example: {
      parent: { external_id: 'cheap' },
      answer: { id: 1, external_id: 'P1', name: 'Phone X' },
    },
  }),
  changeGoods: endpoint({
    method: 'POST',
    path: `${item}/goods`,
    family: 'admin',
    scope: 'admin',
    summary: 'Put goods into a static segment, or take them out',
    description: 'By external ids. What is in it already, or is not, is left alone.',
    request: object({
      ...byExternalId,
      add: externalIds().describe('To put in; all of them must be there.'),
      remove: externalIds().describe('To take out.'),
    }),
    response: object({ added: integer(), removed: integer() }),
    refusals: ['resource_not_found', 'conflict'],
    examples: [{ request: { external_id: 'sale', add: ['P1'] }, response: { added: 1, removed: 0 } }],
  }),
  calculate: endpoint({
    method: 'POST',
    path: `${item}/calculate`,
    family: 'admin',
    scope: 'admin',
    summary: 'Calculate an updatable segment now',
    description:
      'Answers when it is done, or 503 when that takes longer than a request may; it goes on all the same, ' +
      'as workflow calculateSegment.',
    request: object(byExternalId),
    response: object({ looked_at: integer(), size: integer() }),
    refusals: ['resource_not_found', 'conflict'],
    examples: [{ request: { external_id: 'cheap' }, response: { looked_at: 1200, size: 37 } }],
  }),
  status: endpoint({
    method: 'GET',
    path: `${item}/status`,
    family: 'admin',
    scope: 'admin',
    summary: 'Size of a segment of goods',
    description: 'How many goods are in it; of an updatable one also when it was calculated last.',
    request: object(byExternalId),
    response: object({
      size: integer(),
      looked_at: nullable(integer()),
      calculated_at: nullable(timestamp()),
    }),
    refusals: ['resource_not_found'],
    examples: [
      { request: { external_id: 'cheap' }, response: { size: 37, looked_at: 1200, calculated_at: at } },
    ],
  }),
};

const { entity_type, external_id, ...fieldChange } = marketFieldSettings;
const colour = {
  entity_type: 'product',
  external_id: 'colour',
  name: 'Colour',
  value_type: 'enum',
  required: false,
  default_value: null,
  enum_values: { red: 1, blue: 2 },
};
export const adminMarketFields = resourceEndpoints({
  one: 'custom field of the market',
  many: 'custom fields of the market',
  collection: '/admin/v1/market/custom-fields',
  parent: {},
  item: '/admin/v1/market/custom-fields/:entity_type/:external_id',
  key: {
    entity_type: choice(['product', 'sku', 'order', 'line_order']).describe(entity_type.description),
    external_id: text(255).describe(external_id.description),
  },
  position: text(300),
  create: creationFields(marketFieldSettings),
  change: changeFields(fieldChange),
  answer: { ...answerFields(marketFieldSettings), ...times },
  notes: {
    create: 'A field of this external_id may be there for each of the entities.',
    change: 'The type stays, and an enum keeps the values it has.',
    remove:
      'Refused while a segment or a feed uses it. Values that goods and orders have in it are kept, and ' +
      'are not shown any more.',
  },
  example: {
    parent: {},
    key: { entity_type: 'product', external_id: 'colour' },
    create: {
      entity_type: 'product',
      external_id: 'colour',
      name: 'Colour',
      value_type: 'enum',
      enum_values: { red: 1, blue: 2 },
    },
    change: { name: 'Colour' },
    answer: { ...colour, ...exampleTimes },
  },
});
