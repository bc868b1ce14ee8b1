import type { Logger } from 'pino';
import { type Config, ConfigError, environment } from './config';
import { isMigrated } from './db/migrate';
import { createPool } from './db/pool';
import { findWhereabouts } from './embedded/whereabouts';
import { runTask } from './process';
import { applyProgramFile } from './program-file/apply';
import { ProgramFileError } from './program-file/read';

const usage = 'Usage: npm run program -- apply FILE';

/**
 * `npm run program -- apply FILE`: makes programs and what belongs to them be as a file says, in the database
 * of the environment or of the service started here. Prints what became of each thing; what is wrong, a line
 * each, and exits with 1.
 */
export function main(): Promise<void> {
  return runTask(async (config, log) => {
    const [command, path, ...others] = process.argv.slice(2);
    if (command !== 'apply' || path === undefined || others.length > 0) throw new ConfigError(usage);
    try {
      process.stdout.write(`${await apply(path, config, log)}\n`);
    } catch (error) {
      if (!(error instanceof ProgramFileError)) throw error;
      process.stderr.write(`${error.message}\n`);
      process.exit(1);
    }
  });
}

async function apply(path: string, config: Config, log: Logger): Promise<string> {
  const databaseUrl = config.databaseUrl ?? (await findWhereabouts(config))?.databaseUrl;
  if (!databaseUrl) {
    throw new ConfigError('No service runs here: `npm start` it, or set DATABASE_URL.');
  }
  const pool = createPool({ ...config, databaseUrl }, log);
  try {
    if (!(await isMigrated(pool)))
      throw new ConfigError('The database is not migrated: node dist/migrate.js');
    return String(await applyProgramFile(pool, path, { env: environment() }));
  } finally {
    await pool.end();
  }
}
