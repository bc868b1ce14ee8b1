import { readdir } from 'node:fs/promises';
import { Client, Connection, WorkflowFailedError, type WorkflowHandle } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import { makePostings } from '../../bench/many-postings';
import { exportWorkflowId } from '../../workflows/protocol';
import { currencyIid, programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend } from '../support/service';

let backend: Backend;
let client: Client;

beforeAll(async () => {
  backend = await startBackend();
  await seedProgram(backend.pool);
  await makePostings(backend.pool, 200, 10);
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.connection.close();
  await backend.close();
});

async function start({ gateway } = backend) {
  const task_id = uuidv7();
  const task = {
    task_id,
    program_id: programId,
    currency_iid: currencyIid,
    date_from: '2025-01-01T00:00:00Z',
    date_to: '2025-12-31T23:59:59Z',
    after_account_id: '0',
    after_seq: '0',
    requested_at: '2026-01-01T00:00:00Z',
    requested_by: 'till',
  };
  await gateway.startExport(task, { program: 'test', currency: 'stars' });
  return { task_id, handle: client.workflow.getHandle(exportWorkflowId(task_id)) };
}

async function taskOf(taskId: string) {
  const { rows } = await backend.pool.query(
    'select state::text as state, rows_total, problem, expires_at from exports.tasks where task_id = $1',
    [taskId],
  );
  return rows[0];
}

const filesOf = (taskId: string) =>
  readdir(`${backend.config.exportDir}/${taskId}`).then(
    (names) => names.length,
    () => 0,
  );

/** What Temporal knows of the activity that is under way. */
async function heartbeatOf(handle: WorkflowHandle) {
  const { raw } = await handle.describe();
  return raw.pendingActivities?.[0];
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 20));
}

const isDone = (taskId: string) => async () => (await taskOf(taskId))?.state === 'done';

/** Has every writer wait before it records a part. */
async function holdWriters(): Promise<() => Promise<void>> {
  const holder = await backend.pool.connect();
  await holder.query('begin; lock table exports.parts in share mode');
  return async () => {
    await holder.query('rollback');
    holder.release();
  };
}

test('an export needs no row in the database to begin with', async () => {
  const { task_id } = await start();
  await until(isDone(task_id));
  expect(await taskOf(task_id)).toMatchObject({ rows_total: '2000', problem: null });
  expect(await filesOf(task_id)).toBe(1);
});

test('operators see what is exported, and how far it has come', async () => {
  const letGo = await holdWriters();
  const { task_id, handle } = await start();
  const progress = async () => {
    const [details] = (await heartbeatOf(handle))?.heartbeatDetails?.payloads ?? [];
    return details?.data ? JSON.parse(Buffer.from(details.data).toString()) : undefined;
  };
  await until(async () => (await progress())?.rows > 0);
  expect(await progress()).toEqual({ rows: 2000, rows_total: 2000 });
  const description = await handle.describe();
  expect(await description.staticSummary()).toBe(
    'stars of test, 2025-01-01T00:00:00Z to 2025-12-31T23:59:59Z',
  );
  await letGo();
  await until(isDone(task_id));
}, 30_000);

test('cancelled while it writes, it has failed, and nothing is left of its file', async () => {
  const letGo = await holdWriters();
  const { task_id, handle } = await start();
  await until(async () => (await filesOf(task_id)) > 0);
  await handle.cancel();
  const cancelledAt = Date.now() / 1000;
  const heardOf = async () => Number((await heartbeatOf(handle))?.lastHeartbeatTime?.seconds ?? 0);
  await until(async () => (await heardOf()) > cancelledAt + 1);
  await letGo();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  expect(await taskOf(task_id)).toEqual({
    state: 'failed',
    rows_total: '2000',
    problem: 'The export was cancelled',
    expires_at: null,
  });
  expect(await filesOf(task_id)).toBe(0);
}, 30_000);

test('cancelled when it is done, it forgets export and file at once', async () => {
  const { task_id, handle } = await start();
  await until(isDone(task_id));
  await handle.cancel();
  expect(await handle.result()).toMatchObject({ rows: 2000 });
  expect(await taskOf(task_id)).toBeUndefined();
  expect(await filesOf(task_id)).toBe(0);
});

test('a file is removed when its time has come', async () => {
  const brief = await startBackend({ exportKeepSec: 1 });
  try {
    await seedProgram(brief.pool);
    const { handle } = await start(brief);
    expect(await handle.result()).toMatchObject({ rows: 0 });
    expect((await brief.pool.query('select from exports.tasks')).rowCount).toBe(0);
    expect(await readdir(brief.config.exportDir ?? '')).toEqual([]);
  } finally {
    await brief.close();
  }
});
