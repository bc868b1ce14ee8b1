import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import type { SimulationTask } from '../../src/domain/simulation';
import { simulationWorkflowId } from '../../workflows/protocol';
import { programId } from '../support/ledger';
import { type Backend, startBackend } from '../support/service';
import { countWaiting, holdSimulations, seedPastOrders } from '../support/simulations';
import { until } from '../support/until';

let backend: Backend;
let client: Client;
let draft: number;

beforeAll(async () => {
  backend = await startBackend();
  draft = await seedPastOrders(backend.pool, 700);
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.connection.close();
  await backend.close();
});

async function start(orders: number) {
  const now = new Date().toISOString();
  const task: SimulationTask = {
    ...{ simulation_id: uuidv7(), program_id: programId, promotion_id: draft },
    options: {
      ...{ orders, since: null, until: now, endpoints: ['site'], except_statuses: [] },
      ...{ keep_dates: false, drafts: [], without: [] },
    },
    ...{ requested_at: now, requested_by: 'test' },
  };
  await backend.gateway.startSimulation(task, { program: 'test', promotion: 'draft' });
  return {
    id: task.simulation_id,
    handle: client.workflow.getHandle(simulationWorkflowId(task.simulation_id)),
  };
}

async function rowOf(id: string) {
  const { rows } = await backend.pool.query(
    'select state, orders_read, orders_total, problem from market.simulations where simulation_id = $1',
    [id],
  );
  return rows[0];
}

async function beatOf({ handle }: Awaited<ReturnType<typeof start>>) {
  const { raw } = await handle.describe();
  const activity = raw.pendingActivities?.[0];
  const [details] = activity?.heartbeatDetails?.payloads ?? [];
  return {
    at: Number(activity?.lastHeartbeatTime?.seconds ?? 0),
    progress: details?.data ? JSON.parse(Buffer.from(details.data).toString()) : undefined,
  };
}

test('operators see what is simulated, and how far it has come', async () => {
  const letGo = await holdSimulations(backend.pool, 400);
  const simulation = await start(500);
  await until(async () => (await beatOf(simulation)).progress?.orders_read === 400);
  expect((await beatOf(simulation)).progress).toEqual({ orders_read: 400, orders_total: 500 });
  expect(await rowOf(simulation.id)).toMatchObject({ state: 'running', orders_read: 200, orders_total: 500 });
  expect(await (await simulation.handle.describe()).staticSummary()).toBe(
    'draft of test on the last 500 orders',
  );
  await letGo();
  expect(await simulation.handle.result()).toEqual({ orders: 500, touched: 500 });
  expect(await rowOf(simulation.id)).toMatchObject({ state: 'done', orders_read: 500 });
}, 30_000);

test('cancelled while it is at work, it has failed', async () => {
  const letGo = await holdSimulations(backend.pool, 200);
  const simulation = await start(700);
  await until(async () => (await countWaiting(backend.pool)) === 1);
  await simulation.handle.cancel();
  const cancelledAt = Date.now() / 1000;
  await until(async () => (await beatOf(simulation)).at > cancelledAt + 1);
  await letGo();
  await expect(simulation.handle.result()).rejects.toThrow(WorkflowFailedError);
  expect(await rowOf(simulation.id)).toMatchObject({
    ...{ state: 'failed', problem: 'the simulation was cancelled' },
  });
}, 30_000);

test('it ends with its promotion', async () => {
  const letGo = await holdSimulations(backend.pool, 200);
  const simulation = await start(700);
  await until(async () => (await countWaiting(backend.pool)) === 1);
  const deletion = backend.pool.query('delete from catalog.promotions where id = $1', [draft]);
  await until(async () => (await countWaiting(backend.pool)) === 2);
  await letGo();
  await deletion;
  expect(await simulation.handle.result()).toEqual({
    problem: 'the simulation was deleted with its promotion, or has ended',
  });
  expect(await rowOf(simulation.id)).toBeUndefined();
}, 30_000);
