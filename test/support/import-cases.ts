import type { Case } from './spec';

type Cases = Record<string, Case>;

const taken = 'another profile of this database has the same value';

/** What importing and updating one profile have in common: updates, and what is refused. */
export const importCases: Cases = {
  'found by e-mail, with what is said changed and the rest kept': {
    request: { data: { _fname: 'Ann', level: 3, likes: ['tea', 'jazz'] } },
    answers: ({ profile_id }) => ({ profile_id }),
    afterwards: async ({ ask, person }) => {
      const { data } = await ask('/profiles/get', { db_id: 1 });
      expect(data).toEqual({
        id: person.profile_id,
        db_id: 1,
        email: person.email,
        phones: [person.phone],
        subscriptions: [],
        crm_id: person.crm_id,
        card: person.card,
        _fname: 'Ann',
        level: 3,
        likes: ['tea', 'jazz'],
      });
    },
  },
  'found by phone': {
    request: ({ phone }) => ({ matching: 'phone', email: undefined, phone, data: { _status: 1 } }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by profile_id': {
    request: ({ profile_id }) => ({ matching: 'profile_id', profile_id, data: { _status: 1 } }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by a custom field': {
    request: ({ crm_id }) => ({
      matching: 'custom',
      field_name: 'crm_id',
      field_value: crm_id,
      data: { _status: 1 },
    }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by e-mail or phone': {
    request: ({ phone }) => ({
      matching: 'email_phone',
      email: 'nobody@example.com',
      phone,
      data: { _status: 1 },
    }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by the e-mail address of the profile': {
    request: { matching: 'email_profile', data: { _status: 1 } },
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by e-mail, which is the default': {
    request: { matching: undefined, data: { _status: 1 } },
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by the e-mail address in data': {
    request: ({ email }) => ({ email: undefined, data: { email: email.toUpperCase() } }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by the first phone in data': {
    request: ({ phone }) => ({ matching: 'phone', data: { phones: [phone, '+12025550000'] } }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by the custom field in data': {
    request: ({ crm_id }) => ({ matching: 'custom', field_name: 'crm_id', data: { crm_id } }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'found by the id in data': {
    request: ({ profile_id }) => ({ matching: 'profile_id', data: { id: profile_id } }),
    answers: ({ profile_id }) => ({ profile_id }),
  },
  'null and nothing remove': {
    request: { data: { phones: [], crm_id: null, card: '' } },
    only: 'json',
    answers: ({ profile_id }) => ({ profile_id }),
    afterwards: async ({ ask, person }) => {
      const { data } = await ask('/profiles/get', { db_id: 1 });
      expect(data).toEqual({
        id: person.profile_id,
        db_id: 1,
        email: person.email,
        phones: [],
        subscriptions: [],
      });
    },
  },
  'empty elements remove': {
    request: { data: { phones: null, crm_id: null, card: '' } },
    only: 'xml',
    answers: ({ profile_id }) => ({ profile_id }),
    afterwards: async ({ ask }) => {
      const { data } = await ask('/profiles/get', { db_id: 1 });
      expect(data).toEqual(expect.objectContaining({ phones: [] }));
      expect(data).not.toHaveProperty('crm_id');
    },
  },
  'subscriptions, segments, places and statistics are taken and not kept': {
    request: {
      skip_triggers: true,
      skip_invalid_subscriptions: true,
      detect_geo: true,
      add_to_segments: [1, 2],
      remove_from_segments: [3],
      resource_id: 4,
      data: { subscriptions: [{ resource_id: 1, channel: 'email' }], _click_email: 3, _md5: 'x' },
    },
    answers: ({ profile_id }) => ({ profile_id }),
    afterwards: async ({ ask }) => {
      const { data } = await ask('/profiles/get', { db_id: 1 });
      expect(data).toMatchObject({ subscriptions: [] });
      expect(data).not.toHaveProperty('_md5');
    },
  },

  'no data': { request: { data: undefined }, refuses: 'bad_request', text: 'data: is required' },
  'data that is no object': {
    request: { data: 'Ann' },
    refuses: 'bad_request',
    text: 'data: expected an object, got "Ann"',
  },
  'a flag that is none': {
    request: { data: { _status: 1 }, skip_triggers: 'maybe' },
    refuses: 'bad_request',
    text: 'skip_triggers: expected true or false, got "maybe"',
  },
  'no e-mail address anywhere': {
    request: { email: undefined, data: { _fname: 'Ann' } },
    refuses: 'bad_request',
    text: 'email: is required when matching is "email"',
  },
  'an unknown field': {
    request: { data: { shoe: 42 } },
    refuses: 'field_unknown',
    text: 'data.shoe: the profile database has no such field',
  },
  'an unknown custom field to search by': {
    request: { matching: 'custom', field_name: 'shoe', field_value: 42, data: { _status: 1 } },
    refuses: 'field_unknown',
    text: 'field_name: "shoe": the profile database has no such field',
  },
  'a value that does not fit its field': {
    request: { data: { level: 'high' } },
    refuses: 'bad_request',
    text: 'data.level: expected a whole number, got "high"',
  },
  'an object where a value belongs': {
    request: { data: { level: { is: 3 } } },
    refuses: 'bad_request',
    text: 'data.level: expected a whole number, got an object',
  },
  'a phone number that is none': {
    request: { data: { phones: ['+12025550000', '5550000'] } },
    refuses: 'bad_request',
    text: 'data.phones: expected phones such as "+12025550123", got "5550000"',
  },
  'an id that nobody has': {
    request: { matching: 'profile_id', profile_id: '65f0aa00c0ffee0011223344', data: { _status: 1 } },
    refuses: 'profile_not_found',
    text: 'Profile not found by profile_id "65f0aa00c0ffee0011223344"',
  },
  'two with this phone number': {
    request: { matching: 'phone', phone: '+12029990000', data: { level: 1 } },
    refuses: 'profile_ambiguous',
    text: 'More than one profile found by phone "+12029990000"',
  },
  'e-mail and phone of different people': {
    request: { matching: 'email_phone', phone: '+12029990000', data: { _status: 1 } },
    refuses: 'profile_ambiguous',
    text: /^More than one profile found by email "ann\d+@example.com" or phone "\+12029990000"$/,
  },
  "another profile's e-mail address": {
    request: { data: { email: 'twin1@example.com' } },
    refuses: 'value_taken',
    text: `data.email: ${taken}`,
  },
  "another profile's value of a unique field": {
    given: async ({ another }) => ({ data: { crm_id: (await another()).person.crm_id } }),
    refuses: 'value_taken',
    text: `data.crm_id: ${taken}`,
  },
};
