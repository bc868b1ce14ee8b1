import { memberRefusals, programId } from './common';
import { endpoint } from './endpoint';
import { object, opaqueId, optional, timestamp } from './fields';
import { matching } from './matching';
import { request } from './request';

const answered = object({ profile_id: opaqueId().describe('The profile that was found.') });

const register = endpoint({
  path: '/api/v1.1/loyalty/register_member',
  family: 'loyalty',
  scope: 'loyalty_write',
  summary: 'Register a member',
  description:
    'Makes a profile of the database of the program a member. Ours: a profile that does not exist is not ' +
    'created; each currency credits its initial balance; somebody who is a member already stays one, and ' +
    'gets no second initial balance.',
  request: request(
    {
      loyalty_program_id: programId(),
      registration_date: optional(timestamp()).describe('Not in the future. Absent: now.'),
    },
    { matching: matching() },
  ),
  response: answered,
  refusals: [
    'program_not_found',
    'program_inactive',
    'field_unknown',
    'profile_not_found',
    'profile_ambiguous',
  ],
  examples: [
    {
      request: { loyalty_program_id: 7, matching: 'email', email: 'ann@example.net' },
      response: { profile_id: '65f0aa' },
    },
  ],
});

const remove = endpoint({
  path: '/api/v1.1/loyalty/delete_member',
  aliases: ['/api/v1.1/loyalty/remove_member'],
  family: 'loyalty',
  scope: 'loyalty_write',
  summary: 'Remove a member',
  description:
    'Ends a membership. Ours: the alias remove_member; open temporary transactions are rolled back; the ' +
    'history is kept but no longer readable here; who registers again starts with new accounts.',
  request: request({ loyalty_program_id: programId() }, { matching: matching() }),
  response: answered,
  refusals: [...memberRefusals, 'program_inactive'],
  examples: [
    {
      request: { loyalty_program_id: 7, matching: 'profile_id', profile_id: '65f0aa' },
      response: { profile_id: '65f0aa' },
    },
  ],
});

export const members = { register, remove };
