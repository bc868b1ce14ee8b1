import { readFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import { fetchExport, untilEnded } from '../support/exports';
import { enrol, makePerson } from '../support/people';
import { type Backend, silent, startBackend } from '../support/service';
import { type Json, send } from '../support/wire';

const path = '/api/v1.1/loyalty/transactions_export';

let backend: Backend;
let api: RunningApi;
let taskId: string;

beforeAll(async () => {
  backend = await startBackend();
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  api = await startApi(backend.config, { log: silent });
  await enrol(backend, await makePerson(backend, 4), 4); // gets an initial balance of 100 coins
  taskId = await exportCoins();
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

async function exportCoins(): Promise<string> {
  const body = {
    token: 't0k',
    loyalty_program_id: 4,
    points_currency_eid: 'coins',
    date_from: '2020-01-01T00:00:00Z',
    date_to: '2999-01-01T00:00:00Z',
  };
  const { data } = await send(api.url + path, 'json', body);
  const { task_id } = data as { task_id: string };
  await untilEnded(api.url, task_id);
  return task_id;
}

function get(id: string, { token = 't0k', method = 'GET', after = '' } = {}) {
  const headers = token === '' ? {} : { Authorization: `Bearer ${token}` };
  return fetch(`${api.url}${path}/file/${id}${after}`, { method, headers });
}

async function expectRefusal(response: Response, error: number, text: string) {
  expect(response.status).toBe(error);
  expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(await response.json()).toEqual({ error, error_text: text });
}

test('is CSV to the letter', async () => {
  const response = await get(taskId);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8; header=present');
  expect(response.headers.get('content-disposition')).toBe(`attachment; filename="${taskId}.csv"`);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const text = await response.text();
  expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
  const id = '[0-9a-f-]{36}';
  const time = '\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d+)?Z';
  expect(text).toMatch(
    new RegExp(
      '^transaction_id,transaction_eid,created_at,transaction_type,amount,balance_before,balance_after,' +
        'promo_iid,promo_eid,description,activation_date,expiration_date,source_type,source_iid,source_sid,' +
        'source_subiid,is_temp,temp_state,custom_json,product_eid,sku_eid,canceled,profile_id\r\n' +
        `${id},,${time},accrual,100,0,100,,,[^,]*,${time},${time},system,,[^,]*,,false,,,,,false,\\w+\r\n$`,
    ),
  );
});

test('HEAD answers the same headers', async () => {
  const response = await get(taskId, { method: 'HEAD' });
  const { headers } = await get(taskId);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-length')).toBe(headers.get('content-length'));
});

test('a token that may only read can fetch it', async () => {
  expect((await get(taskId, { token: 'reader' })).status).toBe(200);
});

test('a token of another program is told that there is no such export', async () => {
  await expectRefusal(await get(taskId, { token: 'guest' }), 404, `Export ${taskId} not found`);
});

test('a token in the URL counts for nothing', async () => {
  const response = await get(taskId, { token: '', after: '?token=t0k' });
  expect(response.status).toBe(401);
});

test.each(['task_0f0e8a52-7a3e-4d0e-9a55-0b1f1f5d2c11', 'task_1', '..%2F..%2Fpackage.json'])(
  '%s is not found',
  async (id) => {
    await expectRefusal(await get(id), 404, `Export ${decodeURIComponent(id)} not found`);
  },
);

test.each(['queued', 'running', 'failed'])('one that is %s has no file', async (state) => {
  const { rows } = await backend.pool.query(
    `insert into exports.tasks
       (task_id, program_id, currency_iid, date_from, date_to, after_account_id, after_seq,
        requested_at, requested_by, state, problem)
     values (uuidv7(), 4, 6, now(), now(), 0, 0, now(), 'till', $1::exports.state,
       case $1 when 'failed' then 'no' end)
     returning task_id`,
    [state],
  );
  const id = `task_${(rows[0] as Json).task_id}`;
  await expectRefusal(await get(id), 404, `Export ${id} has no file: it is ${state}`);
});

test('one whose file is not where it should be is a fault of ours', async () => {
  const lost = await exportCoins();
  expect(await fetchExport(api.url, lost)).not.toBe('');
  await rm(join(backend.config.exportDir ?? '', lost.slice('task_'.length)), { recursive: true });
  const response = await get(lost);
  expect(response.status).toBe(500);
  expect(await response.json()).toEqual({ error: 500, error_text: expect.stringContaining('request id') });
});
