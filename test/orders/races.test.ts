import type { DrawnPromotion } from '../support/drawn-shops';
import type { Person } from '../support/people';
import { openShops, type Shops } from '../support/shops';
import { until } from '../support/until';
import type { Json } from '../support/wire';

/**
 * Few members, many orders at once, over the same codes, limits, budgets and external ids, while members
 * leave and come back, promotions are switched and points go elsewhere.
 */

let shops: Shops;
const people: Person[] = [];
const errors = new Map<number, number>();

const common = { priority: 0, combinable: true, group: null, isActive: true, isPartners: false };
const always = { start: null, end: null, limits: null, conditions: [] as object[] };
const promotions: (DrawnPromotion & { id: number })[] = [
  {
    ...{ ...common, ...always, id: 801, kind: 'discount', limits: { total_uses: 12 } },
    ...{
      conditions: [{ kind: 'promo_code', code: 'DOZEN' }],
      effects: [{ kind: 'percent_off', percent: 10 }],
    },
  },
  {
    ...{ ...common, ...always, id: 802, kind: 'points' },
    limits: { budget: { points: '30', points_currency_eid: 'stars' } },
    conditions: [{ kind: 'promo_code', code: 'BUDGET' }],
    effects: [{ kind: 'percent_points', points_currency_eid: 'stars', percent: '7' }],
  },
  {
    ...{ ...common, ...always, id: 803, kind: 'discount', conditions: [{ pool: 'shared' }] },
    effects: [{ kind: 'amount_off_order', amount: '3' }],
  },
  {
    ...{ ...common, ...always, id: 804, kind: 'discount', conditions: [{ pool: 'own' }] },
    effects: [{ kind: 'units_off', which: 'cheapest' }],
  },
  {
    ...{ ...common, ...always, id: 805, kind: 'points' },
    effects: [
      { kind: 'points_payment', points_currency_eid: 'stars', max_percent: 50 },
      { kind: 'percent_points', points_currency_eid: 'rank', percent: 100 },
    ],
  },
  {
    ...{ ...common, ...always, id: 806, kind: 'discount', limits: { uses_per_member: 2 } },
    effects: [{ kind: 'amount_off_unit', amount: '0.10' }],
  },
];

beforeAll(async () => {
  shops = await openShops();
  const arbitration = { discounts: 'stack_sequential', points: 'stack', together: true };
  await shops.setUp({ program: 1, arbitration, groups: [], promotions });
  for (let index = 0; index < 5; index++) {
    people.push(
      await shops.customer(1, { city: 'Rome', stars: '40', miles: '5', rank: '1', isMember: true }),
    );
  }
}, 60_000);
afterAll(() => shops.close());

const commit = '/market/orders/preorder_commit';

const noted = (answer: Json) => {
  const error = Number(answer.error);
  errors.set(error, (errors.get(error) ?? 0) + 1);
  return answer;
};

/** The same every time: a failure can be looked at again. */
function dice(seed: number): (faces: number) => number {
  let state = seed * 2_654_435_761 + 1;
  return (faces) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * faces);
  };
}

interface Success {
  external_id: string;
  sent: Json;
  answer: Json;
}

/** Prices an order and confirms it at that price, until it is confirmed or refused for good. */
async function buy(person: Person, external_id: string, data: Json): Promise<Success | undefined> {
  const order = { external_id, email: person.email };
  for (let attempt = 0; attempt < 40; attempt++) {
    const priced = noted(await shops.ask('/market/orders/preorder', { ...order, matching: 'email', data }));
    if (priced.error === 503) continue;
    if (priced.error !== 0) return undefined;
    const { final_total_price } = priced.data as Json;
    const sent = { ...data, final_total_price };
    let answer = noted(await shops.ask(commit, { ...order, data: sent }));
    while (answer.error === 503) {
      answer = noted(await shops.ask(commit, { ...order, data: sent }));
    }
    if (answer.error === 0) return { external_id, sent, answer: answer.data as Json };
    if (answer.error !== 409 || String(answer.error_text).includes('was used before')) return undefined;
  }
  throw new Error(`${external_id} finds no price`);
}

function drawOrder(roll: (faces: number) => number, codes: string[]): Json {
  const lines = Array.from({ length: 1 + roll(3) }, (_, index) => ({
    ...{ external_id: String(index + 1), product: ['P1', 'P2', 'P3'][roll(3)], count: 1 + roll(3) },
    base_price_per_item: `${1 + roll(15)}.${10 + roll(90)}`,
  }));
  const cents = lines.reduce(
    (sum, it) => sum + Math.round(Number(it.base_price_per_item) * 100) * it.count,
    0,
  );
  return {
    ...{ endpoint: 'web-1', status: 'new', currency: 'RUB', total_price: (cents / 100).toFixed(2), lines },
    ...(roll(2) === 0 ? { points_payment: [{ points_currency_eid: 'stars', amount: 'max' }] } : {}),
    promo_codes: ['DOZEN', 'BUDGET', ...codes].filter(() => roll(2) === 0),
  };
}

test('every order is confirmed once or not at all, and every limit is exact', async () => {
  const [shared = '', ...own] = [...(await shops.issue(1, 'shared', 1)), ...(await shops.issue(1, 'own', 3))];
  const successes: Success[] = [];
  let isOver = false;
  const lanes = Array.from({ length: 16 }, async (_, lane) => {
    const roll = dice(lane + 1);
    for (let turn = 0; turn < 9; turn++) {
      const person = people[roll(people.length)] as Person;
      const external_id = roll(4) === 0 ? `contested-${turn}` : `race-${lane}-${turn}`;
      const bought = await buy(person, external_id, drawOrder(roll, [shared, ...own]));
      if (bought) successes.push(bought);
    }
  });
  const meanwhile = [switchPromotions, leaveAndReturn, spendElsewhere].map(async (work) => {
    for (let turn = 0; !isOver; turn++) await work(turn);
  });
  await Promise.all(lanes).finally(() => {
    isOver = true;
  });
  await Promise.all(meanwhile);

  expect([...errors.keys()].filter((error) => ![0, 404, 409, 422, 503].includes(error))).toEqual([]);
  const byId = new Map<string, Set<string>>();
  for (const { external_id, sent, answer } of successes) {
    byId.set(external_id, (byId.get(external_id) ?? new Set()).add(JSON.stringify(answer)));
    expect([external_id, answer.external_id]).toEqual([external_id, external_id]);
    expect(Number(answer.final_total_price)).toBe(Number(sent.final_total_price));
    const lines = (answer.lines as Json[]).map((it) => `${it.product} ${it.count}`);
    expect(lines).toEqual((sent.lines as Json[]).map((it) => `${it.product} ${it.count}`));
  }
  for (const [id, answers] of byId) expect([id, answers.size]).toEqual([id, 1]);
  await checkLimits(byId.size);
}, 240_000);

test('of callers with one external_id one gets it, and nobody the answer of another', async () => {
  const person = await shops.customer(1, {
    city: 'Rome',
    stars: '40',
    miles: '5',
    rank: '1',
    isMember: true,
  });
  const confirm = async (total_price: string, further: Json = {}) => {
    const data = {
      ...{ endpoint: 'till-1', status: 'new', currency: 'JPY', total_price, final_total_price: total_price },
      lines: [{ external_id: '1', product: 'P1', count: 1, base_price_per_item: total_price }],
      ...further,
    };
    const answer = noted(await shops.ask(commit, { external_id: 'same', email: person.email, data }));
    if (answer.error === 0) expect((answer.data as Json).total_price).toBe(`${total_price}.00`);
    return answer.error;
  };
  const { pool, gateway } = shops.backend;
  const client = await pool.connect();
  try {
    await client.query('begin');
    await client.query('select from directory.profiles where profile_id = $1 for update', [
      person.profile_id,
    ]);
    const paying = { points_payment: [{ points_currency_eid: 'stars', amount: '40' }] };
    const first = confirm('80', { ...paying, final_total_price: '40' });
    await until(async () => (await pool.query(waiting)).rows.length === 1);
    const others = [1, 2, 3, 4, 5, 6].map((price) => confirm(String(price)));
    const spent = { loyalty_program_id: 1, matching: 'email', email: person.email, amount: '1' };
    await shops.ask('/loyalty/redeeme_points', { ...spent, points_currency_eid: 'stars' });
    // By now they wait for the order that is under way, which is to be refused.
    await gateway.isReachable();
    await client.query('commit');
    expect(await first).toBe(422);
    expect((await Promise.all(others)).sort()).toEqual([0, 409, 409, 409, 409, 409]);
  } finally {
    await client.query('rollback');
    client.release();
  }
}, 60_000);

const waiting = `
  select from pg_stat_activity
  where datname = current_database() and wait_event_type = 'Lock' and query like '%for no key update%'`;

async function switchPromotions(turn: number): Promise<void> {
  await shops.backend.pool.query('update catalog.promotions set is_active = $1 where id in (803, 806)', [
    turn % 2 === 1,
  ]);
  await shops.backend.pool.query('select pg_sleep(0.3)');
}

/** One of them is removed and comes back as a new member; the last one is deleted in the end. */
async function leaveAndReturn(turn: number): Promise<void> {
  const { email } = people[turn % 2] as Person;
  const who = { loyalty_program_id: 1, matching: 'email', email };
  noted(await shops.ask('/loyalty/delete_member', who));
  await shops.backend.pool.query('select pg_sleep(0.2)');
  noted(await shops.ask('/loyalty/register_member', who));
  noted(await shops.ask('/loyalty/accrue_points', { ...who, points_currency_eid: 'stars', amount: '20' }));
  if (turn !== 6) return;
  const last = people.at(-1) as Person;
  const gone = await shops.ask('/profiles/delete', { db_id: 1, matching: 'email', email: last.email });
  expect(gone).toMatchObject({ error: 0 });
}

async function spendElsewhere(turn: number): Promise<void> {
  const { email } = people[turn % people.length] as Person;
  const body = {
    loyalty_program_id: 1,
    matching: 'email',
    email,
    points_currency_eid: 'stars',
    amount: '3.33',
  };
  noted(await shops.ask('/loyalty/redeeme_points', body));
  noted(await shops.ask('/loyalty/accrue_points', { ...body, amount: '4.44' }));
}

async function checkLimits(confirmed: number): Promise<void> {
  const { rows } = await shops.backend.pool.query(`
    select
      (select count(*)::int from market.orders where external_id not like 'probe%') as orders,
      (select uses::int from market.promotion_uses where promotion_id = 801) as dozen,
      (select granted::float8 from market.promotion_uses where promotion_id = 802) as budget,
      (select max(n)::int from (
        select count(*) as n from market.order_promotions where promotion_id = 806 group by profile_id
      ) uses) as of_one,
      (select array_agg(uses order by code_id) from codes.codes) as codes,
      (select deadlocks::int from pg_stat_database where datname = current_database()) as deadlocks`);
  expect(rows).toEqual([
    {
      orders: confirmed,
      dozen: 12,
      budget: 30,
      of_one: 2,
      codes: [5, 1, 1, 1],
      deadlocks: 0,
    },
  ]);
}
