import { preorders } from '../../src/contract/preorder';
import { checkLedger } from '../../src/db/check-ledger';
import { kioskOrder, newOrderId, workedAnswer, workedBalance, workedOrder } from '../support/checkout';
import { countedOrder, starsOf, statusProgram } from '../support/order-points';
import { pricingRefusals } from '../support/pricing-cases';
import { type Case, specify, type World } from '../support/spec';
import { until } from '../support/until';
import type { Json } from '../support/wire';

const own = (cases: Record<string, Case>) =>
  Object.fromEntries(
    Object.entries(cases).map(([name, spec]) => [
      name,
      {
        program: 7,
        ...spec,
        given: async (world: World) => ({ external_id: newOrderId(), ...(await spec.given?.(world)) }),
      },
    ]),
  );

const both = (data: Json) => ({ data, result: data });
const like = (data: Json) => both(expect.objectContaining(data) as unknown as Json);
const kiosk = (further: Json = {}) => ({ data: kioskOrder({ final_total_price: '100.00', ...further }) });
const worked = { data: { ...workedOrder, final_total_price: '2150.00' } };
const path = '/market/orders/preorder_commit';

const accrueWorked = async ({ ask }: World) => {
  await ask('/loyalty/accrue_points', workedBalance);
  return undefined;
};

/** Issues codes of the pool "orders", and gives them. */
async function codesFor({ ask }: World, count: number): Promise<string[]> {
  const codes = Array.from({ length: count }, () => newOrderId().toUpperCase());
  await ask('/promocodes/import', { loyalty_id: 11, codes });
  return codes;
}

const transaction = (transaction_type: string, amount: string, line_external_id: string) => ({
  ...{ transaction_id: expect.stringMatching(/^[0-9a-f-]{36}$/), transaction_type, amount, line_external_id },
  points_currency_eid: 'stars',
});

const bench = specify(
  preorders.commit,
  own({
    ...pricingRefusals,
    'confirms the worked case to the letter': {
      given: accrueWorked,
      request: worked,
      answers: (_, { external_id }) =>
        both({
          order_id: expect.anything(),
          order_status: 'new',
          ...workedAnswer(external_id),
          transactions: [
            transaction('redeem', '80.00', '1'),
            transaction('redeem', '20.00', '2'),
            transaction('accrual', '86.00', '1'),
            transaction('accrual', '21.50', '2'),
          ],
          balances: [{ points_currency_eid: 'stars', total_balance: '122.75', active_balance: '122.75' }],
        } as Json),
      afterwards: async ({ ask, backend }, { external_id }, answer) => {
        const { order_id } = answer.data as { order_id: number };
        const history = (await ask('/loyalty/account/transactions', { points_currency_eid: 'stars' })).data;
        expect((history as Json[]).slice(1)).toMatchObject([
          ...[
            { transaction_type: 'redeem', amount: '80', product_eid: 'P1', sku_eid: null, source_subiid: 1 },
            { transaction_type: 'redeem', amount: '20', product_eid: 'P1', sku_eid: 'S1', source_subiid: 2 },
          ],
          ...[
            { transaction_type: 'accrual', amount: '86', promo_eid: 'back5', source_type: 'order' },
            { amount: '21.5', source_sid: external_id, source_iid: Number(order_id) },
          ],
        ]);
        const { rows } = await backend.pool.query(
          `select data from feed.events
           where type = 'market_order_created' and data->>'order_external_id' = $1`,
          [external_id],
        );
        expect(rows).toMatchObject([{ data: { total_price: '2500.00', final_total_price: '2150.00' } }]);
      },
    },
    'answers a repeat as it did the first time, and does nothing more': {
      given: async (world) => {
        await accrueWorked(world);
        const external_id = newOrderId();
        const { matching: _, ...request } = { matching: 'email', external_id, ...worked };
        const first = await world.ask(path, request);
        expect(first.data).toMatchObject({ balances: [{ active_balance: '122.75' }] });
        return { external_id };
      },
      request: worked,
      answers: () => like({ final_total_price: '2150.00' }),
      afterwards: async ({ ask }) => {
        const { data } = await ask('/loyalty/account/balance', { points_currency_eid: 'stars' });
        expect(data).toEqual({ total_balance: '122.75', active_balance: '122.75' });
      },
    },
    'knows the customer by several identifiers that agree': {
      request: ({ email, phone, profile_id }) => ({ ...{ email, phone, profile_id }, ...kiosk() }),
      answers: () => like({ final_total_price: '100.00' }),
    },
    'attaches and activates a promo code': {
      given: async (world) => {
        const promo_codes = await codesFor(world, 1);
        return { data: kioskOrder({ final_total_price: '80.00', promo_codes }) };
      },
      answers: () => like({ discount_amount: '20.00' }),
      afterwards: async ({ ask, person }, { data }) => {
        const [code] = (data as { promo_codes: string[] }).promo_codes;
        const found = await ask('/promocodes/get', { loyalty_id: 11, code });
        expect(found.data).toMatchObject({ is_activated: true, profile_id: person.profile_id });
      },
    },
    'uses no more promo codes than it takes': {
      given: async (world) => {
        const promo_codes = await codesFor(world, 2);
        return { data: kioskOrder({ final_total_price: '80.00', promo_codes }) };
      },
      answers: () => like({ discount_amount: '20.00' }),
      afterwards: async ({ ask }, { data }) => {
        const [, spare] = (data as { promo_codes: string[] }).promo_codes;
        const found = await ask('/promocodes/get', { loyalty_id: 11, code: spare });
        expect(found.data).toMatchObject({ is_activated: false, is_attached: false });
      },
    },
    'tells nobody if asked not to': {
      request: { skip_triggers: true, ...kiosk() },
      answers: () => like({ final_total_price: '100.00' }),
      afterwards: async ({ backend }, { external_id }) => {
        const { rows } = await backend.pool.query(
          `select from feed.events where data->>'order_external_id' = $1`,
          [external_id],
        );
        expect(rows).toEqual([]);
      },
    },
    'confirms for who is no member, without benefits': {
      unregistered: true,
      request: kiosk({ endpoint: 'checkout' }),
      answers: () => like({ final_total_price: '100.00' }),
      afterwards: async ({ format }, _, { data }) => {
        if (format === 'json') expect(data).toMatchObject({ transactions: [], balances: [], promotions: [] });
      },
    },
    'confirms where there is no program': {
      program: 8,
      unregistered: true,
      request: kiosk({ endpoint: 'lonely-site' }),
      answers: () => like({ final_total_price: '100.00' }),
    },
    'confirms in a status that takes the points back at once': {
      program: statusProgram,
      request: { data: countedOrder({ status: 'canceled', final_total_price: '1500.00' }) },
      answers: () => like({ order_status: 'canceled' }),
      afterwards: async (world) => {
        expect(await starsOf(world)).toEqual({ total_balance: '0.00', active_balance: '0.00' });
      },
    },
    'refuses a price that has changed, and says the new one': {
      request: kiosk({ final_total_price: '99.00' }),
      refuses: 'price_changed',
      text: 'final_total_price: the order comes to 100.00 now, got 99; call preorder again',
    },
    'refuses an external_id that is of another order': {
      given: async ({ ask }) => {
        const external_id = newOrderId();
        await ask(path, { external_id, ...kiosk() });
        return { external_id };
      },
      request: kiosk({ tags: ['gift'] }),
      refuses: 'order_reused',
    },
    'refuses identifiers of two people': {
      given: async ({ another, person }) => {
        const { person: other } = await another();
        return { matching: undefined, email: person.email, phone: other.phone };
      },
      request: kiosk(),
      refuses: 'bad_request',
      text: 'profile_id, email and phone denote different profiles: send one of them, or matching',
    },
    'refuses to be called without a price': {
      request: { data: kioskOrder() },
      refuses: 'bad_request',
      text: 'data.final_total_price: is required',
    },
  }),
);

describe('at once', () => {
  const limit = async (external_id: string, limits: object, effects: object[]) => {
    const kind = 'points_currency_eid' in (effects[0] ?? {}) ? 'points' : 'discount';
    const { rows } = await bench.backend().pool.query(
      `insert into catalog.promotions (program_id, external_id, name, kind, conditions, effects, limits)
       values (7, $1, $1, $5, $2, $3, $4) returning id`,
      [
        external_id,
        JSON.stringify([{ kind: 'promo_code', code: external_id }]),
        JSON.stringify(effects),
        JSON.stringify(limits),
        kind,
      ],
    );
    const { try: attempt } = await bench.another(7);
    const order = { external_id: 'any', data: kioskOrder({ promo_codes: [external_id] }) };
    await until(async () => {
      const { data } = await attempt('/market/orders/preorder', order);
      return (data as { promotions: Json[] }).promotions.length > 0;
    });
    return rows[0].id as number;
  };
  const off = [{ kind: 'percent_off', percent: 10 }];

  test('a promotion limited to 100 uses is used 100 times by 1,000 orders', async () => {
    const promotion = await limit('HUNDRED', { total_uses: 100 }, off);
    const shoppers = await Promise.all(Array.from({ length: 20 }, () => bench.another(7)));
    const confirm = async (index: number): Promise<'cheap' | 'dear'> => {
      const order = { external_id: newOrderId(), data: kioskOrder({ promo_codes: ['HUNDRED'] }) };
      const shopper = shoppers[index % shoppers.length];
      if (!shopper) throw new Error('There is nobody to shop');
      const cheap = { ...order, data: { ...(order.data as Json), final_total_price: '90.00' } };
      const answer = await untilAnswered(() => shopper.try(path, cheap));
      if (answer.error === 0) return 'cheap';
      expect(answer).toMatchObject({ error: 409, error_text: expect.stringContaining('comes to 100.00') });
      const dear = { ...order, data: { ...(order.data as Json), final_total_price: '100.00' } };
      expect(await untilAnswered(() => shopper.try(path, dear))).toMatchObject({ error: 0 });
      return 'dear';
    };
    const outcomes: ('cheap' | 'dear')[] = [];
    const lanes = Array.from({ length: 50 }, async (_, lane) => {
      for (let index = lane; index < 1_000; index += 50) outcomes.push(await confirm(index));
    });
    await Promise.all(lanes);
    expect(outcomes.filter((it) => it === 'cheap')).toHaveLength(100);
    expect(outcomes).toHaveLength(1_000);
    const { rows } = await bench.backend().pool.query(
      `select (select uses::int from market.promotion_uses where promotion_id = $1) as counted,
         (select count(*)::int from market.order_promotions where promotion_id = $1) as applied`,
      [promotion],
    );
    expect(rows).toEqual([{ counted: 100, applied: 100 }]);
  }, 300_000);

  test('one member uses up his own limit once, and one order is made once', async () => {
    await limit('ONCE', { uses_per_member: 1 }, off);
    const { try: attempt } = await bench.another(7);
    const order = () => ({
      external_id: newOrderId(),
      data: kioskOrder({ promo_codes: ['ONCE'], final_total_price: '90.00' }),
    });
    const different = await Promise.all(Array.from({ length: 8 }, () => attempt(path, order())));
    expect(different.filter(({ error }) => error === 0)).toHaveLength(1);
    expect(new Set(different.map(({ error }) => error))).toEqual(new Set([0, 409]));

    const same = { external_id: newOrderId(), ...kiosk() };
    const answers = await Promise.all(Array.from({ length: 8 }, () => attempt(path, same)));
    expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toHaveProperty('size', 1);
    expect(answers[0]).toMatchObject({ error: 0 });
  }, 60_000);

  test('a budget of points is given out to the last one, and no more', async () => {
    const budget = { points: '25', points_currency_eid: 'stars' };
    await limit('BUDGET', { budget }, [
      { kind: 'percent_points', points_currency_eid: 'stars', percent: 10 },
    ]);
    const answers: Json[] = [];
    for (let index = 0; index < 4; index++) {
      const { ask } = await bench.another(7);
      const data = kioskOrder({ promo_codes: ['BUDGET'], final_total_price: '100.00' });
      answers.push((await ask(path, { external_id: newOrderId(), data })).data as Json);
    }
    const given = answers.map(({ points_accrued }) => (points_accrued as Json[])[0]?.amount);
    expect(given).toEqual(['10.00', '10.00', '5.00', undefined]);
  });

  test('the books are right after all of it', async () => {
    expect(await checkLedger(bench.backend().pool)).toEqual([]);
  });
});

/** Under heavy load a call may have to be repeated, as 503 says. */
async function untilAnswered(call: () => Promise<Json>): Promise<Json> {
  for (;;) {
    const answer = await call();
    if (answer.error !== 503) return answer;
  }
}
