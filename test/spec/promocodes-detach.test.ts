import { promoCodes } from '../../src/contract/promo-codes';
import { databaseCases, findingCases, writerCases } from '../support/profile-cases';
import {
  attached,
  codeCases,
  given,
  inferringCases,
  poolCases,
  pools,
  tell,
} from '../support/promo-code-cases';
import { specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const done = { data: null };
const isFree = async (world: World, { code, loyalty_id }: Json) =>
  expect(await tell(world, { code, loyalty_id })).toMatchObject({ is_attached: false, attached: '' });

specify(
  promoCodes.detach,
  {
    'the code of a profile: another may have it': {
      given: attached,
      answers: done,
      afterwards: async (world, { code, loyalty_id }) => {
        await isFree(world, { code, loyalty_id });
        const other = await world.another();
        await other.ask('/promocodes/attach', { db_id: 1, code, loyalty_id });
      },
    },
    'its lifetime has not begun': {
      given: (world) => attached(world, pools.brief),
      answers: done,
      afterwards: async (world, { code, loyalty_id }) =>
        expect(await tell(world, { code, loyalty_id })).toMatchObject({ expire_date: '' }),
    },
    'an expiry of its own stays': {
      given: async (world) => {
        const named = await attached(world, pools.brief);
        await world.ask('/promocodes/update', { ...named, expire_date: '2999-01-01T00:00:00Z' });
        return named;
      },
      answers: done,
      afterwards: async (world, { code, loyalty_id }) =>
        expect(await tell(world, { code, loyalty_id })).toMatchObject({
          expire_date: '2999-01-01T00:00:00Z',
        }),
    },
    'a pool whose id is text': {
      given: async (world) => ({ ...(await attached(world)), loyalty_id: '1' }),
      answers: done,
    },
    'a universal code that only this profile has': {
      given: (world) => attached(world, pools.shared),
      answers: done,
      afterwards: isFree,
    },
    'a universal code that several have': {
      given: async (world) => {
        const named = await attached(world, pools.shared);
        const other = await world.another();
        await other.ask('/promocodes/attach', { db_id: 1, ...named });
        return named;
      },
      refuses: 'promo_code_shared',
      text: (_, { code }) => `Promo code "${code}" is attached to several profiles`,
    },
    'a code that another has': {
      given: async (world) => {
        const named = await given(world);
        const other = await world.another();
        await other.ask('/promocodes/attach', { db_id: 1, ...named });
        return named;
      },
      refuses: 'promo_code_not_of_profile',
      text: (_, { code }) => `Promo code "${code}" is attached to another profile`,
    },
    'a code that nobody has': {
      given,
      refuses: 'promo_code_not_attached',
      text: (_, { code }) => `Promo code "${code}" is not attached to anybody`,
    },
    ...inferringCases({ given: attached, answers: done }),
    ...findingCases,
    ...databaseCases,
    ...codeCases,
    ...poolCases,
    ...writerCases,
  },
  { db_id: 1, code: 'CODE', loyalty_id: pools.personal },
);
