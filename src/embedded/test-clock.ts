import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestClock } from '../clock';
import { readIfExists } from './read-if-exists';

/** The test clock of a data folder; a restart does not put it back, as the data have seen its time. */
export async function openTestClock(dataDir: string): Promise<TestClock> {
  const file = join(dataDir, 'clock.json');
  let aheadMs = await readAhead(file);
  const now = () => new Date(Date.now() + aheadMs);
  return {
    now,
    aheadSec: () => Math.round(aheadMs / 1000),
    async moveTo(moment) {
      if (moment <= now()) return false;
      const wanted = moment.getTime() - Date.now();
      await writeFile(file, JSON.stringify({ ahead_ms: wanted }));
      aheadMs = wanted;
      return true;
    },
  };
}

async function readAhead(file: string): Promise<number> {
  const kept = await readIfExists(file);
  return kept === undefined ? 0 : Number((JSON.parse(kept) as { ahead_ms: number }).ahead_ms);
}
