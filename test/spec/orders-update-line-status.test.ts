import { orders } from '../../src/contract/orders';
import { scopeCase } from '../support/market-cases';
import { confirmCounted, starsOf, statusProgram } from '../support/order-points';
import { importOrders, orderOf } from '../support/orders';
import { type Case, specify, type World } from '../support/spec';

const given = async (world: World) => {
  await importOrders(world, orderOf('lined'));
  return {};
};

const required = (key: string): Record<string, Case> => ({
  [`no ${key}`]: { request: { [key]: undefined }, refuses: 'bad_request', text: `${key}: is required` },
});

specify(
  orders.updateLineStatus,
  {
    'a line gets a status': {
      given,
      answers: {},
      afterwards: async ({ backend }) => {
        const { rows } = await backend.pool.query(
          `select l.status from market.order_lines l join market.orders o on o.id = l.order_id
           where o.external_id = 'lined'`,
        );
        expect(rows).toEqual([{ status: 'delivered' }]);
      },
    },
    'a refunded line takes back its points, where the program says so': {
      program: statusProgram,
      given: confirmCounted,
      request: { order_line_external_id: '2', status_external_id: 'refunded' },
      answers: {},
      afterwards: async (world) => {
        expect(await starsOf(world)).toEqual({ total_balance: '178.00', active_balance: '80.00' });
        const { data } = await world.ask('/loyalty/account/transactions', { points_currency_eid: 'stars' });
        expect(data).toMatchObject([
          { transaction_type: 'accrual', amount: '100', source_type: 'api', canceled: false },
          { transaction_type: 'redeem', amount: '20', source_subiid: 1, canceled: false },
          { transaction_type: 'redeem', amount: '10', source_subiid: 2, canceled: true },
          { transaction_type: 'accrual', amount: '98', activation_date: null, canceled: false },
          { transaction_type: 'accrual', amount: '49', activation_date: null, canceled: true },
          { transaction_type: 'reversal', amount: '10', source_type: 'order', source_subiid: 2 },
          { transaction_type: 'reversal', amount: '49', source_type: 'order', source_subiid: 2 },
        ]);
      },
    },
    'an order that is not there': {
      request: { order_external_id: 'nowhere' },
      refuses: 'resource_not_found',
      text: 'Order "nowhere" not found',
    },
    'a line that is not in it': {
      given,
      request: { order_line_external_id: '2' },
      refuses: 'resource_not_found',
      text: 'Order line "2" not found',
    },
    'a status that is not there': {
      given,
      request: { status_external_id: 'lost' },
      refuses: 'resource_not_found',
      text: 'Line status "lost" not found',
    },
    'an order whose profiles the token may not see': {
      given,
      request: { token: 'market-two' },
      refuses: 'database_not_allowed',
      text: 'API token may not access profile database 1',
    },
    ...required('order_external_id'),
    ...required('order_line_external_id'),
    ...required('status_external_id'),
    ...scopeCase,
  },
  { order_external_id: 'lined', order_line_external_id: '1', status_external_id: 'delivered' },
);
