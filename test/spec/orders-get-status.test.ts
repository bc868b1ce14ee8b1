import { orders } from '../../src/contract/orders';
import { scopeCase } from '../support/market-cases';
import { importOrders, orderOf } from '../support/orders';
import { specify, type World } from '../support/spec';

const given = async (world: World) => {
  const [id] = await importOrders(world, orderOf('seen', { status: 'paid' }));
  return { id };
};

specify(
  orders.getStatus,
  {
    'by id': { given, answers: { result: { endpoint: 'website', status: 'paid' } } },
    'by external_id': {
      given: async (world) => {
        await given(world);
        return {};
      },
      request: { external_id: 'seen' },
      answers: { result: { endpoint: 'website', status: 'paid' } },
    },
    'by both, which are not of one order': {
      given,
      request: { external_id: 'other' },
      refuses: 'resource_not_found',
      text: 'Order "other" not found',
    },
    'an order that is not there': {
      request: { id: 999 },
      refuses: 'resource_not_found',
      text: 'Order 999 not found',
    },
    'an order whose profiles the token may not see': {
      given,
      request: { token: 'market-two' },
      refuses: 'database_not_allowed',
      text: 'API token may not access profile database 1',
    },
    'no id at all': { refuses: 'bad_request', text: 'external_id: is required, or id' },
    ...scopeCase,
  },
  {},
);
