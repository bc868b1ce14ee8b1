import { programId } from './common';
import { endpoint } from './endpoint';
import { flag, integer, list, nullable, object, optional, points, text, timestamp } from './fields';
import { request } from './request';

const rule = object({
  points_currency_iid: integer(),
  points_currency_eid: text(255),
  static_amount: nullable(points()).optional(),
  min_amount: nullable(points()).optional(),
  max_amount: nullable(points()).optional(),
});

const triggers = endpoint({
  path: '/api/v1.1/loyalty/trigger_promotions',
  family: 'loyalty',
  scope: 'loyalty_read',
  summary: 'Trigger promotions of a program',
  description:
    'Trigger promotions with their accrual and redemption rules. Ours: ascending by id; is_active is the ' +
    'switch of the promotion, not its dates; next_from_id is null on the last page.',
  request: request(
    {
      loyalty_program_id: programId(),
      from_id: optional(integer()).describe('Only promotions with a greater id.'),
      limit: optional(integer({ min: 1, max: 100 })).describe('Rows of a page, 1 to 100. Absent: 20.'),
      is_active: optional(flag()).describe('Only active or only inactive ones. Absent: all.'),
    },
    {},
  ),
  response: object({
    data: list(
      object({
        id: integer(),
        name: text(255, { min: 0 }),
        description: text(10_000, { min: 0 }),
        external_id: text(255),
        start_date: nullable(timestamp()),
        end_date: nullable(timestamp()),
        is_active: flag(),
        redeem_rules: list(rule),
        accrual_rules: list(rule),
      }),
    ),
    next_from_id: nullable(integer()),
    total_count: integer(),
  }),
  refusals: ['program_not_found'],
  outcome: 'last',
  examples: [
    {
      request: { loyalty_program_id: 7, is_active: true, limit: 20, from_id: 0 },
      response: {
        data: [
          {
            id: 4,
            name: 'Welcome',
            description: '',
            external_id: 'welcome',
            start_date: '2025-01-01T00:00:00Z',
            end_date: '2025-12-31T23:59:59Z',
            is_active: true,
            redeem_rules: [],
            accrual_rules: [
              {
                points_currency_iid: 2,
                points_currency_eid: 'stars',
                static_amount: '25.5',
                min_amount: '1',
                max_amount: '100',
              },
            ],
          },
        ],
        next_from_id: null,
        total_count: 1,
      },
    },
  ],
});

export const promotions = { triggers };
