import { makePostings } from '../../bench/many-postings';
import { type RunningApi, startApi } from '../../src/api';
import { createToken } from '../../src/db/commands/tokens';
import { fetchExport, rowsOf, untilEnded } from '../support/exports';
import { seedProgram } from '../support/ledger';
import { type Backend, silent, startBackend, startWorkerApart } from '../support/service';
import { send } from '../support/wire';

const path = '/api/v1.1/loyalty/transactions_export';

let backend: Backend;
let api: RunningApi;

beforeAll(async () => {
  backend = await startBackend({ shutdownTimeoutMs: 6_000 }, { withoutWorker: true });
  await seedProgram(backend.pool);
  await createToken(backend.pool, { name: 'till', scopes: ['loyalty_read'], program_ids: null }, 't0k');
  await makePostings(backend.pool, 2_000, 100);
  api = await startApi(backend.config, { log: silent });
}, 120_000);
afterAll(async () => {
  await api.stop();
  await backend.close();
});

async function start(): Promise<string> {
  const body = {
    token: 't0k',
    loyalty_program_id: 1,
    points_currency_eid: 'stars',
    date_from: '2025-01-01T00:00:00Z',
    date_to: '2025-12-31T23:59:59Z',
  };
  const { data } = await send(api.url + path, 'json', body);
  return (data as { task_id: string }).task_id;
}

async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise((resolve) => setTimeout(resolve, 5));
}

const count = async (text: string) => Number((await backend.pool.query(text)).rows[0].count);

/** Has each part from the third on wait, before it is recorded, until told otherwise. */
async function slowDown(wait: string): Promise<() => Promise<void>> {
  await backend.pool.query(`
    create function wait() returns trigger language plpgsql as $$
    begin perform ${wait}; return new; end $$;
    create trigger wait before insert on exports.parts
      for each row when (new.part > 2) execute function wait()`);
  return async () => void (await backend.pool.query('drop function wait cascade'));
}

test('an export whose worker is killed between a part and its record has every row once', async () => {
  let worker = await startWorkerApart(backend.config);
  const hurry = await slowDown('pg_sleep(600)');
  const taskId = await start();
  const isWaiting = `from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;
  await until(async () => (await count(`select count(*) ${isWaiting}`)) > 0);
  await worker.kill();
  const { data } = await send(`${api.url}${path}/status`, 'json', { token: 't0k', task_id: taskId });
  expect(data).toMatchObject({ status: 'running', rows_total: 200_000 });
  const { rows } = data as { rows: number };
  expect(rows).toBe(100_000);
  // Else the dead worker's statement comes through one day.
  await backend.pool.query(`select pg_terminate_backend(pid) ${isWaiting}`);
  await hurry();

  worker = await startWorkerApart(backend.config);
  const text = await fetchExport(api.url, taskId);
  await worker.kill();
  const expected = await backend.pool.query<{ transaction_id: string }>(
    'select transaction_id from ledger.postings order by account_id, seq',
  );
  const exported = rowsOf(text).map(({ transaction_id }) => transaction_id);
  expect(exported).toHaveLength(200_000);
  expect(exported).toEqual(expected.rows.map(({ transaction_id }) => transaction_id));
}, 120_000);

test('an export goes on with another worker when its own is stopped', async () => {
  await backend.restartWorker();
  const hurry = await slowDown('pg_sleep(2)');
  const taskId = await start();
  await until(async () => (await count('select count(*) from exports.parts where part = 2')) > 1);
  await backend.restartWorker(async () => {
    const { data } = await send(`${api.url}${path}/status`, 'json', { token: 't0k', task_id: taskId });
    expect(data).toMatchObject({ status: 'running' });
    await hurry();
  });
  expect(await untilEnded(api.url, taskId)).toMatchObject({ status: 'done', rows: 200_000 });
  const exported = rowsOf(await fetchExport(api.url, taskId)).map(({ transaction_id }) => transaction_id);
  expect(new Set(exported).size).toBe(200_000);
  expect(exported).toHaveLength(200_000);
}, 120_000);
