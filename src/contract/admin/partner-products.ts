import { choice, integer, timestamp } from '../fields';
import { answerFields, changeFields, creationFields, partnerProductSettings } from '../settings';
import { resourceEndpoints } from './resource';

const cashback = {
  external_id: 'acme-cups',
  name: 'Acme gives 10 % back on cups',
  partner_eid: 'acme',
  product: 'P1',
  effect: { kind: 'percent_points', points_currency_eid: 'stars', percent: '10', scope: 'matching' },
};

/** Special terms for single goods: a members-only discount, or more points. */
export const adminPartnerProducts = resourceEndpoints({
  one: 'partner product',
  many: 'partner products of a program',
  collection: '/admin/v1/programs/:program_id/partner_products',
  parent: { program_id: integer({ min: 1 }).describe('Id of the program.') },
  item: '/admin/v1/partner_products/:id',
  key: { id: integer({ min: 1 }).describe('Id of the partner product.') },
  position: integer(),
  create: creationFields(partnerProductSettings),
  change: changeFields(partnerProductSettings),
  answer: {
    id: integer(),
    program_id: integer(),
    ...answerFields(partnerProductSettings),
    type: choice(['discount', 'points']).describe('The kind of promotion it is when an order is priced.'),
    created_at: timestamp(),
    updated_at: timestamp(),
  },
  notes: {
    create:
      'It is for either a product or an SKU, and takes part in the price of orders as a promotion does: it ' +
      'competes with the others, and answers name it by external_id.',
    change: 'The effect stays of the kind of promotion it was made with.',
    remove: 'What was given by it stays.',
  },
  example: {
    parent: { program_id: 1 },
    key: { id: 14 },
    create: cashback,
    change: { end_date: '2026-01-01T00:00:00Z' },
    answer: {
      id: 14,
      program_id: 1,
      ...cashback,
      description: '',
      is_active: true,
      start_date: null,
      end_date: null,
      priority: 0,
      combinable: true,
      sku: null,
      type: 'points',
      created_at: '2025-02-01T08:00:00Z',
      updated_at: '2025-02-01T08:00:00Z',
    },
  },
});
