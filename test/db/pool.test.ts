import type { Pool } from 'pg';
import { createPool, parseInstant } from '../../src/db/pool';
import { createDatabase, execute } from '../support/database';

let database: Awaited<ReturnType<typeof createDatabase>>;
let pool: Pool;
const warnings: string[] = [];

beforeAll(async () => {
  database = await createDatabase({ migrated: false });
  const settings = { databaseUrl: database.url, databasePoolSize: 2, requestTimeoutMs: 1000 };
  pool = createPool(settings, { warn: (_details, message) => warnings.push(message) });
});

afterAll(async () => {
  await pool.end();
  await database.drop();
});

async function read(expression: string): Promise<unknown> {
  const { rows } = await pool.query(`select ${expression} as value`);
  return rows[0].value;
}

test.each([
  ['9007199254740993::bigint', '9007199254740993'],
  ['12345678901234567890.10::numeric', '12345678901234567890.10'],
  ["'{1.10,null,99999999999999999999}'::numeric[]", ['1.10', null, '99999999999999999999']],
  ["'{9007199254740993}'::bigint[]", ['9007199254740993']],
  ["'2025-02-01 09:00+01'::timestamptz", '2025-02-01T08:00:00Z'],
  ["'2025-02-01 08:00:00.120Z'::timestamptz", '2025-02-01T08:00:00.12Z'],
  ["'2025-02-01 08:00:00.123456Z'::timestamptz", '2025-02-01T08:00:00.123456Z'],
  ["'infinity'::timestamptz", null],
  ["'{2025-02-01 08:00Z,infinity}'::timestamptz[]", ['2025-02-01T08:00:00Z', null]],
  ["'2025-02-01'::date", '2025-02-01'],
  ["'{2025-02-01}'::date[]", ['2025-02-01']],
  ['3::integer', 3],
  ['true', true],
])('%s is read as %j', async (expression, value) => {
  expect(await read(expression)).toEqual(value);
});

test.each([
  ['2025-01-01 00:30:00+01', '2024-12-31T23:30:00Z'],
  ['2025-01-01 00:00:00.5-03:30', '2025-01-01T03:30:00.5Z'],
])('%s, from a server in another time zone, is %s', (text, instant) => {
  expect(parseInstant(text)).toBe(instant);
});

test('what is no instant is refused', () => {
  expect(() => parseInstant('0044-03-15 12:00:00+00 BC')).toThrow('not a timestamp this service can hold');
});

test('sessions are in UTC, and a statement may not outlast its caller', async () => {
  expect(await read("current_setting('TimeZone')")).toBe('UTC');
  expect(await read("current_setting('statement_timeout')")).toBe('1s');
});

test('an idle connection that breaks is logged, and the next query gets a new one', async () => {
  const first = await read('pg_backend_pid()');
  const told = new Promise((resolve) => pool.once('error', resolve));
  await execute(database.url, `select pg_terminate_backend(${first})`);
  await told;
  expect(await read('pg_backend_pid()')).not.toBe(first);
  expect(warnings).toContain('idle database connection lost');
});
