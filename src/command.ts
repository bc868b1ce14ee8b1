import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { type Config, ConfigError, requireServers, type ServiceConfig } from './config';
import { isMigrated } from './db/migrate';
import { createPool } from './db/pool';
import { findWhereabouts } from './embedded/whereabouts';
import { type Gateway, openGateway } from './gateway';
import { gatewayOptions } from './temporal-connection';

/** The servers of the environment, or of the service started here. Throws ConfigError if there are none. */
export async function findServers(config: Config): Promise<ServiceConfig> {
  const here = await findWhereabouts(config);
  const isMeant =
    (config.databaseUrl ?? here?.databaseUrl) === here?.databaseUrl &&
    (config.temporalAddress ?? here?.temporalAddress) === here?.temporalAddress;
  const { databaseUrl, temporalAddress } = { ...config, ...(isMeant && here) };
  if (!databaseUrl || !temporalAddress) {
    throw new ConfigError('No service runs here: `npm start` it, or set DATABASE_URL and TEMPORAL_ADDRESS.');
  }
  return requireServers({ ...config, databaseUrl, temporalAddress } as Config);
}

/** Does what a command does with database and Temporal. Throws ConfigError if it is not migrated. */
export async function withServers<T>(
  config: ServiceConfig,
  log: Logger,
  work: (servers: { pool: Pool; gateway: Gateway }) => Promise<T>,
): Promise<T> {
  const pool = createPool(config, log);
  const gateway = openGateway({ ...gatewayOptions(config), log });
  try {
    if (!(await isMigrated(pool))) {
      throw new ConfigError('The database is not migrated: node dist/migrate.js');
    }
    return await work({ pool, gateway });
  } finally {
    await gateway.close();
    await pool.end();
  }
}
