import { profiles } from '../../src/contract/profiles';
import { databaseCases, hexId, writerCases } from '../support/profile-cases';
import { specify } from '../support/spec';
import { send } from '../support/wire';

const done = (profile_id: unknown) => ({ error: 0, error_text: 'Successful operation', profile_id });
const refused = (error: number, error_text: string) => ({ error, error_text });
const taken = refused(409, 'email: another profile of this database has the same value');

specify(
  profiles.addBatch,
  {
    'each is new, and one that is refused does not disturb the others': {
      given: async ({ format, person }) => ({
        data: [
          { email: `one.${format}.${person.email}`, level: 1 },
          { email: person.email, level: 2 },
          { email: 'nobody' },
          { shoe: 42 },
          { email: `two.${format}.${person.email}`, level: 4 },
          { email: `two.${format}.${person.email}`, level: 5 },
        ],
      }),
      answers: {
        result: [
          done(hexId),
          taken,
          refused(400, 'email: expected an e-mail address, got "nobody"'),
          refused(400, 'shoe: the profile database has no such field'),
          done(hexId),
          taken,
        ],
      },
      afterwards: async ({ ask }, { data }) => {
        const [, known, , , last] = data as { email: string }[];
        const levelOf = async (email = '') => (await ask('/profiles/get', { db_id: 1, email })).data;
        expect(await levelOf(last?.email)).toMatchObject({ level: 4 });
        expect(await levelOf(known?.email)).not.toHaveProperty('level');
      },
    },
    'equal ones without anything unique: so many profiles': {
      request: { data: [{ level: 1 }, { level: 1 }] },
      answers: { result: [done(hexId), done(hexId)] },
      afterwards: async (_, __, { result }) => {
        const ids = (result as { profile_id: string }[]).map(({ profile_id }) => profile_id);
        expect(new Set(ids).size).toBe(2);
      },
    },
    'the documented path ends in a slash': {
      given: async ({ format, person, url }) => {
        const data = [{ email: `slash.${format}.${person.email}` }];
        const answer = await send(`${url}/api/v1.1/profiles/add_batch/`, format, {
          ...{ token: 't0k', db_id: 1, data },
        });
        expect(Number(answer.error)).toBe(0);
        return { data };
      },
      only: 'json',
      answers: { result: [taken] },
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
    ...databaseCases,
    ...writerCases,
  },
  { db_id: 1, data: [{ level: 1 }] },
);
