import { uuidv7 } from 'uuidv7';
import { anyId } from './answers';
import type { Backend } from './service';
import type { Case, Member, World } from './spec';
import type { Json } from './wire';

type Cases = Record<string, Case>;

/** Asks a posting endpoint and answers the new transaction's id. */
export async function post(
  { ask }: Pick<Member, 'ask'>,
  verb: 'accrue' | 'redeem',
  body: Json,
): Promise<string> {
  const path = verb === 'accrue' ? '/loyalty/accrue_points' : '/loyalty/redeeme_points';
  const { data } = await ask(path, body);
  return (data as Json).transaction_id as string;
}

/** A temporary redemption of 5 from 20; answers its id. */
export async function hold(world: Pick<Member, 'ask'>, more: Json = {}): Promise<string> {
  await post(world, 'accrue', { amount: '20' });
  return post(world, 'redeem', { amount: '5', is_temp: true, ...more });
}

/** Ends a temporary transaction as its workflow does at its timeout. */
export async function timeOut({ backend }: { backend: Backend }, id: string): Promise<void> {
  const { rows } = await backend.pool.query(
    `select a.program_id, a.member_id, a.currency_iid
     from ledger.holds join ledger.accounts a using (account_id) where transaction_id = $1`,
    [id],
  );
  const [account] = rows as [{ program_id: number; member_id: string; currency_iid: number }];
  const settled = await backend.gateway.post({ verb: 'settle', ...account, target_id: id, wish: 'timeout' });
  expect(settled).toMatchObject({ state: 'timed_out' });
}

/** A temporary redemption of 5 from 20 whose transaction_eid another program has too. */
async function inTwoPrograms(world: World): Promise<{ transaction_id: string; transaction_eid: string }> {
  const transaction_eid = uuidv7();
  await post(await world.another(4), 'accrue', { amount: '5', transaction_eid });
  return { transaction_id: await hold(world, { transaction_eid }), transaction_eid };
}

/** A temporary accrual of 5 in program 2, which was switched off since. */
export async function holdInClosedProgram({ backend, person }: World): Promise<string> {
  const { rows } = await backend.pool.query('select member_id from ledger.members where profile_id = $1', [
    person.profile_id,
  ]);
  const transaction_id = uuidv7();
  const accrual = {
    verb: 'accrue',
    transaction_id,
    program_id: 2,
    member_id: rows[0].member_id,
    currency_iid: 3,
    amount: '5',
    source_type: 'api',
    temp_until: '2999-01-01T00:00:00Z',
  } as const;
  const labels = { program: 'closed', member: person.profile_id, currency: 'old', amount: '5.00' };
  await backend.gateway.openHold(accrual, labels);
  return transaction_id;
}

/** How commit, rollback and cancel find their transaction, and where they do not. */
export const lookupCases: Cases = {
  'neither id': {
    refuses: 'bad_request',
    text: 'transaction_id: is required, or transaction_eid',
  },
  'two empty ids': {
    request: { transaction_id: null, transaction_eid: null },
    refuses: 'bad_request',
    text: 'transaction_id: is required, or transaction_eid',
  },
  'an id that is no text': {
    request: { transaction_id: 17 },
    only: 'json',
    refuses: 'bad_request',
    text: 'transaction_id: expected text of 1 to 255 characters, got 17',
  },
  'an unknown id': {
    request: { transaction_id: '0195c0de-2222-7abc-8def-001122334455' },
    refuses: 'transaction_not_found',
    text: 'Transaction 0195c0de-2222-7abc-8def-001122334455 not found',
  },
  'an id that is no UUID': {
    request: { transaction_id: 'g1h2i3j4-k5l6-m7n8-o9p0' },
    refuses: 'transaction_not_found',
    text: 'Transaction g1h2i3j4-k5l6-m7n8-o9p0 not found',
  },
  'an unknown transaction_eid': {
    request: { transaction_eid: 'pos-0' },
    refuses: 'transaction_not_found',
    text: 'Transaction "pos-0" not found',
  },
  'a known id and an unknown transaction_eid': {
    given: async (world) => ({ transaction_id: await hold(world), transaction_eid: 'pos-0' }),
    refuses: 'transaction_not_found',
    text: 'Transaction "pos-0" not found',
  },
  'the ids of two transactions': {
    given: async (world) => {
      const transaction_eid = uuidv7();
      await hold(world, { transaction_eid });
      return { transaction_id: await hold(world), transaction_eid };
    },
    refuses: 'ids_disagree',
    text: 'transaction_id and transaction_eid denote different transactions',
  },
  'a transaction_eid that two programs have': {
    given: async (world) => ({ transaction_eid: (await inTwoPrograms(world)).transaction_eid }),
    refuses: 'eid_ambiguous',
    text: (_, { transaction_eid }) =>
      `transaction_eid "${transaction_eid}" exists in several programs: send transaction_id`,
  },
  'a transaction of a program the token may not use': {
    given: async (world) => ({ transaction_id: await hold(world) }),
    request: { token: 'guest' },
    refuses: 'transaction_not_found',
  },
  'a program that was switched off': {
    program: 2,
    given: async (world) => ({ transaction_id: await holdInClosedProgram(world) }),
    refuses: 'program_inactive',
    text: 'Loyalty program 2 is switched off',
  },
  'a token that may only read': {
    request: { token: 'reader', transaction_eid: 'pos-0' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_write"',
  },
};

/** Each way to name one temporary redemption of 5 from 20; `answers` is told the id. */
export function foundCases(answers: (id: unknown) => Json): Cases {
  const byId = (_: unknown, { transaction_id }: Json) => answers(transaction_id);
  return {
    'found by its id': {
      given: async (world) => ({ transaction_id: await hold(world) }),
      answers: byId,
    },
    'found by its id in capitals': {
      given: async (world) => ({ transaction_id: (await hold(world)).toUpperCase() }),
      answers: (_, { transaction_id }) => answers((transaction_id as string).toLowerCase()),
    },
    'found by its transaction_eid': {
      given: async (world) => {
        const transaction_eid = uuidv7();
        await hold(world, { transaction_eid });
        return { transaction_eid };
      },
      answers: () => answers(anyId),
    },
    'found by both': {
      given: async (world) => {
        const transaction_eid = uuidv7();
        return { transaction_id: await hold(world, { transaction_eid }), transaction_eid };
      },
      answers: byId,
    },
    'found by both, though another program has the transaction_eid too': {
      given: inTwoPrograms,
      answers: byId,
    },
    'found by its transaction_eid in the one program the token may use': {
      given: async (world) => ({ transaction_eid: (await inTwoPrograms(world)).transaction_eid }),
      request: { token: 'shop' },
      answers: () => answers(anyId),
    },
  };
}
