import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { Client, Connection } from '@temporalio/client';
import { type RunningApi, startApi } from '../../src/api';
import { applyProgramFile } from '../../src/program-file/apply';
import { startWorker } from '../../src/worker';
import { feedScheduleId } from '../../workflows/protocol';
import { tarGz, zipOf } from '../support/archives';
import { testServers } from '../support/servers';
import { type Backend, silent, startBackend } from '../support/service';
import { until } from '../support/until';
import type { Json } from '../support/wire';

const demo = join(__dirname, '../../demo');
const shop = readFileSync(join(demo, 'shop.yml'));
const mapping = { 'custom_fields.article': 'vendorCode', 'custom_fields.memory': 'param.Встроенная память' };

let backend: Backend;
let api: RunningApi;
let server: Server;
let asked: (string | undefined)[] = [];

beforeAll(async () => {
  backend = await startBackend({ webhooksAllowPrivate: true });
  await applyProgramFile(backend.pool, join(demo, 'program.yaml'), { env: {} });
  api = await startApi(backend.config, { log: silent });
  server = createServer(({ headers, url }, response) => {
    asked.push(headers.authorization);
    const isAllowed = headers.authorization === `Basic ${Buffer.from('feeds:s3cret').toString('base64')}`;
    if (!isAllowed) response.writeHead(401).end();
    else if (url === '/old.zip') response.writeHead(302, { Location: '/shop.zip' }).end();
    else response.end(zipOf('shop.yml', shop));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  server.close();
  await api.stop();
  await backend.close();
});

async function ask(method: string, path: string, body?: string | Buffer, type = 'application/json') {
  const response = await fetch(`${api.url}/admin/v1/market${path}`, {
    method,
    headers: { Authorization: 'Bearer demo-token', 'Content-Type': type },
    ...(body !== undefined && { body: body as string }),
  });
  return (await response.json()) as Json;
}

async function ended({ run_id }: Json): Promise<Json> {
  let run: Json = {};
  await until(async () => {
    run = await ask('GET', `/feed-runs/${run_id}`);
    return run.state === 'done' || run.state === 'failed';
  });
  return run;
}

const query = `?params=create&mapping=${encodeURIComponent(JSON.stringify(mapping))}`;
const upload = async (content: Buffer) =>
  ended(await ask('POST', `/feed-runs${query}`, content, 'application/octet-stream'));

/** As windows-1251, which Node can only read. */
function inWindows1251(text: string): Buffer {
  const decoder = new TextDecoder('windows-1251');
  const codes = new Map(
    Array.from({ length: 256 }, (_, code) => [decoder.decode(Uint8Array.of(code)), code]),
  );
  const bytes = [...text.replace('UTF-8', 'windows-1251')].map((letter) => {
    const code = codes.get(letter);
    if (code === undefined) throw new Error(`${letter} is not in windows-1251`);
    return code;
  });
  return Buffer.from(bytes);
}

const goods = (where: string) =>
  backend.pool
    .query(
      `select to_jsonb(g) - array['id', 'product_id', 'created_at', 'updated_at', 'deleted_at', 'entity_type']
         || jsonb_build_object('product', p.external_id) as goods
       from market.goods g left join market.goods p on p.id = g.product_id where ${where}
       order by g.external_id`,
    )
    .then(({ rows }) => rows.map((row) => row.goods));

test('the feed of a shop is imported as it is meant', async () => {
  const field = { entity_type: 'product', external_id: 'memory', name: 'Memory', value_type: 'int' };
  await ask('POST', '/custom-fields', JSON.stringify(field));
  expect(await upload(shop)).toMatchObject({ state: 'done', offers: 6, added: 5, refused: 1 });
  expect(await goods(`g.external_id in ('9012', 'CH-20')`)).toEqual([
    {
      ...{ external_id: '9012', product: null, name: 'Смартфон Nord Nine 128 ГБ', manufacturer_name: 'Nord' },
      ...{ price: 54990, old_price: 59990, currency: 'RUB', categories: ['111'], tags: [], count: 12 },
      description: expect.stringMatching(
        /^<h3>Nord Nine<\/h3>\s+<p>Экран .* &amp; <b>быстрая<\/b> зарядка\.<\/p>$/,
      ),
      url: 'https://shop.example.com/phones/9012?from=yml&color=black',
      pictures: ['front', 'back', 'side'].map((it) => `https://img.example.com/9012/${it}.jpg`),
      ...{ is_available: true, delivery: true, manufacturer_warranty: true, expiration_time: '1825' },
      ...{ barcode: [4606453849072, 4606453849089], regional_data: {} },
      custom_fields: { article: 'ND-9-128', memory: 128, Цвет: 'чёрный', Диагональ: '6.1 дюйм' },
    },
    {
      ...{ external_id: 'CH-20', product: null, manufacturer_name: 'Nord', price: 1490.5, old_price: null },
      name: 'Зарядное устройство "Nord" 20 Вт «USB‑C»',
      ...{ currency: 'RUB', categories: ['120'], tags: [], count: 0, url: null },
      description: 'Совместимо со всеми телефонами. Мощность < 21 Вт.',
      ...{ pictures: ['https://img.example.com/ch-20.jpg'], is_available: false, delivery: false },
      ...{ manufacturer_warranty: true, expiration_time: null, barcode: [4606453850016], regional_data: {} },
      custom_fields: { article: 'ND-CH-20', Мощность: '20 Вт', Разъём: 'USB-C, USB-A' },
    },
  ]);
  const variants = await goods(`g.external_id like 'TS-1%'`);
  expect(variants.map(({ external_id, product, price }) => [external_id, product, price])).toEqual([
    ['TS-1', null, null],
    ['TS-1-M-B', 'TS-1', 1090],
    ['TS-1-M-W', 'TS-1', 990],
    ['TS-1-S-W', 'TS-1', 990],
  ]);
  expect(variants[1].custom_fields).toEqual({
    ...{ article: 'TS1MB', Цвет: 'синий', Размер: 'M INT', Состав: 'хлопок 95 %, эластан 5 %' },
  });
  const { rows } = await backend.pool.query(`select path from market.categories where external_id = '111'`);
  expect(rows).toEqual([{ path: ['111', '110', '100'] }]);
});

test.each<[string, () => Buffer | Promise<Buffer>]>([
  ['windows-1251', () => inWindows1251(shop.toString())],
  ['UTF-8 with a byte order mark', () => Buffer.concat([Buffer.from('\ufeff'), shop])],
  ['.gz', () => gzipSync(shop)],
  ['.zip', () => zipOf('export/shop.yml', shop)],
  ['.tar.gz', () => tarGz({ 'shop.xml': inWindows1251(shop.toString()) })],
])('in %s it is the same', async (_, content) => {
  expect(await upload(await content())).toMatchObject({
    ...{ state: 'done', problem: null, offers: 6, added: 0, updated: 0, unchanged: 5, refused: 1 },
  });
});

test('the same from a URL with authorised connection, behind a redirect', async () => {
  const { port } = server.address() as AddressInfo;
  const settings = { external_id: 'shop', name: 'Shop', params: 'create', mapping };
  const from = (user: string) =>
    JSON.stringify({ ...settings, url: `http://${user}127.0.0.1:${port}/old.zip?key=1` });
  await ask('POST', '/feeds', from('feeds:s3cret@'));
  const done = await ended(await ask('POST', '/feeds/shop/run', '{}'));
  expect(done).toMatchObject({ state: 'done', unchanged: 5, refused: 1 });
  expect(done.source).toBe(`http://127.0.0.1:${port}/old.zip`);
  asked = [];
  await ask('PATCH', '/feeds/shop', from(''));
  expect(await ended(await ask('POST', '/feeds/shop/run', '{}'))).toMatchObject({
    ...{ state: 'failed', problem: 'the feed answered HTTP status 401' },
  });
  expect(asked).toEqual([undefined]);
});

test('a schedule imports it, and goes with its time, also while no worker looks', async () => {
  const { port } = server.address() as AddressInfo;
  const settings = {
    external_id: 'nightly',
    name: 'Nightly',
    url: `http://feeds:s3cret@127.0.0.1:${port}/a`,
  };
  const calendar = { days: ['mon', 'thu'], time_of_day: '04:00', timezone: 'Europe/Moscow' };
  await ask('POST', '/feeds', JSON.stringify({ ...settings, ...calendar }));
  const connection = await Connection.connect({ address: backend.config.temporalAddress });
  const { schedule } = new Client({ connection, namespace: backend.config.temporalNamespace });
  const id = feedScheduleId(backend.config.temporalTaskQueue, 'nightly');
  const { workflowBundlePath } = testServers();
  const look = async () => (await startWorker(backend.config, { log: silent, workflowBundlePath })).stop();

  await look();
  const { spec } = await schedule.getHandle(id).describe();
  expect(spec).toMatchObject({ timezone: 'Europe/Moscow', calendars: [{ hour: [{ start: 4 }] }] });
  await schedule.getHandle(id).trigger();
  await until(async () => {
    const { items } = (await ask('GET', '/feed-runs?limit=1')) as { items: Json[] };
    return items[0]?.feed === 'nightly' && items[0].state === 'done';
  });

  await until(async () => {
    for await (const { scheduleId } of schedule.list()) if (scheduleId === id) return true;
    return false;
  });
  await ask('PATCH', '/feeds/nightly', JSON.stringify({ days: [], time_of_day: null }));
  await look();
  await expect(schedule.getHandle(id).describe()).rejects.toThrow('not found');
  await connection.close();
});

test('SKUs alone, in mode update_only, with categories kept', async () => {
  const more = `&entity_type=sku&mode=update_only&overwrite_categories=false`;
  const other = shop.toString().replaceAll('<price>990<', '<price>890<').replaceAll('>210<', '>200<');
  const run = await ask('POST', `/feed-runs${query}${more}`, other, 'application/octet-stream');
  expect(await ended(run)).toMatchObject({ state: 'done', updated: 2, unchanged: 1, skipped: 0, refused: 3 });
  const rows = await goods(`g.external_id in ('TS-1-S-W', 'TS-1-M-B')`);
  expect(rows.map(({ price, categories }) => [price, categories])).toEqual([
    [1090, ['210']],
    [890, ['210']],
  ]);
});
