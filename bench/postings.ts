import type { Pool } from 'pg';
import { uuidv7 } from 'uuidv7';
import { postOperations } from '../src/db/ledger';
import type { Operation } from '../src/domain/operation';
import { createCaller, type Measured, measure, round } from './load';
import { makeCurrency, makeProfiles, makeProgram, makeToken, registerAll } from './seed';
import { startStack } from './stack';

const token = 'bench-token';
const memberCount = 2_000;
const clientCounts = [1, 64, 256];
const timing = { warmupMs: 2_000, measureMs: 8_000 };

const isForMachines = process.argv.includes('--json');
const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Accruals and redemptions per second through the whole path (HTTP, Temporal, Postgres),
 * and for comparison the same SQL straight through the driver, one operation per call, both at the same
 * numbers of clients in one run.
 */
async function main(): Promise<void> {
  const stack = await startStack(tell);
  const results: { http: Measured; direct: Measured; ratio: number }[] = [];
  try {
    const members = await seed(stack.pool);
    const caller = createCaller(stack.url, token);
    for (const clients of clientCounts) {
      tell(`${clients} clients …`);
      const direct = await measure({
        clients,
        ...timing,
        operation: () => postDirectly(stack.pool, members),
      });
      const http = await measure({ clients, ...timing, operation: () => postOverHttp(caller, members) });
      results.push({ http, direct, ratio: round(http.perSecond / direct.perSecond) });
    }
    caller.close();
  } finally {
    await stack.close();
  }
  tell('The ledger is sound.');
  process.stdout.write(isForMachines ? `${JSON.stringify(results)}\n` : table(results));
}

interface Member {
  member_id: string;
  profile_id: string;
}

/** Members with plenty of points each. */
async function seed(pool: Pool): Promise<Member[]> {
  await makeProgram(pool);
  await makeCurrency(pool, { initialBalance: 1_000_000 });
  await pool.query(
    `update catalog.currencies set expiration_n = 12, expiration_unit = 'month', expiration_from = 'accrual'`,
  );
  await makeToken(pool, token, ['loyalty_write']);
  await makeProfiles(pool, memberCount);
  await registerAll(pool);
  await pool.query('vacuum analyze');
  const { rows } = await pool.query('select member_id, profile_id from ledger.members');
  return rows;
}

const isRedemption = () => Math.random() < 0.4;

async function postDirectly(pool: Pool, members: readonly Member[]): Promise<void> {
  const operation = {
    verb: isRedemption() ? 'redeem' : 'accrue',
    transaction_id: uuidv7(),
    program_id: 1,
    member_id: pick(members).member_id,
    currency_iid: 1,
    amount: '10.50',
    source_type: 'api',
    source_sid: 'bench',
    not_after: '2999-01-01T00:00:00Z',
  } as Operation;
  const [outcome] = await postOperations(pool, [operation], new Date().toISOString(), 'bench');
  if (!outcome || 'refusal' in outcome) throw new Error(`Posting was refused: ${JSON.stringify(outcome)}`);
}

function postOverHttp({ post }: ReturnType<typeof createCaller>, members: readonly Member[]): Promise<void> {
  return post(isRedemption() ? '/loyalty/redeeme_points' : '/loyalty/accrue_points', {
    loyalty_program_id: 1,
    amount: '10.50',
    matching: 'profile_id',
    profile_id: pick(members).profile_id,
  });
}

function pick<T>(items: readonly T[]): T {
  return items[Math.floor(Math.random() * items.length)] as T;
}

function table(results: readonly { http: Measured; direct: Measured; ratio: number }[]): string {
  const rows = results.map(({ http, direct, ratio }) =>
    [http.clients, http.perSecond, http.p50Ms, http.p95Ms, http.p99Ms, direct.perSecond, ratio]
      .map((value) => String(value).padStart(11))
      .join(''),
  );
  const head = ['clients', 'postings/s', 'p50 ms', 'p95 ms', 'p99 ms', 'SQL alone/s', 'ratio']
    .map((name) => name.padStart(11))
    .join('');
  const growth = round((results.at(-1)?.http.perSecond ?? 0) / (results[0]?.http.perSecond ?? 1));
  return `${head}\n${rows.join('\n')}\n\n256 clients post ${growth} times as fast as 1 client.\n`;
}

main().catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
