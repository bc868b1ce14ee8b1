import type { Logger } from 'pino';
import { openCatalog } from './catalog';
import { type Clock, machineClock, type TestClock } from './clock';
import { ConfigError, filePlace, requireServers, type ServiceConfig } from './config';
import { adminTestClock } from './contract/admin/test-clock';
import { isMigrated } from './db/migrate';
import { createPool } from './db/pool';
import { openFileStore } from './file-store';
import { openGateway } from './gateway';
import { implement } from './http/handler';
import { createHandlers } from './http/handlers';
import { createTestClockHandlers } from './http/handlers/admin/test-clock';
import { startApi as listen } from './http/server';
import { type Running, runProcess } from './process';
import { gatewayOptions } from './temporal-connection';

/** `node dist/api.js` */
export function main(): Promise<void> {
  return runProcess(async (config, log) => {
    const api = await startApi(requireServers(config), { log });
    log.info({ url: api.url }, 'listening');
    return api;
  });
}

interface ApiOptions {
  log: Logger;
  clock?: Clock;
  /** Makes the clock one that can be moved over the management API; never in production. */
  testClock?: TestClock | undefined;
}

export interface RunningApi extends Running {
  /** Such as http://127.0.0.1:3000 */
  url: string;
}

/**
 * Starts the HTTP API. It comes up without Temporal (writing calls answer 503 meanwhile), but not without
 * Postgres. Throws DatabaseUnavailable, or the error of the operating system if the port cannot be had.
 */
export async function startApi(
  config: ServiceConfig,
  { log, clock = machineClock, testClock }: ApiOptions,
): Promise<RunningApi> {
  const now = () => (testClock ?? clock).now();
  const pool = createPool(config, log);
  const gateway = openGateway({ ...gatewayOptions(config), now, log });
  const closers: (() => Promise<unknown>)[] = [() => pool.end(), () => gateway.close()];
  try {
    if (!(await isMigrated(pool)))
      throw new ConfigError('The database is not migrated: run `node dist/migrate.js`');
    const catalog = await openCatalog(pool, log);
    closers.unshift(() => catalog.close());
    const dependencies = { db: pool, catalog, gateway, files: openFileStore(filePlace(config)) };
    const server = await listen(config, {
      handlers: createHandlers(dependencies),
      extra: testClock ? implement(adminTestClock, createTestClockHandlers(dependencies, testClock)) : [],
      findAccess: (hash) => catalog.access(hash),
      checks: { database: () => isMigrated(pool), temporal: () => gateway.isReachable() },
      now,
      log,
    });
    closers.unshift(() => server.stop());
    return { url: server.url, failed: new Promise<never>(() => {}), stop: () => closeAll(closers) };
  } catch (error) {
    await closeAll(closers);
    throw error;
  }
}

async function closeAll(closers: readonly (() => Promise<unknown>)[]): Promise<void> {
  for (const close of closers) await close();
}
