import { profiles } from '../../src/contract/profiles';
import { databaseCases, hexId, writerCases } from '../support/profile-cases';
import { specify } from '../support/spec';

const taken = 'another profile of this database has the same value';

specify(
  profiles.add,
  {
    'a profile, whoever there is already': {
      given: async ({ format, person }) => ({
        data: { email: `added.${format}.${person.email}`, phones: [person.phone], level: 3 },
      }),
      answers: { profile_id: hexId },
      afterwards: async ({ ask, person }, { data }, { profile_id }) => {
        expect(profile_id).not.toBe(person.profile_id);
        const { email } = data as { email: string };
        const found = await ask('/profiles/get', { db_id: 1, email });
        expect(found.data).toMatchObject({ id: profile_id, phones: [person.phone], level: 3 });
      },
    },
    'nothing: an empty profile, and another one each time': {
      request: { data: {} },
      only: 'json',
      answers: { profile_id: hexId },
      afterwards: async ({ ask }, _, { profile_id }) => {
        const again = await ask('/profiles/add', { db_id: 1, data: {} });
        expect(again.profile_id).not.toBe(profile_id);
        const { data } = await ask('/profiles/get', { db_id: 1, matching: 'profile_id', profile_id });
        expect(data).toEqual({ id: profile_id, db_id: 1, email: null, phones: [], subscriptions: [] });
      },
    },

    'no data': { request: { data: undefined }, refuses: 'bad_request', text: 'data: is required' },
    'an e-mail address that somebody has': {
      request: ({ email }) => ({ data: { email: email.toUpperCase() } }),
      refuses: 'value_taken',
      text: `data.email: ${taken}`,
    },
    'a value of a unique field that somebody has': {
      request: ({ crm_id }) => ({ data: { crm_id } }),
      refuses: 'value_taken',
      text: `data.crm_id: ${taken}`,
    },
    'an unknown field': {
      request: { data: { shoe: 42 } },
      refuses: 'field_unknown',
      text: 'data.shoe: the profile database has no such field',
    },
    'a value that does not fit its field': {
      request: { data: { level: 'high' } },
      refuses: 'bad_request',
      text: 'data.level: expected a whole number, got "high"',
    },
    ...databaseCases,
    ...writerCases,
  },
  { db_id: 1, data: { _status: 1 } },
);
