import { tierGroupTypes } from '../domain/catalog';
import { currencyRefusals, memberRefusals, programId, transactionId } from './common';
import { currencySelector } from './currency';
import { endpoint } from './endpoint';
import {
  choice,
  flag,
  integer,
  jsonObject,
  list,
  nullable,
  object,
  opaqueId,
  optional,
  points,
  text,
  timestamp,
} from './fields';
import { matching } from './matching';
import { request } from './request';

const balance = endpoint({
  path: '/api/v1.1/loyalty/account/balance',
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Balance of a member',
  description:
    'Total and active balance of a member in one currency. Ours: the total holds the active points, those ' +
    'not active yet and those reserved by open temporary redemptions; open temporary accruals are in ' +
    'neither; with neither currency key the only standard currency of the program is taken.',
  request: request(
    { loyalty_program_id: programId() },
    { currency: currencySelector(), matching: matching() },
  ),
  response: object({
    data: object({
      total_balance: points().describe('All points of the member.'),
      active_balance: points().describe('The points that can be spent now.'),
    }),
  }),
  refusals: [...memberRefusals, ...currencyRefusals],
  examples: [
    {
      request: {
        loyalty_program_id: 7,
        points_currency_eid: 'stars',
        matching: 'email',
        email: 'ann@example.net',
      },
      response: { data: { total_balance: '40.00', active_balance: '25.50' } },
    },
  ],
});

const row = object({
  transaction_id: transactionId(),
  transaction_eid: nullable(text(255)).describe("The caller's own id."),
  created_at: timestamp().describe('Business date of the transaction.'),
  transaction_type: text(255).describe('accrual, redeem, expire and others to come.'),
  amount: points().describe('Points moved, without sign.'),
  balance_before: points().describe('Active balance before.'),
  balance_after: points().describe('Active balance after.'),
  promo_iid: nullable(integer()).describe('Internal id of the promotion.'),
  promo_eid: nullable(text(255)).describe('External id of the promotion.'),
  description: text(10_000, { min: 0 }),
  activation_date: nullable(timestamp()),
  expiration_date: nullable(timestamp()),
  source_type: text(255).describe('api, manual, system, order, workflow or tier_group.'),
  source_iid: nullable(integer({ max: Number.MAX_SAFE_INTEGER })),
  source_sid: nullable(text(255)),
  source_subiid: nullable(integer({ max: Number.MAX_SAFE_INTEGER })),
  is_temp: flag().describe('Whether it is a temporary transaction.'),
  temp_state: nullable(choice(['open', 'committed', 'rolled_back', 'timed_out']))
    .optional()
    .describe('Ours: what became of a temporary transaction; absent for others.'),
  custom_json: nullable(jsonObject()).describe('external_data of the request.'),
  product_eid: nullable(text(255)),
  sku_eid: nullable(text(255)),
  canceled: flag(),
});

const history = endpoint({
  path: '/api/v1.1/loyalty/account/transactions',
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Transactions of a member',
  description:
    'Transactions of a member in one currency. Ours: in the order they were posted, so that paging with ' +
    'from_id misses and repeats nothing; next_from_id is the id of the last row, null on the last page; ' +
    'total_count does not depend on the page.',
  request: request(
    {
      loyalty_program_id: programId(),
      from_id: optional(opaqueId()).describe(
        'Only transactions after this one: the next_from_id of the page before.',
      ),
      limit: optional(integer({ min: 1, max: 100 })).describe('Rows of a page, 1 to 100. Absent: 20.'),
    },
    { currency: currencySelector({ required: true }), matching: matching() },
  ),
  response: object({
    data: list(row),
    next_from_id: nullable(text(255)),
    total_count: integer(),
  }),
  refusals: [...memberRefusals, 'currency_not_found', 'currency_mismatch', 'from_id_unknown'],
  outcome: 'last',
  examples: [
    {
      request: {
        loyalty_program_id: 7,
        points_currency_eid: 'stars',
        limit: 1,
        matching: 'custom',
        field_name: 'crm_id',
        field_value: 991,
      },
      response: {
        data: [
          {
            transaction_id: '0195c0de-1111-7abc-8def-001122334455',
            transaction_eid: 'pos-17',
            created_at: '2025-02-01T08:00:00Z',
            transaction_type: 'accrual',
            amount: '25.5',
            balance_before: '0',
            balance_after: '25.5',
            promo_iid: 4,
            promo_eid: 'welcome',
            description: '',
            activation_date: '2025-02-01T08:00:00Z',
            expiration_date: '2026-02-01T08:00:00Z',
            source_type: 'api',
            source_iid: null,
            source_sid: null,
            source_subiid: null,
            is_temp: false,
            custom_json: { till: 3 },
            product_eid: null,
            sku_eid: null,
            canceled: false,
          },
        ],
        next_from_id: '0195c0de-1111-7abc-8def-001122334455',
        total_count: 3,
      },
    },
  ],
});

const expiringPoints = endpoint({
  path: '/api/v1.1/loyalty/account/expiring_points',
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Points that expire in a period',
  description:
    'How many points of a member lapse in a period, both ends included. Ours: only what is still unspent ' +
    'counts; points not active yet count, points that have lapsed already do not.',
  request: request(
    {
      loyalty_program_id: programId(),
      date_from: timestamp().describe('Start of the period, included.'),
      date_to: timestamp().describe('End of the period, included.'),
    },
    { currency: currencySelector({ required: true }), matching: matching() },
    (value, report) => {
      if (Date.parse(value.date_to) < Date.parse(value.date_from)) {
        report('date_to', `expected a time not before date_from ${value.date_from}, got ${value.date_to}`);
      }
    },
  ),
  response: object({ data: object({ expiring_points: points() }) }),
  refusals: [...memberRefusals, 'currency_not_found', 'currency_mismatch'],
  outcome: 'last',
  examples: [
    {
      request: {
        loyalty_program_id: 7,
        points_currency_iid: 2,
        date_from: '2025-03-01T00:00:00Z',
        date_to: '2025-03-31T23:59:59Z',
        matching: 'profile_id',
        profile_id: '65f0aa',
      },
      response: { data: { expiring_points: '42.50' } },
    },
  ],
});

const tiers = endpoint({
  path: '/api/v1.1/loyalty/account/tiers',
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Tiers of a member',
  description:
    'The tiers of one group that a member holds. Ours: of a cumulative group all that were reached and are ' +
    'held still, from the lowest to the highest, so that the last is the current one; of a periodic group ' +
    'one at most.',
  request: request(
    { loyalty_program_id: programId(), tiers_group_id: integer().describe('Id of the tier group.') },
    { matching: matching() },
  ),
  response: object({
    data: list(
      object({
        tiers_group_type: choice(tierGroupTypes),
        tier_eid: text(255),
        tier_id: integer(),
        tier_order: integer().describe('Place of the tier in its group, from 0.'),
        reached_at: timestamp(),
      }),
    ),
  }),
  refusals: [...memberRefusals, 'tier_group_not_found'],
  outcome: 'last_in_xml',
  examples: [
    {
      request: { loyalty_program_id: 7, tiers_group_id: 3, matching: 'phone', phone: '+12025550123' },
      response: {
        data: [
          {
            tiers_group_type: 'cumulative',
            tier_eid: 'bronze',
            tier_id: 21,
            tier_order: 0,
            reached_at: '2025-02-01T08:00:00Z',
          },
        ],
      },
    },
  ],
});

export const account = { balance, history, expiringPoints, tiers };
