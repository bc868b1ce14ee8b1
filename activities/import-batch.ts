import { findProfiles, makeMembers } from './import-people';
import { lookForPoints, nameLots, postPoints } from './import-points';
import type { BatchResult, Carrier, ReadRow, Row } from './import-row';

/**
 * Imports a batch of rows: finds or makes the profiles, makes them members, and posts their points. Safe to
 * repeat: what an attempt before has done is found, and counted as this one's. Throws what may pass.
 */
export async function importBatch(carrier: Carrier, read: readonly ReadRow[]): Promise<BatchResult> {
  const result: BatchResult = {
    refusals: [],
    membersAdded: 0,
    repeated: 0,
    totals: new Map(),
    contents: new Map(),
  };
  let rows: Row[] = [];
  for (const row of read) {
    if ('member' in row) rows.push({ line: row.line, member: row.member });
    else result.refusals.push({ line: row.line, ...row.problem });
  }
  rows = await findProfiles(carrier, rows, result);
  rows = await makeMembers(carrier, rows, result);
  const lots = await nameLots(carrier, rows, result);
  await (carrier.task.dry_run ? lookForPoints : postPoints)(carrier, lots, result);
  return result;
}
