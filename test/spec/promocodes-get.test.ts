import { promoCodes } from '../../src/contract/promo-codes';
import { attached, codeCases, given, poolCases, pools } from '../support/promo-code-cases';
import { specify } from '../support/spec';

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/);
const untouched = {
  created: time,
  is_attached: false,
  is_activated: false,
  is_expired: false,
  attached: '',
  activated: '',
  expired: '',
  expire_date: '',
  loyalty_id: pools.personal,
};

specify(
  promoCodes.get,
  {
    'nothing happened to it': {
      given,
      answers: (_, { code }) => ({ data: { ...untouched, code } }),
    },
    'a pool whose id is text': {
      given: async (world) => ({ ...(await given(world)), loyalty_id: '1' }),
      answers: (_, { code }) => ({ data: { ...untouched, code } }),
    },
    'attached to somebody': {
      given: attached,
      answers: ({ profile_id }, { code }) => ({
        data: { ...untouched, is_attached: true, attached: time, code, database_id: 1, profile_id },
      }),
    },
    'attached and activated': {
      given: async (world) => {
        const named = await attached(world);
        await world.ask('/promocodes/activate', named);
        return named;
      },
      answers: ({ profile_id }, { code }) => ({
        data: {
          ...untouched,
          is_attached: true,
          is_activated: true,
          attached: time,
          activated: time,
          code,
          database_id: 1,
          profile_id,
        },
      }),
    },
    'one that will expire': {
      given: async (world) => {
        const named = await given(world);
        await world.ask('/promocodes/update', { ...named, expire_date: '2999-01-01T00:00:00+01:00' });
        return named;
      },
      answers: (_, { code }) => ({ data: { ...untouched, expire_date: '2998-12-31T23:00:00Z', code } }),
    },
    'one that has expired': {
      given: async (world) => {
        const named = await given(world);
        await world.ask('/promocodes/update', { ...named, expire_date: '2020-01-01T00:00:00Z' });
        return named;
      },
      answers: (_, { code }) => ({
        data: {
          ...untouched,
          is_expired: true,
          expired: '2020-01-01T00:00:00Z',
          expire_date: '2020-01-01T00:00:00Z',
          code,
        },
      }),
    },
    'a universal one that several have: whose it is, is not said': {
      given: async (world) => {
        const named = await attached(world, pools.shared);
        const other = await world.another();
        await other.ask('/promocodes/attach', { db_id: 1, ...named });
        return named;
      },
      answers: (_, { code }) => ({
        data: {
          ...untouched,
          is_attached: true,
          attached: time,
          loyalty_id: pools.shared,
          code,
          database_id: 1,
        },
      }),
    },
    'a token that may not read': {
      request: { token: 'stranger' },
      refuses: 'scope_missing',
      text: 'API token lacks the scope "loyalty_read"',
    },
    ...codeCases,
    ...poolCases,
  },
  { code: 'CODE', loyalty_id: pools.personal },
);
