import { transactions } from '../../src/contract/transactions';
import { balanceOf, historyOf, historyRow } from '../support/answers';
import { foundCases, hold, lookupCases, post, timeOut } from '../support/settling-cases';
import { type Case, specify } from '../support/spec';
import type { Json } from '../support/wire';

const rolledBack = (transaction_id: unknown, balance = '20.00') => ({ data: { transaction_id, balance } });

/** A success for a temporary redemption that has this history, and leaves everything as it was before it. */
function succeeds(given: NonNullable<Case['given']>, but: Json = {}): Case {
  return {
    given,
    answers: (_, { transaction_id }) => rolledBack(transaction_id),
    afterwards: async (world) => {
      expect(await balanceOf(world)).toBe('20.00 of 20.00');
      const [, row, ...others] = await historyOf(world);
      const ended = { is_temp: true, temp_state: 'rolled_back', canceled: false, ...but };
      expect(row).toMatchObject({ transaction_type: 'redeem', amount: '5', ...ended });
      expect(others).toEqual([]);
    },
  };
}

specify(transactions.rollback, {
  'a temporary redemption: its points are active again': succeeds(async (world) => ({
    transaction_id: await hold(world),
  })),
  'once more: the same success': succeeds(async (world) => {
    const transaction_id = await hold(world);
    await world.ask('/loyalty/rollback_transaction', { transaction_id });
    return { transaction_id };
  }),
  'after the timeout did it: the same success': succeeds(
    async (world) => {
      const transaction_id = await hold(world);
      await timeOut(world, transaction_id);
      return { transaction_id };
    },
    { temp_state: 'timed_out' },
  ),
  'after it was cancelled: the same success': succeeds(
    async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/cancel_transaction', { transaction_id });
      return { transaction_id };
    },
    { canceled: true },
  ),
  'after its member was removed: the same success': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/delete_member');
      return { transaction_id };
    },
    answers: (_, { transaction_id }) => rolledBack(transaction_id),
  },
  'one of several: the others stay': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await post(world, 'redeem', { amount: '3', is_temp: true });
      return { transaction_id };
    },
    answers: (_, { transaction_id }) => rolledBack(transaction_id, '17.00'),
    afterwards: async (world) => expect(await balanceOf(world)).toBe('17.00 of 20.00'),
  },
  'a temporary accrual: closed, without a trace in the balance': {
    given: async (world) => ({ transaction_id: await post(world, 'accrue', { amount: '5', is_temp: true }) }),
    answers: (_, { transaction_id }) => rolledBack(transaction_id, '0.00'),
    afterwards: async (world) => {
      expect(await balanceOf(world)).toBe('0.00 of 0.00');
      const row = { balance_after: '0', activation_date: null, is_temp: true, temp_state: 'rolled_back' };
      expect(await historyOf(world)).toEqual([historyRow(row)]);
    },
  },
  ...foundCases((id) => rolledBack(id)),
  'a permanent transaction': {
    given: async (world) => ({ transaction_id: await post(world, 'accrue', { amount: '5' }) }),
    refuses: 'transaction_not_temporary',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} is not temporary`,
  },
  'one that was committed': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      return { transaction_id };
    },
    refuses: 'already_committed',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} is already committed`,
  },
  'a temporary accrual that was committed': {
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '5', is_temp: true });
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      return { transaction_id };
    },
    refuses: 'already_committed',
  },
  ...lookupCases,
});
