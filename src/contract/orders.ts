import { lineStatusTypes } from '../domain/market';
import type { Match } from '../domain/matching';
import { endpoint } from './endpoint';
import {
  amount,
  checkedByItself,
  choice,
  flag,
  freeFields,
  integer,
  list,
  marketTime,
  object,
  opaqueId,
  optional,
  points,
  text,
  timestamp,
} from './fields';
import { importedFields, itemResults, nextFromId, pageRequest } from './market-common';
import { matching } from './matching';
import { type Block, request } from './request';

/** Orders as others made them (spec/neighbours.md 3.5 and 4): points move only where a program says so. */

const money = () => amount({ zero: true });

const lineFields = {
  external_id: text(255).describe('External id; unique in the order.'),
  status: optional(text(255)).describe('External id of a line status.'),
  product: optional(text(255)).describe('External id of the product. Either product or sku is required.'),
  sku: optional(text(255)).describe('External id of the SKU.'),
  count: integer({ min: 1 }),
  base_price_per_item: money().describe('Before discounts.'),
  min_price_per_item: optional(money()).describe('Absent: 0.'),
  final_price_per_item: optional(money()).describe('After discounts. Absent: base_price_per_item.'),
  custom_fields: optional(freeFields()).describe('Values by external id of a field of line_order.'),
};

const modes = matching({ byDefault: 'email' });
const identifiers = ['matching', 'email', 'phone', 'profile_id', 'field_name', 'field_value'];

/** The customer; none if nothing of the block was sent. */
const customer: Block<Match | null> = {
  fields: modes.fields,
  read: (raw, report) => {
    const isThere = identifiers.some((key) => raw[key] !== undefined && raw[key] !== null);
    return isThere ? modes.read(raw, report) : null;
  },
};

const orderItem = request(
  {
    external_id: text(255).describe('External id; an order that has it already is updated.'),
    endpoint: text(255).describe('External id of the touchpoint.'),
    tags: optional(list(text(255), { max: 1_000 })),
    status: text(255).describe('External id of an order status.'),
    delivery_cost: optional(money()),
    total_price: money().describe('base_price_per_item × count over all lines, plus delivery_cost.'),
    currency: text(3).describe('A currency of the market settings.'),
    create_time: optional(marketTime()).describe('Absent: now.'),
    update_time: optional(marketTime()).describe('Absent: now.'),
    custom_fields: optional(freeFields()).describe('Values by external id of a field of order.'),
    region: optional(text(255)).describe('External id of the region.'),
    lines: list(object(lineFields), { min: 1, max: 1_000 }),
  },
  { customer },
  ({ lines }, report) => {
    for (const [index, { product, sku }] of lines.entries()) {
      if ((product === undefined) === (sku === undefined)) {
        report('lines', `line ${index + 1} needs either product or sku`);
      }
    }
    const ids = lines.map(({ external_id }) => external_id);
    const twice = ids.find((id, index) => ids.indexOf(id) < index);
    if (twice !== undefined) report('lines', `external_id "${twice}" is there twice`);
  },
);

const sample = {
  external_id: 'order_7',
  matching: 'email',
  email: 'ann@example.net',
  endpoint: 'website',
  status: 'new',
  delivery_cost: '100',
  total_price: '1000',
  currency: 'RUB',
  create_time: '2025-02-01T08:00:00.000Z',
  lines: [
    {
      external_id: '1',
      status: 'new',
      product: 'P1',
      base_price_per_item: '900',
      min_price_per_item: '0',
      final_price_per_item: '900',
      count: 1,
    },
  ],
};

const importOrders = endpoint({
  path: '/api/v1.1/market/orders/import',
  family: 'market',
  scope: 'market',
  summary: 'Import orders',
  description:
    'Creates orders, or updates those of the same external_id. Moves no points, unless order_points of the ' +
    'program says what a new status of a confirmed order does to them. Custom fields and line ' +
    'statuses that come along are made first. Ours: up to 10,000 orders and 10 MB; result has one entry ' +
    'for each, and one that is refused does not disturb the others; an order without any of the customer ' +
    'keys is of a guest; total_price may be without delivery_cost; what preorder_commit made keeps its ' +
    'prices, lines and customer (409), while status, line statuses, tags and custom fields may change.',
  maxBytes: 10_485_760,
  request: request(
    {
      custom_fields: importedFields(),
      custom_line_statuses: optional(
        list(
          object({
            external_id: text(255).describe('External id.'),
            name: text(255).describe('Name for people.'),
            type: choice(lineStatusTypes).describe('What it comes to.'),
          }),
          { max: 1_000 },
        ),
      ).describe('Line statuses to make first. Ours: one that is there cannot have another type.'),
      skip_triggers: optional(flag()).describe('Accepted; an import triggers nothing.'),
      data: list(checkedByItself(orderItem), { min: 1, max: 10_000 }).describe('Orders.'),
    },
    {},
  ),
  response: object({ result: itemResults({ id: integer().describe('Our id.').optional() }) }),
  refusals: [],
  examples: [
    {
      request: { data: [sample] },
      response: { result: [{ external_id: 'order_7', error: 0, error_text: '', id: 7 }] },
    },
  ],
});

const listOrders = endpoint({
  path: '/api/v1.1/market/orders/list',
  family: 'market',
  scope: 'market',
  summary: 'List orders',
  description:
    'Orders, page by page. Amounts are in minor units of the currency, as text: 1000.00 is "100000". Ours: ' +
    'amounts "decimal" answers "1000.00" instead; a token with a list of programs sees the touchpoints of ' +
    'their databases only.',
  request: request(
    {
      ...pageRequest,
      endpoint: optional(text(255)).describe('Only orders of this touchpoint.'),
      amounts: optional(choice(['minor', 'decimal'])).describe('Ours. Absent: minor.'),
    },
    {},
  ),
  response: object({
    result: list(
      object({
        profile: object({ profile_id: opaqueId(), xxh: text(16) })
          .optional()
          .describe('The customer; guests have none.'),
        external_id: text(255),
        endpoint: text(255),
        tags: list(text(255)).optional(),
        status: text(255),
        delivery_cost: points(),
        total_price: points(),
        currency: text(3),
        custom_fields: freeFields(),
        region: text(255).optional(),
        lines: list(
          object({
            external_id: text(255),
            product: text(255).optional(),
            sku: text(255).optional(),
            base_price_per_item: points(),
            min_price_per_item: points(),
            final_price_per_item: points(),
            count: integer(),
            currency: text(3),
            custom_fields: freeFields(),
          }),
        ),
        create_time: timestamp(),
        update_time: timestamp(),
      }),
    ),
    next_from_id: nextFromId(),
  }),
  refusals: [],
  outcome: 'last',
  examples: [
    {
      request: { limit: 1, endpoint: 'website' },
      response: {
        result: [
          {
            profile: { profile_id: '65f0aa00c0ffee0011223344', xxh: '0123456789abcdef' },
            external_id: 'order_7',
            endpoint: 'website',
            status: 'new',
            delivery_cost: '10000',
            total_price: '100000',
            currency: 'RUB',
            custom_fields: {},
            lines: [
              {
                external_id: '1',
                product: 'P1',
                base_price_per_item: '90000',
                min_price_per_item: '0',
                final_price_per_item: '90000',
                count: 1,
                currency: 'RUB',
                custom_fields: {},
              },
            ],
            create_time: '2025-02-01T08:00:00Z',
            update_time: '2025-02-01T08:00:00Z',
          },
        ],
        next_from_id: '0000000000000007',
      },
    },
  ],
});

const orderKeys = {
  id: optional(integer({ min: 1 })).describe('Our id. One of the two is required.'),
  external_id: optional(text(255)).describe('External id.'),
};
const needKey = (
  { id, external_id }: { id?: number | undefined; external_id?: string | undefined },
  report: (field: string, problem: string) => void,
) => {
  if (id === undefined && external_id === undefined) report('external_id', 'is required, or id');
};
const missing = ['resource_not_found', 'database_not_allowed'] as const;

const getStatus = endpoint({
  path: '/api/v1.1/market/orders/get_status',
  family: 'market',
  scope: 'market',
  summary: 'Status of an order',
  description: 'Touchpoint and status of an order. Ours: if id and external_id are given, both must be its.',
  request: request(orderKeys, {}, needKey),
  response: object({ result: object({ endpoint: text(255), status: text(255) }) }),
  refusals: missing,
  examples: [
    { request: { external_id: 'order_7' }, response: { result: { endpoint: 'website', status: 'new' } } },
  ],
});

const remove = endpoint({
  path: '/api/v1.1/market/orders/delete',
  family: 'market',
  scope: 'market',
  summary: 'Delete an order',
  description:
    'Wipes the order and its lines. Points that it moved stay; what a status that has just changed does to ' +
    'them is waited for (error 503: repeat). Ours: with_fire false keeps the data and ' +
    'only marks the order as deleted.',
  request: request(
    { ...orderKeys, with_fire: optional(flag()).describe('Of an older generation. Absent: true.') },
    {},
    needKey,
  ),
  response: object({}),
  refusals: missing,
  examples: [{ request: { external_id: 'order_7' }, response: {} }],
});

const updateLineStatus = endpoint({
  path: '/api/v1.1/market/orders/update_order_line_status',
  family: 'market',
  scope: 'market',
  summary: 'Set the status of an order line',
  description: 'Moves no points, unless order_points of the program says that refunded lines do.',
  request: request(
    {
      order_external_id: text(255).describe('External id of the order.'),
      order_line_external_id: text(255).describe('External id of the line.'),
      status_external_id: text(255).describe('External id of the line status.'),
    },
    {},
  ),
  response: object({}),
  refusals: missing,
  examples: [
    {
      request: {
        order_external_id: 'order_7',
        order_line_external_id: '1',
        status_external_id: 'delivered',
      },
      response: {},
    },
  ],
});

export const orders = { import: importOrders, list: listOrders, getStatus, remove, updateLineStatus };
