import { preorders } from '../../src/contract/preorder';
import { kioskOrder, workedAnswer, workedBalance, workedOrder } from '../support/checkout';
import { pricingRefusals } from '../support/pricing-cases';
import { type Case, specify } from '../support/spec';
import type { Json } from '../support/wire';

const own = (cases: Record<string, Case>) =>
  Object.fromEntries(Object.entries(cases).map(([name, spec]) => [name, { program: 7, ...spec }]));

/** The same under both names (NG-5). */
const both = (data: Json) => ({ data, result: data });
const kiosk = (further: Json = {}) => ({ data: kioskOrder(further) });
const bare = { external_id: '1', count: 1, base_price_per_item: '100.00' };
const line = { ...bare, product: 'P1' };
const { points_payment: _, ...withoutPoints } = workedOrder;

specify(
  preorders.preorder,
  own({
    ...pricingRefusals,
    'prices the worked case to the letter': {
      given: async ({ ask }) => {
        await ask('/loyalty/accrue_points', workedBalance);
        return undefined;
      },
      request: { data: { ...workedOrder, final_total_price: '2500.00' } },
      answers: both(workedAnswer('order_9')),
      afterwards: async ({ ask, backend }) => {
        const { data } = await ask('/loyalty/account/balance', { points_currency_eid: 'stars' });
        expect(data).toEqual({ total_balance: '115.25', active_balance: '115.25' });
        expect((await backend.pool.query('select from market.orders')).rows).toEqual([]);
      },
    },
    'takes a total with delivery, and answers one': {
      request: kiosk({ total_price: '130.50', delivery_cost: '30.5' }),
      answers: () =>
        both(
          expect.objectContaining({
            ...{ total_price: '130.50', final_total_price: '130.50', delivery_cost: '30.50' },
          }) as unknown as Json,
        ),
    },
    'gives no benefits to who is no member': {
      unregistered: true,
      request: { data: withoutPoints },
      answers: () => both(expect.objectContaining({ final_total_price: '2500.00' }) as unknown as Json),
      afterwards: async (_, __, { data }) => {
        expect(data).not.toHaveProperty('promotions.0');
        expect(data).not.toHaveProperty('rejected_promotions.0');
      },
    },
    'prices where there is no program': {
      program: 8,
      unregistered: true,
      request: kiosk({ endpoint: 'lonely-site' }),
      answers: () => both(expect.objectContaining({ final_total_price: '100.00' }) as unknown as Json),
    },
    "takes the merchant's own price first": {
      request: kiosk({
        endpoint: 'checkout',
        lines: [{ ...line, final_price_per_item: '80.00', min_price_per_item: '75' }],
      }),
      answers: () =>
        both(
          expect.objectContaining({
            ...{ merchant_discount_amount: '20.00', discount_amount: '25.00', final_total_price: '75.00' },
          }) as unknown as Json,
        ),
    },
    'explains, line by line, if asked': {
      request: { explain: true, ...kiosk({ endpoint: 'checkout' }) },
      answers: () => both(expect.anything() as unknown as Json),
      afterwards: async ({ format }, _, { data }) => {
        if (format === 'xml') return;
        const [first] = (data as { lines: Json[] }).lines;
        const stars = [{ points_currency_eid: 'stars', amount: '4.50' }];
        expect(first?.applied).toEqual([
          { promo_eid: 'ten', discount_amount: '10.00', points_accrued: [], points_redeemed: [] },
          { promo_eid: 'back5', discount_amount: '0.00', points_accrued: stars, points_redeemed: [] },
        ]);
      },
    },
    'says what promo codes are worth': {
      request: kiosk({ promo_codes: ['HELLO', 'NOBODYS'] }),
      answers: () =>
        both(
          expect.objectContaining({
            discount_amount: '100.00',
            final_total_price: '0.00',
          }) as unknown as Json,
        ),
      afterwards: async ({ format }, _, { data }) => {
        if (format === 'xml') return;
        expect((data as Json).promo_codes).toEqual([
          { code: 'HELLO', applied: true, reason: null },
          { code: 'NOBODYS', applied: false, reason: 'unknown' },
        ]);
      },
    },
    'reduces a payment that is more than allowed, and says so': {
      given: async ({ ask }) => {
        await ask('/loyalty/accrue_points', { points_currency_eid: 'stars', amount: '500' });
        return undefined;
      },
      request: kiosk({
        ...{ endpoint: 'checkout', points_payment: [{ points_currency_iid: 20, amount: '300' }] },
      }),
      answers: () => both(expect.anything() as unknown as Json),
      afterwards: async ({ format }, _, { data }) => {
        if (format === 'xml') return;
        expect(data).toMatchObject({
          ...{ points_payment_amount: '90.00', final_total_price: '0.00' },
          points_payment: [{ points_currency_eid: 'stars', requested: '300.00', allowed: '90.00' }],
        });
      },
    },
    'judges promotions at create_time': {
      request: kiosk({ endpoint: 'checkout', create_time: '2025-01-25 15:04:05' }),
      answers: () => both(expect.objectContaining({ discount_amount: '10.00' }) as unknown as Json),
    },
    'refuses a total that is no sum': {
      request: kiosk({ total_price: '99.00', delivery_cost: '5' }),
      refuses: 'bad_request',
      text: 'data.total_price: expected 105, the base prices of all lines and delivery_cost, got 99',
    },
    'refuses more money than there is': {
      request: kiosk({
        total_price: '99999999999000000000000',
        lines: [{ ...line, count: 1_000_000_000, base_price_per_item: '99999999999000' }],
      }),
      refuses: 'bad_request',
      text: /total_price: expected (less than 1000000000000000000|a decimal string such as)/,
    },
    'refuses an order without lines': {
      request: kiosk({ lines: [] }),
      refuses: 'bad_request',
      text: /data\.lines: (is required|expected at least 1 of them)/,
    },
    'refuses a line with product and SKU': {
      request: kiosk({ lines: [{ ...line, sku: 'S1' }] }),
      refuses: 'bad_request',
      text: 'data.lines[0]: expected either product or sku',
    },
    'refuses two lines of one id': {
      request: kiosk({ total_price: '200', lines: [line, line] }),
      refuses: 'bad_request',
      text: 'data.lines[1].external_id: "1" is there twice',
    },
    'refuses a time in the future': {
      request: kiosk({ create_time: '2999-01-01' }),
      refuses: 'bad_request',
      text: /data\.create_time: expected a time not in the future/,
    },
    'refuses a currency of points twice': {
      request: kiosk({
        points_payment: [
          { points_currency_eid: 'stars', amount: '1' },
          { points_currency_iid: 20, amount: 'max' },
        ],
      }),
      refuses: 'bad_request',
      text: 'data.points_payment[1]: its currency is there twice',
    },
    'refuses decimals that a currency of points has not': {
      request: kiosk({ points_payment: [{ points_currency_eid: 'stars', amount: '1.001' }] }),
      refuses: 'bad_request',
      text: 'data.points_payment[0].amount: "1.001" has more decimals than "stars" allows (2)',
    },
    'refuses an unknown status': {
      request: kiosk({ status: 'lost' }),
      refuses: 'resource_not_found',
      text: 'Order status "lost" not found',
    },
    'refuses an unknown currency of money': {
      request: kiosk({ currency: 'CHF' }),
      refuses: 'resource_not_found',
      text: 'Currency of money "CHF" not found',
    },
    'refuses an unknown region': {
      request: kiosk({ region: 'west' }),
      refuses: 'resource_not_found',
      text: 'Region "west" not found',
    },
    'refuses an unknown product': {
      request: kiosk({ lines: [{ ...line, product: 'P99' }] }),
      refuses: 'resource_not_found',
      text: 'Product "P99" not found',
    },
    'refuses an SKU that was deleted': {
      request: kiosk({ lines: [{ ...bare, sku: 'S2' }] }),
      refuses: 'resource_not_found',
      text: 'SKU "S2" not found',
    },
  }),
  { external_id: 'order_9' },
);
