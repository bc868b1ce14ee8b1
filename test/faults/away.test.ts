import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import { openProxy, type ServerProxy, through } from '../support/proxy';
import { testServers } from '../support/servers';
import { type Backend, silent, startBackend } from '../support/service';
import { type Json, send } from '../support/wire';

/** Long enough for a healthy request on a busy machine. */
const requestTimeoutMs = 3_000;
const unavailable = {
  error: 503,
  error_text: expect.stringMatching(/repeat .*transaction_eid/),
};

let toPostgres: ServerProxy;
let toTemporal: ServerProxy;
let workerToPostgres: ServerProxy;
let backend: Backend;
let api: RunningApi;
let people = 0;

beforeAll(async () => {
  const { postgresUrl, temporalAddress } = testServers();
  const postgres = new URL(postgresUrl);
  const [host = '', port] = temporalAddress.split(':');
  toPostgres = await openProxy({ host: postgres.hostname, port: Number(postgres.port) });
  workerToPostgres = await openProxy({ host: postgres.hostname, port: Number(postgres.port) });
  toTemporal = await openProxy({ host, port: Number(port) });
  backend = await startBackend(
    { requestTimeoutMs },
    { forWorker: ({ databaseUrl }) => ({ databaseUrl: through(workerToPostgres, databaseUrl) }) },
  );
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  api = await startApi(
    {
      ...backend.config,
      databaseUrl: through(toPostgres, backend.config.databaseUrl),
      temporalAddress: `127.0.0.1:${toTemporal.port}`,
    },
    { log: silent },
  );
});
afterAll(async () => {
  await api.stop();
  await backend.close();
  await Promise.all([toPostgres, toTemporal, workerToPostgres].map((proxy) => proxy.close()));
});

const ask = (path: string, body: Json) =>
  send(`${api.url}/api/v1.1/loyalty/${path}`, 'json', { token: 't0k', loyalty_program_id: 1, ...body });

/** Asks until the service answers again: how long that takes is up to the drivers. */
async function askUntilAvailable(path: string, body: Json): Promise<Json> {
  for (;;) {
    const answer = await ask(path, body);
    if (answer.error !== 503) return answer;
  }
}

/** A new member with 100 points, found by e-mail. */
async function makeMember(): Promise<Json> {
  people += 1;
  const person = { matching: 'email', email: `p${people}@example.com` };
  await backend.pool.query(
    `with p as (insert into directory.profiles (profile_id, database_id, email) values ($1, 1, $2))
     insert into directory.profile_keys (database_id, field, value, profile_id) values (1, 'email', $2, $1)`,
    [people.toString(16).padStart(24, '0'), person.email],
  );
  expect(await ask('register_member', person)).toMatchObject({ error: 0 });
  expect(await ask('accrue_points', { ...person, amount: '100' })).toMatchObject({ error: 0 });
  return person;
}

async function activeBalance(person: Json): Promise<unknown> {
  const answer = await askUntilAvailable('account/balance', person);
  return (answer.data as Json).active_balance;
}

describe.each([
  ['Postgres', () => toPostgres],
  ['Temporal', () => toTemporal],
])('%s away from the API', (_, proxyOf) => {
  test('503 says what to do, and the same transaction_eid later gives the one outcome', async () => {
    const person = await makeMember();
    const request = { ...person, amount: '7', transaction_eid: `away-${person.email}` };
    proxyOf().cut();
    expect(await ask('accrue_points', request)).toEqual(unavailable);
    proxyOf().mend();
    expect(await askUntilAvailable('accrue_points', request)).toMatchObject({
      error: 0,
      data: { balance_before: '100.00', balance_after: '107.00' },
    });
    expect(await ask('accrue_points', request)).toMatchObject({ data: { balance_after: '107.00' } });
    expect(await activeBalance(person)).toBe('107.00');
  });

  test('the health check says which part fails', async () => {
    const ready = () => fetch(`${api.url}/health/ready`);
    proxyOf().cut();
    const away = await ready();
    expect(away.status).toBe(503);
    expect(
      Object.values(((await away.json()) as { parts: Json }).parts).filter((state) => state === 'failing'),
    ).toHaveLength(1);
    proxyOf().mend();
    while ((await ready()).status !== 200);
    expect((await fetch(`${api.url}/health/live`)).status).toBe(200);
  });
});

test('an accrual that Temporal has accepted is carried out when the database is back, once', async () => {
  const person = await makeMember();
  const request = { ...person, amount: '7', transaction_eid: `late-${person.email}` };
  workerToPostgres.cut();
  expect(await ask('accrue_points', request)).toEqual(unavailable);
  workerToPostgres.mend();
  expect(await askUntilAvailable('accrue_points', request)).toMatchObject({
    error: 0,
    data: { balance_after: '107.00' },
  });
  expect(await activeBalance(person)).toBe('107.00');
});

test('a redemption is not carried out behind the back of a till that has given up', async () => {
  const person = await makeMember();
  const request = { ...person, amount: '7', transaction_eid: `till-${person.email}` };
  workerToPostgres.cut();
  expect(await ask('redeeme_points', request)).toEqual(unavailable);
  workerToPostgres.mend();
  // An accrual after it, answered, shows that the worker is through with what came before.
  expect(await askUntilAvailable('accrue_points', { ...person, amount: '1' })).toMatchObject({ error: 0 });
  expect(await activeBalance(person)).toMatch(/^10[12].00$/);
  expect(await askUntilAvailable('redeeme_points', request)).toMatchObject({ error: 0 });
});
