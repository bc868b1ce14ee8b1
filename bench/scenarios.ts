import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { dispatchScenariosStart, dispatchScenariosType } from '../workflows/protocol';
import { makeProfiles, makeProgram } from './seed';
import { type Stack, startStack } from './stack';

const asleep = 1_000_000;
const members = 400;
const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * What a run of a scenario costs that sleeps: as a row of Postgres, and as an open workflow of the Temporal
 * server of the embedded start. And how fast runs are started and taken through two steps.
 */
async function main(): Promise<void> {
  const stack = await startStack(tell);
  try {
    await seed(stack.pool);
    tell(`Putting ${asleep} runs to sleep …`);
    const rowBytes = await rowsAsleep(stack.pool);
    await startDispatcher(stack);
    const brief = await runAll(stack, 1);
    const before = await temporalBytes(stack);
    const open = await runAll(stack, 2);
    const openBytes = (await temporalBytes(stack)) - before;
    process.stdout.write(
      [
        `one run asleep in Postgres         ${Math.round(rowBytes)} bytes with its indexes`,
        `one run asleep as an open workflow ${Math.round(openBytes / members)} bytes in Temporal (SQLite)`,
        `runs put to sleep, closing         ${Math.round(members / brief)} a second, beside those asleep`,
        `runs put to sleep, staying open    ${Math.round(members / open)} a second`,
        '',
      ].join('\n'),
    );
  } finally {
    await stack.close();
  }
}

/** A program with members, and two scenarios: wait and tell, for a month and for half an hour. */
async function seed(pool: Pool): Promise<void> {
  await makeProgram(pool);
  await makeProfiles(pool, members);
  await pool.query(`
    insert into ledger.members (program_id, profile_id, registered_at, written_by)
    select 1, profile_id, '2020-01-01', 'bench' from directory.profiles;
    begin;
    insert into scenarios.definitions (id, program_id, external_id, name, version_id)
    values (1, 1, 'month', 'Month', 1), (2, 1, 'brief', 'Brief', 2);
    insert into scenarios.versions (scenario_id, trigger, steps)
    select i, '{"kind":"manual"}'::json, format('[{"id":"tell","kind":"emit","name":"hello"},
      {"id":"pause","kind":"wait","n":%s,"unit":"minute"}]', n)::json
    from (values (1, 43200), (2, 30)) as v(i, n);
    commit;`);
}

async function startDispatcher({ config }: Stack): Promise<void> {
  const connection = await Connection.connect({ address: config.temporalAddress });
  const { workflow } = new Client({ connection });
  await workflow.start(dispatchScenariosType, dispatchScenariosStart(config.temporalTaskQueue));
  await connection.close();
}

async function rowsAsleep(pool: Pool): Promise<number> {
  const client = await pool.connect();
  await client.query('set statement_timeout = 0');
  await client.query(`
    insert into scenarios.runs (scenario_id, version_id, member_id, step, cause, wakes_at, started_at)
    select 1, 1, 1000000 + i, 2, (20000000 + i)::text || '-' || i, now() + interval '1 month' * random()
      + interval '1 day', now()
    from generate_series(1, ${asleep}) i`);
  await client.query('vacuum analyze scenarios.runs');
  const { rows } = await client.query(`select pg_total_relation_size('scenarios.runs')::text as bytes`);
  client.release();
  return Number(rows[0].bytes) / asleep;
}

/** Starts a run for every member; answers after how many seconds all of them sleep. */
async function runAll({ pool }: Stack, scenarioId: number): Promise<number> {
  const begin = performance.now();
  await pool.query(
    `insert into scenarios.runs (scenario_id, version_id, member_id, cause, wakes_at, started_at)
     select $1, $1, member_id, 'start', now(), now() from ledger.members`,
    [scenarioId],
  );
  const count = `select count(*)::int as left from scenarios.runs
    where scenario_id = $1 and cause = 'start' and step < 2`;
  while ((await pool.query(count, [scenarioId])).rows[0].left > 0) {
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
  return (performance.now() - begin) / 1000;
}

/** The files of Temporal's database. */
async function temporalBytes({ dataDir }: Stack): Promise<number> {
  const names = await readdir(dataDir);
  const files = names.filter((name) => name.startsWith('temporal.sqlite'));
  const sizes = await Promise.all(files.map(async (name) => (await stat(join(dataDir, name))).size));
  return sizes.reduce((sum, size) => sum + size, 0);
}

main();
