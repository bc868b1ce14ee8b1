import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, type ClientBase, DatabaseError, type Pool } from 'pg';

/** One .sql file with the hash of its text. */
type SqlFile = { name: string; path: string; text: string; hash: string };

/** The SQL of this program: migrations in order, functions in order of name, and their joint hash. */
type Source = { migrations: (SqlFile & { number: number })[]; functions: SqlFile[]; functionsHash: string };

type Options = {
  /** Told of each step; a pino logger fits. */
  log?: { info(details: object, message: string): void };
  /** Folder that holds `migrations/` and `functions/`; this one unless a test says otherwise. */
  folder?: string;
};

/** Thrown when database and SQL files contradict each other, or a file fails; the message names the file. */
export class MigrationError extends Error {
  override readonly name = 'MigrationError';
}

/** Serialises whoever migrates one database at the same time; any constant does. */
const lockKey = 7_305_441_620;

const bookkeeping = `
  create schema if not exists loyalty_meta;
  create table if not exists loyalty_meta.migration (
    number integer primary key,
    name text not null,
    hash text not null,
    applied_at timestamptz not null default now()
  );
  create table if not exists loyalty_meta.function_set (
    hash text primary key,
    applied_at timestamptz not null default clock_timestamp()
  );`;

/**
 * Brings a database up to date: pending migrations in order, each in one transaction, then every function
 * file in one more when any of them changed. Any number of processes may call it at once.
 * Returns the names of the migrations it applied and whether it replaced the functions.
 * Throws MigrationError when an applied file was changed since, when the database knows migrations this
 * program does not, or when a file fails.
 */
export async function migrate(
  target: string | Pool,
  options: Options = {},
): Promise<{ applied: string[]; replacedFunctions: boolean }> {
  const source = await readSource(options.folder);
  return withClient(target, async (client) => {
    await inLockedTransaction(client, () => client.query(bookkeeping));
    const applied: string[] = [];
    await inLockedTransaction(client, () => refuseContradictions(client, source));
    for (const file of source.migrations) {
      const isNew = await inLockedTransaction(client, () => applyOnce(client, file));
      if (!isNew) continue;
      applied.push(file.name);
      options.log?.info({ migration: file.name }, 'migration applied');
    }
    const force = applied.length > 0;
    const replacedFunctions = await inLockedTransaction(client, () =>
      replaceFunctions(client, source, force),
    );
    if (replacedFunctions) options.log?.info({ files: source.functions.length }, 'functions replaced');
    return { applied, replacedFunctions };
  });
}

/**
 * Says whether a database has every migration and function of this program; one that is ahead counts as
 * ready, so that old processes stay in service while new ones are rolled out.
 */
export async function isMigrated(pool: Pool, options: Pick<Options, 'folder'> = {}): Promise<boolean> {
  const source = await readSource(options.folder);
  const { rows } = await pool.query<{ known: boolean }>(
    `select to_regclass('loyalty_meta.function_set') is not null as known`,
  );
  if (!rows[0]?.known) return false;
  const missing = await pool.query(
    `select from unnest($1::text[]) as hash where hash not in (select hash from loyalty_meta.migration)
     union all
     select where $2 not in (select hash from loyalty_meta.function_set)`,
    [source.migrations.map((file) => file.hash), source.functionsHash],
  );
  return missing.rowCount === 0;
}

async function readSource(folder = __dirname): Promise<Source> {
  const files = await readSqlFiles(join(folder, 'migrations'));
  const migrations = files.map((file) => ({ ...file, number: numberOf(file.name) }));
  migrations.forEach((file, index) => {
    if (migrations[index - 1]?.number === file.number) {
      throw new MigrationError(`${migrations[index - 1]?.name} and ${file.name} have the same number`);
    }
  });
  const functions = await readSqlFiles(join(folder, 'functions'));
  return { migrations, functions, functionsHash: hashOf(functions.map((file) => file.hash).join()) };
}

async function readSqlFiles(folder: string): Promise<SqlFile[]> {
  const names = (await readdir(folder, { recursive: true })).filter((name) => name.endsWith('.sql')).sort();
  return Promise.all(
    names.map(async (name) => {
      const path = join(folder, name);
      const text = (await readFile(path, 'utf8')).replaceAll('\r\n', '\n');
      return { name, path, text, hash: hashOf(`${name}\n${text}`) };
    }),
  );
}

function numberOf(name: string): number {
  const number = /^(\d{4})-[a-z0-9-]+\.sql$/.exec(name)?.[1];
  if (!number)
    throw new MigrationError(`${name} is not named as a migration; expected NNNN-what-it-does.sql`);
  return Number(number);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function refuseContradictions(client: ClientBase, { migrations }: Source): Promise<void> {
  const { rows } = await client.query<{ number: number; name: string; hash: string }>(
    'select number, name, hash from loyalty_meta.migration order by number',
  );
  const last = rows.at(-1)?.number ?? 0;
  for (const row of rows) {
    const file = migrations.find((candidate) => candidate.number === row.number);
    if (!file)
      throw new MigrationError(`This program is older than the database: it does not know ${row.name}`);
    if (file.hash !== row.hash) {
      throw new MigrationError(
        `${file.name} is not the file that was applied as ${row.name}; ` +
          'restore it and add a new migration instead',
      );
    }
  }
  const late = migrations.find(
    (file) => file.number < last && !rows.some((row) => row.number === file.number),
  );
  if (late)
    throw new MigrationError(`${late.name} comes before migration ${last}, already applied; renumber it`);
}

/** Inserts the version row first, so that even without the lock two servers would collide on its key. */
async function applyOnce(client: ClientBase, file: Source['migrations'][number]): Promise<boolean> {
  const inserted = await client.query(
    `insert into loyalty_meta.migration (number, name, hash) values ($1, $2, $3)
     on conflict (number) do nothing`,
    [file.number, file.name, file.hash],
  );
  if (inserted.rowCount === 0) return false;
  await runFile(client, file);
  return true;
}

/** Old processes find their own hash in the table too, and so stay ready; the newest row is in force. */
async function replaceFunctions(client: ClientBase, source: Source, force: boolean): Promise<boolean> {
  const { rows } = await client.query<{ hash: string }>(
    'select hash from loyalty_meta.function_set order by applied_at desc limit 1',
  );
  if (rows[0]?.hash === source.functionsHash && !force) return false;
  await client.query('set local check_function_bodies = off'); // functions may call ones of a later file
  for (const file of source.functions) await runFile(client, file);
  await client.query(
    `insert into loyalty_meta.function_set (hash) values ($1)
     on conflict (hash) do update set applied_at = clock_timestamp()`,
    [source.functionsHash],
  );
  return true;
}

async function runFile(client: ClientBase, file: SqlFile): Promise<void> {
  try {
    await client.query(file.text);
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    const line = error.position ? `:${file.text.slice(0, Number(error.position)).split('\n').length}` : '';
    const where = error.where ? ` (${error.where.split('\n')[0]})` : '';
    throw new MigrationError(`${file.name}${line}: ${error.message}${where}`, { cause: error });
  }
}

async function inLockedTransaction<T>(client: ClientBase, work: () => Promise<T>): Promise<T> {
  await client.query('begin');
  try {
    await client.query('set local statement_timeout = 0');
    await client.query('select pg_advisory_xact_lock($1)', [lockKey]);
    const result = await work();
    await client.query('commit');
    return result;
  } catch (error) {
    await client.query('rollback').catch(() => {}); // the connection may be what failed
    throw error;
  }
}

async function withClient<T>(target: string | Pool, work: (client: ClientBase) => Promise<T>): Promise<T> {
  const [client, letGo] = await (typeof target === 'string' ? connect(target) : borrow(target));
  const ignoreLoss = () => {}; // the statement under way fails too, and is heard
  client.on('error', ignoreLoss);
  try {
    return await work(client);
  } finally {
    client.off('error', ignoreLoss);
    await letGo();
  }
}

type Borrowed = [ClientBase, () => Promise<void>];

async function connect(connectionString: string): Promise<Borrowed> {
  const client = new Client({ connectionString, application_name: 'loyalty-points migrate' });
  await client.connect();
  return [client, () => client.end()];
}

async function borrow(pool: Pool): Promise<Borrowed> {
  const client = await pool.connect();
  return [client, async () => client.release()];
}
