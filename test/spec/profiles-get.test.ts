import { profiles } from '../../src/contract/profiles';
import { databaseCases, findingCases, furtherModes, modeCases } from '../support/profile-cases';
import { specify } from '../support/spec';

specify(
  profiles.get,
  {
    'all its fields, flat; dates in UTC with milliseconds': {
      given: async ({ ask }) => {
        const data = {
          _fname: 'Ann & <Co>',
          _bdate: '2001-12-31',
          _regdate: '2024-02-29T10:00:00+03:00',
          _is_test: 'true',
          _lat: '52.5',
          likes: 'tea,jazz',
        };
        await ask('/profiles/update', { db_id: 1, data });
        return undefined;
      },
      answers: ({ profile_id, email, phone, crm_id, card }) => ({
        data: {
          id: profile_id,
          db_id: 1,
          email,
          phones: [phone],
          subscriptions: [],
          crm_id,
          card,
          _fname: 'Ann & <Co>',
          _bdate: '2001-12-31T00:00:00.000Z',
          _regdate: '2024-02-29T07:00:00.000Z',
          _is_test: true,
          _lat: 52.5,
          likes: ['tea', 'jazz'],
        },
      }),
    },
    'by e-mail, the default': {
      request: { matching: undefined },
      answers: ({ profile_id, email, phone, crm_id, card }) => ({
        data: { id: profile_id, db_id: 1, email, phones: [phone], subscriptions: [], crm_id, card },
      }),
    },
    'by e-mail or phone': {
      request: ({ phone }) => ({ matching: 'email_phone', email: undefined, phone }),
      answers: ({ profile_id, email, phone, crm_id, card }) => ({
        data: { id: profile_id, db_id: 1, email, phones: [phone], subscriptions: [], crm_id, card },
      }),
    },
    'e-mail or phone, and neither': {
      request: { matching: 'email_phone', email: undefined },
      refuses: 'bad_request',
      text: 'email: is required, or phone, when matching is "email_phone"',
    },
    'a token that may write only': {
      request: { token: 'stranger' },
      refuses: 'scope_missing',
      text: 'API token lacks the scope "loyalty_read"',
    },
    ...findingCases,
    ...databaseCases,
    ...modeCases(furtherModes),
  },
  { db_id: 1 },
);
