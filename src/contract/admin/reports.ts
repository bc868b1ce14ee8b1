import type { z } from 'zod';
import { endpoint } from '../endpoint';
import {
  choice,
  day,
  integer,
  list,
  nullable,
  object,
  opaqueId,
  optional,
  points,
  timestamp,
} from '../fields';

const family = 'admin';
const scope = 'admin';
const method = 'GET';
const refusals = ['resource_not_found'] as const;
const table = 'items';

const request = {
  program_id: integer({ min: 1 }).describe('Id of the program. Days are those of its time zone.'),
  from: optional(day()).describe('First day. Absent: 29 days before the last one.'),
  to: optional(day()).describe(
    'Last day, at most 1,100 days with the first. Absent: today, as far as it has come.',
  ),
  format: optional(choice(['json', 'csv'])).describe(
    'Format of the answer. Absent: what the header Accept says.',
  ),
};

function answerOf<R extends z.ZodRawShape>(row: R) {
  return {
    program_id: integer(),
    timezone: opaqueId().describe('Time zone of the program.'),
    from: day(),
    to: day(),
    items: list(object({ day: day(), ...row })),
  };
}

const currency = { points_currency_iid: integer(), points_currency_eid: opaqueId() };
const january = { program_id: 1, timezone: 'Europe/Berlin', from: '2025-01-31', to: '2025-01-31' };
const stars = { day: '2025-01-31', points_currency_iid: 1, points_currency_eid: 'stars' };

const pointsAnswer = {
  ...answerOf({
    ...currency,
    accrued: points().describe('Accruals, and temporary ones when they were committed.'),
    redeemed: points().describe('Redemptions, and temporary ones when they were committed.'),
    expired: points().describe('Rows of type expire.'),
    accruals_canceled: points().describe('Points that canceled accruals took back.'),
    redemptions_canceled: points().describe('Points that canceled redemptions gave back.'),
    held: points().describe(
      'Reserved by open temporary redemptions at the end of the day; part of outstanding.',
    ),
    outstanding: points().describe('Sum of all postings until the end of the day.'),
    lapsed: points().describe(
      'What of outstanding had lapsed by then, its row of type expire not being posted yet. ' +
        'The rest is the liability: what all members together had as total balance.',
    ),
  }),
  at: nullable(timestamp()).describe('The moment the last day is cut off at, if one was asked for.'),
};

/** Reports of a program, computed from the ledger. */
export const adminReports = {
  points: endpoint({
    method,
    path: '/admin/v1/reports/points',
    family,
    scope,
    summary: 'Report points',
    description:
      'Points per currency and day. Each posting counts on the day it was posted, and by its full amount: ' +
      'outstanding is that of the day before + accrued - accruals_canceled - redeemed + ' +
      'redemptions_canceled - expired. With at, the day of that moment is reported as far as it had come: ' +
      'the liability at any past moment.',
    request: object({
      ...request,
      at: optional(timestamp()).describe('A past moment, instead of to; from is then its day unless given.'),
    }),
    response: object(pointsAnswer),
    refusals,
    table,
    examples: [
      {
        request: { program_id: 1, from: '2025-01-31', to: '2025-01-31' },
        response: {
          ...january,
          items: [
            {
              ...stars,
              accrued: '500.00',
              redeemed: '100.50',
              expired: '0.00',
              accruals_canceled: '0.00',
              redemptions_canceled: '0.00',
              held: '40.50',
              outstanding: '399.50',
              lapsed: '0.00',
            },
          ],
          at: null,
        },
      },
    ],
  }),
  members: endpoint({
    method,
    path: '/admin/v1/reports/members',
    family,
    scope,
    summary: 'Report members',
    description:
      'Members per day: how many came by their date of registration, how many went, and how many there ' +
      'were at the end of the day. Who comes back is new again.',
    request: object(request),
    response: object(answerOf({ new: integer(), removed: integer(), total: integer() })),
    refusals,
    table,
    examples: [
      {
        request: { program_id: 1, from: '2025-01-31', to: '2025-01-31' },
        response: { ...january, items: [{ day: '2025-01-31', new: 3, removed: 1, total: 42 }] },
      },
    ],
  }),
  tiers: endpoint({
    method,
    path: '/admin/v1/reports/tiers',
    family,
    scope,
    summary: 'Report tiers',
    description:
      'Members per tier and day: how many reached it, how many lost it, and how many held it at the end of ' +
      'the day. In a cumulative group, who holds a tier is counted in those below it, too. Who is removed ' +
      'loses all tiers.',
    request: object(request),
    response: object(
      answerOf({
        tiers_group_id: integer(),
        tiers_group_eid: opaqueId(),
        tier_id: integer(),
        tier_eid: opaqueId(),
        tier_order: integer(),
        reached: integer(),
        lost: integer(),
        members: integer(),
      }),
    ),
    refusals,
    table,
    examples: [
      {
        request: { program_id: 1, from: '2025-01-31', to: '2025-01-31' },
        response: {
          ...january,
          items: [
            {
              day: '2025-01-31',
              tiers_group_id: 3,
              tiers_group_eid: 'levels',
              tier_id: 22,
              tier_eid: 'silver',
              tier_order: 1,
              reached: 3,
              lost: 1,
              members: 42,
            },
          ],
        },
      },
    ],
  }),
  promotions: endpoint({
    method,
    path: '/admin/v1/reports/promotions',
    family,
    scope,
    summary: 'Report promotions',
    description:
      'What promotions did per day and currency, of those that did something. In rows of points a use is ' +
      'an accrual or redemption that took effect that day: a temporary one when it was committed; orders ' +
      'says in how many confirmed orders. In rows of money a use is an order that it took something off. ' +
      'Cancellations stand on the day they came; what a discount took off an order stays.',
    request: object(request),
    response: object(
      answerOf({
        promotion_id: integer(),
        promotion_eid: opaqueId(),
        points_currency_iid: nullable(integer()).describe('null: the row is about money.'),
        points_currency_eid: nullable(opaqueId()),
        currency: nullable(opaqueId()).describe('Money; null: the row is about points.'),
        uses: integer(),
        orders: integer().describe('Orders of preorder_commit.'),
        canceled: integer(),
        discount_amount: points(),
        accrued: points(),
        redeemed: points(),
        accruals_canceled: points(),
        redemptions_canceled: points(),
      }),
    ),
    refusals,
    table,
    examples: [
      {
        request: { program_id: 1, from: '2025-01-31', to: '2025-01-31' },
        response: {
          ...january,
          items: [
            {
              ...stars,
              promotion_id: 4,
              promotion_eid: 'gift',
              currency: null,
              uses: 2,
              orders: 0,
              canceled: 0,
              discount_amount: '0.00',
              accrued: '100.00',
              redeemed: '0.00',
              accruals_canceled: '0.00',
              redemptions_canceled: '0.00',
            },
          ],
        },
      },
    ],
  }),
};
