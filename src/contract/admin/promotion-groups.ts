import { integer, timestamp } from '../fields';
import { answerFields, changeFields, creationFields, promotionGroupSettings } from '../settings';
import { resourceEndpoints } from './resource';

const shop = { external_id: 'shop', name: 'The shop’s own', mode: 'stack_sequential' };

/** Groups of promotions that decide between themselves by a mode of their own. */
export const adminPromotionGroups = resourceEndpoints({
  one: 'promotion group',
  many: 'promotion groups of a program',
  collection: '/admin/v1/programs/:program_id/promotion_groups',
  parent: { program_id: integer({ min: 1 }).describe('Id of the program.') },
  item: '/admin/v1/promotion_groups/:id',
  key: { id: integer({ min: 1 }).describe('Id of the promotion group.') },
  position: integer(),
  create: creationFields(promotionGroupSettings),
  change: changeFields(promotionGroupSettings),
  answer: {
    id: integer(),
    program_id: integer(),
    ...answerFields(promotionGroupSettings),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create: 'To the group it is in, or to the program, it is one promotion.',
    change: 'A group cannot be in itself, over others neither.',
    remove: 'Only a group that nothing is in can be deleted.',
  },
  example: {
    parent: { program_id: 1 },
    key: { id: 2 },
    create: shop,
    change: { mode: 'best' },
    answer: {
      id: 2,
      program_id: 1,
      ...shop,
      parent: null,
      priority: 0,
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});
