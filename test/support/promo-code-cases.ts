import type { Case, World } from './spec';
import type { Json } from './wire';

type Cases = Record<string, Case>;

/** The pools of the world that specifications run on. */
export const pools = {
  personal: 1,
  any: 2,
  elsewhere: 3,
  shared: 4,
  twice: 5,
  onceEach: 6,
  off: 7,
  over: 8,
  brief: 9,
  small: 10,
};

/** Codes of a case's own; nobody else has them. */
export const codeOf = ({ person, format }: Pick<World, 'person' | 'format'>, name = 'code') =>
  `${name}-${format}-${person.crm_id}`;

/** Puts the case's own code into a pool, and answers how it is named. */
export async function given(
  world: World,
  pool = pools.personal,
): Promise<{ code: string; loyalty_id: number }> {
  const code = codeOf(world);
  expect(await world.ask('/promocodes/import', { codes: [code], loyalty_id: pool })).toMatchObject({
    inserted: 1,
  });
  return { code, loyalty_id: pool };
}

/** As given, attached to the person of the case. */
export async function attached(world: World, pool = pools.personal) {
  const named = await given(world, pool);
  await world.ask('/promocodes/attach', { db_id: 1, ...named });
  return named;
}

/** What the API says of a code. */
export async function tell(world: Pick<World, 'ask'>, named: Json): Promise<Json> {
  return (await world.ask('/promocodes/get', named)).data as Json;
}

/** What is common to calls that name a pool. */
export const poolCases: Cases = {
  'no pool': {
    request: { loyalty_id: undefined },
    refuses: 'bad_request',
    text: 'loyalty_id: is required',
  },
  'a pool that is no number': {
    request: { loyalty_id: 'spring' },
    refuses: 'bad_request',
    text: 'loyalty_id: expected an integer from 1 to 2147483647, got "spring"',
  },
  'an unknown pool': {
    request: { loyalty_id: 999 },
    refuses: 'promo_pool_not_found',
    text: 'Promo code pool 999 not found',
  },
  'a pool whose database the token may not use': {
    request: { token: 'guest', loyalty_id: pools.personal },
    refuses: 'database_not_allowed',
    text: 'API token may not access profile database 1',
  },
};

/** What is common to calls that name a code. */
export const codeCases: Cases = {
  'no code': { request: { code: undefined }, refuses: 'bad_request', text: 'code: is required' },
  'a code that is too long': {
    request: { code: 'x'.repeat(101) },
    refuses: 'bad_request',
    text: `code: expected text of 1 to 100 characters, got "${'x'.repeat(60)}…"`,
  },
  'an unknown code': {
    request: { code: 'NOBODY-KNOWS' },
    refuses: 'promo_code_not_found',
    text: 'Promo code "NOBODY-KNOWS" not found in promo code pool 1',
  },
  'a code in other letter case': {
    given: async (world) => {
      const { code } = await given(world);
      return { code: code.toUpperCase() };
    },
    refuses: 'promo_code_not_found',
  },
  'a code of another pool': {
    given: async (world) => {
      const { code } = await given(world, pools.any);
      return { code, loyalty_id: pools.personal };
    },
    refuses: 'promo_code_not_found',
  },
};

/** Calls that find a profile without being told how, and those that cannot. */
export const inferringCases = (plain: Pick<Case, 'given' | 'answers'>): Cases => ({
  'the only key says how to match': { ...plain, request: { matching: undefined } },
  'the only key, which is a profile_id': {
    ...plain,
    request: ({ profile_id }) => ({ matching: undefined, email: undefined, profile_id }),
  },
  'the only key, which is a phone': {
    ...plain,
    request: ({ phone }) => ({ matching: undefined, email: undefined, phone }),
  },
  'the only key, which is a custom field': {
    ...plain,
    request: ({ crm_id }) => ({
      matching: undefined,
      email: undefined,
      field_name: 'crm_id',
      field_value: crm_id,
    }),
  },
  'no key at all': {
    request: { matching: undefined, email: undefined },
    refuses: 'bad_request',
    text: 'matching: is required, or one key of it',
  },
  'two keys, and nothing says which': {
    request: ({ profile_id }) => ({ matching: undefined, profile_id }),
    refuses: 'bad_request',
    text: 'matching: is required beside email and profile_id',
  },
  'a pool of another database': {
    request: { loyalty_id: pools.elsewhere },
    refuses: 'promo_pool_foreign',
    text: 'loyalty_id: promo code pool 3 is not one of profile database 1',
  },
});
