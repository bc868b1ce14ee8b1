import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { pino } from 'pino';
import { checkLedger } from '../../src/check-ledger';
import { readConfig, type ServiceConfig } from '../../src/config';
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
  restartWorker(meanwhile?: () => Promise<void>): Promise<void>;
  /** Proves the ledger, then lets go of everything. */
  close(): Promise<void>;
}

export const silent = pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' });

export async function startBackend(settings: Partial<ServiceConfig> = {}): Promise<Backend> {
  const database = await createDatabase();
  const { temporalAddress, workflowBundlePath } = testServers();
  const config: ServiceConfig = {
    ...readConfig({}),
    temporalTaskQueue: `test-${randomBytes(6).toString('hex')}`,
    databaseUrl: database.url,
    temporalAddress,
    port: 0,
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
  let worker: Running = await startWorker(config, { log: silent, workflowBundlePath });
  return {
    config,
    pool,
    gateway,
    async restartWorker(meanwhile = async () => {}) {
      await worker.stop();
      await meanwhile();
      worker = await startWorker(config, { log: silent, workflowBundlePath });
    },
    async close() {
      try {
        const client = await pool.connect();
        const violations = await checkLedger(client, gateway.isHoldLive).finally(() => client.release());
        expect(violations).toEqual([]);
      } finally {
        await worker.stop();
        await gateway.close();
        await pool.end();
        await database.drop();
      }
    },
  };
}
