import { uuidv7 } from 'uuidv7';
import { transactions } from '../../src/contract/transactions';
import { anyId, balanceOf, historyOf, historyRow } from '../support/answers';
import { foundCases, hold, holdInClosedProgram, lookupCases, post, timeOut } from '../support/settling-cases';
import { type Case, specify } from '../support/spec';
import type { Json } from '../support/wire';

const path = '/loyalty/cancel_transaction';
const canceled = (transaction_id: unknown, balance: string) => ({ data: { transaction_id, balance } });
const withBalance = (balance: string) => (_: unknown, sent: Json) => canceled(sent.transaction_id, balance);

const accruals: Record<string, Case> = {
  'an accrual: its row is kept, and reversed': {
    given: async (world) => ({ transaction_id: await post(world, 'accrue', { amount: '5' }) }),
    answers: withBalance('0.00'),
    afterwards: async (world, { transaction_id }) => {
      expect(await balanceOf(world)).toBe('0.00 of 0.00');
      const reversal = {
        transaction_type: 'reversal',
        balance_before: '5',
        balance_after: '0',
        activation_date: null,
      };
      expect(await historyOf(world)).toEqual([
        historyRow({ transaction_id, canceled: true }),
        historyRow(reversal),
      ]);
    },
  },
  'an accrual whose points are not active yet': {
    given: async (world) => {
      const activation_date = '2999-01-01T00:00:00Z';
      return { transaction_id: await post(world, 'accrue', { amount: '5', activation_date }) };
    },
    answers: withBalance('0.00'),
    afterwards: async (world) => expect(await balanceOf(world)).toBe('0.00 of 0.00'),
  },
  'an accrual, while the points of another are spent': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '5', expiration_date: '2999-01-01T00:00:00Z' });
      const transaction_id = await post(world, 'accrue', { amount: '5' });
      await post(world, 'redeem', { amount: '5' });
      return { transaction_id };
    },
    answers: withBalance('0.00'),
  },
  'an accrual some of whose points are spent': {
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '5' });
      await post(world, 'redeem', { amount: '0.01' });
      return { transaction_id };
    },
    refuses: 'points_spent',
    text: (_, { transaction_id }) => `Points of transaction ${transaction_id} are already spent or reserved`,
  },
  'an accrual some of whose points are reserved': {
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '5' });
      await post(world, 'redeem', { amount: '0.01', is_temp: true });
      return { transaction_id };
    },
    refuses: 'points_spent',
  },
  'a spent accrual, where the program allows a debt that the next accruals repay': {
    program: 4,
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '50' });
      await post(world, 'redeem', { amount: '150' });
      return { transaction_id };
    },
    answers: withBalance('-50'),
    afterwards: async (world) => {
      await post(world, 'accrue', { amount: '60' });
      expect(await balanceOf(world, 'coins')).toBe('10 of 10');
    },
  },
  'the initial balance of a member': {
    program: 4,
    given: async (world) => {
      const [row] = await historyOf(world, 'coins');
      return { transaction_id: row?.transaction_id };
    },
    answers: withBalance('0'),
  },
};

const redemptions: Record<string, Case> = {
  'a redemption: its points are active again': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '20' });
      return { transaction_id: await post(world, 'redeem', { amount: '5' }) };
    },
    answers: withBalance('20.00'),
    afterwards: async (world, { transaction_id }) => {
      expect(await balanceOf(world)).toBe('20.00 of 20.00');
      const [, redeemed, reversal, ...others] = await historyOf(world);
      expect(redeemed).toMatchObject({ transaction_id, transaction_type: 'redeem', canceled: true });
      expect(reversal).toMatchObject({
        transaction_type: 'reversal',
        balance_before: '15',
        balance_after: '20',
      });
      expect(others).toEqual([]);
    },
  },
  'a redemption: its points lapse when they would have': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '20', expiration_date: '2999-06-01T00:00:00Z' });
      return { transaction_id: await post(world, 'redeem', { amount: '5' }) };
    },
    answers: withBalance('20.00'),
    afterwards: async ({ ask }) => {
      const lapsing = await ask('/loyalty/account/expiring_points', {
        points_currency_eid: 'stars',
        date_from: '2999-06-01T00:00:00Z',
        date_to: '2999-06-01T00:00:00Z',
      });
      expect(lapsing.data).toEqual({ expiring_points: '20.00' });
    },
  },
  'once more: the same answer, whatever the balance is now': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '20' });
      const transaction_id = await post(world, 'redeem', { amount: '5' });
      await world.ask(path, { transaction_id });
      await post(world, 'redeem', { amount: '1' });
      return { transaction_id };
    },
    answers: withBalance('20.00'),
    afterwards: async (world) => expect(await balanceOf(world)).toBe('19.00 of 19.00'),
  },
};

const temporary: Record<string, Case> = {
  'an open temporary redemption: rolled back': {
    given: async (world) => ({ transaction_id: await hold(world) }),
    answers: withBalance('20.00'),
    afterwards: async (world) => {
      expect(await balanceOf(world)).toBe('20.00 of 20.00');
      const [, row, ...others] = await historyOf(world);
      expect(row).toMatchObject({ is_temp: true, temp_state: 'rolled_back', canceled: true });
      expect(others).toEqual([]);
    },
  },
  'an open temporary accrual: rolled back': {
    given: async (world) => ({ transaction_id: await post(world, 'accrue', { amount: '5', is_temp: true }) }),
    answers: withBalance('0.00'),
    afterwards: async (world) => {
      const [row, ...others] = await historyOf(world);
      expect(row).toMatchObject({ is_temp: true, temp_state: 'rolled_back', canceled: true });
      expect(others).toEqual([]);
    },
  },
  'an open temporary transaction once more: the same answer': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask(path, { transaction_id });
      return { transaction_id };
    },
    answers: withBalance('20.00'),
  },
  'an open temporary transaction once more, in a program that was switched off since': {
    program: 2,
    given: async (world) => {
      const transaction_id = await holdInClosedProgram(world);
      await world.backend.gateway.signalHold(transaction_id, 'cancel');
      return { transaction_id };
    },
    answers: withBalance('0.00'),
  },
  'a committed temporary redemption': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/commit_transaction', { transaction_id });
      return { transaction_id };
    },
    answers: withBalance('20.00'),
    afterwards: async (world) => expect(await balanceOf(world)).toBe('20.00 of 20.00'),
  },
  'a committed temporary accrual, by its transaction_eid: the full transaction it became': {
    given: async (world) => {
      const transaction_eid = uuidv7();
      await post(world, 'accrue', { amount: '5', is_temp: true, transaction_eid });
      await world.ask('/loyalty/commit_transaction', { transaction_eid });
      return { transaction_eid };
    },
    answers: canceled(anyId, '0.00'),
    afterwards: async (world, _, { data }) => {
      const [row] = await historyOf(world);
      expect(row).toMatchObject({ transaction_id: (data as Json).transaction_id, canceled: true });
    },
  },
};

const refused: Record<string, Case> = {
  'a temporary transaction that was rolled back': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await world.ask('/loyalty/rollback_transaction', { transaction_id });
      return { transaction_id };
    },
    refuses: 'already_rolled_back',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} is already rolled back`,
  },
  'a temporary transaction that timed out': {
    given: async (world) => {
      const transaction_id = await hold(world);
      await timeOut(world, transaction_id);
      return { transaction_id };
    },
    refuses: 'already_timed_out',
    text: (_, { transaction_id }) => `Transaction ${transaction_id} has timed out`,
  },
  'a reversal': {
    given: async (world) => {
      await world.ask(path, { transaction_id: await post(world, 'accrue', { amount: '5' }) });
      const [, reversal] = await historyOf(world);
      return { transaction_id: reversal?.transaction_id };
    },
    refuses: 'not_cancelable',
    text: (_, { transaction_id }) =>
      `Transaction ${transaction_id} is of type reversal and cannot be canceled`,
  },
  'a transaction of somebody who is a member no more': {
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '5' });
      await world.ask('/loyalty/delete_member');
      return { transaction_id };
    },
    refuses: 'member_not_found',
    text: 'Profile is not a member of loyalty program 1',
  },
};

specify(transactions.cancel, {
  ...accruals,
  ...redemptions,
  ...temporary,
  ...foundCases((id) => canceled(id, '20.00')),
  ...refused,
  ...lookupCases,
});
