import { checkLedger } from '../../src/db/check-ledger';
import { orderChecks } from '../../src/db/queries/check-orders';
import { openShops, type Shops } from '../support/shops';
import type { Json } from '../support/wire';

/** Every truth about orders is broken once, in a transaction that is rolled back. */

let shops: Shops;

const common = { priority: 0, combinable: true, group: null, isActive: true, isPartners: false };
const always = { start: null, end: null, conditions: [] as object[] };
const own = { limits: { total_uses: 5 }, conditions: [{ pool: 'own' }] };

beforeAll(async () => {
  shops = await openShops();
  await shops.setUp({
    program: 1,
    arbitration: { discounts: 'stack_sequential', points: 'stack', together: true },
    groups: [],
    promotions: [
      {
        ...{ ...common, ...always, ...own, id: 900 },
        kind: 'discount',
        effects: [{ kind: 'percent_off', percent: 10 }],
      },
      {
        ...{ ...common, ...always, limits: { budget: { points: '50', points_currency_eid: 'stars' } } },
        ...{ id: 901, kind: 'points' },
        effects: [
          { kind: 'percent_points', points_currency_eid: 'stars', percent: 5 },
          { kind: 'points_payment', points_currency_eid: 'stars', mode: 'automatic', max_points: '4' },
        ],
      },
    ],
  });
  const drawn = { city: 'Rome', stars: '10', miles: '1', rank: '1', isMember: true };
  const { email } = await shops.customer(1, drawn);
  const promo_codes = await shops.issue(1, 'own', 1);
  const answer = await shops.ask('/market/orders/preorder_commit', {
    ...{ external_id: 'sound', email },
    data: {
      ...{
        endpoint: 'web-1',
        status: 'new',
        currency: 'RUB',
        total_price: '25',
        delivery_cost: '5',
        promo_codes,
      },
      final_total_price: '17.20',
      lines: [
        { external_id: 'a', product: 'P1', count: 1, base_price_per_item: '12', final_price_per_item: '10' },
        { external_id: 'b', sku: 'S3', count: 2, base_price_per_item: '4' },
      ],
    },
  });
  expect(answer).toMatchObject({ error: 0, data: { merchant_discount_amount: '2.00' } });
  expect((answer.data as Json).transactions).toHaveLength(4);
}, 60_000);
afterAll(() => shops.close());

test('a confirmed order is sound, also after its points were cancelled', async () => {
  const { pool } = shops.backend;
  const { rows } = await pool.query<{ transaction_id: string }>(
    `select transaction_id from ledger.postings where source_type = 'order' and type = 'accrual'`,
  );
  for (const { transaction_id } of rows) {
    expect(await shops.ask('/loyalty/cancel_transaction', { transaction_id })).toMatchObject({ error: 0 });
  }
  expect(await checkLedger(pool)).toEqual([]);
});

const breaking: Record<keyof typeof orderChecks, string[]> = {
  'every line of an order is its price, less what was taken off': [
    'update market.order_lines set total_price = total_price + 1, discount_amount = discount_amount + 1',
    'update market.order_lines set final_total_price = final_total_price + 0.01 where line_no = 1',
  ],
  'an order is the sum of its lines, with its delivery or without': [
    'update market.orders set delivery_cost = delivery_cost + 1, total_price = total_price + 2',
    `update market.orders set final_total_price = final_total_price + 0.01,
       answer = answer || jsonb_build_object('final_total_price', final_total_price + 0.01)`,
    'delete from market.order_lines where line_no = 2',
  ],
  'an order is what was answered': [
    `update market.orders set answer = answer || '{"final_total_price": "0.01"}'`,
    'update market.orders set answer = null',
  ],
  'what was taken off an order is what its promotions and the merchant took': [
    'update market.order_promotions set discount_amount = discount_amount + 0.01 where promotion_id = 900',
    'delete from market.order_promotions where promotion_id = 900',
  ],
  'the points of an order are those of its promotions': [
    'update market.order_promotions set points_accrued = points_accrued + 0.01 where promotion_id = 901',
    'update market.order_promotions set points_redeemed = 0 where promotion_id = 901',
    'delete from market.order_promotions where promotion_id = 901',
  ],
  'the points of an order are those of its customer, for its lines': [
    `update market.orders set profile_id = 'somebody else'`,
    'delete from market.order_lines where line_no = 2',
  ],
  'every transaction that was answered for an order is in the ledger': [
    `update market.orders set answer = jsonb_set(answer, '{transactions,0,amount}', '"0.01"')`,
    `update market.orders
     set answer = jsonb_set(answer, '{transactions,1,transaction_id}', to_jsonb(gen_random_uuid()))`,
  ],
  'an order that lost its points has none but those the ledger refused to cancel': [
    `insert into market.order_points (order_id, settled_at, is_canceled)
     select id, now(), true from market.orders where origin = 'commit'`,
  ],
  'points of an order wait for a status that it has not': [
    `update ledger.lots l set activates_at = 'infinity', remaining = l.amount
     from ledger.postings p
     where p.account_id = l.account_id and p.seq = l.seq and p.source_type = 'order'`,
  ],
  'uses of a limited promotion are the orders it applied to': [
    'update market.promotion_uses set uses = uses + 1 where promotion_id = 900',
    'update market.promotion_uses set granted = granted - 0.01 where promotion_id = 901',
    `update market.order_promotions set accrued = '{}' where promotion_id = 901`,
  ],
  'a promo code counts its holders and its uses': [
    'delete from codes.activations',
    'delete from codes.holders',
  ],
  'a promo code that an order activated is one of those it applied': [
    `update market.orders set answer = jsonb_set(answer, '{promo_codes,0,applied}', 'false')`,
  ],
};

test.each(
  Object.entries(breaking).flatMap(([rule, statements]) => statements.map((text) => [rule, text] as const)),
)('%s: %s', async (rule, text) => {
  const client = await shops.backend.pool.connect();
  try {
    await client.query('begin');
    const { rowCount } = await client.query(text);
    expect(rowCount).toBeGreaterThan(0);
    const wrong = await orderChecks[rule as keyof typeof orderChecks](client);
    expect(wrong).not.toEqual([]);
  } finally {
    await client.query('rollback');
    client.release();
  }
});

test('every truth is broken once at least', () => {
  expect(Object.keys(breaking).sort()).toEqual(Object.keys(orderChecks).sort());
});
