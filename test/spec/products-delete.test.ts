import { products } from '../../src/contract/goods';
import { scopeCase } from '../support/market-cases';
import { type Case, specify, type World } from '../support/spec';
import { send } from '../support/wire';

const left = `select external_id from market.goods
  where deleted_at is null and external_id like 'gone-%' order by 1`;

/** Two products, one with an SKU. */
const given = async ({ url }: World) => {
  const answer = await send(`${url}${products.import.path}`, 'json', {
    token: 't0k',
    data: [
      { external_id: 'gone-1', name: 'A', sku: [{ external_id: 'gone-1-a', name: 'AA' }] },
      { external_id: 'gone-2', name: 'B' },
    ],
  });
  expect(answer).toMatchObject({ result: [{ error: 0 }, { error: 0 }] });
  return {};
};

const refusals: Record<string, Case> = {
  'nothing named': { request: {}, refuses: 'bad_request', text: 'ids: is required, or external_ids' },
  'an id that is none': {
    request: { ids: ['P1'] },
    refuses: 'bad_request',
    text: 'ids[0]: expected an integer from 1 to 2147483647, got "P1"',
  },
  ...scopeCase,
};

specify(products.remove, {
  'by external ids, with their SKUs, which do not count': {
    given,
    request: { external_ids: ['gone-1', 'gone-1-a', 'nobody'] },
    answers: { deleted_count: 1 },
    afterwards: async ({ backend }) => {
      expect((await backend.pool.query(left)).rows).toEqual([{ external_id: 'gone-2' }]);
    },
  },
  'by ids and external ids: all that either names': {
    given: async (world) => {
      await given(world);
      const { rows } = await world.backend.pool.query(
        `select id from market.goods where external_id = 'gone-1'`,
      );
      return { ids: [rows[0]?.id, 99_999] };
    },
    request: { external_ids: ['gone-2'] },
    answers: { deleted_count: 2 },
    afterwards: async ({ backend, ask }) => {
      expect((await backend.pool.query(left)).rows).toEqual([]);
      expect(await ask('/market/products/delete', { external_ids: ['gone-2'] })).toMatchObject({
        deleted_count: 0,
      });
    },
  },
  ...refusals,
});
