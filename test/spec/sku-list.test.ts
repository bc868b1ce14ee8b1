import { skus } from '../../src/contract/goods';
import { pageCases, scopeCase } from '../support/market-cases';
import { specify } from '../support/spec';

const small = { name: 'Small phone', external_id: 'S1' };
const hard = { name: 'Hardback', external_id: 'S3' };

specify(skus.list, {
  'all of them, without what was deleted': { answers: { result: [small, hard], next_from_id: null } },
  'a page': {
    request: { limit: 1 },
    answers: { result: [small], next_from_id: '0000000000000002' },
  },
  'all fields': {
    request: { from_id: '0000000000000002', full: true },
    answers: {
      result: [
        expect.objectContaining({
          ...hard,
          product_external_id: 'P2',
          price: '400',
          tags: expect.anything(),
        }),
      ],
      next_from_id: null,
    },
  },
  ...pageCases,
  ...scopeCase,
});
