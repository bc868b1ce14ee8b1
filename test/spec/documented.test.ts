import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import type { Endpoint } from '../../src/contract/endpoint';
import { successBody } from '../../src/contract/envelope';
import { subjects } from '../../src/contract/index';
import { preorders } from '../../src/contract/preorder';
import type { Running } from '../../src/process';
import { startWorker } from '../../src/worker';
import { testServers } from '../support/servers';
import { type Backend, silent, startBackend } from '../support/service';
import type { WireFormat } from '../support/wire';

/** The samples of the pages, letter by letter: path, then request and answer in JSON, then in XML. */
const samples = new Map(
  readFileSync(join(__dirname, 'documented-samples.txt'), 'utf8')
    .trim()
    .split('\n\n')
    .map((sample) => {
      const [path = '', ...json] = sample.split('\n');
      const xml = json.splice(2);
      return [path, { json, xml }] as const;
    }),
);

const preorder = '/market/orders/preorder';
const commit = '/market/orders/preorder_commit';

/** Where the pages show only part of an answer in XML. */
const partial = new Set(['/loyalty/account/transactions', '/loyalty/trigger_promotions', preorder, commit]);

/** What cannot be as in the samples: our ids of profiles, the end of a period, the name of a token. */
const ours = [
  ['65f0aa', '65f0aa000000000000000000'],
  ['"expiration_date":"2026-02-01T08:00:00Z"', '"expiration_date":"2026-02-01T23:59:59Z"'],
  ['"source_sid":null', '"source_sid":"till"'],
] as const;

const world = `
  insert into catalog.databases (id, name) values (1, 'Shop');
  insert into catalog.database_fields (database_id, name, type, is_unique) values (1, 'crm_id', 'int', true);
  insert into catalog.programs (id, external_id, name, database_id) values (7, 'shop', 'Shop', 1);
  insert into catalog.currencies
    (iid, program_id, eid, name, type, expiration_n, expiration_unit, expiration_from)
  values (2, 7, 'stars', 'Stars', 'standard', 12, 'month', 'accrual');
  insert into catalog.promotions (id, program_id, external_id, name, start_date, end_date)
  values (4, 7, 'welcome', 'Welcome', '2025-01-01T00:00:00Z', '2025-12-31T23:59:59Z');
  insert into catalog.promotion_rules values (4, 'accrual', 2, 25.5, 1, 100);
  insert into catalog.currencies (iid, program_id, eid, name, type)
  values (3, 7, 'status', 'Status', 'qualification');
  insert into catalog.tier_groups (id, program_id, external_id, name, type, currency_iid)
  values (3, 7, 'levels', 'Levels', 'cumulative', 3);
  insert into catalog.tiers (id, group_id, eid, name, tier_order, threshold)
  values (21, 3, 'bronze', 'Bronze', 0, 0);
  insert into catalog.tokens (name, token_hash, scopes)
  values ('till', sha256('t0k'), array['loyalty_read', 'loyalty_write', 'market']);
  insert into market.currencies (code, name) values ('RUB', 'Rouble');
  insert into market.channels (external_id, database_id, name, type) values ('web', 1, 'Web', 'online');
  insert into market.touchpoints (external_id, channel, name) values ('website', 'web', 'Website');
  insert into market.goods (id, entity_type, external_id, product_id, name)
  values (1, 'product', 'P1', null, 'Phone'), (2, 'sku', 'S1', 1, 'Small phone');
  insert into catalog.promotions (id, program_id, external_id, name, kind, effects) values
    (11, 7, 'ten', 'Ten off', 'discount', '[{"kind": "percent_off", "percent": 10}]'),
    (12, 7, 'back5', 'Five back', 'points',
     '[{"kind": "points_payment", "points_currency_eid": "stars"},
       {"kind": "percent_points", "points_currency_eid": "stars", "percent": 5}]');
  alter table market.orders alter column id restart with 501;
  insert into directory.profiles (profile_id, database_id, email, fields)
  values ('65f0aa000000000000000000', 1, 'ann@example.net', '{"crm_id": 991}');
  insert into directory.profile_keys (database_id, field, value, profile_id, is_unique) values
    (1, 'email', 'ann@example.net', '65f0aa000000000000000000', true),
    (1, 'phone', '+12025550123', '65f0aa000000000000000000', false),
    (1, 'crm_id', '991', '65f0aa000000000000000000', true)`;

describe.each(['json', 'xml'] as const)('the samples of the pages in %s', (format) => {
  let backend: Backend;
  let worker: Running;
  let api: RunningApi;
  let now: () => Date;
  const ids = new Map<string, string>();

  beforeAll(async () => {
    backend = await startBackend({}, { withoutWorker: true });
    await backend.pool.query(world);
    const { workflowBundlePath } = testServers();
    const clock = { now: () => now() };
    worker = await startWorker(backend.config, { log: silent, workflowBundlePath, clock });
    api = await startApi(backend.config, { log: silent, clock });
  });
  afterAll(async () => {
    await api.stop();
    await worker.stop();
    await backend.close();
  });

  async function send(path: string, contentType: WireFormat, body: string): Promise<string> {
    const headers = { 'Content-Type': `application/${contentType}` };
    const response = await fetch(`${api.url}/api/v1.1${path}`, { method: 'POST', headers, body });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe(`application/${contentType}; charset=utf-8`);
    return response.text();
  }

  /** Sends the sample as it stands, but for ids; the answer must be the sample's, but for ids. */
  async function play(path: string): Promise<void> {
    const [request = '', expected = ''] = samples.get(path)?.[format] ?? [];
    const answer = await send(path, format, mapped(request));
    for (const [id = ''] of expected.matchAll(/0195c0de-\d{4}-7abc-8def-001122334455/g)) {
      const [actual = ''] =
        /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/.exec(answer) ?? [];
      if (!ids.has(id)) ids.set(id, actual);
    }
    if (format === 'json') expect(answer).toBe(mapped(expected));
    else expectXml(path, answer, `<?xml version="1.0" encoding="UTF-8"?>\n${mapped(expected)}`);
  }

  function mapped(sample: string): string {
    return [...ours, ...ids].reduce((text, [theirs, own]) => text.replaceAll(theirs, own), sample);
  }

  /** What the samples take for granted. */
  async function arrange(path: string, body: object): Promise<Record<string, unknown>> {
    const who = { token: 't0k', loyalty_program_id: 7, matching: 'email', email: 'ann@example.net' };
    const answer = JSON.parse(await send(path, 'json', JSON.stringify({ ...who, ...body })));
    expect(answer.error).toBe(0);
    return answer.data;
  }

  test('points in February 2025', async () => {
    now = () => new Date('2025-02-01T08:00:00Z');
    await play('/loyalty/trigger_promotions');
    await play('/loyalty/register_member');
    await play('/loyalty/account/tiers');
    await play('/loyalty/accrue_points');
    await arrange('/loyalty/accrue_points', {
      amount: '14.50',
      activation_date: '2025-04-01T00:00:00Z',
      expiration_date: '2025-05-01T00:00:00Z',
    });
    await play('/loyalty/account/balance');
    await arrange('/loyalty/accrue_points', {
      amount: '42.50',
      activation_date: '2025-03-01T00:00:00Z',
      expiration_date: '2025-03-31T23:59:59Z',
    });
    await play('/loyalty/account/expiring_points');
    await play('/loyalty/account/transactions');
    await play('/loyalty/cancel_transaction');
    await play('/loyalty/delete_member');
  });

  test('temporary transactions, whose timeouts only the real time knows', async () => {
    now = () => new Date();
    ids.clear();
    await play('/loyalty/register_member');
    await arrange('/loyalty/accrue_points', { amount: '25.50' });
    const held = await arrange('/loyalty/redeeme_points', { amount: '10.25', is_temp: true });
    ids.set('0195c0de-2222-7abc-8def-001122334455', String(held.transaction_id));
    await play('/loyalty/rollback_transaction');
    ids.clear();
    await play('/loyalty/redeeme_points');
    await play('/loyalty/commit_transaction');
  });

  test('an order, priced and confirmed', async () => {
    now = () => new Date();
    await arrange('/loyalty/accrue_points', { amount: '100' });
    const [request = '', expected = ''] = samples.get(preorder)?.[format] ?? [];
    expectOrder(await send(preorder, format, request), expected);

    const [confirming = '', confirmed = ''] = samples.get(commit)?.[format] ?? [];
    const answer = await send(commit, format, withLinesOf(request, confirming));
    const theirs = [...confirmed.matchAll(/0195c0de-\d{4}-7abc-8def-001122334455/g)].map(String);
    const own = [...answer.matchAll(/[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}/g)].map(
      String,
    );
    expectOrder(
      answer,
      theirs.reduce((text, id, index) => text.replaceAll(id, own[index] ?? ''), confirmed),
    );
    expect(await send(commit, format, withLinesOf(request, confirming))).toBe(answer);
  });

  /** The page's own request in XML is shortened, as it says: it takes lines and points of the one before. */
  function withLinesOf(whole: string, shortened: string): string {
    const [part = ''] = /<points_payment>.*<\/lines>/.exec(whole) ?? [];
    return format === 'json' ? shortened : shortened.replace(/<lines>.*<\/lines>/, part);
  }

  /** What is answered as data is answered as result, too; the page of the confirmation shows part of it. */
  function expectOrder(answer: string, expected: string): void {
    if (format === 'xml') {
      const shown = expected.replace('</data></xml>', '</data><result>.*</result></xml>');
      expectXml(preorder, answer, `<?xml version="1.0" encoding="UTF-8"?>\n${shown}`);
      return;
    }
    const { result, ...rest } = JSON.parse(answer);
    expect(result).toEqual(rest.data);
    const keys = Object.keys(JSON.parse(expected).data);
    const shown = Object.fromEntries(Object.entries(rest.data).filter(([key]) => keys.includes(key)));
    expect(JSON.stringify({ ...rest, data: shown })).toBe(expected);
  }
});

function expectXml(path: string, answer: string, expected: string): void {
  if (!partial.has(path)) expect(answer).toBe(expected);
  const inOrder = expected
    .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('><', '>.*<')
    .replaceAll('\\.\\*', '.*');
  expect(answer).toMatch(new RegExp(`^${inOrder}$`));
}

const ofLoyalty = [...samples].filter(([path]) => !path.startsWith('/market/'));

test.each(ofLoyalty)('the example in the contract of %s is the sample of its page', (path, { json }) => {
  const endpoints = Object.values(subjects).flatMap((subject) => Object.values<Endpoint>(subject));
  const endpoint = endpoints.find((it) => it.path === `/api/v1.1${path}`) as Endpoint;
  const { request, response } = endpoint.examples[0] ?? { request: {}, response: {} };
  expect(JSON.stringify({ token: 't0k', ...request })).toBe(json[0]);
  expect(JSON.stringify(successBody(endpoint, response))).toBe(json[1]);
});

test.each([
  [preorder, preorders.preorder],
  [commit, preorders.commit],
])('the example in the contract of %s shows what its page shows', (path, { examples }) => {
  const { json } = samples.get(path) ?? { json: [] };
  const [example] = examples as Endpoint['examples'];
  expect(JSON.stringify({ token: 't0k', ...example?.request })).toBe(json[0]);
  expect(example?.response).toMatchObject({ data: JSON.parse(json[1] ?? '').data });
});
