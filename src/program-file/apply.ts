import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { changeCatalog } from '../db/commands/catalog-change';
import { applyGoods } from './goods';
import { applyProfiles } from './profiles';
import { ProgramFileError, readProgramFile } from './read';
import { Report } from './report';
import { applySettings } from './settings';

/** Where `${NAME}` in a file is looked up. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** As applyProgramText, of the file at a path. */
export async function applyProgramFile(
  pool: Pool,
  path: string,
  options: { env: Environment },
): Promise<Report> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new ProgramFileError(`${path}: cannot be read (${error.code})`);
  });
  return applyProgramText(pool, text, { ...options, name: path });
}

/**
 * Makes everything be as a program file says. The settings come all or not at all, then goods and profiles;
 * what the file does not mention stays, and a second time changes nothing. `name` is what errors call the
 * file. Throws ProgramFileError, DatabaseUnavailable.
 */
export async function applyProgramText(
  pool: Pool,
  text: string,
  { name, env }: { name: string; env: Environment },
): Promise<Report> {
  const source = readProgramFile(text, name);
  const report = new Report();
  const databases = await changeCatalog(pool, (db) => applySettings(db, source, env, report));
  await applyGoods(pool, source, report);
  await applyProfiles(pool, source, databases, report);
  return report;
}
