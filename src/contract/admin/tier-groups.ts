import { amount, integer, list, nullable, object, text, timestamp } from '../fields';
import { answerFields, changeFields, creationFields, tierGroupSettings } from '../settings';
import { resourceEndpoints } from './resource';

const silver = { eid: 'silver', name: 'Silver', threshold: '500' };
const reward = { points_currency_eid: 'stars', amount: '100' };
const levels = {
  external_id: 'levels',
  name: 'Levels',
  points_currency_eid: 'status',
  tiers: [
    { eid: 'bronze', name: 'Bronze', threshold: '0' },
    { ...silver, reward },
  ],
};

/** Tier groups of a program, with their tiers. */
export const adminTierGroups = resourceEndpoints({
  one: 'tier group',
  many: 'tier groups of a program',
  collection: '/admin/v1/programs/:program_id/tier_groups',
  parent: { program_id: integer({ min: 1 }).describe('Id of the program.') },
  item: '/admin/v1/tier_groups/:id',
  key: { id: integer({ min: 1 }).describe('Id of the tier group.') },
  position: integer(),
  create: creationFields(tierGroupSettings),
  change: changeFields(tierGroupSettings),
  answer: {
    id: integer(),
    program_id: integer(),
    ...answerFields(tierGroupSettings),
    tiers: list(
      object({
        id: integer(),
        eid: text(255),
        name: text(255),
        order: integer(),
        threshold: amount({ zero: true }),
        reward: nullable(object({ points_currency_eid: text(255), amount: amount() })),
      }),
    ).describe('From the lowest to the highest.'),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create:
      'Members of the program are evaluated at the next run of the schedule, and from now on as they earn.',
    change:
      'A list of tiers replaces the former one: tiers are the same if their eid is. All members are ' +
      'evaluated again at the next run of the schedule. A tier that somebody has held cannot be left out.',
    remove: 'A group whose tiers somebody has held cannot be deleted.',
  },
  example: {
    parent: { program_id: 1 },
    key: { id: 3 },
    create: levels,
    change: { name: 'Levels' },
    answer: {
      id: 3,
      program_id: 1,
      ...levels,
      type: 'cumulative',
      period: null,
      downgrade: 'none',
      grace_days: 0,
      tiers: [
        { id: 21, eid: 'bronze', name: 'Bronze', order: 0, threshold: '0', reward: null },
        { id: 22, ...silver, order: 1, reward },
      ],
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});
