import { skus } from '../../src/contract/goods';
import { done, importedFieldCases, refused, scopeCase } from '../support/market-cases';
import { specify } from '../support/spec';

const products = `select s.external_id, p.external_id as product from market.goods s
  join market.goods p on p.id = s.product_id where s.external_id like 'new-%' order by 1`;

specify(
  skus.import,
  {
    'SKUs of products that are there, and with a field that comes along': {
      request: {
        custom_fields: [
          {
            external_id: 'length',
            name: 'Length',
            entity_type: 'sku',
            value_type: 'int',
            default_value: '3',
          },
        ],
        data: [
          { external_id: 'new-1', name: 'One', product_external_id: 'P1', price: 10.5 },
          { external_id: 'new-2', name: 'Two', product_external_id: 'P2', custom_fields: { length: 4 } },
        ],
      },
      answers: { result: [done('new-1'), done('new-2')] },
      afterwards: async ({ backend }) => {
        expect((await backend.pool.query(products)).rows).toEqual([
          { external_id: 'new-1', product: 'P1' },
          { external_id: 'new-2', product: 'P2' },
        ]);
      },
    },
    'one that is there needs no product, and can move to another': {
      request: {
        data: [
          { external_id: 'S3', count: 5 },
          { external_id: 'S3', product_external_id: 'P1' },
          { external_id: 'S3', product_external_id: 'P2' },
        ],
      },
      answers: { result: [done('S3'), done('S3'), done('S3')] },
    },
    'one that was deleted begins anew': {
      request: { data: [{ external_id: 'S2', product_external_id: 'P2' }] },
      answers: { result: [refused('S2', 400, 'name: is required')] },
    },
    'without a product, of an unknown one': {
      request: {
        data: [
          { external_id: 'bad-1', name: 'A' },
          { external_id: 'bad-2', name: 'A', product_external_id: 'P9' },
          { external_id: 'bad-3', name: 'A', product_external_id: 'S1' },
          { external_id: 'bad-4', name: 'A', product_external_id: 'P1', custom_fields: { colour: 'red' } },
        ],
      },
      answers: {
        result: [
          refused('bad-1', 400, 'product_external_id: is required'),
          refused('bad-2', 404, 'Product "P9" not found'),
          refused('bad-3', 404, 'Product "S1" not found'),
          refused('bad-4', 400, 'custom_fields.colour: there is no such custom field'),
        ],
      },
    },
    'no data': { request: { data: undefined }, refuses: 'bad_request', text: 'data: is required' },
    'one that is no object': {
      request: { data: [{ external_id: 'S1', count: 1 }, 'S3'] },
      answers: { result: [done('S1'), refused('', 400, 'expected an object, got "S3"')] },
    },
    ...importedFieldCases,
    ...scopeCase,
  },
  { data: [{ external_id: 'S1', name: 'Small phone' }] },
);
