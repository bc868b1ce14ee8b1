import { setTimeout as pause } from 'node:timers/promises';
import { uuidv7 } from 'uuidv7';
import { transactions } from '../../src/contract/transactions';
import { anyId, balanceOf, historyOf, historyRow } from '../support/answers';
import { foundCases, hold, holdInClosedProgram, lookupCases, post, timeOut } from '../support/settling-cases';
import { type Case, specify } from '../support/spec';
import type { Json } from '../support/wire';

const committed = (transaction_id: unknown, balance: string) => ({ data: { transaction_id, balance } });

const redemptions: Record<string, Case> = {
  'a temporary redemption: the same transaction, now permanent': {
    given: async (world) => ({ transaction_id: await hold(world) }),
    answers: (_, { transaction_id }) => committed(transaction_id, '15.00'),
    afterwards: async (world, { transaction_id }) => {
      expect(await balanceOf(world)).toBe('15.00 of 15.00');
      const [, row, ...others] = await historyOf(world);
      expect(row).toMatchObject({ transaction_id, transaction_type: 'redeem', is_temp: false, amount: '5' });
      expect(others).toEqual([]);
    },
  },
  'once more: the first answer again, whatever the balance is now': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      await post(world, 'redeem', { amount: '1' });
      return { transaction_id };
    },
    answers: (_, { transaction_id }) => committed(transaction_id, '15.00'),
    afterwards: async (world) => expect(await balanceOf(world)).toBe('14.00 of 14.00'),
  },
  'one of several': {
    given: async (world) => {
      await hold(world);
      const transaction_id = await post(world, 'redeem', { amount: '3', is_temp: true });
      await post(world, 'redeem', { amount: '2', is_temp: true });
      return { transaction_id };
    },
    answers: (_, { transaction_id }) => committed(transaction_id, '10.00'),
    afterwards: async (world) => expect(await balanceOf(world)).toBe('10.00 of 17.00'),
  },
};

/** A temporary accrual; answers what commit needs. */
const accrual = (more: Json = {}): NonNullable<Case['given']> => {
  return async (world) => ({
    transaction_id: await post(world, 'accrue', { amount: '5', is_temp: true, ...more }),
  });
};

const accruals: Record<string, Case> = {
  'a temporary accrual: a new, full transaction': {
    given: accrual({ promotion_id: 'gift', created_at: '2024-01-01T00:00:00Z', external_data: { till: 3 } }),
    answers: committed(anyId, '5.00'),
    afterwards: async (world, { transaction_id: temporary }, { data }) => {
      const { transaction_id } = data as Json;
      expect(transaction_id).not.toBe(temporary);
      expect(await balanceOf(world)).toBe('5.00 of 5.00');
      const row = {
        transaction_id,
        created_at: '2024-01-01T00:00:00Z',
        promo_iid: 2,
        promo_eid: 'gift',
        custom_json: { till: 3 },
      };
      expect(await historyOf(world)).toEqual([historyRow(row)]);
    },
  },
  'a temporary accrual, with the dates it asked for': {
    given: accrual({ activation_date: '2999-01-01T00:00:00Z', expiration_date: '2999-02-01T00:00:00Z' }),
    answers: committed(anyId, '0.00'),
    afterwards: async (world) => {
      expect(await balanceOf(world)).toBe('0.00 of 5.00');
      const dates = { activation_date: '2999-01-01T00:00:00Z', expiration_date: '2999-02-01T00:00:00Z' };
      expect(await historyOf(world)).toEqual([historyRow({ ...dates, balance_after: '0' })]);
    },
  },
  'a temporary accrual once more: the new id again': {
    given: async (world) => {
      const transaction_eid = uuidv7();
      await post(world, 'accrue', { amount: '5', is_temp: true, transaction_eid });
      await world.ask('/loyalty/commit_transaction', { transaction_eid });
      return { transaction_eid };
    },
    answers: committed(anyId, '5.00'),
    afterwards: async (world, _, { data }) => {
      const [row, ...others] = await historyOf(world);
      expect(row?.transaction_id).toBe((data as Json).transaction_id);
      expect(others).toEqual([]);
    },
  },
  'a temporary accrual once more, in a program that was switched off since': {
    program: 2,
    given: async (world) => {
      const transaction_id = await holdInClosedProgram(world);
      await world.backend.gateway.signalHold(transaction_id, 'commit');
      return { transaction_id };
    },
    answers: committed(anyId, '5.00'),
  },
  'a temporary accrual in a currency without decimals': {
    program: 4,
    given: accrual(),
    answers: committed(anyId, '105'),
  },
};

const refused: Record<string, Case> = {
  'a permanent transaction': {
    given: async (world) => ({ transaction_id: await post(world, 'accrue', { amount: '5' }) }),
    refuses: 'transaction_not_temporary',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} is not temporary`,
  },
  'the full transaction a temporary accrual became': {
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '5', is_temp: true });
      const { data } = await world.ask('/loyalty/commit_transaction', { transaction_id });
      return { transaction_id: (data as Json).transaction_id };
    },
    refuses: 'transaction_not_temporary',
  },
  'one that was rolled back': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/rollback_transaction', { transaction_id });
      return { transaction_id };
    },
    refuses: 'already_rolled_back',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} is already rolled back`,
  },
  'one whose member was removed': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/delete_member');
      return { transaction_id };
    },
    refuses: 'already_rolled_back',
  },
  'one that timed out': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await timeOut(world, transaction_id);
      return { transaction_id };
    },
    refuses: 'already_timed_out',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} has timed out`,
  },
  'one that timed out by itself': {
    given: async (world) => {
      const transaction_id = await hold(world, { temp_timeout_sec: 1 });
      while ((await balanceOf(world)) !== '20.00 of 20.00') await pause(20);
      return { transaction_id };
    },
    refuses: 'already_timed_out',
  },
  'one that was cancelled': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/cancel_transaction', { transaction_id });
      return { transaction_id };
    },
    refuses: 'already_canceled',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} is already canceled`,
  },
  'a redemption that was cancelled after its commit': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      await world.ask('/loyalty/cancel_transaction', { transaction_id });
      return { transaction_id };
    },
    refuses: 'already_canceled',
  },
  'an accrual that was cancelled after its commit': {
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '5', is_temp: true });
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      await world.ask('/loyalty/cancel_transaction', { transaction_id });
      return { transaction_id };
    },
    refuses: 'already_canceled',
  },
};

const service = specify(transactions.commit, {
  ...redemptions,
  ...accruals,
  ...foundCases((id) => committed(id, '15.00')),
  ...refused,
  ...lookupCases,
});

test.each(['accrue', 'redeem'] as const)('commit and rollback at once: %s is settled once', async (verb) => {
  const member = await service.another();
  await post(member, 'accrue', { amount: '20' });
  for (let round = 0; round < 4; round += 1) {
    const transaction_id = await post(member, verb, { amount: '1', is_temp: true });
    const [commit, rollback, ...again] = await Promise.all(
      ['commit', 'rollback', 'commit', 'rollback'].map((wish) =>
        member.try(`/loyalty/${wish}_transaction`, { transaction_id }),
      ),
    );
    expect([commit?.error, rollback?.error].sort()).toEqual([0, 409]);
    expect(again).toEqual([commit, rollback]);
  }
});
