import { readFile, stat } from 'node:fs/promises';

/** The text of a file; undefined if there is none. */
export async function readIfExists(path: string): Promise<string | undefined> {
  const exists = await stat(path).catch(() => undefined);
  return exists && (await readFile(path, 'utf8'));
}
