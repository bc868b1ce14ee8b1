import type { adminSegments } from '../../../contract/admin/segments';
import {
  changeSegment,
  createSegment,
  deleteSegment,
  readSegments,
  type SegmentRecord,
} from '../../../db/commands/segments';
import { listDatabases } from '../../../db/queries/catalog';
import { findProfile, listProfiles, readProfile } from '../../../db/queries/profiles';
import { searchFor } from '../../../domain/matching';
import { isRefusal, type Refusal, refuse } from '../../../domain/refusal';
import { inSegment, type Segment, whyNotInSegment } from '../../../domain/segment';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';
import { change, found, given, pageOf } from './change';

const resource = 'Segment';
const defaultLimit = 100;
const profilesAtOnce = 2_000;

/** So many profiles are looked through for one page at most. */
const mostSearched = 20_000;

/** Callers wait so long for a count at most, or a bit longer. */
const longestCountMs = 5_000;

export function createAdminSegmentHandlers(dependencies: Dependencies): Handlers<typeof adminSegments> {
  const { db, catalog, gateway } = dependencies;
  return {
    async list(input) {
      const { database_id } = input;
      const database = (await listDatabases(db)).find(({ id }) => id === database_id);
      if (!database) return found(undefined, 'Profile database', database_id);
      return pageOf(await readSegments(db, database_id), ({ id }) => id, input, answer);
    },
    async create({ database_id, ...values }) {
      const row = await change(dependencies, (tx) => createSegment(tx, database_id, values));
      return answerOr(isRefusal(row) ? row : found(row, 'Profile database', database_id));
    },
    async read({ id }) {
      const row = (await readSegments(db)).find((segment) => segment.id === id);
      return answerOr(found(row, resource, id));
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changeSegment(tx, id, given(values)));
      if (row && !isRefusal(row)) {
        const programs = catalog.programs().filter((program) => program.segmentId === id);
        for (const program of programs) void gateway.startEnrolment(program.id);
      }
      return answerOr(isRefusal(row) ? row : found(row, resource, id));
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deleteSegment(tx, id));
      return answerOr(isRefusal(row) ? row : found(row, resource, id));
    },

    async profiles({ id, after, limit = defaultLimit }, { now }) {
      const segment = catalog.segment(id);
      if (!segment) return found(undefined, resource, id);
      const { hits, searched, next } = await search(segment, now, after, limit, (n) => n < mostSearched);
      return { items: hits.map((profile_id) => ({ profile_id })), searched, next_after: next };
    },

    async count({ id, after }, { now }) {
      const segment = catalog.segment(id);
      if (!segment) return found(undefined, resource, id);
      const end = Date.now() + longestCountMs;
      const all = Number.POSITIVE_INFINITY;
      const { hits, searched, next } = await search(segment, now, after, all, () => Date.now() < end);
      return { count: hits.length, searched, next_after: next };
    },

    async test({ id, matching }, { now }) {
      const segment = catalog.segment(id);
      const database = segment && catalog.database(segment.databaseId);
      if (!database) return found(undefined, resource, id);
      const search = searchFor(database, matching);
      if (isRefusal(search)) return search;
      const profile = await findProfile(db, database.id, search);
      if (isRefusal(profile)) return profile;
      const row = await readProfile(db, profile.profile_id);
      if (!row) return refuse('profile_not_found', { matching: search.shown });
      const unmet = whyNotInSegment(segment, row, now).map((comparison) => ({ ...comparison }));
      return { profile_id: row.profile_id, is_in: unmet.length === 0, unmet };
    },
  };

  /**
   * Goes through the profiles of a database after one of them, until so many are found or it may not go on.
   * `next` is where to go on, null at the end.
   */
  async function search(
    segment: Segment,
    now: string,
    after: string | undefined,
    wanted: number,
    mayGoOn: (searched: number) => boolean,
  ): Promise<{ hits: string[]; searched: number; next: string | null }> {
    const isIn = inSegment(segment, now);
    const hits: string[] = [];
    let searched = 0;
    let next = after ?? '';
    do {
      const rows = await listProfiles(db, segment.databaseId, next, profilesAtOnce);
      for (const [index, row] of rows.entries()) {
        if (hits.length === wanted) return { hits, searched: searched + index, next };
        if (isIn(row)) hits.push(row.profile_id);
        next = row.profile_id;
      }
      searched += rows.length;
      if (rows.length < profilesAtOnce) return { hits, searched, next: null };
    } while (mayGoOn(searched));
    return { hits, searched, next };
  }
}

function answerOr<R extends Refusal>(row: SegmentRecord | R) {
  return 'refusal' in row ? row : answer(row);
}

function answer({ id, database_id, created_at, updated_at, ...row }: SegmentRecord) {
  const { external_id, name, description, timezone, condition } = row;
  const values = { external_id, name, description, timezone, condition };
  return { id, database_id, ...values, created_at, updated_at };
}
