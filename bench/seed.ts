import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, type Pool } from 'pg';
import { readConfig } from '../src/config';
import { postOperations } from '../src/db/ledger';
import { migrate } from '../src/db/migrate';
import { createPool } from '../src/db/pool';
import { startPostgres } from '../src/embedded/postgres';

/** What benches begin with: a database of profiles, program 1 with the currency "stars", tokens, members. */

/** Runs `work` in a Postgres of its own, without the rest of the service. */
export async function withDatabase(
  tell: (line: string) => void,
  work: (pool: Pool) => Promise<void>,
): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), 'loyalty-bench-'));
  await chmod(dataDir, 0o755); // Postgres may run as another user
  const postgres = await startPostgres({ dataDir, port: 0, progress: tell });
  const databaseUrl = await createBenchDatabase(postgres.url);
  const pool = createPool(
    { ...readConfig(), databaseUrl, requestTimeoutMs: 3_600_000 },
    { warn: (_, message) => tell(message) },
  );
  try {
    await work(pool);
  } finally {
    await pool.end();
    await postgres.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** The URL of a new database, migrated. */
export async function createBenchDatabase(postgresUrl: string): Promise<string> {
  const client = new Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query('create database bench');
  await client.end();
  const databaseUrl = new URL('/bench', postgresUrl).href;
  await migrate(databaseUrl);
  return databaseUrl;
}

export async function makeProgram(pool: Pool, { timezone = 'UTC' } = {}): Promise<void> {
  await pool.query(`insert into catalog.databases (id, name) values (1, 'bench')`);
  await pool.query(
    `insert into catalog.programs (id, external_id, name, database_id, timezone)
     values (1, 'bench', 'Bench', 1, $1)`,
    [timezone],
  );
}

/** "stars", of which every new member gets so many. */
export async function makeCurrency(pool: Pool, { initialBalance = 0 } = {}): Promise<void> {
  await pool.query(
    `insert into catalog.currencies (iid, program_id, eid, name, type, initial_balance)
     values (1, 1, 'stars', 'Stars', 'standard', $1)`,
    [initialBalance],
  );
}

export async function makeToken(pool: Pool, token: string, scopes: readonly string[]): Promise<void> {
  await pool.query('insert into catalog.tokens (name, token_hash, scopes) values ($1, $2, $3)', [
    'bench',
    createHash('sha256').update(token).digest(),
    scopes,
  ]);
}

/** The profile id of the so manieth, from 1. */
export function profileIdOf(index: number): string {
  return index.toString(16).padStart(24, '0');
}

export async function makeProfiles(pool: Pool, count: number): Promise<void> {
  await pool.query(
    `insert into directory.profiles (profile_id, database_id)
     select lpad(to_hex(i), 24, '0'), 1 from generate_series(1, $1::int) i`,
    [count],
  );
}

/** Makes members of all profiles, as the service would. */
export async function registerAll(pool: Pool): Promise<void> {
  const { rows } = await pool.query('select profile_id, uuidv7()::text as id from directory.profiles');
  const registrations = rows.map(({ profile_id, id }) => ({
    ...{ verb: 'register' as const, transaction_id: id, program_id: 1, profile_id },
  }));
  await postOperations(pool, registrations, new Date().toISOString(), 'bench');
}
