import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { readConfig, type ServiceConfig } from '../src/config';
import { checkLedger } from '../src/db/check-ledger';
import { createPool } from '../src/db/pool';
import { startPostgres } from '../src/embedded/postgres';
import { startTemporal } from '../src/embedded/temporal';
import { searchAttributes } from '../workflows/protocol';
import { createBenchDatabase, makeToken } from './seed';

/** The service as it runs in production: every part a process of its own, all on this machine. */
export interface Stack {
  url: string;
  pool: Pool;
  config: ServiceConfig;
  /** Of the servers. */
  dataDir: string;
  /** Ids of the processes. */
  workerPid: number;
  apiPid: number;
  /** Proves the ledger, then ends every process and removes the data. Throws if the ledger is not sound. */
  close(): Promise<void>;
}

const log = pino({ level: 'warn' }, pino.destination(2));

export async function startStack(progress: (message: string) => void): Promise<Stack> {
  const dataDir = await mkdtemp(join(tmpdir(), 'loyalty-bench-'));
  await chmod(dataDir, 0o755); // Postgres may run as another user
  const settings = readConfig();
  const postgres = await startPostgres({ dataDir, port: 0, progress });
  const { dataDir: cacheDir, temporalCli: cliPath } = settings;
  const temporal = await startTemporal({ dataDir, cacheDir, cliPath, port: 0, searchAttributes, progress });
  const databaseUrl = await createBenchDatabase(postgres.url);
  const port = await freePort();
  const exportDir = join(dataDir, 'exports');
  const servers = { databaseUrl, temporalAddress: temporal.address, port };
  const config = {
    ...settings,
    ...servers,
    expiryIntervalSec: 0,
    tierIntervalSec: 0,
    exportCleanIntervalSec: 0,
    enrolIntervalSec: 0,
    exportDir,
  };
  const pool = createPool(config, log);
  const worker = startChild('worker', config);
  const api = startChild('api', config);
  const children = [worker, api];
  const url = `http://127.0.0.1:${port}`;
  await untilReady(url, children);
  return {
    url,
    pool,
    config,
    dataDir,
    workerPid: worker.pid ?? 0,
    apiPid: api.pid ?? 0,
    async close() {
      const client = await pool.connect();
      const violations = await checkLedger(client).finally(() => client.release());
      await Promise.all(children.map(stopChild));
      await pool.end();
      await temporal.stop();
      await postgres.stop();
      await rm(dataDir, { recursive: true, force: true });
      if (violations.length > 0) throw new Error(`The ledger is not sound: ${JSON.stringify(violations)}`);
    },
  };
}

/** Makes a token, and waits until the API has heard of it. */
export async function allowToken({ pool, url }: Stack, token: string, scopes: string[]): Promise<void> {
  await makeToken(pool, token, scopes);
  const ask = () => fetch(`${url}/admin/v1/programs`, { headers: { Authorization: `Bearer ${token}` } });
  while ((await ask()).status === 403) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** The most memory a process has had at once; null where the system does not tell. */
export async function peakMiB(pid: number): Promise<number | null> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const kibibytes = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return kibibytes === undefined ? null : Math.round(Number(kibibytes) / 1024);
}

function startChild(entry: 'api' | 'worker', config: ServiceConfig): ChildProcess {
  return fork(join(__dirname, `../${entry}.js`), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: {
      ...process.env,
      DATABASE_URL: config.databaseUrl,
      TEMPORAL_ADDRESS: config.temporalAddress,
      PORT: String(config.port),
      EXPORT_DIR: config.exportDir,
      LOG_LEVEL: 'error',
      EXPIRY_INTERVAL_SEC: '0',
      EXPORT_CLEAN_INTERVAL_SEC: '0',
      ENROL_INTERVAL_SEC: '0',
    },
  });
}

async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}

async function untilReady(url: string, children: readonly ChildProcess[]): Promise<void> {
  const deadline = Date.now() + 60_000;
  for (;;) {
    const dead = children.find((child) => child.exitCode !== null);
    if (dead) throw new Error(`A process ended with ${dead.exitCode} while starting`);
    const isReady = await fetch(`${url}/health/ready`).then(
      (response) => response.ok,
      () => false,
    );
    if (isReady) return;
    if (Date.now() > deadline) throw new Error('The service did not become ready within a minute');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('No free port');
  return address.port;
}
