import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { measure, round } from './load';
import { addPromotions, confirm, goodsCount, memberCount, seed, token } from './shop';
import { peakMiB, type Stack, startStack } from './stack';

/** How many past orders, of three lines each, and how many promotions they meet besides the draft. */
const orders = Number(process.argv[2] ?? 20_000);
const promotions = Number(process.argv[3] ?? 20);
const timing = { clients: 4, warmupMs: 2_000, measureMs: 8_000 };
const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * How fast past orders are replayed with a draft, in how much memory, and what orders that are confirmed
 * meanwhile feel of it; `npm run bench:simulation`, after it numbers of orders and promotions.
 */
async function main(): Promise<void> {
  const stack = await startStack(tell);
  try {
    await seed(stack.pool);
    await addPromotions(stack.pool, promotions);
    await addOrders(stack.pool);
    const draft = await addDraft(stack.pool);
    tell(`Confirming orders at ${timing.clients} clients …`);
    const operation = () => confirm(stack.url);
    const alone = await measure({ ...timing, operation });
    const before = await peakMiB(stack.workerPid);
    tell(`Simulating on ${orders} orders with ${promotions} promotions …`);
    const lines = [await simulated(stack, draft)];
    lines.push(`| worker, most memory before, MiB | ${before} |`);
    lines.push(`| worker, most memory after, MiB | ${await peakMiB(stack.workerPid)} |`);
    lines.push(`| orders confirmed per second, without | ${alone.perSecond} (p95 ${alone.p95Ms} ms) |`);
    tell('Confirming orders during simulations …');
    const during = await meanwhile(stack, draft, () => measure({ ...timing, operation }));
    lines.push(`| the same, during a simulation | ${during.perSecond} (p95 ${during.p95Ms} ms) |`);
    process.stdout.write(`| | |\n|---|---|\n${lines.join('\n')}\n`);
  } finally {
    await stack.close();
  }
}

async function simulated(stack: Stack, draft: number): Promise<string> {
  const begin = performance.now();
  const { orders_read, report } = await simulate(stack, draft);
  const seconds = (performance.now() - begin) / 1000;
  tell(`${report.orders.touched} of ${orders_read} orders touched, in ${round(seconds)} s.`);
  return `| orders replayed per second | ${Math.round(orders_read / seconds)} |`;
}

/** Does work while one simulation follows the other. */
async function meanwhile<T>(stack: Stack, draft: number, work: () => Promise<T>): Promise<T> {
  let isOver = false;
  const simulating = (async () => {
    while (!isOver) await simulate(stack, draft);
  })();
  const result = await work();
  isOver = true;
  await simulating;
  return result;
}

interface Simulation {
  id: string;
  status: string;
  error_text: string | null;
  orders_read: number;
  report: { orders: { touched: number } };
}

async function simulate({ url }: Stack, draft: number): Promise<Simulation> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const ask = async (path: string, init: object = {}) =>
    (await (await fetch(`${url}/admin/v1/${path}`, { headers, ...init })).json()) as Simulation;
  const body = JSON.stringify({ orders });
  let simulation = await ask(`promotions/${draft}/simulate`, { method: 'POST', body });
  while (simulation.status === 'queued' || simulation.status === 'running') {
    await setTimeout(50);
    simulation = await ask(`simulations/${simulation.id}`);
  }
  if (simulation.status !== 'done') throw new Error(`The simulation ended: ${simulation.error_text}`);
  return simulation;
}

/** Imported orders, a minute each. */
async function addOrders(pool: Pool): Promise<void> {
  await pool.query(
    `insert into market.orders (external_id, origin, endpoint, status, currency, profile_id, total_price,
       final_total_price, create_time, update_time)
     select 'past-' || n, 'import', 'site', 'new', 'EUR', lpad(to_hex(1 + n % ${memberCount}), 24, '0'),
       0, 0, at, at
     from generate_series(1, $1::int) n,
       lateral (select timestamptz '2025-01-01' + n * interval '1 minute' as at)`,
    [orders],
  );
  await pool.query(`
    insert into market.order_lines (order_id, line_no, external_id, goods_id, count, base_price_per_item,
      final_price_per_item, total_price, final_total_price)
    select o.id, line, line::text, g.id, 1 + line % 3, g.price, g.price, g.price * (1 + line % 3),
      g.price * (1 + line % 3)
    from market.orders o, generate_series(1, 3) line, lateral (
      select id, price from market.goods where external_id = 'P' || (1 + (o.id * 7 + line) % ${goodsCount})
    ) g`);
  await pool.query(`
    update market.orders o set (total_price, final_total_price) = (
      select sum(total_price), sum(total_price) from market.order_lines where order_id = o.id
    )`);
  await pool.query('analyze');
}

async function addDraft(pool: Pool): Promise<number> {
  const { rows } = await pool.query(
    `insert into catalog.promotions (program_id, external_id, name, kind, is_active, effects, limits)
     values (1, 'draft', 'Draft', 'discount', false, '[{"kind": "percent_off", "percent": "20"}]',
       '{"uses_per_member": 1000}')
     returning id`,
  );
  return rows[0].id;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
