import { skus } from '../../src/contract/goods';
import { scopeCase } from '../support/market-cases';
import { specify } from '../support/spec';
import { send } from '../support/wire';

specify(skus.remove, {
  'an SKU; its product stays': {
    given: async ({ url }) => {
      const data = [{ external_id: 'gone', name: 'Gone', product_external_id: 'P1' }];
      expect(await send(`${url}${skus.import.path}`, 'json', { token: 't0k', data })).toMatchObject({
        error: 0,
      });
      return {};
    },
    request: { external_ids: ['gone', 'P1'] },
    answers: { deleted_count: 1 },
    afterwards: async ({ ask }) => {
      expect((await ask('/market/products/list')).result).toContainEqual(
        expect.objectContaining({ external_id: 'P1' }),
      );
    },
  },
  'nothing named': { request: {}, refuses: 'bad_request', text: 'ids: is required, or external_ids' },
  ...scopeCase,
});
