import { integer, timestamp } from '../fields';
import { answerFields, changeFields, creationFields, currencySettings } from '../settings';
import { resourceEndpoints } from './resource';

/** Points currencies of a program. */
export const adminCurrencies = resourceEndpoints({
  one: 'points currency',
  many: 'points currencies of a program',
  collection: '/admin/v1/programs/:program_id/currencies',
  parent: { program_id: integer({ min: 1 }).describe('Id of the program.') },
  item: '/admin/v1/currencies/:iid',
  key: { iid: integer({ min: 1 }).describe('Internal id of the currency.') },
  position: integer(),
  create: creationFields(currencySettings),
  change: changeFields(currencySettings),
  answer: {
    iid: integer(),
    program_id: integer(),
    ...answerFields(currencySettings),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create: 'Members get an account in it when they first need one.',
    change: 'type and scale stay as they are once there are accounts, promotion rules or tiers of it.',
    remove: 'Only a currency without accounts and promotion rules can be deleted: switch others off.',
  },
  example: {
    parent: { program_id: 1 },
    key: { iid: 1 },
    create: {
      eid: 'stars',
      name: 'Stars',
      expiration: { n: 12, unit: 'month', from: 'accrual' },
      expiring_soon_days: 30,
    },
    change: { initial_balance: '0' },
    answer: {
      iid: 1,
      program_id: 1,
      eid: 'stars',
      name: 'Stars',
      type: 'standard',
      is_active: true,
      scale: 2,
      initial_balance: '0',
      expiration: { n: 12, unit: 'month', from: 'accrual' },
      expires_on: null,
      activation: null,
      expiring_soon_days: 30,
      rounding: 'down',
      ratio: null,
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});
