import { ConfigError } from './config';
import { migrate } from './db/migrate';
import { runTask } from './process';
import { registerSearchAttributes } from './search-attributes';

/** `node dist/migrate.js`: updates the database, and the search attributes of Temporal if it is named. */
export function main(): Promise<void> {
  return runTask(async (config, log) => {
    const { databaseUrl, temporalAddress } = config;
    if (!databaseUrl) throw new ConfigError('DATABASE_URL is required here');
    await migrate(databaseUrl, { log });
    if (temporalAddress) await registerSearchAttributes({ ...config, temporalAddress });
    log.info({}, 'up to date');
  });
}
