import { uuidv7 } from 'uuidv7';
import { forgetConsidered } from '../../db/commands/enrolment';
import { findUnconsidered } from '../../db/queries/enrolment';
import { type Admission, admissionTo, enrolment } from '../../domain/enrolment';
import { isDoneBy } from './done-by';
import type { Dependencies } from './target';

/** So many registrations of one request wait at once: others want to post, too. */
const profilesAtOnce = 500;

/** Whoever imports waits so long for registrations at most: this, and more for more profiles. */
const shortestWaitMs = 2_000;
const longestWaitMs = 7_000;

/**
 * Registers those of the profiles just written whom the program of their database takes in by itself, so that
 * they are members when the import is answered. The profiles were noted with their writing: whoever is left
 * over, because Temporal is away or there are too many, is registered by the workflow enrolMembers.
 */
export async function enrolWritten(
  { db, catalog, gateway }: Dependencies,
  databaseId: number,
  profileIds: readonly string[],
  now: string,
): Promise<void> {
  const program = catalog.programs().find((it) => it.isActive && it.databaseId === databaseId);
  const segment = program?.segmentId ? catalog.segment(program.segmentId) : undefined;
  const admission = program && admissionTo(program, segment, now);
  if (!admission) return;
  const end = Date.now() + Math.min(shortestWaitMs + profileIds.length, longestWaitMs);
  for (let from = 0; from < profileIds.length; from += profilesAtOnce) {
    const ids = profileIds.slice(from, from + profilesAtOnce);
    if (!(await isDoneBy(end, consider(admission, ids)))) return;
  }

  async function consider(by: Admission, ids: string[]): Promise<void> {
    const { id, databaseId: database } = by.program;
    const rows = await findUnconsidered(db, id, database, ids);
    if (rows.length === 0) return;
    const wanted = rows.filter((row) => !row.is_known && by.admits(row));
    await Promise.all(wanted.map(({ profile_id }) => gateway.post(enrolment(id, profile_id, uuidv7()))));
    const [done, turns] = [rows.map(({ profile_id }) => profile_id), rows.map(({ turn }) => turn)];
    await forgetConsidered(db, database, id, by.programVersion, by.segmentVersion, done, turns);
  }
}
