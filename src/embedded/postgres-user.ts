import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstat, mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { Identity } from './child';

/**
 * Who Postgres must run as: undefined means as this process, and root (whom it refuses) becomes `postgres`,
 * or `nobody` where there is no such user. Throws an Error when neither exists.
 */
export function serverUser(): Identity | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => Number(spawnSync('id', [flag, name]).stdout || Number.NaN));
    if (uid && gid) return { uid, gid };
  }
  throw new Error(
    'Postgres refuses to run as root, and there is no user `postgres` or `nobody` to run it as. ' +
      'Start this as an ordinary user, or set DATABASE_URL.',
  );
}

/** Whether a user can execute (or enter, for a folder) or write a path, through all the folders above it. */
export function canReach(path: string, access: 'x' | 'w', { uid, gid }: Identity): boolean {
  return spawnSync('test', [`-${access}`, path], { uid, gid, cwd: '/' }).status === 0;
}

/**
 * The folder itself if the server's user can get there, else one under /var/tmp that stays the same for it,
 * and a message that says so.
 */
export async function findReachableFolder(
  wanted: string,
  runAs: Identity | undefined,
  progress: (message: string) => void,
): Promise<string> {
  const folder = resolve(wanted);
  await mkdir(folder, { recursive: true });
  if (!runAs || canReach(folder, 'x', runAs)) return folder;
  const other = await sharedFolder(folder);
  progress(
    `Postgres cannot run as root, and the user it runs as cannot reach ${folder}. ` +
      `Its data are in ${other}. Set DATA_DIR to a folder that everybody may enter to keep them elsewhere.`,
  );
  return other;
}

/** A folder of root's that everybody may enter, one for each path it stands in for. */
export async function sharedFolder(insteadOf: string): Promise<string> {
  const id = createHash('sha256').update(insteadOf).digest('hex').slice(0, 12);
  const folder = join('/var/tmp', `loyalty-points-${id}`);
  await mkdir(folder, { recursive: true, mode: 0o755 });
  const { uid } = await lstat(folder);
  if (uid !== 0) throw new Error(`${folder} belongs to user ${uid}, not to root; remove it or set DATA_DIR.`);
  return folder;
}
