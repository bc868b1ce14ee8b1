import { execFile } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Backend, startBackend } from '../support/service';

const root = join(__dirname, '../..');
let backend: Backend;
let folder: string;

beforeAll(async () => {
  backend = await startBackend();
  folder = await mkdtemp(join(tmpdir(), 'feed-'));
});

afterAll(async () => {
  await rm(folder, { recursive: true });
  await backend.close();
});

/** Runs `npm run feed` as it is before it is built. */
async function feed(...args: string[]) {
  return feedWith({}, ...args);
}

async function feedWith(
  settings: NodeJS.ProcessEnv,
  ...args: string[]
): Promise<{ code: number; stdout: string; stderr: string }> {
  const { databaseUrl, temporalAddress, temporalTaskQueue, exportDir } = backend.config;
  const env = {
    ...process.env,
    DATABASE_URL: databaseUrl,
    TEMPORAL_ADDRESS: temporalAddress,
    TEMPORAL_TASK_QUEUE: temporalTaskQueue,
    ...(exportDir !== undefined && { EXPORT_DIR: exportDir }),
    ...settings,
  };
  const main = `require(${JSON.stringify(join(root, 'src/feed.ts'))}).main()`;
  const hook = join(root, 'test/support/typescript.cjs');
  try {
    const run = promisify(execFile)(process.execPath, ['--require', hook, '-e', main, '--', ...args], {
      env,
    });
    return { code: 0, ...(await run) };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test('a file is imported, and what was refused is told', async () => {
  const path = join(folder, 'feed.yml');
  const offers =
    '<offer id="a"><name>A</name><param name="Colour">red</param></offer><offer id="b"/><offer id="c">' +
    '<name>C</name></offer>';
  await writeFile(path, `<yml_catalog><shop><offers>${offers}</offers></shop></yml_catalog>`);
  const { code, stdout } = await feed(path, '--params', 'create');
  expect({ code, last: stdout.trim().split('\n').slice(-2) }).toEqual({
    code: 0,
    last: [
      '3 offers: 2 added, 0 updated, 0 unchanged, 0 skipped, 1 refused',
      'offer 2 "b": name: is required',
    ],
  });
});

test('the feed of a shop, from a file and from a URL with a password', async () => {
  await backend.pool.query(`insert into market.currencies (code, name) values ('RUB', 'Rouble')`);
  const path = join(root, 'demo/shop.yml');
  const end = (outcome: { stdout: string }) => outcome.stdout.trim().split('\n').slice(-2);
  const refused = 'offer 6 "7001": currency: there is no currency "USD"';
  expect(end(await feed(path))).toEqual([
    '6 offers: 5 added, 0 updated, 0 unchanged, 0 skipped, 1 refused',
    refused,
  ]);
  const server = createServer(({ headers }, response) => {
    if (headers.authorization === `Basic ${btoa('me:pass')}`) createReadStream(path).pipe(response);
    else response.writeHead(401).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const open = { WEBHOOKS_ALLOW_PRIVATE: 'true' };
  expect(end(await feedWith(open, `http://me:pass@127.0.0.1:${port}/shop.yml`))).toEqual([
    '6 offers: 0 added, 0 updated, 5 unchanged, 0 skipped, 1 refused',
    refused,
  ]);
  expect(await feedWith(open, `http://127.0.0.1:${port}/shop.yml`)).toMatchObject({
    ...{ code: 1, stderr: 'the feed answered HTTP status 401\n' },
  });
  server.close();
});

test('fields can be mapped', async () => {
  const path = join(folder, 'mapped.yml');
  const offers = '<offer id="m"><model>M 1</model><name>Long</name></offer>';
  await writeFile(path, `<yml_catalog><shop><offers>${offers}</offers></shop></yml_catalog>`);
  expect(await feed(path, '--map', 'name=model')).toMatchObject({ code: 0 });
  const { rows } = await backend.pool.query(`select name from market.goods where external_id = 'm'`);
  expect(rows).toEqual([{ name: 'M 1' }]);
  expect(await feed(path, '--map', 'custom_fields.x=model')).toMatchObject({
    code: 1,
    stderr: '--map custom_fields.x: there is no custom field "x" of product\n',
  });
  expect(await feed(path, '--map', 'name')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('Usage: npm run feed'),
  });
});

test('what cannot be read ends with 1 and says why', async () => {
  const path = join(folder, 'other.yml');
  await writeFile(path, '<rss/>');
  expect(await feed(path)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('expected the root element <yml_catalog>'),
  });
  expect(await feed(join(folder, 'none'))).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('cannot be read'),
  });
  expect(await feed('http://127.0.0.1/x')).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('127.0.0.1 is not a public address'),
  });
  expect(await feed()).toMatchObject({ code: 1, stderr: expect.stringContaining('Usage: npm run feed') });
});
