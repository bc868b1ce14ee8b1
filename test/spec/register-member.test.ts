import { members } from '../../src/contract/members';
import { balanceOf, historyOf, historyRow } from '../support/answers';
import { noTime, personCases, programCases } from '../support/common-cases';
import type { Person } from '../support/people';
import { post } from '../support/settling-cases';
import { type Case, specify, type World } from '../support/spec';

const answers = ({ profile_id }: Person) => ({ profile_id });
const plain = { unregistered: true, answers };

const initialBalance = historyRow({
  amount: '12.5',
  balance_after: '12.5',
  description: 'Initial balance',
  source_type: 'system',
  source_sid: 'initial_balance',
});

/** When the person was registered in program 1, in UTC. */
async function registeredAt({ backend, person }: World): Promise<unknown> {
  const { rows } = await backend.pool.query(
    'select registered_at from ledger.members where profile_id = $1 and removed_at is null',
    [person.profile_id],
  );
  expect(rows).toHaveLength(1);
  return rows[0].registered_at;
}

const newcomers: Record<string, Case> = {
  'somebody new: an account per currency': {
    ...plain,
    afterwards: async (world) => {
      expect(await balanceOf(world, 'stars')).toBe('0.00 of 0.00');
      expect(await balanceOf(world, 'status')).toBe('0.00 of 0.00');
      expect(await historyOf(world)).toEqual([]);
    },
  },
  'somebody new: each currency credits its initial balance': {
    ...plain,
    program: 3,
    afterwards: async (world) => {
      expect(await historyOf(world, 'first')).toEqual([initialBalance]);
      expect(await balanceOf(world, 'first')).toBe('12.50 of 12.50');
      expect(await balanceOf(world, 'second')).toBe('0.00 of 0.00');
    },
  },
  'a registration date of the past, with an offset': {
    ...plain,
    program: 3,
    request: { registration_date: '2024-01-01T01:00:00.5+01:00' },
    afterwards: async (world) => {
      expect(await registeredAt(world)).toBe('2024-01-01T00:00:00.5Z');
      const [row] = await historyOf(world, 'first');
      expect(row?.created_at).not.toBe('2024-01-01T00:00:00.5Z');
    },
  },
};

const known: Record<string, Case> = {
  'a member already: a success, and no second initial balance': {
    program: 3,
    request: { registration_date: '2024-01-01T00:00:00Z' },
    answers,
    afterwards: async (world) => {
      expect(await historyOf(world, 'first')).toEqual([initialBalance]);
      expect(await registeredAt(world)).not.toBe('2024-01-01T00:00:00Z');
    },
  },
  'a former member: new accounts, and no second initial balance': {
    program: 3,
    given: async (world) => {
      await post(world, 'accrue', { points_currency_eid: 'first', amount: '5' });
      await world.ask('/loyalty/delete_member');
      return {};
    },
    answers,
    afterwards: async (world) => {
      expect(await balanceOf(world, 'first')).toBe('0.00 of 0.00');
      expect(await historyOf(world, 'first')).toEqual([]);
    },
  },
  'a former member, where the program grants initial balances again': {
    program: 4,
    given: async (world) => {
      await post(world, 'redeem', { amount: '99' });
      await world.ask('/loyalty/delete_member');
      return {};
    },
    answers,
    afterwards: async (world) => expect(await balanceOf(world, 'coins')).toBe('100 of 100'),
  },
};

const refused: Record<string, Case> = {
  'a registration date in the future': {
    unregistered: true,
    request: { registration_date: '2999-01-01T00:00:00Z' },
    refuses: 'bad_request',
    text: 'registration_date: expected a time not in the future, got 2999-01-01T00:00:00Z',
  },
  'a registration date that is none': {
    unregistered: true,
    request: { registration_date: '2024-02-30T00:00:00Z' },
    refuses: 'bad_request',
    text: noTime('registration_date', '2024-02-30T00:00:00Z'),
  },
  'a program that is switched off': {
    program: 2,
    unregistered: true,
    refuses: 'program_inactive',
    text: 'Loyalty program 2 is switched off',
  },
  'a token that may only read': {
    unregistered: true,
    request: { token: 'reader' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_write"',
  },
};

specify(members.register, {
  ...newcomers,
  ...known,
  ...refused,
  'keys nobody knows': { ...plain, request: { amount: 'abc' } },
  ...programCases,
  ...personCases(plain),
});
