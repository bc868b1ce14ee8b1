import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type RunningApi, startApi } from '../../src/api';
import { loadSnapshot } from '../../src/db/catalog-snapshot';
import { writeGoods } from '../../src/db/commands/goods';
import { findGoods } from '../../src/db/queries/goods';
import { startWorker } from '../../src/worker';
import { segmentScheduleId } from '../../workflows/protocol';
import type { AdminBench } from '../support/admin';
import { testServers } from '../support/servers';
import { type Backend, silent, startBackend } from '../support/service';
import type { Json } from '../support/wire';

let backend: Backend;
let api: RunningApi;

const ask: AdminBench['ask'] = async (method, path, body) => {
  const response = await fetch(`${api.url}/admin/v1/market/segments${path}`, {
    method,
    headers: { Authorization: 'Bearer t0k', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Json) };
};

const make = (external_id: string, values: Json) =>
  ask('POST', '', { external_id, name: external_id, entity_type: 'product', type: 'updatable', ...values });

const goodsOf = async (external_id: string) =>
  ((await ask('GET', `/${external_id}/goods`)).items as Json[]).map((it) => it.external_id);

beforeAll(async () => {
  backend = await startBackend();
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  const { market } = await loadSnapshot(backend.pool);
  const items = Array.from({ length: 1_500 }, (_, index) => ({
    product: {
      external_id: `Q${index}`,
      name: `Q${index}`,
      price: String(index),
      categories: index % 2 ? ['phones'] : ['books'],
      custom_fields: index < 3 ? { colour: 'red' } : {},
    },
    skus: [],
  }));
  await writeGoods(backend.pool, market, items);
  api = await startApi(backend.config, { log: silent });
});

afterAll(async () => {
  await api.stop();
  await backend.close();
});

test('an updatable segment has what meets its condition when it is calculated, and no more', async () => {
  const condition = {
    all: [
      { field: 'category', operator: 'in', value: ['electronics'] },
      {
        any: [
          { field: 'price', operator: 'gte', value: 1490 },
          { field: 'custom_fields.colour', operator: 'eq', value: 'red' },
        ],
      },
    ],
  };
  expect(await make('some', { condition })).toMatchObject({ status: 201 });
  expect(await goodsOf('some')).toEqual([]);
  expect(await ask('POST', '/some/calculate', {})).toEqual({ status: 200, looked_at: 1_502, size: 6 });
  expect(await goodsOf('some')).toEqual(['Q1', 'Q1491', 'Q1493', 'Q1495', 'Q1497', 'Q1499']);
  expect(await ask('GET', '/some/status')).toMatchObject({
    size: 6,
    looked_at: 1_502,
    calculated_at: expect.any(String),
  });
  const { products } = await findGoods(backend.pool, { products: ['Q1', 'Q2'], skus: [] });
  expect(products.get('Q1')?.segment).toEqual(['some']);
  expect(products.get('Q2')?.segment).toEqual([]);

  await ask('PATCH', '/some', { condition: { field: 'price', operator: 'in', value: [7, 8] } });
  await ask('POST', '/some/calculate', {});
  expect(await goodsOf('some')).toEqual(['Q7', 'Q8']);
});

test('a limit counts after the condition', async () => {
  await make('few', { condition: { field: 'price', operator: 'gte', value: 100 }, most: 3 });
  expect(await ask('POST', '/few/calculate', {})).toMatchObject({ size: 3 });
  expect(await goodsOf('few')).toEqual(['P1', 'P2', 'Q100']);
});

test('SKUs are held against the condition with what they have from their products', async () => {
  await make('small', {
    entity_type: 'sku',
    condition: { field: 'category', operator: 'eq', value: 'electronics' },
  });
  expect(await ask('POST', '/small/calculate', {})).toMatchObject({ looked_at: 2, size: 1 });
  expect(await goodsOf('small')).toEqual(['S1']);
});

test('one whose time is over stays as it is', async () => {
  await make('over', {
    condition: { field: 'price', operator: 'gte', value: 0 },
    active_until: '2020-01-01T00:00:00Z',
  });
  expect(await ask('POST', '/over/calculate', {})).toMatchObject({
    status: 409,
    error_text: 'only an updatable segment whose time is not over is calculated',
  });
});

test('one with a time of the day has a schedule in its time zone', async () => {
  await make('nightly', {
    condition: { field: 'price', operator: 'gte', value: 0 },
    days: ['mon', 'sat'],
    time_of_day: '03:30',
    timezone: 'Europe/Berlin',
  });

  const { workflowBundlePath } = testServers();
  const worker = await startWorker(backend.config, { log: silent, workflowBundlePath });
  const connection = await Connection.connect({ address: backend.config.temporalAddress });
  const client = new Client({ connection, namespace: backend.config.temporalNamespace });
  const id = segmentScheduleId(backend.config.temporalTaskQueue, 'nightly');
  const { spec } = await client.schedule.getHandle(id).describe();
  expect(spec.timezone).toBe('Europe/Berlin');
  expect(spec.calendars?.[0]).toMatchObject({
    hour: [{ start: 3 }],
    minute: [{ start: 30 }],
    dayOfWeek: [{ start: 'MONDAY' }, { start: 'SATURDAY' }],
  });
  await connection.close();
  await worker.stop();
});
