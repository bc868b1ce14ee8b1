import { promoCodes } from '../../src/contract/promo-codes';
import { writerCases } from '../support/profile-cases';
import { attached, codeCases, given, poolCases, pools, tell } from '../support/promo-code-cases';
import { specify, type World } from '../support/spec';

const done = { data: null };
const ask = (world: World, path: string, named: object) => world.ask(`/promocodes/${path}`, { ...named });

specify(
  promoCodes.activate,
  {
    'a personal code that is attached': {
      given: attached,
      answers: done,
      afterwards: async (world, { code, loyalty_id }) =>
        expect(await tell(world, { code, loyalty_id })).toMatchObject({ is_activated: true }),
    },
    'a pool whose id is text': {
      given: async (world) => ({ ...(await attached(world)), loyalty_id: '1' }),
      answers: done,
    },
    'a universal code, as often as one likes': {
      given: async (world) => {
        const named = await attached(world, pools.shared);
        await ask(world, 'activate', named);
        await ask(world, 'activate', named);
        return named;
      },
      answers: done,
      afterwards: async ({ backend }, { code }) => {
        const { rows } = await backend.pool.query('select uses from codes.codes where code = $1', [code]);
        expect(rows).toEqual([{ uses: 3 }]);
      },
    },
    'a code that is attached to nobody': {
      given,
      refuses: 'promo_code_not_attached',
      text: (_, { code }) => `Promo code "${code}" is not attached to anybody`,
    },
    'a personal code a second time': {
      given: async (world) => {
        const named = await attached(world);
        await ask(world, 'activate', named);
        return named;
      },
      refuses: 'promo_code_activated',
      text: (_, { code }) => `Promo code "${code}" is activated already`,
    },
    'a code that has expired': {
      given: async (world) => {
        const named = await attached(world);
        await ask(world, 'update', { ...named, expire_date: '2020-01-01T00:00:00Z' });
        return named;
      },
      refuses: 'promo_code_expired',
      text: (_, { code }) => `Promo code "${code}" has expired`,
    },
    'a universal code that was used as often as it can be': {
      given: async (world) => {
        const named = await attached(world, pools.twice);
        await ask(world, 'activate', named);
        await ask(world, 'activate', named);
        return named;
      },
      refuses: 'promo_code_used_up',
      text: (_, { code }) => `Promo code "${code}" has been used as often as it can be`,
    },
    'a universal code that its profile used as often as it can': {
      given: async (world) => {
        const named = await attached(world, pools.onceEach);
        await ask(world, 'activate', named);
        return named;
      },
      refuses: 'promo_code_used_up',
    },
    'a code that was issued before the pool was switched off': {
      given: async (world) => {
        const named = await attached(world);
        await world.backend.pool.query(`update codes.codes set pool_id = ${pools.off} where code = $1`, [
          named.code,
        ]);
        return { ...named, loyalty_id: pools.off };
      },
      refuses: 'promo_pool_inactive',
      text: 'Promo code pool 7 is switched off',
    },
    'a code that was issued before the pool stopped issuing': {
      given: async (world) => {
        const named = await attached(world);
        await world.backend.pool.query(`update codes.codes set pool_id = ${pools.over} where code = $1`, [
          named.code,
        ]);
        return { ...named, loyalty_id: pools.over };
      },
      answers: done,
    },
    ...codeCases,
    ...poolCases,
    ...writerCases,
  },
  { code: 'CODE', loyalty_id: pools.personal },
);
