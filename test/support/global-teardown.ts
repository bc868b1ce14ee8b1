import { rm } from 'node:fs/promises';
import { running } from './servers';

/** Ends what the run started. */
export default async function globalTeardown(): Promise<void> {
  await Promise.all([running.postgres?.stop(), running.temporal?.stop()]);
  if (running.folder) await rm(running.folder, { recursive: true, force: true });
}
