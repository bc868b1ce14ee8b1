import { integer, timestamp } from '../fields';
import { answerFields, changeFields, creationFields, programSettings } from '../settings';
import { resourceEndpoints } from './resource';

const demo = {
  external_id: 'demo',
  name: 'Demo',
  description: '',
  database_id: 1,
  is_active: true,
  timezone: 'Europe/Berlin',
  temp_default_timeout_sec: 86_400,
  temp_max_timeout_sec: 2_592_000,
  allow_negative_balance: false,
  regrant_initial_balance: false,
  rule_mode: 'strict',
  participation: 'manual',
  segment_id: null,
  arbitration: { discounts: 'best', points: 'stack', discount_with_points: true },
  order_points: { activated_by: ['delivered'], canceled_by: ['canceled'], refunded_lines: true },
};

/** Loyalty programs. */
export const adminPrograms = resourceEndpoints({
  one: 'loyalty program',
  many: 'loyalty programs',
  collection: '/admin/v1/programs',
  parent: {},
  item: '/admin/v1/programs/:id',
  key: { id: integer({ min: 1 }).describe('Id of the program.') },
  position: integer(),
  create: creationFields(programSettings),
  change: changeFields(programSettings),
  answer: {
    id: integer(),
    ...answerFields(programSettings),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create: 'Its currencies and promotions come after it. A profile database has one active program at most.',
    change: 'database_id cannot change.',
    remove: 'Only a program without currencies, promotions and members can be deleted: switch others off.',
  },
  example: {
    parent: {},
    key: { id: 1 },
    create: { external_id: 'demo', name: 'Demo', database_id: 1, timezone: 'Europe/Berlin' },
    change: { timezone: 'Europe/Berlin' },
    answer: { id: 1, ...demo, created_at: '2025-02-01T08:00:00Z', updated_at: '2025-02-01T08:00:00Z' },
  },
});
