import { promoCodes } from '../../src/contract/promo-codes';
import { writerCases } from '../support/profile-cases';
import { codeOf, poolCases, pools } from '../support/promo-code-cases';
import { specify } from '../support/spec';

const inserted = (code: string) => ({ code, error: 0, error_text: '' });
const duplicated = (code: string) => ({ code, error: 500, error_text: 'Promocode duplicated' });
const discarded = (code: string) => ({ code, error: 422, error_text: 'Promocode limit reached' });
const tooMany = Array.from({ length: 100_001 }, (_, index) => `x-${index}`);

specify(
  promoCodes.import,
  {
    'codes, in order': {
      given: async (world) => ({ codes: [codeOf(world, 'b'), codeOf(world, 'a')] }),
      answers: (_, { codes }) => ({
        data: (codes as string[]).map(inserted),
        discarded_by_limit: 0,
        duplicated: 0,
        inserted: 2,
      }),
      afterwards: async ({ ask }, { codes }) => {
        const { data } = await ask('/promocodes/export_all', { loyalty_id: pools.personal });
        expect(data).toEqual(expect.arrayContaining((codes as string[]).map((code) => ({ code }))));
      },
    },
    'a pool whose id is text': {
      given: async (world) => ({ codes: [codeOf(world)], loyalty_id: '1' }),
      answers: (_, { codes }) => ({
        data: (codes as string[]).map(inserted),
        discarded_by_limit: 0,
        duplicated: 0,
        inserted: 1,
      }),
    },
    'what is there already, here or in another pool of the database, and what comes twice': {
      given: async (world) => {
        const [here, there, fresh] = [codeOf(world, 'h'), codeOf(world, 't'), codeOf(world, 'f')];
        await world.ask('/promocodes/import', { codes: [here], loyalty_id: pools.personal });
        await world.ask('/promocodes/import', { codes: [there], loyalty_id: pools.any });
        return { codes: [here, fresh, there, fresh] };
      },
      answers: (_, { codes }) => {
        const [here = '', fresh = '', there = ''] = codes as string[];
        return {
          data: [duplicated(here), inserted(fresh), duplicated(there), duplicated(fresh)],
          discarded_by_limit: 0,
          duplicated: 3,
          inserted: 1,
        };
      },
    },
    'the same codes in another database': {
      given: async (world) => {
        const codes = [codeOf(world)];
        await world.ask('/promocodes/import', { codes, loyalty_id: pools.personal });
        return { codes, loyalty_id: pools.elsewhere };
      },
      answers: (_, { codes }) => ({
        data: (codes as string[]).map(inserted),
        discarded_by_limit: 0,
        duplicated: 0,
        inserted: 1,
      }),
    },
    'more than the pool takes: the first ones get in': {
      given: async (world) => {
        await world.backend.pool.query('delete from codes.codes where pool_id = $1', [pools.small]);
        await world.backend.pool.query('update codes.pools set codes_count = 0 where id = $1', [pools.small]);
        await world.ask('/promocodes/import', { codes: [codeOf(world, '1')], loyalty_id: pools.small });
        return {
          codes: ['1', '2', '3', '4', '2'].map((name) => codeOf(world, name)),
          loyalty_id: pools.small,
        };
      },
      answers: (_, { codes }) => {
        const [one = '', two = '', three = '', four = ''] = codes as string[];
        return {
          data: [duplicated(one), inserted(two), inserted(three), discarded(four), duplicated(two)],
          discarded_by_limit: 1,
          duplicated: 2,
          inserted: 2,
        };
      },
    },
    'too many at once': {
      request: { codes: tooMany },
      only: 'json',
      refuses: 'bad_request',
      text: 'codes: expected at most 100000 of them, got 100001',
    },
    'no codes': { request: { codes: undefined }, refuses: 'bad_request', text: 'codes: is required' },
    'an empty list': {
      request: { codes: [] },
      only: 'json',
      refuses: 'bad_request',
      text: 'codes: expected at least 1 of them, got 0',
    },
    'a code that is empty': {
      request: { codes: ['a', ''] },
      only: 'json',
      refuses: 'bad_request',
      text: 'codes[1]: expected text of 1 to 100 characters, got ""',
    },
    'a pool that is switched off, to prepare it': {
      given: async (world) => ({ codes: [codeOf(world)], loyalty_id: pools.off }),
      answers: (_, { codes }) => ({
        data: (codes as string[]).map(inserted),
        discarded_by_limit: 0,
        duplicated: 0,
        inserted: 1,
      }),
    },
    ...poolCases,
    ...writerCases,
  },
  { codes: ['CODE'], loyalty_id: pools.personal },
);
