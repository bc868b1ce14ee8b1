import { members } from '../../src/contract/members';
import { memberCases, programCases } from '../support/common-cases';
import { enrol, type Person } from '../support/people';
import { hold, post } from '../support/settling-cases';
import { type Case, specify, type World } from '../support/spec';

const answers = ({ profile_id }: Person) => ({ profile_id });
const plain = { answers };

const readers = ['balance', 'transactions', 'expiring_points'].map((name) => `/loyalty/account/${name}`);

/** What the database holds of the person's accounts, all memberships together. */
async function kept({ backend, person }: World) {
  const { rows } = await backend.pool.query(
    `select
       (select count(*)::int from ledger.postings p join ledger.accounts a using (account_id)
        where a.member_id = m.member_id) as postings,
       (select jsonb_agg(h.state) from ledger.holds h join ledger.accounts a using (account_id)
        where a.member_id = m.member_id) as holds,
       (select sum(a.active)::text from ledger.accounts a where a.member_id = m.member_id) as active,
       m.removed_at is not null as is_removed
     from ledger.members m where m.profile_id = $1`,
    [person.profile_id],
  );
  return rows;
}

const cases: Record<string, Case> = {
  'a member: nothing can be read or written any more': {
    given: async (world) => void (await post(world, 'accrue', { amount: '5' })),
    answers,
    afterwards: async ({ ask }) => {
      const body = {
        points_currency_eid: 'stars',
        date_from: '2024-01-01T00:00:00Z',
        date_to: '2999-01-01T00:00:00Z',
      };
      for (const path of readers) await expect(ask(path, body)).rejects.toThrow('404');
      await expect(ask('/loyalty/accrue_points', { amount: '5' })).rejects.toThrow('404');
      await expect(ask('/loyalty/delete_member')).rejects.toThrow('404');
    },
  },
  'a member: the history is kept, open temporary transactions are rolled back': {
    given: async (world) => {
      await hold(world);
      await post(world, 'accrue', { amount: '7', is_temp: true });
      return {};
    },
    answers,
    afterwards: async (world) => {
      const [member, ...others] = await kept(world);
      expect(member).toEqual({
        postings: 5,
        holds: ['rolled_back', 'rolled_back'],
        active: '20.0000',
        is_removed: true,
      });
      expect(others).toEqual([]);
    },
  },
  'a member of two programs: the other membership stays': {
    given: async ({ backend, person }) => void (await enrol(backend, person, 6)),
    answers,
    afterwards: async (world) => {
      const memberships = await kept(world);
      expect(memberships.map(({ is_removed }) => is_removed).sort()).toEqual([false, true]);
    },
  },
  'somebody who came back: what is new goes, too': {
    given: async (world) => {
      await world.ask('/loyalty/delete_member');
      await world.ask('/loyalty/register_member');
      return {};
    },
    answers,
    afterwards: async (world) => {
      expect((await kept(world)).map(({ is_removed }) => is_removed)).toEqual([true, true]);
    },
  },
  'a program that is switched off': {
    program: 2,
    refuses: 'program_inactive',
    text: 'Loyalty program 2 is switched off',
  },
  'a token that may only read': {
    request: { token: 'reader' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_write"',
  },
  'keys nobody knows': { ...plain, request: { amount: 'abc', registration_date: 'never' } },
};

specify(members.remove, { ...cases, ...programCases, ...memberCases(plain) });
