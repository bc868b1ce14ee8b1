import { Client, Connection } from '@temporalio/client';
import type { Pool } from 'pg';
import { expirePointsType, taskQueues } from '../workflows/protocol';
import { createCaller, type Measured, measure, round } from './load';
import { makeCurrency, makeProgram, makeToken, profileIdOf } from './seed';
import { peakMiB, type Stack, startStack } from './stack';

const token = 'bench-token';
const accounts = 10_000;
const lotsEach = 100;
const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Writes off a million lapsed lots while eight clients go on posting: how long that takes, what it does to
 * their latency, and how much memory the worker needs.
 */
async function main(): Promise<void> {
  const stack = await startStack(tell);
  try {
    tell(`Making ${accounts * lotsEach} lapsed lots …`);
    await seed(stack.pool);
    const alone = await post(stack, 10_000);
    const client = new Client({
      connection: await Connection.connect({ address: stack.config.temporalAddress }),
    });
    const begin = performance.now();
    const run = client.workflow.execute(expirePointsType, {
      workflowId: 'bench-expiry',
      taskQueue: taskQueues(stack.config.temporalTaskQueue).jobs,
      args: [{ program_id: 1 }],
    });
    const during = await post(stack, 10_000);
    const { lots } = await run;
    const seconds = (performance.now() - begin) / 1000;
    await client.connection.close();
    report({ lots, seconds, alone, during, workerMiB: await peakMiB(stack.workerPid) });
  } finally {
    await stack.close();
  }
  tell('The ledger is sound.');
}

/** Accounts with lots that lapsed in 2020, as the ledger itself would have made them. */
async function seed(pool: Pool): Promise<void> {
  await makeProgram(pool);
  await makeCurrency(pool);
  await makeToken(pool, token, ['loyalty_write']);
  const client = await pool.connect();
  await client.query('set statement_timeout = 0');
  await client.query(`
    insert into directory.profiles (profile_id, database_id)
    select lpad(to_hex(i), 24, '0'), 1 from generate_series(1, ${accounts}) i;
    insert into ledger.members (program_id, profile_id, registered_at, written_by)
    select 1, profile_id, '2020-01-01', 'bench' from directory.profiles;
    insert into ledger.accounts (member_id, program_id, currency_iid, balance, lapsed, touched_at, last_seq)
    select member_id, 1, 1, ${lotsEach} * 5, ${lotsEach} * 5, '2021-01-01', ${lotsEach} from ledger.members;
    insert into ledger.postings (account_id, seq, transaction_id, program_id, type, amount, delta,
      balance_after, active_before, active_after, posted_at, created_at, activates_at, expires_at,
      source_type, written_by)
    select account_id, i, uuidv7(), 1, 'accrual', 5, 5, i * 5, (i - 1) * 5, i * 5, '2020-01-01', '2020-01-01',
      '2020-01-01', '2020-02-01', 'api', 'bench'
    from ledger.accounts, generate_series(1, ${lotsEach}) i;
    insert into ledger.lots (account_id, program_id, seq, amount, remaining, activates_at, expires_at)
    select account_id, 1, seq, 5, 5, '2020-01-01', '2020-02-01' from ledger.postings;
    analyze;`);
  client.release();
}

async function post({ url }: Stack, measureMs: number): Promise<Measured> {
  const caller = createCaller(url, token);
  const operation = () =>
    caller.post('/loyalty/accrue_points', {
      loyalty_program_id: 1,
      amount: '10.50',
      matching: 'profile_id',
      profile_id: profileIdOf(1 + Math.floor(Math.random() * accounts)),
    });
  const measured = await measure({ clients: 8, warmupMs: 1_000, measureMs, operation });
  caller.close();
  return measured;
}

interface Result {
  lots: number;
  seconds: number;
  alone: Measured;
  during: Measured;
  workerMiB: number | null;
}

function report({ lots, seconds, alone, during, workerMiB }: Result): void {
  process.stdout.write(
    `${lots} lots written off in ${round(seconds)} s: ${Math.round(lots / seconds)} a second.\n` +
      `8 clients posting before: ${alone.perSecond}/s, p95 ${alone.p95Ms} ms, p99 ${alone.p99Ms} ms\n` +
      `               meanwhile: ${during.perSecond}/s, p95 ${during.p95Ms} ms, p99 ${during.p99Ms} ms\n` +
      `Peak memory of the worker: ${workerMiB} MiB\n`,
  );
}

main().catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
