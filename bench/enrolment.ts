import { setTimeout } from 'node:timers/promises';
import type { Pool } from 'pg';
import { createCaller, type Measured, measure, round } from './load';
import { makeCurrency, makeProgram, makeToken, profileIdOf } from './seed';
import { peakMiB, type Stack, startStack } from './stack';

const token = 'bench-token';
const early = 100;
const profiles = Number(process.argv[2] ?? 1_000_000);
const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Switches a program with a million profiles (or as many as the first argument says) to participation "all"
 * while eight clients go on posting: how long until everybody is a member, what it does to their latency, and
 * how much memory the worker needs. Before it, counts a segment of half of them.
 */
async function main(): Promise<void> {
  const stack = await startStack(tell);
  try {
    tell(`Making ${profiles} profiles …`);
    await seed(stack.pool);
    const caller = createCaller(stack.url, token);
    for (let i = 1; i <= early; i += 1) await caller.post('/loyalty/register_member', person(i));
    caller.close();
    const counted = await count(stack);
    const alone = await post(stack, 10_000);
    const begin = performance.now();
    await admin(stack, 'PATCH', '/programs/1', { participation: 'all' });
    const during = await post(stack, 10_000);
    while ((await members(stack.pool)) < profiles) await setTimeout(200);
    const seconds = (performance.now() - begin) / 1000;
    report({ counted, seconds, alone, during, workerMiB: await peakMiB(stack.workerPid) });
  } finally {
    await stack.close();
  }
  tell('The ledger is sound.');
}

const person = (number: number) => ({
  loyalty_program_id: 1,
  matching: 'profile_id',
  profile_id: profileIdOf(number),
});

async function seed(pool: Pool): Promise<void> {
  await makeProgram(pool);
  await makeCurrency(pool, { initialBalance: 5 });
  await pool.query(`
    insert into catalog.database_fields (database_id, name, type) values (1, 'level', 'string');
    insert into catalog.segments (database_id, external_id, name, condition)
    values (1, 'gold', 'Gold', '{"field": "level", "operator": "eq", "value": "gold"}')`);
  await makeToken(pool, token, ['loyalty_write', 'admin']);
  const client = await pool.connect();
  await client.query('set statement_timeout = 0');
  await client.query(`
    insert into directory.profiles (profile_id, database_id, email, fields)
    select lpad(to_hex(i), 24, '0'), 1, 'p' || i || '@example.com',
      jsonb_build_object('level', case when i % 2 = 0 then 'gold' else 'basic' end, '_fname', 'Ann')
    from generate_series(1, ${profiles}) i;
    analyze;`);
  client.release();
}

async function admin({ url }: Stack, method: string, path: string, body?: object) {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const request = { method, headers, ...(body && { body: JSON.stringify(body) }) };
  return (await (await fetch(`${url}/admin/v1${path}`, request)).json()) as Record<string, unknown>;
}

async function count(stack: Stack): Promise<{ count: number; seconds: number }> {
  const begin = performance.now();
  let sum = 0;
  let after: unknown = '';
  do {
    const query = after === '' ? '' : `?after=${after}`;
    const answer = await admin(stack, 'GET', `/segments/1/count${query}`);
    sum += Number(answer.count);
    after = answer.next_after;
  } while (after !== null);
  return { count: sum, seconds: (performance.now() - begin) / 1000 };
}

async function members(pool: Pool): Promise<number> {
  const { rows } = await pool.query('select count(*)::int as members from ledger.members');
  return rows[0].members;
}

async function post({ url }: Stack, measureMs: number): Promise<Measured> {
  const caller = createCaller(url, token);
  const operation = () =>
    caller.post('/loyalty/accrue_points', {
      ...person(1 + Math.floor(Math.random() * early)),
      amount: '10.50',
    });
  const measured = await measure({ clients: 8, warmupMs: 1_000, measureMs, operation });
  caller.close();
  return measured;
}

interface Result {
  counted: { count: number; seconds: number };
  seconds: number;
  alone: Measured;
  during: Measured;
  workerMiB: number | null;
}

function report({ counted, seconds, alone, during, workerMiB }: Result): void {
  process.stdout.write(
    `${counted.count} of ${profiles} profiles counted in ${round(counted.seconds)} s.\n` +
      `${profiles} became members in ${round(seconds)} s: ${Math.round(profiles / seconds)} a second.\n` +
      `8 clients posting before: ${alone.perSecond}/s, p95 ${alone.p95Ms} ms, p99 ${alone.p99Ms} ms\n` +
      `               meanwhile: ${during.perSecond}/s, p95 ${during.p95Ms} ms, p99 ${during.p99Ms} ms\n` +
      `Peak memory of the worker: ${workerMiB} MiB\n`,
  );
}

main().catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
