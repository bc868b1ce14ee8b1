import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type RunningApi, startApi } from '../../src/api';
import { createToken } from '../../src/db/commands/tokens';
import { createAsker } from '../../src/webhooks/ask';
import { type Backend, silent, startBackend } from '../support/service';
import type { Json } from '../support/wire';

let backend: Backend;
let api: RunningApi;
let service: Server;
let made = 0;
let asked: { body: Json; authorization: string | undefined }[] = [];
/** Answers a request for codes with a status and a body. */
let answer: (body: Json) => [number, unknown];

function newCodes({ count }: Json): [number, unknown] {
  const first = made;
  made += Number(count);
  return [200, { codes: Array.from({ length: Number(count) }, (_, index) => `R-${first + index}`) }];
}

beforeAll(async () => {
  backend = await startBackend({ webhooksAllowPrivate: true });
  await backend.pool.query(`insert into catalog.databases (id, name) values (1, 'Customers')`);
  await backend.pool.query(
    `insert into directory.profiles (profile_id, database_id)
     select lpad(to_hex(n), 24, '0'), 1 from generate_series(1, 30) n`,
  );
  const scopes: Parameters<typeof createToken>[1]['scopes'] = ['admin', 'loyalty_write', 'loyalty_read'];
  await createToken(backend.pool, { name: 'root', scopes, program_ids: null }, 'r00t');
  api = await startApi(backend.config, { log: silent });
  service = createServer(async (request, response) => {
    let text = '';
    for await (const chunk of request) text += chunk;
    const body = JSON.parse(text) as Json;
    asked.push({ body, authorization: request.headers.authorization });
    const [status, content] = answer(body);
    response.writeHead(status).end(typeof content === 'string' ? content : JSON.stringify(content));
  });
  await new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve));
});

afterAll(async () => {
  service.close();
  await api.stop();
  await backend.close();
});

beforeEach(() => {
  asked = [];
  answer = newCodes;
});

async function ask(method: string, path: string, body?: Json): Promise<Json & { status: number }> {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: { Authorization: 'Bearer r00t', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Json) };
}

const url = (user = '') => `http://${user}127.0.0.1:${(service.address() as AddressInfo).port}/codes`;
const pools = '/admin/v1/promo-code-pools';

async function poolWith(external_id: string, more: Json = {}): Promise<unknown> {
  const body = {
    external_id,
    name: external_id,
    database_id: 1,
    remote_url: url(),
    remote_count: 5,
    ...more,
  };
  return (await ask('POST', pools, body)).id;
}

test('codes are fetched for a pool when it is asked for, up to its limit', async () => {
  const id = await poolWith('asked', { remote_url: url('shop:s3cret@'), max_codes: 8 });
  expect(await ask('GET', `${pools}/${id}`)).toMatchObject({ remote_url: url('shop:***@') });
  expect(await ask('POST', `${pools}/${id}/fetch`, {})).toMatchObject({
    ...{ status: 200, fetched: 5, inserted: 5, duplicated: 0, discarded_by_limit: 0 },
  });
  const basic = `Basic ${btoa('shop:s3cret')}`;
  expect(asked).toEqual([
    { body: { request_id: expect.any(String), pool: 'asked', count: 5 }, authorization: basic },
  ]);
  answer = () => [200, { codes: ['R-0', 'A', 'B', 'C', 'D'] }];
  expect(await ask('POST', `${pools}/${id}/fetch`, { count: 7 })).toMatchObject({
    ...{ fetched: 5, inserted: 3, duplicated: 1, discarded_by_limit: 1 },
  });
  await ask('PATCH', `${pools}/${id}`, { remote_url: url('shop:***@'), max_codes: null });
  answer = newCodes;
  expect(await ask('POST', `${pools}/${id}/fetch`, { count: 1 })).toMatchObject({ inserted: 1 });
  expect(asked.at(-1)?.authorization).toBe(basic);
});

test('a service that fails is asked again with the same request_id', async () => {
  const id = await poolWith('again');
  answer = (body) => (asked.length < 3 ? [503, 'busy'] : newCodes(body));
  expect(await ask('POST', `${pools}/${id}/fetch`, {})).toMatchObject({ status: 200, inserted: 5 });
  expect(new Set(asked.map(({ body }) => body.request_id)).size).toBe(1);
});

test.each<[string, () => [number, unknown], string]>([
  ['is away', () => [502, ''], 'HTTP status 502'],
  ['refuses', () => [403, ''], 'HTTP status 403'],
  ['redirects', () => [302, ''], 'HTTP status 302'],
  ['answers no JSON', () => [200, '<html>'], 'expected JSON in UTF-8'],
  ['answers something else', () => [200, ['A']], 'expected {"codes": […]}'],
  [
    'answers what are no codes',
    () => [200, { codes: ['A', 7] }],
    'codes[1]: expected text of 1 to 100 characters',
  ],
  [
    'answers half a character',
    () => [200, '{"codes":["\\ud800"]}'],
    'codes[0]: expected text of 1 to 100 characters',
  ],
  ['answers without end', () => [200, { codes: ['x'.repeat(5_000_000)] }], 'expected at most 4194304 bytes'],
])('a service that %s', async (name, reply, problem) => {
  const id = await poolWith(name);
  answer = reply;
  expect(await ask('POST', `${pools}/${id}/fetch`, {})).toMatchObject({
    ...{ status: 409, error_text: `No codes could be fetched: ${problem}` },
  });
  expect(await ask('GET', `${pools}/${id}`)).toMatchObject({ codes_count: 0 });
});

test('what is wrong with the pool', async () => {
  const id = await poolWith('without', { remote_url: null });
  expect(await ask('POST', `${pools}/${id}/fetch`, {})).toMatchObject({
    ...{ status: 409, error_text: 'No codes could be fetched: the pool has no remote_url' },
  });
  expect(await ask('POST', `${pools}/999/fetch`, {})).toMatchObject({ status: 404 });
  for (const [remote_url, problem] of [
    ['ftp://x', 'remote_url: expected a URL of http or https'],
    ['https://a:***@x', 'remote_url: expected the password, got ***, as it is shown'],
  ]) {
    expect(await ask('PATCH', `${pools}/${id}`, { remote_url })).toMatchObject({
      status: 400,
      error_text: problem,
    });
  }
  expect(await ask('PATCH', `${pools}/${id}`, { remote_count: 0 })).toMatchObject({
    ...{ status: 400, error_text: 'remote_count: expected an integer from 1 to 10000, got 0' },
  });
});

const attach = (loyalty_id: unknown, profile: number) =>
  ask('POST', '/api/v1.1/promocodes/attach', {
    ...{ loyalty_id, db_id: 1, matching: 'profile_id', profile_id: profile.toString(16).padStart(24, '0') },
  });

test('who wants any code of an empty pool gets one that is fetched; nobody the same', async () => {
  const id = await poolWith('live');
  const answers = await Promise.all(Array.from({ length: 20 }, (_, index) => attach(id, index + 1)));
  const codes = answers.map(({ code }) => code);
  expect(answers.filter(({ error }) => error !== 0)).toEqual([]);
  expect(new Set(codes).size).toBe(20);
  expect(asked.length).toBeLessThan(20);
});

test('a service without codes leaves the pool empty', async () => {
  const id = await poolWith('none');
  answer = () => [200, { codes: [] }];
  expect(await attach(id, 25)).toMatchObject({
    error: 422,
    error_text: `Promo code pool ${id} has no free code`,
  });
  answer = () => [404, ''];
  expect(await attach(id, 25)).toMatchObject({ error: 422 });
});

test.each([
  ['http://example.com/', 'https is needed'],
  ['https://127.0.0.1/', '127.0.0.1 is not a public address'],
  ['https://localhost/', 'is not a public address'],
])('%s is not asked', async (hidden, problem) => {
  const limits = { signal: new AbortController().signal, timeoutMs: 1_000, maxBytes: 1_000 };
  await expect(createAsker(false)(hidden, {}, limits)).rejects.toThrow(problem);
});
