import { promoCodes } from '../../src/contract/promo-codes';
import { databaseCases, findingCases, writerCases } from '../support/profile-cases';
import { attached, codeOf, given, inferringCases, poolCases, pools, tell } from '../support/promo-code-cases';
import { type Member, specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const answers = (_: unknown, { code }: Json) => ({ data: null, code });
const isHisOwn = async (world: World, { code, loyalty_id }: Json) =>
  expect(await tell(world, { code, loyalty_id })).toMatchObject({
    is_attached: true,
    profile_id: world.person.profile_id,
  });

async function oneFree(world: World, pool: number, name = 'free'): Promise<string> {
  const code = codeOf(world, name);
  await world.ask('/promocodes/import', { codes: [code], loyalty_id: pool });
  return code;
}

async function takenByAnother(world: World, pool: number): Promise<[Json, Member]> {
  const named = await given(world, pool);
  const other = await world.another();
  await other.ask('/promocodes/attach', { db_id: 1, ...named });
  return [named, other];
}

specify(
  promoCodes.attach,
  {
    'a code that nobody has': { given, answers, afterwards: isHisOwn },
    'a code that nobody knows: it is imported': {
      given: async (world) => ({ code: codeOf(world) }),
      answers,
      afterwards: isHisOwn,
    },
    'a pool whose id is text': {
      given: async (world) => ({ ...(await given(world)), loyalty_id: '1' }),
      answers,
    },
    'any code of the pool that is free': {
      given: async (world) => {
        await world.backend.pool.query(
          `update codes.codes set expires_at = '2020-01-01' where pool_id = ${pools.any}`,
        );
        await oneFree(world, pools.any);
        return { loyalty_id: pools.any };
      },
      answers: { data: null, code: expect.stringMatching(/^free-(json|xml)-A-\d+$/) as unknown as string },
      afterwards: async (world, _, { code }) => isHisOwn(world, { code, loyalty_id: pools.any }),
    },
    'a universal code that others have': {
      given: async (world) => (await takenByAnother(world, pools.shared))[0],
      answers,
      afterwards: async ({ backend }, { code }) => {
        const { rows } = await backend.pool.query('select holders from codes.codes where code = $1', [code]);
        expect(rows).toEqual([{ holders: 2 }]);
      },
    },
    'a universal code a second time: nothing changes': {
      given: (world) => attached(world, pools.shared),
      answers,
      afterwards: async ({ backend }, { code }) => {
        const { rows } = await backend.pool.query('select holders from codes.codes where code = $1', [code]);
        expect(rows).toEqual([{ holders: 1 }]);
      },
    },
    'any universal code that the profile does not have': {
      given: async (world) => {
        await world.backend.pool.query(
          `update codes.codes set expires_at = '2020-01-01' where pool_id = ${pools.twice}`,
        );
        const first = await oneFree(world, pools.twice, 'first');
        await oneFree(world, pools.twice, 'second');
        await world.ask('/promocodes/attach', { db_id: 1, loyalty_id: pools.twice, code: first });
        return { loyalty_id: pools.twice };
      },
      answers: { data: null, code: expect.stringMatching(/^second-/) as unknown as string },
    },
    'the lifetime of a personal code begins': {
      given: (world) => given(world, pools.brief),
      answers,
      afterwards: async (world, { code, loyalty_id }) => {
        const { attached: from, expire_date } = await tell(world, { code, loyalty_id });
        expect(Date.parse(String(expire_date)) - Date.parse(String(from))).toBe(30 * 86_400_000);
      },
    },
    'a code with an expiry of its own keeps it': {
      given: async (world) => {
        const named = await given(world, pools.brief);
        await world.ask('/promocodes/update', { ...named, expire_date: '2999-01-01T00:00:00Z' });
        return named;
      },
      answers,
      afterwards: async (world, { code, loyalty_id }) =>
        expect(await tell(world, { code, loyalty_id })).toMatchObject({
          expire_date: '2999-01-01T00:00:00Z',
        }),
    },
    'a personal code that another has': {
      given: async (world) => (await takenByAnother(world, pools.personal))[0],
      refuses: 'promo_code_attached',
      text: (_, { code }) => `Promo code "${code}" is attached already`,
    },
    'a personal code that the profile has': { given: attached, refuses: 'promo_code_attached' },
    'a code of another pool': {
      given: async (world) => ({ ...(await given(world, pools.any)), loyalty_id: pools.personal }),
      refuses: 'promo_code_elsewhere',
      text: (_, { code }) => `Promo code "${code}" does not belong to promo code pool 1`,
    },
    'a code that has expired': {
      given: async (world) => {
        const named = await given(world);
        await world.ask('/promocodes/update', { ...named, expire_date: '2020-01-01T00:00:00Z' });
        return named;
      },
      refuses: 'promo_code_expired',
    },
    'a code that was activated, and detached': {
      given: async (world) => {
        const named = await attached(world);
        await world.ask('/promocodes/activate', named);
        await world.ask('/promocodes/detach', { db_id: 1, ...named });
        return named;
      },
      refuses: 'promo_code_activated',
    },
    'a universal code that is used up': {
      given: async (world) => {
        const [named] = await takenByAnother(world, pools.twice);
        await world.ask('/promocodes/activate', named);
        await world.ask('/promocodes/activate', named);
        return named;
      },
      refuses: 'promo_code_used_up',
    },
    'a pool that is switched off': {
      given: (world) => given(world, pools.off),
      refuses: 'promo_pool_inactive',
      text: 'Promo code pool 7 is switched off',
    },
    'a pool that does not issue any more': {
      given: (world) => given(world, pools.over),
      refuses: 'promo_pool_closed',
      text: 'Promo code pool 8 does not issue codes at this time',
    },
    'a pool that takes no more codes': {
      given: async (world) => {
        const codes = ['1', '2', '3'].map((name) => codeOf(world, name));
        await world.ask('/promocodes/import', { codes, loyalty_id: pools.small });
        return { code: codeOf(world), loyalty_id: pools.small };
      },
      refuses: 'promo_pool_full',
      text: 'Promo code pool 10 takes no more codes',
    },
    'a pool without a free code': {
      request: { loyalty_id: pools.brief },
      given: async ({ backend }) => {
        await backend.pool.query(
          `update codes.codes set expires_at = '2020-01-01' where pool_id = ${pools.brief}`,
        );
        return {};
      },
      refuses: 'promo_pool_empty',
      text: 'Promo code pool 9 has no free code',
    },
    ...inferringCases({ given, answers }),
    ...findingCases,
    ...databaseCases,
    ...poolCases,
    ...writerCases,
  },
  { db_id: 1, loyalty_id: pools.personal },
);
