import type { Match } from '../domain/matching';
import { endpoint } from './endpoint';
import {
  amount,
  amountOrMax,
  choice,
  flag,
  freeFields,
  integer,
  list,
  marketTime,
  nullable,
  object,
  optional,
  points,
  text,
} from './fields';
import { matching } from './matching';
import { type Block, type Report, request } from './request';

/**
 * Pricing an order and confirming it (spec/api.md 2.9 and 2.10). The inputs promo_codes, points_payment and
 * explain, and both answers, are ours.
 */

const money = () => amount({ zero: true });

const line = object({
  external_id: text(255).describe('External id of the line; unique in the order.'),
  product: optional(text(255)).describe('External id of the product. Either product or sku is required.'),
  sku: optional(text(255)).describe('External id of the SKU.'),
  count: integer({ min: 1 }),
  base_price_per_item: money().describe('Before all discounts.'),
  min_price_per_item: optional(money()).describe('Neither promotions nor points go below it. Absent: 0.'),
  final_price_per_item: optional(money()).describe(
    "The merchant's own price. What it is below base_price_per_item is taken off before promotions.",
  ),
  custom_fields: optional(freeFields()).describe('Values by external id of a field of line_order.'),
});

const wish = request(
  {
    points_currency_iid: optional(integer()),
    points_currency_eid: optional(text(255)),
    amount: amountOrMax().describe('Points, or "max" for as many as are allowed.'),
  },
  {},
  ({ points_currency_iid: iid, points_currency_eid: eid }, report) => {
    if (iid === undefined && eid === undefined) {
      report('points_currency_eid', 'is required, or points_currency_iid');
    }
  },
);

/** What preorder and preorder_commit ask of an order. */
export const orderData = {
  endpoint: text(255).describe(
    'External id of the touchpoint. Its channel tells the profile database, and so the loyalty program.',
  ),
  status: text(255).describe('External id of an order status.'),
  currency: text(3).describe('A currency of the market settings.'),
  total_price: money().describe('Sum of base_price_per_item × count, with or without delivery_cost.'),
  delivery_cost: optional(money()).describe('No promotion touches it.'),
  create_time: optional(marketTime()).describe('When promotions are judged; not in the future. Absent: now.'),
  update_time: optional(marketTime()),
  region: optional(text(255)).describe('External id of the region.'),
  tags: optional(list(text(255), { max: 1_000 })),
  custom_fields: optional(freeFields()).describe('Values by external id of a field of order.'),
  promo_codes: optional(list(text(255), { max: 20 })).describe('Promo codes of the customer.'),
  points_payment: optional(list(wish, { max: 20 })).describe(
    'Points to pay with. Absent: only promotions that always let points pay.',
  ),
  lines: list(line, { min: 1, max: 1_000 }),
};

type LineNames = { external_id: string; product: string | undefined; sku: string | undefined };

/** What no single field of a line can tell. */
export function checkLines({ lines }: { lines: LineNames[] }, report: Report): void {
  const seen = new Set<string>();
  for (const [index, { external_id, product, sku }] of lines.entries()) {
    if ((product === undefined) === (sku === undefined)) {
      report(`lines[${index}]`, 'expected either product or sku');
    }
    if (seen.has(external_id)) report(`lines[${index}].external_id`, `"${external_id}" is there twice`);
    seen.add(external_id);
  }
}

const explain = optional(flag()).describe('Ours: each line says what each promotion did for it.');

const modes = matching({ byDefault: 'email' });

/** In the order in which they count. */
const identifiers = ['profile_id', 'email', 'phone'] as const;

/** The customer by `matching`, or by whichever identifiers are there; these must denote one profile. */
const customer: Block<Match[]> = {
  fields: {
    ...modes.fields,
    matching: optional(choice(['email', 'phone', 'profile_id', 'custom'])).describe(
      'How the profile is found. Absent: by those of profile_id, email and phone that are there.',
    ),
  },
  read: (raw, report) => {
    const there = identifiers.filter((key) => raw[key] !== undefined && raw[key] !== null);
    const names = raw.matching === undefined || raw.matching === null ? there : [raw.matching];
    if (names.length === 0) report('profile_id', 'is required, or email, or phone');
    return names.flatMap((name) => modes.read({ ...raw, matching: name }, report) ?? []);
  },
};

const pointsAmount = object({
  points_currency_iid: integer(),
  points_currency_eid: text(255),
  amount: points(),
});
const linePoints = object({ points_currency_eid: text(255), amount: points() });

const pricedLine = object({
  external_id: text(255),
  product: text(255).optional(),
  sku: text(255).optional(),
  count: integer(),
  base_price_per_item: points(),
  total_price: points().describe('Before benefits.'),
  merchant_discount_amount: points()
    .describe('The part of discount_amount that is no promotion; absent if there is none.')
    .optional(),
  discount_amount: points(),
  points_payment_amount: points().describe('Money covered by points.'),
  final_total_price: points(),
  final_price_per_item: points().describe('Rounded; final_total_price is exact.'),
  points_accrued: list(linePoints),
  promotions: list(text(255)).describe('External ids of the promotions that came into play.'),
  applied: list(
    object({
      promo_eid: text(255),
      discount_amount: points(),
      points_accrued: list(linePoints),
      points_redeemed: list(linePoints),
    }),
  )
    .describe('Only with explain.')
    .optional(),
});

/** What is answered of a priced order. */
export const priced = {
  external_id: text(255),
  currency: text(3),
  total_price: points().describe('Before benefits, with delivery if the request had it so.'),
  merchant_discount_amount: points()
    .describe('The part of discount_amount that is no promotion; absent if there is none.')
    .optional(),
  discount_amount: points().describe('Sum of all money discounts.'),
  points_payment_amount: points().describe('Money covered by points.'),
  final_total_price: points().describe('To pay.'),
  delivery_cost: points(),
  points_accrued: list(pointsAmount),
  points_redeemed: list(pointsAmount),
  points_payment: list(
    object({
      points_currency_eid: text(255),
      requested: amountOrMax(),
      allowed: points(),
      reason: text(255),
    }),
  )
    .describe('Wishes to pay with points that were not granted in full; absent if there are none.')
    .optional(),
  promotions: list(
    object({
      promo_iid: integer(),
      promo_eid: text(255),
      name: text(255),
      type: choice(['discount', 'points']),
      discount_amount: points(),
      points_accrued: points(),
      points_redeemed: points(),
    }),
  ).describe('The promotions that came into play.'),
  rejected_promotions: list(
    object({
      promo_eid: text(255),
      reason: text(64),
      detail: text(10_000, { min: 0 }),
      lost_to: list(text(255)),
    }),
  ).describe('The others, and why they did not. Of arbitration: to whom they lost.'),
  promo_codes: list(object({ code: text(255), applied: flag(), reason: nullable(text(64)) })),
  lines: list(pricedLine),
};

const preorderAnswer = object(priced);
export const commitAnswer = object({
  order_id: integer(),
  order_status: text(255),
  ...priced,
  transactions: list(
    object({
      transaction_id: text(255),
      transaction_type: choice(['accrual', 'redeem']),
      points_currency_eid: text(255),
      amount: points(),
      line_external_id: text(255),
    }),
  ),
  balances: list(
    object({ points_currency_eid: text(255), total_balance: points(), active_balance: points() }),
  ),
});

export const sampleData = {
  endpoint: 'website',
  status: 'new',
  currency: 'RUB',
  total_price: '2500.00',
  final_total_price: '2150.00',
  delivery_cost: '300.00',
  points_payment: [{ points_currency_eid: 'stars', amount: '100' }],
  lines: [
    { external_id: '1', product: 'P1', count: 2, base_price_per_item: '1000.00' },
    { external_id: '2', sku: 'S1', count: 1, base_price_per_item: '500.00' },
  ],
};
const stars = (amount: string) => ({ points_currency_iid: 2, points_currency_eid: 'stars', amount });
export const sampleAnswer = {
  external_id: 'order_9',
  currency: 'RUB',
  total_price: '2500.00',
  discount_amount: '250.00',
  points_payment_amount: '100.00',
  final_total_price: '2150.00',
  delivery_cost: '300.00',
  points_accrued: [stars('107.50')],
  points_redeemed: [stars('100.00')],
  promotions: [
    {
      ...{ promo_iid: 11, promo_eid: 'ten', name: 'Ten off', type: 'discount' },
      ...{ discount_amount: '250.00', points_accrued: '0.00', points_redeemed: '0.00' },
    },
    {
      ...{ promo_iid: 12, promo_eid: 'back5', name: 'Five back', type: 'points' },
      ...{ discount_amount: '0.00', points_accrued: '107.50', points_redeemed: '100.00' },
    },
  ],
  rejected_promotions: [],
  promo_codes: [],
  lines: [
    {
      ...{ external_id: '1', product: 'P1', count: 2, base_price_per_item: '1000.00' },
      ...{ total_price: '2000.00', discount_amount: '200.00', points_payment_amount: '80.00' },
      ...{ final_total_price: '1720.00', final_price_per_item: '860.00' },
      points_accrued: [{ points_currency_eid: 'stars', amount: '86.00' }],
      promotions: ['ten', 'back5'],
    },
    {
      ...{ external_id: '2', sku: 'S1', count: 1, base_price_per_item: '500.00' },
      ...{ total_price: '500.00', discount_amount: '50.00', points_payment_amount: '20.00' },
      ...{ final_total_price: '430.00', final_price_per_item: '430.00' },
      points_accrued: [{ points_currency_eid: 'stars', amount: '21.50' }],
      promotions: ['ten', 'back5'],
    },
  ],
};

const refusals = [
  'resource_not_found',
  'database_not_allowed',
  'field_unknown',
  'profile_not_found',
  'profile_ambiguous',
  'currency_not_found',
  'currency_mismatch',
  'currency_not_redeemable',
  'insufficient_points',
] as const;

const notes =
  'The touchpoint tells the sales channel, its profile database, and so the one active loyalty program. ' +
  'docs/promotions.md explains how an order is priced. Ours: the whole answer, which stands in data and,' +
  ' as in other calls of the market, in result too.';

const preorder = endpoint({
  path: '/api/v1.1/market/orders/preorder',
  family: 'loyalty',
  scope: 'market',
  summary: 'Price an order',
  description:
    `The final price, points in and out, and why; writes nothing. ${notes} Who is no member gets no ` +
    'benefits.',
  request: request(
    {
      external_id: text(255).describe('External id of the order.'),
      explain,
      data: request(
        {
          ...orderData,
          final_total_price: optional(money()).describe('Ignored: it is what this call finds out.'),
        },
        {},
        checkLines,
      ),
    },
    { matching: matching() },
  ),
  response: object({ data: preorderAnswer, result: preorderAnswer }),
  refusals,
  examples: [
    {
      request: {
        external_id: 'order_9',
        matching: 'email',
        email: 'ann@example.net',
        data: { ...sampleData, final_total_price: '2500.00' },
      },
      response: { data: sampleAnswer, result: sampleAnswer },
    },
  ],
});

const sampleCommit = {
  order_id: 501,
  order_status: 'new',
  ...sampleAnswer,
  transactions: [
    ['0195c0de-3331-7abc-8def-001122334455', 'redeem', '80.00', '1'],
    ['0195c0de-3332-7abc-8def-001122334455', 'redeem', '20.00', '2'],
    ['0195c0de-3333-7abc-8def-001122334455', 'accrual', '86.00', '1'],
    ['0195c0de-3334-7abc-8def-001122334455', 'accrual', '21.50', '2'],
  ].map(([transaction_id, transaction_type, amount, line_external_id]) => ({
    ...{ transaction_id, transaction_type, points_currency_eid: 'stars', amount, line_external_id },
  })),
  balances: [{ points_currency_eid: 'stars', total_balance: '122.75', active_balance: '122.75' }],
};

const commit = endpoint({
  path: '/api/v1.1/market/orders/preorder_commit',
  family: 'loyalty',
  scope: 'market',
  summary: 'Confirm an order',
  description:
    'Prices the order again and, if final_total_price is still right, makes it: the order, its points per ' +
    `line, its promo codes and the uses of its promotions, all or nothing. ${notes} The same external_id ` +
    'with the same content gets the first answer again.',
  request: request(
    {
      external_id: text(255).describe('External id of the order.'),
      skip_triggers: optional(flag()).describe('true: no event market_order_created.'),
      explain,
      data: request(
        { ...orderData, final_total_price: money().describe('What preorder found; verified.') },
        {},
        checkLines,
      ),
    },
    { customer },
  ),
  response: object({ data: commitAnswer, result: commitAnswer }),
  refusals: [...refusals, 'order_reused', 'price_changed'],
  examples: [
    {
      request: { external_id: 'order_9', email: 'ann@example.net', skip_triggers: false, data: sampleData },
      response: { data: sampleCommit, result: sampleCommit },
    },
  ],
});

export const preorders = { preorder, commit };
