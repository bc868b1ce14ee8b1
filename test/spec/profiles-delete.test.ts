import { profiles } from '../../src/contract/profiles';
import { databaseCases, findingCases, modeCases, writerCases } from '../support/profile-cases';
import { specify } from '../support/spec';

specify(
  profiles.remove,
  {
    'a member: no longer one, and nothing personal is left': {
      given: async ({ ask }) => {
        await ask('/loyalty/accrue_points', { amount: '20', points_currency_eid: 'stars' });
        const hold = { amount: '5', points_currency_eid: 'stars', is_temp: true };
        await ask('/loyalty/redeem_points', hold);
        return undefined;
      },
      answers: ({ profile_id }) => ({ data: { profile_id } }),
      afterwards: async ({ backend, person }) => {
        const { rows } = await backend.pool.query(
          `select
             (select count(*) from directory.profiles where profile_id = $1) as profiles,
             (select count(*) from directory.profile_keys where profile_id = $1) as keys,
             (select count(*) from ledger.members where profile_id = $1 and removed_at is null) as members,
             (select count(*) from ledger.members where profile_id = $1) as former,
             (select count(*) from ledger.postings join ledger.accounts using (account_id)
                join ledger.members using (member_id) where profile_id = $1) > 1 as history,
             (select count(*) from ledger.holds join ledger.accounts using (account_id)
                join ledger.members using (member_id) where profile_id = $1 and state = 'open') as open`,
          [person.profile_id],
        );
        expect(rows).toEqual([
          { profiles: '0', keys: '0', members: '0', former: '1', history: true, open: '0' },
        ]);
      },
    },
    'no member': {
      unregistered: true,
      answers: ({ profile_id }) => ({ data: { profile_id } }),
    },
    'by a custom field': {
      request: ({ crm_id }) => ({ matching: 'custom', field_name: 'crm_id', field_value: crm_id }),
      answers: ({ profile_id }) => ({ data: { profile_id } }),
    },
    'a second time': {
      given: async ({ ask }) => {
        await ask('/profiles/delete', { db_id: 1 });
        return undefined;
      },
      refuses: 'profile_not_found',
    },
    ...findingCases,
    ...databaseCases,
    ...modeCases(),
    ...writerCases,
  },
  { db_id: 1 },
);
