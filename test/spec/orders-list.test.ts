import { orders } from '../../src/contract/orders';
import { pageCases, scopeCase } from '../support/market-cases';
import { importOrders, orderOf } from '../support/orders';
import { specify, type World } from '../support/spec';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);

/** The sample of the documentation, and an order of a guest in a currency without decimals. */
const given = async (world: World) => {
  await world.backend.pool.query('truncate market.orders restart identity cascade');
  await importOrders(
    world,
    orderOf('rows-1', {
      matching: 'email',
      email: world.person.email,
      tags: ['a', 'b'],
      delivery_cost: '100',
      total_price: '1000',
      region: 'north',
      create_time: '2025-02-01T08:00:00.123Z',
      update_time: '2025-02-02T08:00:00Z',
      custom_fields: { gift: true },
    }),
    orderOf('rows-2', {
      endpoint: 'other-site',
      currency: 'JPY',
      lines: [
        { external_id: '1', sku: 'S1', count: 3, base_price_per_item: '300', min_price_per_item: '100' },
      ],
    }),
  );
  return {};
};

const first = (money: (amount: string, minor: string) => string, profile_id: string) => ({
  profile: { profile_id, xxh: expect.stringMatching(/^[0-9a-f]{16}$/) },
  external_id: 'rows-1',
  endpoint: 'website',
  tags: ['a', 'b'],
  status: 'new',
  delivery_cost: money('100.00', '10000'),
  total_price: money('1000.00', '100000'),
  currency: 'RUB',
  custom_fields: { gift: true },
  region: 'north',
  lines: [
    {
      external_id: '1',
      product: 'P1',
      base_price_per_item: money('900.00', '90000'),
      min_price_per_item: money('0.00', '0'),
      final_price_per_item: money('900.00', '90000'),
      count: 1,
      currency: 'RUB',
      custom_fields: {},
    },
  ],
  create_time: '2025-02-01T08:00:00Z',
  update_time: '2025-02-02T08:00:00Z',
});
const second = {
  external_id: 'rows-2',
  endpoint: 'other-site',
  status: 'new',
  delivery_cost: '0',
  total_price: '900',
  currency: 'JPY',
  custom_fields: {},
  lines: [
    {
      external_id: '1',
      sku: 'S1',
      base_price_per_item: '300',
      min_price_per_item: '100',
      final_price_per_item: '300',
      count: 3,
      currency: 'JPY',
      custom_fields: {},
    },
  ],
  create_time: time,
  update_time: time,
};

specify(orders.list, {
  'all of them, with amounts in minor units': {
    given,
    answers: ({ profile_id }) => ({
      result: [first((_, minor) => minor, profile_id), second],
      next_from_id: null,
    }),
  },
  'with amounts as decimals': {
    given,
    request: { amounts: 'decimal', limit: 1 },
    answers: ({ profile_id }) => ({
      result: [first((amount) => amount, profile_id)],
      next_from_id: '0000000000000001',
    }),
  },
  'the next page': {
    given,
    request: { limit: 1, from_id: '0000000000000001' },
    answers: { result: [second], next_from_id: null },
  },
  'those of a touchpoint': {
    given,
    request: { endpoint: 'other-site' },
    answers: { result: [second], next_from_id: null },
  },
  'those of a touchpoint that nobody knows': {
    given,
    request: { endpoint: 'kiosk' },
    answers: { result: [], next_from_id: null },
  },
  'those of the profile databases the token may use': {
    given,
    request: { token: 'market-two' },
    answers: { result: [second], next_from_id: null },
  },
  'none of a touchpoint whose profiles the token may not see': {
    given,
    request: { token: 'market-two', endpoint: 'website' },
    answers: { result: [], next_from_id: null },
  },
  'amounts in something else': {
    request: { amounts: 'major' },
    refuses: 'bad_request',
    text: 'amounts: expected one of "minor", "decimal", got "major"',
  },
  ...pageCases,
  ...scopeCase,
});
