import { type RunningApi, startApi } from '../../src/api';
import { createToken } from '../../src/db/commands/tokens';
import { type Backend, silent, startBackend, startWorkerApart } from '../support/service';
import { countWaiting, holdSimulations, seedPastOrders, simulationsAt } from '../support/simulations';
import { until } from '../support/until';

let backend: Backend;
let api: RunningApi;
let draft: number;
const { start, read, untilEnded } = simulationsAt(() => api.url, 'r00t');

beforeAll(async () => {
  backend = await startBackend({}, { withoutWorker: true });
  draft = await seedPastOrders(backend.pool, 700);
  await createToken(backend.pool, { name: 'root', scopes: ['admin'], program_ids: null }, 'r00t');
  api = await startApi(backend.config, { log: silent });
}, 120_000);
afterAll(async () => {
  await api.stop();
  await backend.close();
});

test('a simulation whose worker is killed begins again, and counts every order once', async () => {
  const killed = await startWorkerApart(backend.config);
  const letGo = await holdSimulations(backend.pool, 400);
  const starting = start(draft);
  await until(async () => (await countWaiting(backend.pool)) === 1);
  await killed.kill();
  await letGo();
  const { id } = await starting;
  expect(await read(id)).toMatchObject({ status: 'running', orders_total: 700, report: null });

  const other = await startWorkerApart(backend.config);
  expect(await untilEnded(id)).toMatchObject({
    ...{ status: 'done', orders_read: 700 },
    report: { orders: { read: 700, touched: 700 }, money: [{ discount_amount: '700.00' }] },
  });
  await other.kill();
}, 120_000);
