import { deepStrictEqual as deepEqual } from 'node:assert';
import { fork } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { pino } from 'pino';
import type { Clock } from '../../src/clock';
import { readConfig, type ServiceConfig } from '../../src/config';
import { checkLedger } from '../../src/db/check-ledger';
import { createPool } from '../../src/db/pool';
import { type Gateway, openGateway } from '../../src/gateway';
import type { Running } from '../../src/process';
import { temporalConnection } from '../../src/temporal-connection';
import { startWorker } from '../../src/worker';
import { createDatabase } from './database';
import { testServers } from './servers';

/** What a test file runs on: a database and task queues of its own, with a worker. */
export interface Backend {
  config: ServiceConfig;
  pool: Pool;
  gateway: Gateway;
  /** Stops the worker, runs `meanwhile`, and starts another. */
  restartWorker<T = void>(meanwhile?: () => Promise<T>): Promise<T>;
  /** Proves the ledger, then lets go of everything. */
  close(): Promise<void>;
}

export const silent = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });

export interface BackendOptions {
  clock?: Clock;
  /** Settings of the worker alone, such as another way to its servers. */
  forWorker?: (config: ServiceConfig) => Partial<ServiceConfig>;
  /** Prepares the database before the worker looks at it. */
  beforeWorker?: (pool: Pool) => Promise<void>;
  /** The test starts workers itself. */
  withoutWorker?: boolean;
}

export async function startBackend(
  settings: Partial<ServiceConfig> = {},
  { clock, forWorker = () => ({}), beforeWorker, withoutWorker = false }: BackendOptions = {},
): Promise<Backend> {
  const database = await createDatabase();
  const { temporalAddress, workflowBundlePath } = testServers();
  const exportDir = await mkdtemp(join(tmpdir(), 'loyalty-exports-'));
  const config: ServiceConfig = {
    ...readConfig({}),
    temporalTaskQueue: `test-${randomBytes(6).toString('hex')}`,
    databaseUrl: database.url,
    temporalAddress,
    port: 0,
    expiryIntervalSec: 0,
    exportCleanIntervalSec: 0,
    eventsKeepDays: 0,
    enrolIntervalSec: 0,
    exportDir,
    tierIntervalSec: 0,
    ...settings,
  };
  const pool = createPool(config, silent);
  const gateway = openGateway({
    connection: temporalConnection(config),
    namespace: config.temporalNamespace,
    taskQueue: config.temporalTaskQueue,
    requestTimeoutMs: config.requestTimeoutMs,
    log: silent,
  });
  await beforeWorker?.(pool);
  const startOne = () =>
    startWorker(
      { ...config, ...forWorker(config) },
      { log: silent, workflowBundlePath, ...(clock && { clock }) },
    );
  let worker: Running | undefined = withoutWorker ? undefined : await startOne();
  return {
    config,
    pool,
    gateway,
    async restartWorker<T>(meanwhile?: () => Promise<T>) {
      await worker?.stop();
      const result = (await meanwhile?.()) as T;
      worker = await startOne();
      return result;
    },
    async close() {
      try {
        const client = await pool.connect();
        const violations = await checkLedger(client, gateway.isHoldLive).finally(() => client.release());
        deepEqual(violations, [], 'The ledger is not sound');
      } finally {
        await worker?.stop();
        await gateway.close();
        await pool.end();
        await database.drop();
        await rm(exportDir, { recursive: true, force: true });
      }
    },
  };
}

/** Starts a worker in a process of its own, which can be killed. Resolves once it works. */
export async function startWorkerApart(config: ServiceConfig) {
  const { workflowBundlePath } = testServers();
  const { kill } = await startApart('worker-process.ts', { config, workflowBundlePath });
  return { kill };
}

/** Starts an API in a process of its own, which can be killed. Resolves once it listens. */
export async function startApiApart(config: ServiceConfig) {
  const { told, kill } = await startApart('api-process.ts', { config });
  return { url: told, kill };
}

async function startApart(file: string, settings: object) {
  const child = fork(join(__dirname, file), [JSON.stringify(settings)], {
    execArgv: ['--require', join(__dirname, 'typescript.cjs')],
  });
  const [told] = await Promise.race([once(child, 'message'), once(child, 'exit')]);
  if (typeof told !== 'string') throw new Error(`${file} ended with ${told}`);
  return {
    told,
    async kill() {
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
