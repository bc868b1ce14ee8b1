import { profiles } from '../../src/contract/profiles';
import { importCases } from '../support/import-cases';
import { databaseCases, furtherModes, modeCases, writerCases } from '../support/profile-cases';
import { specify } from '../support/spec';

specify(
  profiles.update,
  {
    'not found: not created': {
      request: { email: 'nobody@example.com', data: { _fname: 'Zoe' } },
      refuses: 'profile_not_found',
      text: 'Profile not found by email "nobody@example.com"',
    },
    ...importCases,
    ...databaseCases,
    ...modeCases(furtherModes),
    ...writerCases,
  },
  { db_id: 1, data: { _status: 1 } },
);
