import { promoCodes } from '../../src/contract/promo-codes';
import { noTime } from '../support/common-cases';
import { writerCases } from '../support/profile-cases';
import { attached, codeCases, given, poolCases, pools, tell } from '../support/promo-code-cases';
import { specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const done = { data: null };
const toldAfterwards =
  (expected: Json) =>
  async (world: World, { code, loyalty_id }: Json) =>
    expect(await tell(world, { code, loyalty_id })).toMatchObject(expected);

async function activated(world: World, pool = pools.personal) {
  const named = await attached(world, pool);
  await world.ask('/promocodes/activate', named);
  return named;
}

specify(
  promoCodes.update,
  {
    'when it expires': {
      given: async (world) => ({ ...(await given(world)), expire_date: '2999-08-25T08:00:00Z' }),
      answers: done,
      afterwards: toldAfterwards({ expire_date: '2999-08-25T08:00:00Z', is_activated: false }),
    },
    'that it has expired': {
      given: async (world) => ({ ...(await given(world)), expire_date: '2018-08-25T08:00:00Z' }),
      answers: done,
      afterwards: toldAfterwards({ is_expired: true, expired: '2018-08-25T08:00:00Z' }),
    },
    'that it is activated': {
      given: async (world) => ({ ...(await attached(world)), activated: true }),
      answers: done,
      afterwards: toldAfterwards({ is_activated: true }),
    },
    'both, with the id of the pool as text': {
      given: async (world) => ({
        ...(await attached(world)),
        loyalty_id: '1',
        activated: true,
        expire_date: '2018-08-25T08:00:00Z',
      }),
      answers: done,
      afterwards: toldAfterwards({ is_activated: true, is_expired: true }),
    },
    'that it is activated, which it is': {
      given: async (world) => ({ ...(await activated(world)), activated: true }),
      answers: done,
      afterwards: toldAfterwards({ is_activated: true }),
    },
    'that it is not activated: it can be activated again': {
      given: async (world) => ({ ...(await activated(world)), activated: false }),
      answers: done,
      afterwards: async (world, { code, loyalty_id }) => {
        await toldAfterwards({ is_activated: false, activated: '', is_attached: true })(world, {
          code,
          loyalty_id,
        });
        await world.ask('/promocodes/activate', { code, loyalty_id });
      },
    },
    'that a universal code was never used': {
      given: async (world) => ({ ...(await activated(world, pools.onceEach)), activated: false }),
      answers: done,
      afterwards: async ({ ask }, { code, loyalty_id }) =>
        void (await ask('/promocodes/activate', { code, loyalty_id })),
    },
    'that it is not activated, which it is not': {
      given: async (world) => ({ ...(await given(world)), activated: false }),
      answers: done,
      afterwards: toldAfterwards({ is_activated: false }),
    },
    'that a code which nobody has is activated': {
      given: async (world) => ({ ...(await given(world)), activated: true }),
      refuses: 'promo_code_not_attached',
      text: (_, { code }) => `Promo code "${code}" is not attached to anybody`,
    },
    'nothing to change': {
      refuses: 'bad_request',
      text: 'activated: is required, or expire_date',
    },
    'a time that is none': {
      request: { expire_date: 'tomorrow' },
      refuses: 'bad_request',
      text: noTime('expire_date', 'tomorrow'),
    },
    'activated that is neither true nor false': {
      request: { activated: 'yes' },
      refuses: 'bad_request',
      text: 'activated: expected true or false, got "yes"',
    },
    ...Object.fromEntries(
      Object.entries({ ...codeCases, ...poolCases, ...writerCases }).map(([title, spec]) => [
        title,
        {
          ...spec,
          request: { activated: false, ...(spec.request as Json | undefined) },
        },
      ]),
    ),
  },
  { code: 'CODE', loyalty_id: pools.personal },
);
