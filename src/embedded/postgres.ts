import { randomBytes } from 'node:crypto';
import { chown, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { type Identity, run, type ServerProcess, startServer } from './child';
import { claimPort } from './ports';
import { findPostgres } from './postgres-binaries';
import { findReachableFolder, serverUser } from './postgres-user';
import { readIfExists } from './read-if-exists';

type PostgresOptions = {
  /** Folder to keep data and password in; made when missing. */
  dataDir: string;
  /** Port on 127.0.0.1; 0 takes a free one. */
  port: number;
  /** Server settings beside or instead of the defaults. */
  settings?: Record<string, string>;
  /** Told what is happening, in sentences for a terminal. */
  progress(message: string): void;
};

type EmbeddedPostgres = {
  /** Connects as superuser to the database `loyalty`. */
  url: string;
  /** Where its data are: `dataDir`, unless its user cannot get there. */
  folder: string;
  /** Resolves when the server has ended, asked or not. */
  ended: Promise<unknown>;
  stop(): Promise<void>;
};

const majorVersion = '18';
const superuser = 'postgres';
const database = 'loyalty';

/** Modest on a laptop, but never less durable than the real thing. */
const laptopSettings = {
  shared_buffers: '256MB',
  effective_cache_size: '1GB',
  max_wal_size: '2GB',
  random_page_cost: '1.1',
  timezone: 'UTC',
  log_timezone: 'UTC',
  cluster_name: 'loyalty-points',
};

/**
 * Starts the Postgres server that came with npm, listening on 127.0.0.1 only, on data that outlive it.
 * Throws PortTaken, or an Error that says why the server did not start.
 */
export async function startPostgres(options: PostgresOptions): Promise<EmbeddedPostgres> {
  const { progress } = options;
  const runAs = serverUser();
  const home = await findReachableFolder(options.dataDir, runAs, progress);
  const binaries = await findPostgres(runAs, progress);
  const port = await claimPort(options.port, 'POSTGRES_PORT');

  const password = await keepPassword(home, runAs);
  const data = join(home, 'postgres');
  if (!(await isInitialised(data))) {
    progress('Creating the database cluster');
    await initialise(home, data, binaries.initdb, runAs);
  }
  await dropStaleLock(data);

  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    ...laptopSettings,
    ...options.settings,
  };
  const server = startServer({
    command: binaries.postgres,
    args: [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([k, v]) => ['-c', `${k}=${v}`]),
    ],
    cwd: home,
    stopSignal: 'SIGINT',
    runAs,
  });
  await acceptsConnections(server, data);
  const url = `postgres://${superuser}:${password}@127.0.0.1:${port}`;
  await createDatabase(`${url}/postgres`).catch(async (error) => {
    await server.stop();
    throw error;
  });
  return { url: `${url}/${database}`, folder: home, ended: server.ended, stop: server.stop };
}

async function isInitialised(data: string): Promise<boolean> {
  const version = await readIfExists(join(data, 'PG_VERSION'));
  if (version === undefined) return false;
  if (version.trim() === majorVersion) return true;
  throw new Error(
    `The data in ${data} belong to Postgres ${version.trim()}, and this is Postgres ${majorVersion}. ` +
      'Move the folder away to start afresh, or set DATA_DIR to another one.',
  );
}

/**
 * Works beside the final folder and renames, so that a start that was interrupted leaves nothing half made.
 */
async function initialise(
  home: string,
  data: string,
  initdb: string,
  runAs: Identity | undefined,
): Promise<void> {
  const unfinished = `${data}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  if (runAs) await chown(unfinished, runAs.uid, runAs.gid);
  const flags = [
    `--pgdata=${unfinished}`,
    `--username=${superuser}`,
    `--pwfile=${passwordFile(home)}`,
    '--auth=scram-sha-256',
    '--encoding=UTF8',
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
  ];
  await run(initdb, flags, { cwd: home, runAs });
  await rename(unfinished, data);
}

function passwordFile(home: string): string {
  return join(home, 'postgres.password');
}

async function keepPassword(home: string, runAs: Identity | undefined): Promise<string> {
  const kept = await readIfExists(passwordFile(home));
  if (kept) return kept.trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(passwordFile(home), password, { mode: 0o600 });
  if (runAs) await chown(passwordFile(home), runAs.uid, runAs.gid);
  return password;
}

/**
 * Postgres itself clears the lock of a server that is gone, unless its process id now belongs to another
 * program of the same user, as happens in containers, where ids start again at 1.
 */
async function dropStaleLock(data: string): Promise<void> {
  const lock = join(data, 'postmaster.pid');
  const pid = (await readIfExists(lock))?.split('\n')[0];
  const program = pid && (await readIfExists(`/proc/${pid}/comm`));
  if (program && program.trim() !== 'postgres') await rm(lock);
}

async function acceptsConnections(server: ServerProcess, data: string): Promise<void> {
  const ready = new Promise<'ready'>((resolve) => {
    server.onLine((line) => {
      if (line.includes('database system is ready to accept connections')) resolve('ready');
    });
  });
  if ((await Promise.race([ready, server.ended])) === 'ready') return;
  const output = server.lastLines.join('\n');
  if (output.includes('lock file "postmaster.pid" already exists')) {
    throw new Error(`Another Postgres uses ${data}. Stop it, or set DATA_DIR to another folder.`);
  }
  throw new Error(`Postgres did not start. Its last words:\n${output}`);
}

async function createDatabase(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}
