import { profiles } from '../../src/contract/profiles';
import { databaseCases, furtherModes, hexId, modeCases, writerCases } from '../support/profile-cases';
import { specify } from '../support/spec';

const done = (profile_id: unknown) => ({ error: 0, error_text: 'Successful operation', profile_id });
const refused = (error: number, error_text: string) => ({ error, error_text });

specify(
  profiles.importBatch,
  {
    'each is created or updated, in order': {
      given: async ({ another, format, person }) => {
        const other = await another();
        return {
          data: [
            { email: `first.${format}.${person.email}`, _fname: 'New' },
            { email: person.email, _fname: 'Old' },
            { email: other.person.email, phones: ['+12025550000', '+12025550001'] },
          ],
        };
      },
      answers: ({ profile_id }) => ({ result: [done(hexId), done(profile_id), done(hexId)] }),
      afterwards: async ({ ask }) => {
        expect((await ask('/profiles/get', { db_id: 1 })).data).toMatchObject({ _fname: 'Old' });
      },
    },
    'one that is refused does not disturb the others': {
      given: async ({ another, person }) => {
        const other = await another();
        return {
          data: [
            { email: 'nobody' },
            { _fname: 'Ann' },
            { email: person.email, shoe: 42 },
            { email: person.email, level: 'high' },
            { email: person.email, crm_id: other.person.crm_id },
            { email: person.email, level: 5 },
          ],
        };
      },
      answers: ({ profile_id }) => ({
        result: [
          refused(400, 'email: expected an e-mail address, got "nobody"'),
          refused(400, 'email: is required when matching is "email"'),
          refused(400, 'shoe: the profile database has no such field'),
          refused(400, 'level: expected a whole number, got "high"'),
          refused(409, 'crm_id: another profile of this database has the same value'),
          done(profile_id),
        ],
      }),
    },
    'by phone: the first of phones': {
      request: ({ phone }) => ({
        matching: 'phone',
        data: [{ phones: [phone, '+12025550000'] }, { phones: ['+12029990000'] }],
      }),
      answers: ({ profile_id }) => ({
        result: [done(profile_id), refused(409, 'More than one profile found by phone "+12029990000"')],
      }),
    },
    'by profile_id: id, and never creating': {
      request: ({ profile_id }) => ({ matching: 'profile_id', data: [{ id: profile_id }, { id: '65f0aa' }] }),
      answers: ({ profile_id }) => ({
        result: [done(profile_id), refused(404, 'Profile not found by profile_id "65f0aa"')],
      }),
    },
    'by a custom field': {
      request: ({ crm_id }) => ({
        matching: 'custom',
        field_name: 'crm_id',
        data: [{ crm_id, level: 4 }, { level: 5 }],
      }),
      answers: ({ profile_id }) => ({
        result: [done(profile_id), refused(400, 'field_value: is required when matching is "custom"')],
      }),
    },
    'the same profile twice: as if one after the other': {
      request: ({ email }) => ({
        data: [
          { email, level: 1 },
          { email, level: 2 },
        ],
      }),
      answers: ({ profile_id }) => ({ result: [done(profile_id), done(profile_id)] }),
      afterwards: async ({ ask }) => {
        expect((await ask('/profiles/get', { db_id: 1 })).data).toMatchObject({ level: 2 });
      },
    },

    'no profiles': {
      request: { data: [] },
      only: 'json',
      refuses: 'bad_request',
      text: 'data: expected at least 1 of them, got 0',
    },
    'no data': { request: { data: undefined }, refuses: 'bad_request', text: 'data: is required' },
    'more than 10,000': {
      request: { data: Array.from({ length: 10_001 }, () => ({ a: 1 })) },
      refuses: 'bad_request',
      text: 'data: expected at most 10000 of them, got 10001',
    },
    'more than 10 MB': {
      request: { data: [{ _fname: 'x'.repeat(10_485_761) }] },
      refuses: 'bad_request',
      text: 'expected a body of at most 10 MiB',
    },
    'one that is no object': {
      request: { data: [{ email: 'a@example.com' }, 'b@example.com'] },
      refuses: 'bad_request',
      text: 'data[1]: expected an object, got "b@example.com"',
    },
    'matching custom without a field': {
      request: { matching: 'custom', data: [{ level: 1 }] },
      refuses: 'bad_request',
      text: 'field_name: is required when matching is "custom"',
    },
    'matching custom by a field the database does not have': {
      request: { matching: 'custom', field_name: 'shoe', data: [{ shoe: 1 }] },
      refuses: 'field_unknown',
      text: 'field_name: "shoe": the profile database has no such field',
    },
    ...databaseCases,
    ...modeCases(furtherModes),
    ...writerCases,
  },
  { db_id: 1, data: [{ level: 1 }] },
);
