import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '../config';
import { readIfExists } from './read-if-exists';

/** Where a service started on this machine is reached. */
export interface Whereabouts {
  apiUrl: string;
  databaseUrl: string;
  temporalAddress: string;
}

const fileOf = (dataDir: string) => join(dataDir, 'running.json');

/** Notes where the service runs, for the commands beside it; only this user may read it. */
export async function noteWhereabouts(dataDir: string, whereabouts: Whereabouts): Promise<void> {
  await writeFile(fileOf(dataDir), JSON.stringify(whereabouts), { mode: 0o600 });
}

export async function forgetWhereabouts(dataDir: string): Promise<void> {
  await rm(fileOf(dataDir), { force: true });
}

/** Where the service of this data folder runs; undefined if none does. */
export async function findWhereabouts({ dataDir }: Config): Promise<Whereabouts | undefined> {
  const noted = await readIfExists(fileOf(dataDir));
  return noted === undefined ? undefined : (JSON.parse(noted) as Whereabouts);
}
