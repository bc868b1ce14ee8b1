import type { DrawnPromotion } from '../support/drawn-shops';
import type { Person } from '../support/people';
import { openProxy, type ServerProxy, through } from '../support/proxy';
import { testServers } from '../support/servers';
import { startApiApart, startWorkerApart } from '../support/service';
import { openShops, type Shops } from '../support/shops';
import { until } from '../support/until';
import { type Json, send } from '../support/wire';

const commit = '/market/orders/preorder_commit';

const common = { priority: 0, combinable: true, group: null, isActive: true, isPartners: false };
const always = { start: null, end: null, limits: null, conditions: [] as object[] };
const promotions: (DrawnPromotion & { id: number })[] = [
  {
    ...{ ...common, ...always, id: 811, kind: 'discount', limits: { total_uses: 15 } },
    effects: [{ kind: 'percent_off', percent: 10 }],
  },
  {
    ...{ ...common, ...always, id: 812, kind: 'discount', conditions: [{ pool: 'own' }] },
    effects: [{ kind: 'amount_off_order', amount: '3' }],
  },
  {
    ...{ ...common, ...always, id: 813, kind: 'points' },
    effects: [
      { kind: 'points_payment', points_currency_eid: 'stars', max_points: '1' },
      { kind: 'percent_points', points_currency_eid: 'stars', percent: 5 },
    ],
  },
];
const program = {
  ...{ program: 1, groups: [], promotions },
  arbitration: { discounts: 'stack_sequential', points: 'stack', together: true },
};
const drawn = { city: 'Rome', stars: '100', miles: '1', rank: '1', isMember: true };

/** An order of 100.00 that 10 % are taken off, or 3.00 by a code, or both; and a point pays for 1.00. */
const orderOf = (final_total_price: string, promo_codes: string[] = []) => ({
  ...{
    endpoint: 'web-1',
    status: 'new',
    currency: 'RUB',
    total_price: '100',
    final_total_price,
    promo_codes,
  },
  points_payment: [{ points_currency_eid: 'stars', amount: '1' }],
  lines: [
    { external_id: '1', product: 'P1', count: 1, base_price_per_item: '60' },
    { external_id: '2', sku: 'S3', count: 2, base_price_per_item: '20' },
  ],
});

/** As a shop does: the same request again, until there is an answer. */
async function insist(call: () => Promise<Json>): Promise<Json> {
  for (;;) {
    const answer = await call().catch(() => ({ error: 503 }));
    if (answer.error !== 503) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

interface Written {
  orders: number;
  lines: number;
  postings: number;
  limited: number;
  activations: number;
}

async function writtenIn({ backend }: Shops): Promise<Written> {
  const { rows } = await backend.pool.query<Written>(`
    select
      (select count(*)::int from market.orders where external_id not like 'probe%') as orders,
      (select count(*)::int from market.order_lines l join market.orders o on o.id = l.order_id
       where o.external_id not like 'probe%') as lines,
      (select count(*)::int from ledger.postings where source_type = 'order') as postings,
      (select uses::int from market.promotion_uses where promotion_id = 811) as limited,
      (select count(*)::int from codes.activations) as activations`);
  return rows[0] as Written;
}

describe('processes killed', () => {
  let shops: Shops;
  const people: Person[] = [];
  beforeAll(async () => {
    shops = await openShops({ requestTimeoutMs: 8_000 });
    await shops.setUp(program);
    for (let index = 0; index < 8; index++) people.push(await shops.customer(1, drawn));
  }, 60_000);
  afterAll(() => shops.close());

  /** Confirms at whatever price it is told; answers the request that was answered, and its answer. */
  async function buy(url: () => string, index: number, code: string): Promise<{ sent: Json; answer: Json }> {
    const codes = index % 2 === 0 ? [code] : [];
    const prices = codes.length > 0 ? ['86.00', '96.00'] : ['89.00', '99.00'];
    for (let turn = 0; ; turn++) {
      const data = orderOf(prices[turn % prices.length] as string, codes);
      const sent = { external_id: `kill-${index}`, email: people[index % people.length]?.email, data };
      const answer = await insist(() =>
        send(`${url()}/api/v1.1${commit}`, 'json', { token: 't0k', ...sent }),
      );
      if (answer.error === 0) return { sent, answer };
      expect(answer).toMatchObject({ error: 409, error_text: expect.stringContaining('comes to') });
    }
  }

  test('killed in the middle of many orders: each is confirmed once, and repeats agree', async () => {
    const orders = 40;
    const codes = await shops.issue(1, 'own', orders);
    await shops.backend.restartWorker(async () => {
      let worker = await startWorkerApart(shops.backend.config);
      let api = await startApiApart(shops.backend.config);
      let answered = 0;
      const bought = Array.from({ length: orders }, async (_, index) => {
        await until(() => answered > index - 20);
        const result = await buy(() => api.url, index, codes[index] as string);
        answered += 1;
        return result;
      });
      for (const [share, victim] of [
        [0.2, 'worker'],
        [0.4, 'api'],
        [0.6, 'worker'],
        [0.8, 'api'],
      ] as const) {
        await until(() => answered >= orders * share);
        if (victim === 'worker') {
          await worker.kill();
          worker = await startWorkerApart(shops.backend.config);
        } else {
          await api.kill();
          api = await startApiApart(shops.backend.config);
        }
      }
      const all = await Promise.all(bought);
      const before = await writtenIn(shops);
      for (const { sent, answer } of all) {
        const url = `${api.url}/api/v1.1${commit}`;
        expect(await insist(() => send(url, 'json', { token: 't0k', ...sent }))).toEqual(answer);
      }
      expect(await writtenIn(shops)).toEqual(before);
      expect(before).toMatchObject({ orders, lines: 2 * orders, limited: 15, activations: orders / 2 });
      // Of each line: what its points pay, and what it earns.
      expect(before.postings).toBe(4 * orders);
      const cheap = all.filter(({ answer: { data } }) =>
        ((data as Json).promotions as Json[]).some(({ promo_eid }) => promo_eid === 'p811'),
      );
      expect(cheap).toHaveLength(15);
      await api.kill();
      await worker.kill();
    });
  }, 240_000);
});

describe('servers cut off', () => {
  let toPostgres: ServerProxy;
  let toTemporal: ServerProxy;
  let shops: Shops;
  let person: Person;
  let orders = 0;

  beforeAll(async () => {
    const { postgresUrl, temporalAddress } = testServers();
    const postgres = new URL(postgresUrl);
    const [host = '', port] = temporalAddress.split(':');
    toPostgres = await openProxy({ host: postgres.hostname, port: Number(postgres.port) });
    toTemporal = await openProxy({ host, port: Number(port) });
    shops = await openShops(
      { requestTimeoutMs: 4_000 },
      {
        forWorker: ({ databaseUrl }) => ({ databaseUrl: through(toPostgres, databaseUrl) }),
        forApi: () => ({ temporalAddress: `127.0.0.1:${toTemporal.port}` }),
      },
    );
    await shops.setUp(program);
    person = await shops.customer(1, drawn);
    await shops.backend.pool.query(`
      create function wait() returns trigger language plpgsql as $$
      begin perform pg_sleep(1.5); return new; end $$`);
  }, 60_000);
  afterAll(async () => {
    await shops.close();
    await Promise.all([toPostgres, toTemporal].map((proxy) => proxy.close()));
  });

  const sleeping = 'trigger wait before insert on market.order_promotions';
  const isAsleep = async () =>
    (
      await shops.backend.pool.query(
        `select from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`,
      )
    ).rows.length > 0;

  test.each([
    [
      'in the commit, which goes through',
      'constraint trigger wait after insert on market.orders deferrable initially deferred',
    ],
    ['before the commit, which does not', sleeping],
  ])(
    'Postgres, %s',
    async (_, trigger) => {
      const before = await writtenIn(shops);
      const [code = ''] = await shops.issue(1, 'own', 1);
      await shops.backend.pool.query(`create ${trigger} for each row execute function wait()`);
      const request = { external_id: `cut-${++orders}`, email: person.email, data: orderOf('86.30', [code]) };
      const final = await priceOf(request);
      const sent = { ...request, data: { ...request.data, final_total_price: final } };
      const first = insist(() => shops.ask(commit, sent));
      await until(isAsleep);
      toPostgres.cut();
      await shops.backend.pool.query(`drop trigger wait on ${/ on (\S+)/.exec(trigger)?.[1]}`);
      toPostgres.mend();
      const answer = await first;
      expect(answer).toMatchObject({ error: 0, data: { final_total_price: final } });
      expect(await insist(() => shops.ask(commit, sent))).toEqual(answer);
      await expectOneMore(before);
    },
    60_000,
  );

  test('Temporal, while a caller waits', async () => {
    const before = await writtenIn(shops);
    const [code = ''] = await shops.issue(1, 'own', 1);
    const request = { external_id: `cut-${++orders}`, email: person.email, data: orderOf('0', [code]) };
    const final = await priceOf(request);
    const sent = { ...request, data: { ...request.data, final_total_price: final } };
    await shops.backend.pool.query(`create ${sleeping} for each row execute function wait()`);
    const first = shops.ask(commit, sent);
    await until(isAsleep);
    toTemporal.cut();
    expect(await first).toMatchObject({ error: 503 });
    await shops.backend.pool.query('drop trigger wait on market.order_promotions');
    toTemporal.mend();
    const answer = await insist(() => shops.ask(commit, sent));
    expect(answer).toMatchObject({ error: 0, data: { final_total_price: final } });
    expect(await insist(() => shops.ask(commit, sent))).toEqual(answer);
    await expectOneMore(before);
  }, 60_000);

  async function priceOf({ email, external_id, data }: { email: string; external_id: string; data: Json }) {
    const priced = await shops.ask('/market/orders/preorder', {
      matching: 'email',
      email,
      external_id,
      data,
    });
    return (priced.data as Json).final_total_price;
  }

  async function expectOneMore(before: Written): Promise<void> {
    expect(await writtenIn(shops)).toEqual({
      ...{ orders: before.orders + 1, lines: before.lines + 2, postings: before.postings + 4 },
      ...{ limited: (before.limited ?? 0) + 1, activations: before.activations + 1 },
    });
  }
});
