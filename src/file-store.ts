import { randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { access, mkdir, rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type BucketSettings, openBucket } from './bucket';

/**
 * Where files are kept that API and workers share. Small on purpose, so that a bucket can stand in for a
 * folder: a file is written once, whole, under a name nobody else has, and never changed.
 */
export interface FileStore {
  /** Writes a new file into a group; answers its name. What throws may leave a file that nobody knows. */
  write(group: string, content: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<string>;
  exists(name: string): Promise<boolean>;
  /** Reads a file from its beginning, once somebody asks for its bytes; then throws if it is not there. */
  read(name: string): AsyncIterable<Uint8Array>;
  /** Removes a file; does nothing if it is not there. */
  remove(name: string): Promise<void>;
  /** Removes all files of a group, also those that nobody knows. */
  removeGroup(group: string): Promise<void>;
}

/** Where files are: a folder, or a bucket of an S3-compatible store. */
export type FilePlace = { folder: string } | { bucket: BucketSettings };

export function openFileStore(place: FilePlace): FileStore {
  return 'bucket' in place ? openBucket(place.bucket) : openFolder(place.folder);
}

/** Keeps files in a folder, which is made when it is needed; only the user of the process may read them. */
function openFolder(path: string): FileStore {
  const folder = resolve(path);
  return {
    async write(group, content, signal) {
      await mkdir(join(folder, group), { recursive: true, mode: 0o700 });
      const name = join(group, randomUUID());
      const options = { flags: 'wx', mode: 0o600, flush: true };
      await pipeline(content, createWriteStream(join(folder, name), options), { signal });
      return name;
    },
    exists: (name) =>
      access(join(folder, name)).then(
        () => true,
        () => false,
      ),
    async *read(name) {
      yield* createReadStream(join(folder, name), { highWaterMark: 262_144 });
    },
    remove: (name) => rm(join(folder, name), { force: true }),
    removeGroup: (group) => rm(join(folder, group), { recursive: true, force: true }),
  };
}
