import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type RunningApi, startApi } from '../../src/api';
import { type Backend, silent, startBackend, startWorkerApart } from '../support/service';
import { until } from '../support/until';
import type { Json } from '../support/wire';

let backend: Backend;
let api: RunningApi;
let shop: Server;
let served: { status: number; body: string | Buffer };

const offer = (id: number, more = '') =>
  `<offer id="${id}" available="true"><name>Thing ${id}</name><price>${id}.50</price>` +
  `<currencyId>RUR</currencyId><categoryId>2</categoryId>${more}</offer>`;
const feed = (offers: string[]) =>
  `<?xml version="1.0" encoding="UTF-8"?><!DOCTYPE yml_catalog SYSTEM "shops.dtd">
  <yml_catalog date="2026-01-01 00:00"><shop><categories><category id="1">All</category>
  <category id="2" parentId="1">Things</category><category id="3" parentId="9">Lost</category></categories>
  <offers>${offers.join('')}</offers></shop></yml_catalog>`;

async function ask(
  method: string,
  path: string,
  body?: string | Buffer,
  type = 'application/json',
): Promise<Json & { status: number }> {
  const response = await fetch(`${api.url}/admin/v1/market${path}`, {
    method,
    headers: { Authorization: 'Bearer t0k', 'Content-Type': type },
    ...(body !== undefined && { body: body as string }),
  });
  return { status: response.status, ...((await response.json()) as Json) };
}

const upload = (body: string | Buffer, query = '') =>
  ask('POST', `/feed-runs${query}`, body, 'application/octet-stream');

async function ended(id: unknown): Promise<Json> {
  let run: Json = {};
  await until(async () => {
    run = await ask('GET', `/feed-runs/${id}`);
    return run.state === 'done' || run.state === 'failed';
  });
  return run;
}

beforeAll(async () => {
  backend = await startBackend({ webhooksAllowPrivate: true });
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  api = await startApi(backend.config, { log: silent });
  shop = createServer((_, response) => response.writeHead(served.status).end(served.body));
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  shop.close();
  await api.stop();
  await backend.close();
});

test('an upload is imported; refused offers and categories say why; again, nothing changes', async () => {
  const param = '<param name="Colour">red</param><param name="Memory" unit="GB">16</param>';
  const offers = [offer(1, param), '<offer id="2"><price>1</price></offer>', offer(3)];
  const { status, run_id } = await upload(gzipSync(feed(offers)), '?params=create&file_name=a.yml.gz');
  expect(status).toBe(201);
  expect(await ended(run_id)).toMatchObject({
    ...{ source: 'a.yml.gz', feed: null, state: 'done', problem: null },
    ...{ offers: 3, added: 2, updated: 0, unchanged: 0, skipped: 0, refused: 1 },
  });
  expect(await ask('GET', `/feed-runs/${run_id}/refusals`)).toMatchObject({
    items: [
      { position: -1, external_id: '3', problem: 'category: there is no category "9"' },
      { position: 2, external_id: '2', problem: 'name: is required' },
    ],
    next_after: null,
  });
  const { rows } = await backend.pool.query(
    `select name, price::float8, currency, categories, custom_fields, is_available
     from market.goods where external_id = '1'`,
  );
  expect(rows).toEqual([
    {
      ...{ name: 'Thing 1', price: 1.5, currency: 'RUB', categories: ['2'], is_available: true },
      custom_fields: { Colour: 'red', Memory: '16 GB' },
    },
  ]);
  const again = await upload(feed(offers), '?params=create');
  expect(await ended(again.run_id)).toMatchObject({ added: 0, updated: 0, unchanged: 2, refused: 1 });
  expect(await ask('GET', '/feed-runs?limit=1')).toMatchObject({ items: [{ id: again.run_id }] });
});

test('modes, and characteristics without a field', async () => {
  const only = await upload(feed([offer(1, '<count>5</count>'), offer(70)]), '?mode=update_only');
  expect(await ended(only.run_id)).toMatchObject({ updated: 1, skipped: 1, added: 0 });
  const strict = await upload(feed([offer(71, '<param name="Shape">round</param>')]), '?params=store');
  expect(await ended(strict.run_id)).toMatchObject({
    state: 'failed',
    problem: expect.stringContaining('there is no custom field "Shape" of product'),
  });
  const broken = await upload('<rss/>');
  expect(await ended(broken.run_id)).toMatchObject({
    state: 'failed',
    problem: 'malformed feed: expected the root element <yml_catalog>',
  });
});

test('a mapping fills fields from elsewhere; without the custom field nothing is written', async () => {
  const article = '<vendorCode>A-7</vendorCode><param name="Power" unit="W">20</param>';
  const mapping = { 'custom_fields.power': 'param.Power', external_id: 'vendorCode' };
  const query = `?mapping=${encodeURIComponent(JSON.stringify(mapping))}`;
  expect(await upload(feed([offer(72, article)]), query)).toMatchObject({
    status: 400,
    error_text: 'mapping.custom_fields.power: there is no custom field "power" of product',
  });
  const field = { entity_type: 'product', external_id: 'power', name: 'Power', value_type: 'int' };
  expect(await ask('POST', '/custom-fields', JSON.stringify(field))).toMatchObject({ status: 201 });
  const { run_id } = await upload(feed([offer(72, article)]), query);
  expect(await ended(run_id)).toMatchObject({ state: 'done', added: 1 });
  const { rows } = await backend.pool.query(
    `select custom_fields from market.goods where external_id = 'A-7'`,
  );
  expect(rows).toEqual([{ custom_fields: { power: 20 } }]);

  const { port } = shop.address() as AddressInfo;
  const settings = { external_id: 'mapped', name: 'Mapped', url: `http://127.0.0.1:${port}/`, mapping };
  expect(await ask('POST', '/feeds', JSON.stringify(settings))).toMatchObject({ status: 201, mapping });
  expect(await ask('DELETE', '/custom-fields/product/power')).toMatchObject({
    ...{ status: 409, error_text: 'Custom field product/power is in use by feed "mapped"' },
  });
  await backend.pool.query(`delete from market.custom_fields where external_id = 'power'`);
  served = { status: 200, body: feed([offer(73, article)]) };
  const late = await ask('POST', '/feeds/mapped/run', '{}');
  expect(await ended(late.run_id)).toMatchObject({
    ...{ state: 'failed', offers: 0 },
    problem: 'mapping.custom_fields.power: there is no custom field "power" of product',
  });
});

test.each([
  ['%7B', 'mapping: expected an object of at most 100 texts by name, each of 1 to 255 characters, got "{"'],
  ['{"name":1}', 'mapping: expected an object of at most 100 texts by name, each of 1 to 255 characters'],
  ['{"name":"a b"}', 'mapping.name: expected an element such as "vendorCode", an attribute such as "@bid"'],
])('an upload with mapping=%s', async (mapping, problem) => {
  const answer = await upload(feed([]), `?mapping=${mapping}`);
  expect(answer).toMatchObject({ status: 400, error_text: expect.stringContaining(problem) });
});

test('a feed of the settings is fetched and imported when it is asked for', async () => {
  const { port } = shop.address() as AddressInfo;
  const settings = { external_id: 'shop', name: 'Shop', url: `http://u:p@127.0.0.1:${port}/feed.yml?key=x` };
  expect(await ask('POST', '/feeds', JSON.stringify(settings))).toMatchObject({
    status: 201,
    params: 'ignore',
  });
  served = { status: 200, body: feed([offer(80)]) };
  const { run_id } = await ask('POST', '/feeds/shop/run', '{}');
  expect(await ended(run_id)).toMatchObject({
    ...{ state: 'done', feed: 'shop', source: `http://127.0.0.1:${port}/feed.yml`, added: 1 },
  });
  served = { status: 404, body: '' };
  const missing = await ask('POST', '/feeds/shop/run', '{}');
  expect(await ended(missing.run_id)).toMatchObject({ problem: 'the feed answered HTTP status 404' });
  expect(await ask('POST', '/feeds/x/run', '{}')).toMatchObject({
    status: 404,
    error_text: 'Feed x not found',
  });
  expect(await ask('GET', '/feed-runs/x')).toMatchObject({ status: 404 });
  expect(await ask('GET', '/feed-runs/x/refusals')).toMatchObject({ status: 404 });
});

test('a worker that is killed leaves nothing double and nothing out', async () => {
  const count = 20_000;
  const things = feed(Array.from({ length: count }, (_, index) => offer(100_000 + index)));
  const run_id = await backend.restartWorker(async () => {
    const worker = await startWorkerApart(backend.config);
    const started = await upload(things);
    await until(async () => Number((await ask('GET', `/feed-runs/${started.run_id}`)).offers) >= 1_000);
    await worker.kill();
    expect(Number((await ask('GET', `/feed-runs/${started.run_id}`)).offers)).toBeLessThan(count);
    return started.run_id;
  });
  expect(await ended(run_id)).toMatchObject({ state: 'done', offers: count, added: count, unchanged: 0 });
}, 120_000);
