import type { Pool } from 'pg';
import { createCaller, type Measured, measure } from './load';
import { makeCurrency, makeProfiles, makeProgram, makeToken, profileIdOf, registerAll } from './seed';
import { type Stack, startStack } from './stack';

const token = 'bench-token';
const memberCount = 500;
const goodsCount = 200;
const timing = { warmupMs: 3_000, measureMs: 10_000 };
const tell = (line: string) => process.stderr.write(`${line}\n`);

/** Lines of an order and active promotions of its program, as many as are looked at. */
const sizes = [
  { lines: 5, promotions: 10 },
  { lines: 50, promotions: 100 },
];

/**
 * How long pricing an order takes through HTTP, at one client, and how many orders of three lines are
 * confirmed per second; `npm run bench:orders`.
 */
async function main(): Promise<void> {
  const stack = await startStack(tell);
  const rows: (Measured & { what: string })[] = [];
  try {
    await seed(stack.pool);
    const caller = createCaller(stack.url, token);
    for (const { lines, promotions } of sizes) {
      await switchOn(stack, promotions);
      const what = `preorder, ${lines} lines, ${promotions} promotions`;
      tell(`${what} …`);
      const operation = () => caller.post('/market/orders/preorder', orderOf(lines));
      rows.push({ what, ...(await measure({ clients: 1, ...timing, operation })) });
    }
    await switchOn(stack, 10);
    for (const clients of [1, 16, 64]) {
      tell(`preorder_commit at ${clients} clients …`);
      const operation = () => confirm(stack.url);
      rows.push({ what: 'preorder_commit, 3 lines', ...(await measure({ clients, ...timing, operation })) });
    }
    caller.close();
  } finally {
    await stack.close();
  }
  tell('The ledger is sound.');
  process.stdout.write(table(rows));
}

async function seed(pool: Pool): Promise<void> {
  await makeProgram(pool);
  await makeCurrency(pool, { initialBalance: 1_000_000 });
  await pool.query(`
    insert into market.channels (external_id, database_id, name, type) values ('web', 1, 'Web', 'online');
    insert into market.touchpoints (external_id, channel, name) values ('site', 'web', 'Site');
    insert into market.currencies (code, name) values ('EUR', 'Euro')`);
  await pool.query(
    `insert into market.categories (external_id, name, path)
     select 'c' || i, 'Category ' || i, array['c' || i] from generate_series(0, 19) i`,
  );
  await pool.query(
    `insert into market.goods (entity_type, external_id, name, price, currency, categories)
     select 'product', 'P' || i, 'Product ' || i, 10 + i, 'EUR', array['c' || i % 20]
     from generate_series(1, $1::int) i`,
    [goodsCount],
  );
  await makeToken(pool, token, ['market']);
  await makeProfiles(pool, memberCount);
  await registerAll(pool);
}

/**
 * So many promotions: a third gives points, most are for some goods, some ask about the order. Done when the
 * API knows them.
 */
async function switchOn({ pool, url }: Stack, count: number): Promise<void> {
  const promotions = Array.from({ length: count }, (_, index) => {
    const goods = { kind: 'goods', categories: [`c${index % 20}`, `c${(index + 7) % 20}`] };
    const total = { field: 'total', operator: 'gte', value: String(index) };
    const order = {
      kind: 'order',
      where: { all: [total, { field: 'channel', operator: 'eq', value: 'web' }] },
    };
    const isPoints = index % 3 === 2;
    const gives = { kind: 'percent_points', points_currency_eid: 'stars', percent: String((index % 9) + 1) };
    const takes = { kind: 'percent_off', percent: String((index % 30) + 1) };
    return {
      external_id: `p${count}-${index}`,
      kind: isPoints ? 'points' : 'discount',
      conditions: index % 4 === 0 ? [order] : [goods, order],
      effects: [isPoints ? gives : takes],
    };
  });
  await pool.query('delete from catalog.promotions');
  await pool.query(
    `insert into catalog.promotions (program_id, external_id, name, kind, conditions, effects)
     select 1, external_id, external_id, kind, conditions, effects
     from jsonb_to_recordset($1::jsonb) as p(external_id text, kind text, conditions jsonb, effects jsonb)`,
    [JSON.stringify(promotions)],
  );
  for (;;) {
    const { data } = await ask(url, 'preorder', orderOf(1));
    const { promotions: fired, rejected_promotions: rejected } = data as Record<string, unknown[]>;
    if ((fired?.length ?? 0) + (rejected?.length ?? 0) === count) return;
  }
}

function orderOf(count: number) {
  const first = Math.floor(Math.random() * goodsCount);
  const lines = Array.from({ length: count }, (_, index) => {
    const goods = ((first + index) % goodsCount) + 1;
    const line = { external_id: String(index + 1), product: `P${goods}`, count: (index % 3) + 1 };
    return { ...line, base_price_per_item: String(10 + goods), cents: (10 + goods) * ((index % 3) + 1) };
  });
  const total = lines.reduce((sum, { cents }) => sum + cents, 0);
  const member = Math.floor(Math.random() * memberCount) + 1;
  return {
    external_id: crypto.randomUUID(),
    matching: 'profile_id',
    profile_id: profileIdOf(member),
    data: {
      ...{ endpoint: 'site', status: 'new', currency: 'EUR', total_price: String(total) },
      lines: lines.map(({ cents: _, ...line }) => line),
    },
  };
}

/** As a shop does: what preorder found is confirmed. */
async function confirm(url: string): Promise<void> {
  const order = orderOf(3);
  const { data } = await ask(url, 'preorder', order);
  const price = (data as { final_total_price: string }).final_total_price;
  await ask(url, 'preorder_commit', { ...order, data: { ...order.data, final_total_price: price } });
}

async function ask(url: string, call: string, body: object): Promise<{ data: unknown }> {
  const response = await fetch(`${url}/api/v1.1/market/orders/${call}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as { error: number; data: unknown };
  if (answer.error !== 0) throw new Error(`${call} answered ${JSON.stringify(answer)}`);
  return answer;
}

function table(rows: readonly (Measured & { what: string })[]): string {
  const head = ['', 'clients', 'per second', 'p50 ms', 'p95 ms', 'p99 ms'];
  const body = rows.map(({ what, clients, perSecond, p50Ms, p95Ms, p99Ms }) =>
    [what, clients, perSecond, p50Ms, p95Ms, p99Ms].map(String),
  );
  const lines = [head, head.map(() => '---'), ...body].map((cells) => `| ${cells.join(' | ')} |`);
  return `${lines.join('\n')}\n`;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
