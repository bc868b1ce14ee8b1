import { integer, timestamp } from '../fields';
import { answerFields, changeFields, creationFields, partnerSettings } from '../settings';
import { resourceEndpoints } from './resource';

const acme = { eid: 'acme', name: 'Acme' };

/** Partners of a program, on whose behalf some goods have special terms. */
export const adminPartners = resourceEndpoints({
  one: 'partner',
  many: 'partners of a program',
  collection: '/admin/v1/programs/:program_id/partners',
  parent: { program_id: integer({ min: 1 }).describe('Id of the program.') },
  item: '/admin/v1/partners/:id',
  key: { id: integer({ min: 1 }).describe('Id of the partner.') },
  position: integer(),
  create: creationFields(partnerSettings),
  change: changeFields(partnerSettings),
  answer: {
    id: integer(),
    program_id: integer(),
    ...answerFields(partnerSettings),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create: 'Its products come after it.',
    change: 'Its products stay with it.',
    remove: 'Only a partner without products can be deleted.',
  },
  example: {
    parent: { program_id: 1 },
    key: { id: 1 },
    create: acme,
    change: { name: 'Acme Ltd.' },
    answer: {
      id: 1,
      program_id: 1,
      ...acme,
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});
