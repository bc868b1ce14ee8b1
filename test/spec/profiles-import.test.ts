import { profiles } from '../../src/contract/profiles';
import { importCases } from '../support/import-cases';
import { databaseCases, furtherModes, hexId, modeCases, writerCases } from '../support/profile-cases';
import { type Case, specify } from '../support/spec';

const created: Record<string, Case> = {
  'not found: created, with what it was searched by': {
    given: async ({ format, person }) => ({ email: `${format}.${person.email}`, data: { _fname: 'Zoe' } }),
    answers: { profile_id: hexId },
    afterwards: async ({ ask }, { email }, { profile_id }) => {
      const { data } = await ask('/profiles/get', { db_id: 1, email });
      expect(data).toEqual({ id: profile_id, db_id: 1, email, phones: [], subscriptions: [], _fname: 'Zoe' });
    },
  },
  'not found by a custom field: created with it': {
    given: async ({ format, person }) => ({
      matching: 'custom',
      field_name: 'crm_id',
      field_value: `${format}-${person.crm_id}`,
      data: { likes: `chess, go in ${format}` },
    }),
    answers: { profile_id: hexId },
    afterwards: async ({ ask, format }, { field_value }, { profile_id }) => {
      const likes = ['chess', `go in ${format}`];
      const { data } = await ask('/profiles/get', { db_id: 1, matching: 'profile_id', profile_id });
      expect(data).toMatchObject({ email: null, crm_id: field_value, likes });
      const search = { matching: 'custom', field_name: 'likes', field_value: `${likes[1]}, chess` };
      const found = await ask('/profiles/import', { db_id: 1, ...search, data: { likes: null } });
      expect(found).toMatchObject({ profile_id });
    },
  },
  'the same request again: the same profile': {
    given: async ({ ask, format, person }) => {
      const request = { db_id: 1, email: `again.${format}.${person.email}`, data: { _lname: 'Lee' } };
      await ask('/profiles/import', request);
      return request;
    },
    answers: { profile_id: hexId },
    afterwards: async ({ ask }, request, { profile_id }) => {
      expect(await ask('/profiles/import', request)).toMatchObject({ profile_id });
    },
  },
};

specify(
  profiles.importOne,
  { ...created, ...importCases, ...databaseCases, ...modeCases(furtherModes), ...writerCases },
  { db_id: 1, data: { _status: 1 } },
);
