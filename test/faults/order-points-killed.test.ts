import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Shop } from '../support/order-points';
import { type Backend, startBackend, startWorkerApart } from '../support/service';
import { until } from '../support/until';

let backend: Backend;
let shop: Shop;
let worker: Awaited<ReturnType<typeof startWorkerApart>>;

beforeAll(async () => {
  backend = await startBackend({ requestTimeoutMs: 20_000 }, { withoutWorker: true });
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  shop = new Shop(backend);
});
afterAll(async () => {
  await worker.kill();
  await backend.close();
});

test('points neither survive a refund nor are taken back twice, whoever is killed', async () => {
  worker = await startWorkerApart(backend.config);
  const ann = await shop.customer();
  const orders = await Promise.all(Array.from({ length: 12 }, () => shop.confirm(ann)));
  const [delivered, canceled] = [orders.slice(0, 4), orders.slice(4)];
  const settling: Promise<unknown>[] = [];
  const say = async (some: typeof orders, status: string) => {
    for (const { external_id } of some) {
      settling.push(shop.settle(await shop.import(external_id, status)).catch(() => undefined));
    }
  };
  const settled = async () => orders.length - (await shop.unsettled());

  await say(delivered, 'delivered');
  await say(canceled.slice(0, 4), 'canceled');
  await until(async () => (await settled()) > 5);
  await worker.kill();
  // Nobody is there to start these: their API has died as well.
  for (const { external_id } of canceled.slice(4)) await shop.import(external_id, 'canceled');
  worker = await startWorkerApart(backend.config);
  await until(async () => (await shop.unsettled()) < 3);
  await worker.kill();
  worker = await startWorkerApart(backend.config);
  await until(async () => (await shop.unsettled()) === 0);

  for (const { order_id } of delivered) {
    expect(await shop.postings(order_id)).toBe('accrual 100, accrual 50');
  }
  for (const { order_id } of canceled) expect(await shop.postings(order_id)).toBe('');
  const { rows } = await backend.pool.query(
    `select p.type, count(*)::int as count
     from ledger.postings p where p.type in ('activation', 'reversal') group by 1 order by 1`,
  );
  expect(rows).toEqual([
    { type: 'reversal', count: 8 * 4 },
    { type: 'activation', count: 4 * 4 },
  ]);
  await Promise.all(settling);
}, 300_000);
