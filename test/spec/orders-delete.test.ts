import { orders } from '../../src/contract/orders';
import { scopeCase } from '../support/market-cases';
import { confirmCounted, starsOf, statusProgram } from '../support/order-points';
import { importOrders, orderOf } from '../support/orders';
import { specify, type World } from '../support/spec';

const given = async (world: World) => {
  await importOrders(world, orderOf('gone'));
  return {};
};

const left = async ({ backend }: World) =>
  (
    await backend.pool.query(
      `select deleted_at is not null as hidden,
         (select count(*)::int from market.order_lines where order_id = id) as lines
       from market.orders where external_id = 'gone'`,
    )
  ).rows;

specify(
  orders.remove,
  {
    'an order and its lines': {
      given,
      request: { external_id: 'gone' },
      answers: {},
      afterwards: async (world) => {
        expect(await left(world)).toEqual([]);
      },
    },
    'kept, but marked as deleted; an import begins it anew': {
      given,
      request: { external_id: 'gone', with_fire: false, group_id: 3 },
      answers: {},
      afterwards: async (world) => {
        expect(await left(world)).toEqual([{ hidden: true, lines: 1 }]);
        expect(await world.try('/market/orders/get_status', { external_id: 'gone' })).toMatchObject({
          error: 404,
        });
        await importOrders(world, orderOf('gone'));
        expect(await left(world)).toEqual([{ hidden: false, lines: 1 }]);
        await world.ask('/market/orders/delete', { external_id: 'gone' });
      },
    },
    'an order whose points are still to be looked at: that is done first': {
      program: statusProgram,
      given: async (world) => {
        const { order_external_id: external_id } = await confirmCounted(world);
        await world.backend.pool.query(
          `with o as (update market.orders set status = 'canceled' where external_id = $1 returning id)
           insert into market.order_points (order_id) select id from o`,
          [external_id],
        );
        return { external_id };
      },
      answers: {},
      afterwards: async (world, { external_id }) => {
        expect(await starsOf(world)).toEqual({ total_balance: '100.00', active_balance: '100.00' });
        expect(await world.try('/market/orders/get_status', { external_id })).toMatchObject({ error: 404 });
      },
    },
    'an order that is not there': {
      request: { external_id: 'nowhere' },
      refuses: 'resource_not_found',
      text: 'Order "nowhere" not found',
    },
    'an order whose profiles the token may not see': {
      given,
      request: { token: 'market-two', external_id: 'gone' },
      refuses: 'database_not_allowed',
      text: 'API token may not access profile database 1',
    },
    'no id at all': { refuses: 'bad_request', text: 'external_id: is required, or id' },
    ...scopeCase,
  },
  {},
);
