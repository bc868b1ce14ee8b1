import { reasons } from '../../domain/promotion/kind';
import { endpoint } from '../endpoint';
import {
  choice,
  flag,
  integer,
  list,
  nullable,
  object,
  opaqueId,
  optional,
  points,
  text,
  timestamp,
} from '../fields';
import { request } from '../request';
import { listEndpoint } from './resource';

const family = 'admin';
const scope = 'admin';
const promotionKey = {
  id: integer({ min: 1 }).describe('Id of the promotion, or of the partner product.'),
};
const names = () => list(text(255), { max: 1_000 });

const options = {
  orders: optional(integer({ min: 1, max: 100_000 })).describe('The last so many orders. Absent: 10000.'),
  since: optional(timestamp()).describe('Only orders with this create_time or a later one.'),
  until: optional(timestamp()).describe('Only orders with this create_time or an earlier one. Absent: now.'),
  endpoints: optional(list(text(255), { min: 1, max: 1_000 })).describe(
    "External ids of touchpoints. Absent: all of the program's profile database.",
  ),
  except_statuses: optional(names()).describe('Orders in these are left out. Absent: ["canceled"].'),
  keep_dates: optional(flag()).describe(
    'Whether the start and end of the promotion count. Absent: false, since a draft begins in the future.',
  ),
  drafts: optional(names()).describe('External ids of other promotions to take as switched on.'),
  without: optional(names()).describe('External ids of other promotions to take as not there.'),
};

const asked = {
  id: opaqueId(),
  program_id: integer(),
  promotion_id: integer(),
  promo_eid: text(255),
  orders: integer(),
  since: nullable(timestamp()),
  until: timestamp(),
  endpoints: list(text(255)),
  except_statuses: list(text(255)),
  keep_dates: flag(),
  drafts: list(text(255)),
  without: list(text(255)),
  requested_at: timestamp(),
  requested_by: text(255),
  status: choice(['queued', 'running', 'done', 'failed']),
  orders_read: integer(),
  orders_total: nullable(integer()).describe('How many there are; null until it is known.'),
  ended_at: nullable(timestamp()),
  error_text: nullable(text(2_000)).describe('Why it failed.'),
};

const somePoints = list(object({ points_currency_eid: opaqueId(), amount: points() }));
const price = object({
  discount_amount: points().describe("With the merchant's own discount."),
  points_payment_amount: points(),
  final_total_price: points(),
  points_accrued: somePoints,
  points_redeemed: somePoints,
  promotions: list(text(255)),
});

const report = object({
  from: nullable(timestamp()).describe('create_time of the first order; null: there were none.'),
  to: nullable(timestamp()),
  orders: object({
    read: integer(),
    of_members: integer().describe('Of customers who are members today: nobody else has promotions.'),
    touched: integer().describe('The promotion did something for them.'),
    share: points().describe('touched of read, four decimals.'),
  }),
  customers: object({ read: integer(), touched: integer() }),
  money: list(
    object({
      currency: text(3),
      orders: integer(),
      touched: integer(),
      revenue_before: points().describe('What was to pay in money without the promotion, without delivery.'),
      revenue_after: points(),
      revenue_change: points(),
      discount_amount: points().describe('What the promotion takes off.'),
      points_payment_amount: points().describe('What is paid with points by the promotion.'),
    }),
  ),
  points: list(
    object({
      points_currency_iid: integer(),
      points_currency_eid: opaqueId(),
      currency: text(3).describe('Money of the orders.'),
      granted: points().describe('By the promotion.'),
      granted_worth: nullable(points()).describe('In that money; null for qualification points.'),
      redeemed: points().describe('By the promotion.'),
      redeemed_worth: points(),
      granted_change: points().describe('Of all promotions together.'),
      redeemed_change: points(),
    }),
  ),
  others: list(
    object({
      promo_iid: integer(),
      promo_eid: text(255),
      currency: text(3).describe('Money of the orders.'),
      orders_lost: integer().describe('It did something for them, and does nothing any more.'),
      orders_gained: integer(),
      discount_change: points(),
      points: list(
        object({ points_currency_eid: opaqueId(), granted_change: points(), redeemed_change: points() }),
      ),
    }),
  ).describe('Other promotions for which something changes.'),
  rejected: list(
    object({
      reason: choice(reasons),
      orders: integer(),
      example: object({ order_external_id: text(255), detail: text(10_000, { min: 0 }) }).describe(
        'The first of them.',
      ),
    }),
  ).describe('Why the promotion did nothing for orders of members.'),
  limits: nullable(
    object({
      uses: integer(),
      total_uses: nullable(integer()),
      granted: nullable(points()),
      budget: nullable(points()),
      budget_points_currency_eid: nullable(opaqueId()).describe('null: in money, or there is none.'),
      exhausted_at: nullable(timestamp()).describe(
        'create_time of the order that used up total_uses or the budget; null: something was left.',
      ),
      orders_refused: integer().describe('Orders that a limit kept the promotion from.'),
    }),
  ).describe('The limits of the promotion, counted from the first order on; null: it has none.'),
  examples: list(
    object({
      order_external_id: text(255),
      create_time: timestamp(),
      currency: text(3),
      before: price,
      after: price,
    }),
  ).describe('The five orders for which the promotion does most.'),
});

const answer = { ...asked, report: nullable(report) };

const at = '2025-02-01T08:00:00Z';
const id = '019f9c5e-6c4f-7d2e-9a7c-0d4f6a1b2c3d';
const askedExample = {
  ...{ id, program_id: 1, promotion_id: 4, promo_eid: 'spring20' },
  ...{ orders: 10_000, since: null, until: at, endpoints: ['website'], except_statuses: ['canceled'] },
  ...{ keep_dates: false, drafts: [], without: [], requested_at: at, requested_by: 'Operations' },
  ...{ status: 'done', orders_read: 2, orders_total: 2, ended_at: '2025-02-01T08:00:01Z', error_text: null },
};
const stars = (amount: string) => [{ points_currency_eid: 'stars', amount }];
const example = {
  ...askedExample,
  report: {
    ...{ from: '2025-01-30T10:00:00Z', to: '2025-01-31T10:00:00Z' },
    orders: { read: 2, of_members: 1, touched: 1, share: '0.5000' },
    customers: { read: 2, touched: 1 },
    money: [
      {
        ...{ currency: 'RUB', orders: 2, touched: 1, revenue_before: '1900.00', revenue_after: '1800.00' },
        ...{ revenue_change: '-100.00', discount_amount: '200.00', points_payment_amount: '0.00' },
      },
    ],
    points: [
      {
        ...{ points_currency_iid: 2, points_currency_eid: 'stars', currency: 'RUB' },
        ...{ granted: '0.00', granted_worth: '0.00', redeemed: '0.00', redeemed_worth: '0.00' },
        ...{ granted_change: '-5.00', redeemed_change: '0.00' },
      },
    ],
    others: [
      {
        ...{ promo_iid: 11, promo_eid: 'ten', currency: 'RUB', orders_lost: 1, orders_gained: 0 },
        ...{ discount_change: '-100.00', points: [] },
      },
    ],
    rejected: [],
    limits: null,
    examples: [
      {
        ...{ order_external_id: 'order_9', create_time: '2025-01-31T10:00:00Z', currency: 'RUB' },
        before: {
          ...{ discount_amount: '100.00', points_payment_amount: '0.00', final_total_price: '900.00' },
          ...{ points_accrued: stars('45.00'), points_redeemed: [], promotions: ['ten', 'back5'] },
        },
        after: {
          ...{ discount_amount: '200.00', points_payment_amount: '0.00', final_total_price: '800.00' },
          ...{ points_accrued: stars('40.00'), points_redeemed: [], promotions: ['spring20', 'back5'] },
        },
      },
    ],
  },
};

/** What promotions would have done for the orders there were. */
export const adminSimulations = {
  start: endpoint({
    method: 'POST',
    path: '/admin/v1/promotions/:id/simulate',
    family,
    scope,
    summary: 'Simulate a promotion on past orders',
    description:
      'Prices the last orders of the profile database, imported and confirmed ones, without the promotion ' +
      'and with it as if it were switched on, each at its create_time, and reports what would have been ' +
      'different. Writes nothing but the report. A workflow does it, simulation/ID, which an operator ' +
      'may cancel; the answer has the report already if that takes no longer than two seconds. ' +
      'docs/promotions.md says what is taken as it was then, and what as it is today.',
    request: request({ ...promotionKey, ...options }, {}, ({ since, until }, report) => {
      if (since !== undefined && until !== undefined && Date.parse(since) > Date.parse(until)) {
        report('since', `expected a time until ${until}, got ${since}`);
      }
    }),
    response: object(answer),
    refusals: ['resource_not_found', 'conflict'],
    status: 201,
    examples: [{ request: { id: 4, endpoints: ['website'] }, response: example }],
  }),
  list: listEndpoint({
    many: 'simulations of a promotion, newest first and without their reports',
    collection: '/admin/v1/promotions/:id/simulations',
    parent: promotionKey,
    answer: asked,
    position: opaqueId(),
    example: { parent: { id: 4 }, answer: askedExample },
  }),
  read: endpoint({
    method: 'GET',
    path: '/admin/v1/simulations/:id',
    family,
    scope,
    summary: 'Read a simulation',
    description: 'How far it has come, and its report once it is done.',
    request: object({ id: opaqueId().describe('Id of the simulation, as its start answered it.') }),
    response: object(answer),
    refusals: ['resource_not_found'],
    examples: [{ request: { id }, response: example }],
  }),
};
