import type { Json } from './wire';

/** The worked case of the API, in the names of world.sql. */
export const workedOrder = {
  endpoint: 'checkout',
  status: 'new',
  currency: 'RUB',
  total_price: '2500.00',
  delivery_cost: '300.00',
  points_payment: [{ points_currency_eid: 'stars', amount: '100' }],
  lines: [
    { external_id: '1', product: 'P1', count: 2, base_price_per_item: '1000.00' },
    { external_id: '2', sku: 'S1', count: 1, base_price_per_item: '500.00' },
  ],
};

const stars = (amount: string) => ({ points_currency_iid: 20, points_currency_eid: 'stars', amount });

/** What the worked case comes to. */
export function workedAnswer(external_id: unknown): Json {
  return {
    external_id,
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
        ...{ promo_iid: 71, promo_eid: 'ten', name: 'Ten off', type: 'discount' },
        ...{ discount_amount: '250.00', points_accrued: '0.00', points_redeemed: '0.00' },
      },
      {
        ...{ promo_iid: 72, promo_eid: 'back5', name: 'Five back', type: 'points' },
        ...{ discount_amount: '0.00', points_accrued: '107.50', points_redeemed: '100.00' },
      },
    ],
    rejected_promotions: ['code20', 'word'].map((promo_eid) => ({
      ...{ promo_eid, reason: 'promo_code', lost_to: [] },
      detail: 'no promo code for it came with the order',
    })),
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
}

/** Before the worked case the member has 115.25 stars. */
export const workedBalance = { points_currency_eid: 'stars', amount: '115.25' };

/** An order of one line of 100.00 that comes through `kiosk`, where no promotion applies by itself. */
export function kioskOrder(further: Json = {}): Json {
  return {
    ...{ endpoint: 'kiosk', status: 'new', currency: 'RUB', total_price: '100.00' },
    lines: [{ external_id: '1', product: 'P1', count: 1, base_price_per_item: '100.00' }],
    ...further,
  };
}

let orders = 0;

/** An external id that no other order has. */
export function newOrderId(): string {
  orders += 1;
  return `order_${orders}`;
}
