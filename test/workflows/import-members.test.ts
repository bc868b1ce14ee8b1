import { readdir } from 'node:fs/promises';
import { Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import type { ImportTask } from '../../src/domain/import';
import { openFileStore } from '../../src/file-store';
import { importWorkflowId } from '../../workflows/protocol';
import { programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend } from '../support/service';
import { until } from '../support/until';

let backend: Backend;
let client: Client;

beforeAll(async () => {
  backend = await startBackend();
  await seedProgram(backend.pool);
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.connection.close();
  await backend.close();
});

async function start(rows: number, { config, gateway } = backend) {
  const import_id = uuidv7();
  const lines = Array.from({ length: rows }, (_, index) => `${import_id}.${index}@example.com,1`);
  async function* csv() {
    yield Buffer.from(['email,amount', ...lines].join('\n'));
  }
  const store = openFileStore({ folder: config.exportDir ?? '' });
  const task: ImportTask = {
    ...{ import_id, program_id: programId, file_name: 'members.csv', batch: 'members' },
    file: await store.write(import_id, csv(), new AbortController().signal),
    ...{ matching: null, field_name: null, create_profiles: true },
    ...{ grant_initial_balance: false, dry_run: false },
    ...{ requested_at: new Date().toISOString(), requested_by: 'test' },
  };
  await gateway.startImport(task, { program: 'test' });
  return { import_id, handle: client.workflow.getHandle(importWorkflowId(import_id)) };
}

async function taskOf(importId: string, { pool } = backend) {
  const { rows } = await pool.query(
    'select state::text as state, rows_done, rows_total, problem from imports.tasks where import_id = $1',
    [importId],
  );
  return rows[0];
}

/** Has every writer wait before it records a batch. */
async function holdWriters(): Promise<() => Promise<void>> {
  const holder = await backend.pool.connect();
  await holder.query('begin; lock table imports.contents in share mode');
  return async () => {
    await holder.query('rollback');
    holder.release();
  };
}

test('operators see what is imported, and how far it has come', async () => {
  const letGo = await holdWriters();
  const { import_id, handle } = await start(700);
  const progress = async () => {
    const { raw } = await handle.describe();
    const [details] = raw.pendingActivities?.[0]?.heartbeatDetails?.payloads ?? [];
    return details?.data ? JSON.parse(Buffer.from(details.data).toString()) : undefined;
  };
  await until(async () => (await progress())?.rows_total > 0);
  expect(await progress()).toEqual({ rows_done: 0, rows_total: 700 });
  expect(await (await handle.describe()).staticSummary()).toBe('members.csv into test');
  await letGo();
  await until(async () => (await taskOf(import_id))?.state === 'done');
  expect(await taskOf(import_id)).toMatchObject({ rows_done: '700', rows_total: '700' });
}, 30_000);

test('cancelled while it is at work, it has failed; what it had done stays', async () => {
  const letGo = await holdWriters();
  const { import_id, handle } = await start(1_500);
  await until(async () => (await taskOf(import_id))?.state === 'running');
  await handle.cancel();
  const cancelledAt = Date.now() / 1000;
  await until(async () => {
    const { raw } = await handle.describe();
    return Number(raw.pendingActivities?.[0]?.lastHeartbeatTime?.seconds ?? 0) > cancelledAt + 1;
  });
  await letGo();
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  const task = await taskOf(import_id);
  expect(task).toMatchObject({ state: 'failed', problem: 'the import was cancelled', rows_total: '1500' });
  expect(Number(task.rows_done)).toBeLessThan(1_500);
  expect(await readdir(backend.config.exportDir ?? '')).not.toContain(import_id);
}, 30_000);

test('a file that is not there fails the import', async () => {
  const { import_id, handle } = await start(0, {
    ...backend,
    config: { ...backend.config, exportDir: `${backend.config.exportDir}/elsewhere` },
  });
  await expect(handle.result()).rejects.toThrow(WorkflowFailedError);
  expect(await taskOf(import_id)).toMatchObject({
    state: 'failed',
    problem: 'the import could not be carried out',
  });
});

test('the report is forgotten when its time has come, what it came to is not', async () => {
  const brief = await startBackend({ exportKeepSec: 1 });
  try {
    await seedProgram(brief.pool);
    const { import_id, handle } = await start(3, brief);
    expect(await handle.result()).toEqual({ rows: 3, refused: 0 });
    expect((await brief.pool.query('select from imports.refusals')).rowCount).toBe(0);
    expect(await taskOf(import_id, brief)).toMatchObject({ state: 'done', rows_done: '3' });
  } finally {
    await brief.close();
  }
});
