import { integer, timestamp } from '../fields';
import { misfit } from '../promotion-parts';
import { answerFields, changeFields, creationFields, promotionSettings } from '../settings';
import { resourceEndpoints } from './resource';

const rule = (amounts: { static_amount?: string; min_amount?: string; max_amount?: string }) => ({
  points_currency_iid: 1,
  points_currency_eid: 'stars',
  static_amount: null,
  min_amount: null,
  max_amount: null,
  ...amounts,
});
const gift = {
  external_id: 'gift',
  name: 'Gift',
  description: '',
  is_active: true,
  start_date: '2025-01-01T00:00:00Z',
  end_date: null,
  accrual_rules: [rule({ min_amount: '1', max_amount: '1000' })],
  kind: 'trigger',
  priority: 0,
  combinable: true,
  group: null,
  limits: null,
  conditions: [],
  effects: [],
  redeem_rules: [],
};

/** Promotions of a program, but for those of its partners. */
export const adminPromotions = resourceEndpoints({
  one: 'promotion',
  many: 'promotions of a program',
  collection: '/admin/v1/programs/:program_id/promotions',
  parent: { program_id: integer({ min: 1 }).describe('Id of the program.') },
  item: '/admin/v1/promotions/:id',
  key: { id: integer({ min: 1 }).describe('Id of the promotion.') },
  position: integer(),
  create: creationFields(promotionSettings),
  change: changeFields(promotionSettings),
  answer: {
    id: integer(),
    program_id: integer(),
    ...answerFields(promotionSettings),
    problem: misfit(),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create:
      'Of kind trigger it has rules: a rule names its currency by points_currency_iid or ' +
      'points_currency_eid; a bound left out is open. Of kind discount or points it has conditions and at ' +
      'least one effect, each by its kind. What they mention, such as a tier, must be there already.',
    change: 'A list of rules, conditions or effects replaces the former one.',
    remove: 'What was accrued and redeemed by it stays.',
  },
  example: {
    parent: { program_id: 1 },
    key: { id: 4 },
    create: {
      external_id: 'gift',
      name: 'Gift',
      start_date: '2025-01-01T00:00:00Z',
      accrual_rules: [{ points_currency_eid: 'stars', min_amount: '1', max_amount: '1000' }],
    },
    change: { end_date: null },
    answer: {
      id: 4,
      program_id: 1,
      ...gift,
      problem: null,
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});
