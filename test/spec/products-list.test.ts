import { products } from '../../src/contract/goods';
import { pageCases, scopeCase } from '../support/market-cases';
import { specify } from '../support/spec';

const phone = { name: 'Phone', external_id: 'P1', sku: [{ name: 'Small phone', external_id: 'S1' }] };
const book = { name: 'Book', external_id: 'P2', sku: [{ name: 'Hardback', external_id: 'S3' }] };

specify(products.list, {
  'all of them, without what was deleted': { answers: { result: [phone, book], next_from_id: null } },
  'the first page': {
    request: { limit: 1, from_id: '' },
    answers: { result: [phone], next_from_id: '0000000000000001' },
  },
  'the next page': {
    request: { limit: 1, from_id: '0000000000000001' },
    answers: { result: [book], next_from_id: null },
  },
  'all fields': {
    request: { limit: 1, full: true },
    answers: {
      result: [
        {
          ...phone,
          id: 1,
          price: '1000',
          old_price: null,
          currency: 'RUB',
          tags: ['new'],
          manufacturer_name: null,
          description: null,
          url: null,
          pictures: [],
          count: null,
          expiration_time: null,
          is_available: null,
          delivery: null,
          barcode: [],
          manufacturer_warranty: null,
          custom_fields: {},
          regional_data: [],
          categories: ['phones'],
          created_at: expect.any(String),
          updated_at: expect.any(String),
        },
      ],
      next_from_id: '0000000000000001',
    },
  },
  ...pageCases,
  ...scopeCase,
});
