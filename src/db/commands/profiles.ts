import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import type { Database } from '../../domain/catalog';
import { type Search, withImplied } from '../../domain/matching';
import { keysOf, missingFields, type ProfileChange } from '../../domain/profile';
import { type Refusal, refuse } from '../../domain/refusal';
import { violatedUniqueConstraint } from '../faults';
import { profileKey } from '../profile-key';
import { onlyOne, searchProfiles, wantedRows } from '../queries/profiles';
import type { Queryable } from '../query';
import { inTransaction } from '../transaction';
import { noteUnconsidered } from './enrolment';
import {
  deleteKeys,
  deleteProfileRow,
  eraseFromLedger,
  eraseFromOrders,
  findMemberships,
  findTakenValues,
  insertKeys,
  insertProfileEvents,
  insertProfiles,
  lockDatabase,
  lockForDeletion,
  lockProfiles,
  lockValues,
  updateProfiles,
} from './profile-statements';
import { eraseFromCodes, lockCodesOf } from './promo-code-statements';

/** One profile to write: how it is found, and what becomes of it. */
export interface ProfileWrite {
  search: Search;
  change: ProfileChange;
  /** What comes before field names in refusals, such as "data.". */
  path: string;
}

/** The profile written, or why not. */
export type WriteOutcome =
  | { profile_id: string }
  | Refusal<'profile_not_found' | 'profile_ambiguous' | 'value_taken' | 'bad_request'>;

interface Waiting extends ProfileWrite {
  index: number;
}

/** What a round has settled; the others met a profile that an earlier one of the round had found too. */
type Round = { outcomes: Map<number, WriteOutcome>; again: Waiting[] };

export type WriteMode = {
  mayCreate: boolean;
  /** Nobody hears of it. */
  isSilent?: boolean;
  /** Whoever writes makes members of the profiles, too: nobody else has to. */
  isRegistered?: boolean;
};

/** So many at once: each takes a lock, and Postgres holds some thousands for everybody together. */
const roundSize = 250;

/**
 * Creates or updates profiles, each found by its own search, as if one after the other. Answers one outcome
 * each, in order; one that is refused does not disturb the others. Who may have to become a member by that is
 * noted. Throws DatabaseUnavailable.
 */
export async function writeProfiles(
  pool: Pool,
  database: Database,
  writes: readonly ProfileWrite[],
  mode: WriteMode,
): Promise<WriteOutcome[]> {
  const outcomes: WriteOutcome[] = [];
  let waiting: Waiting[] = writes.map((write, index) => ({ ...write, index }));
  while (waiting.length > 0) {
    const { round, later } = takeRound(database, waiting);
    const done = await writeRound(pool, database, round, mode);
    for (const [index, outcome] of done.outcomes) outcomes[index] = outcome;
    waiting = [...done.again, ...later].sort((one, other) => one.index - other.index);
  }
  return outcomes;
}

/**
 * The first writes that have no value in common: neither one that they search nor one that must be unique.
 */
function takeRound(database: Database, waiting: readonly Waiting[]): { round: Waiting[]; later: Waiting[] } {
  const claimed = new Set<string>();
  const round: Waiting[] = [];
  const later: Waiting[] = [];
  for (const write of waiting.slice(0, roundSize)) {
    const claims = claimsOf(database, write);
    (claims.some((claim) => claimed.has(claim)) ? later : round).push(write);
    for (const claim of claims) claimed.add(claim);
  }
  return { round, later: [...later, ...waiting.slice(roundSize)] };
}

function claimsOf(database: Database, { search, change }: ProfileWrite): string[] {
  const unique = keysOf(database, change).filter((key) => key.isUnique);
  return [...search.criteria, ...unique].flatMap(({ field, values }) =>
    values.map((value) => `${field} ${value}`),
  );
}

/**
 * Writes one round in one transaction. Somebody else may take a unique value between our look and our write;
 * then the writes are done one by one, and the look shows whose value it is.
 */
async function writeRound(pool: Pool, database: Database, round: Waiting[], mode: WriteMode): Promise<Round> {
  try {
    return await inTransaction(pool, '', (db) => writeTogether(db, database, round, mode));
  } catch (error) {
    if (!violatedUniqueConstraint(error)) throw error;
    const outcomes = new Map<number, WriteOutcome>();
    for (const write of round) {
      const one = await inTransaction(pool, '', (db) => writeTogether(db, database, [write], mode));
      for (const [index, outcome] of one.outcomes) outcomes.set(index, outcome);
    }
    return { outcomes, again: [] };
  }
}

interface Target extends Waiting {
  profile_id: string;
  isNew: boolean;
}

async function writeTogether(
  db: Queryable,
  database: Database,
  round: Waiting[],
  mode: WriteMode,
): Promise<Round> {
  const outcomes = new Map<number, WriteOutcome>();
  const again: Waiting[] = [];
  const found = await findAll(db, database, round);
  const targets = new Map<string, Target>();
  for (const [position, write] of round.entries()) {
    const target = aim(database, write, found.get(position) ?? [], mode);
    if ('refusal' in target) outcomes.set(write.index, target);
    else if (targets.has(target.profile_id)) again.push(write);
    else targets.set(target.profile_id, target);
  }
  await refuseTakenValues(db, database, targets, outcomes);
  await store(db, database, [...targets.values()]);
  if (targets.size > 0 && !mode.isRegistered) await noteUnconsidered(db, database.id, [...targets.keys()]);
  if (!mode.isSilent) await announce(db, database, [...targets.values()]);
  for (const { index, profile_id } of targets.values()) outcomes.set(index, { profile_id });
  return { outcomes, again };
}

/**
 * Profiles found, by position in the round, and locked; the values searched for are locked too, found or not.
 */
async function findAll(db: Queryable, database: Database, round: Waiting[]) {
  const searches = round.map(({ search }) => search);
  const locks = searches.flatMap(({ criteria }) =>
    criteria.flatMap(({ field, values }) => values.map((value) => `${database.id} ${field} ${value}`)),
  );
  await lockDatabase(db, database.id);
  await lockValues(db, [...new Set(locks)].sort());
  const rows = await searchProfiles(db, database.id, wantedRows(searches));
  const alive = new Set(
    (
      await lockProfiles(
        db,
        rows.map((row) => row.profile_id),
      )
    ).map((row) => row.profile_id),
  );
  const found = new Map<number, { profile_id: string }[]>();
  for (const row of rows.filter(({ profile_id }) => alive.has(profile_id))) {
    found.set(row.item, [...(found.get(row.item) ?? []), row]);
  }
  return found;
}

function aim(
  database: Database,
  write: Waiting,
  rows: readonly { profile_id: string }[],
  { mayCreate }: WriteMode,
): Target | Extract<WriteOutcome, Refusal> {
  const { search } = write;
  const isById = search.criteria.some(({ field }) => field === 'profile_id');
  if (rows.length > 0 || !mayCreate || isById) {
    const row = onlyOne(rows, search);
    return 'refusal' in row ? row : { ...write, profile_id: row.profile_id, isNew: false };
  }
  const change = withImplied(write.change, search);
  const [missing] = missingFields(database, change);
  if (missing) return refuse('bad_request', { problem: `${write.path}${missing}: is required` });
  return { ...write, change, profile_id: createProfileId(), isNew: true };
}

/** 24 hex digits that begin with the time, so that new rows lie side by side in the index. */
function createProfileId(): string {
  const seconds = Math.floor(Date.now() / 1000);
  return seconds.toString(16).padStart(8, '0') + randomBytes(8).toString('hex');
}

async function refuseTakenValues(
  db: Queryable,
  database: Database,
  targets: Map<string, Target>,
  outcomes: Map<number, WriteOutcome>,
): Promise<void> {
  for (const { profile_id, field } of await findTakenValues(
    db,
    database.id,
    keyRows(database, targets.values()),
  )) {
    const target = targets.get(profile_id);
    if (!target) continue;
    outcomes.set(target.index, refuse('value_taken', { field: `${target.path}${field}` }));
    targets.delete(profile_id);
  }
}

async function store(db: Queryable, database: Database, targets: readonly Target[]): Promise<void> {
  if (targets.length === 0) return;
  const rows = targets.map(({ profile_id, isNew, change }) => ({
    profile_id,
    isNew,
    has_email: change.email !== undefined,
    email: change.email ?? null,
    phones: change.phones ?? null,
    set: change.set,
    removed: change.removed,
  }));
  const created = rows.filter((row) => row.isNew);
  const changed = rows.filter((row) => !row.isNew);
  const keys = keyRows(database, targets);
  if (created.length > 0) await insertProfiles(db, database.id, JSON.stringify(created));
  if (changed.length > 0) {
    const ids = changed.map((row) => row.profile_id);
    await updateProfiles(db, ids, JSON.stringify(changed));
    await deleteKeys(db, ids, keys);
  }
  await insertKeys(db, database.id, keys);
}

async function announce(db: Queryable, database: Database, targets: readonly Target[]): Promise<void> {
  const created = targets.filter(({ isNew }) => isNew).map(({ profile_id }) => profile_id);
  const updated = targets.filter(({ isNew }) => !isNew).map(({ profile_id }) => profile_id);
  if (created.length > 0) await insertProfileEvents(db, database.id, 'profile_created', created);
  if (updated.length > 0) await insertProfileEvents(db, database.id, 'profile_updated', updated);
}

function keyRows(database: Database, targets: Iterable<Target>): string {
  const rows = [...targets].flatMap(({ profile_id, change }) =>
    keysOf(database, change).map(({ field, values }) => ({
      profile_id,
      field,
      texts: values.map(profileKey),
    })),
  );
  return JSON.stringify(rows);
}

/**
 * Deletes a profile and everything personal of it, if it is a member of no program: else answers the
 * memberships that must end first. Nobody can become a member in between. `at`: when, RFC 3339 UTC.
 */
export async function deleteProfile(
  pool: Pool,
  profileId: string,
  at: string,
): Promise<{ program_id: number; member_id: string }[]> {
  return inTransaction(pool, '', async (db) => {
    await lockForDeletion(db, profileId);
    const memberships = await findMemberships(db, profileId);
    if (memberships.length > 0) return memberships;
    await eraseFromLedger(db, profileId);
    await eraseFromOrders(db, profileId);
    await lockCodesOf(db, profileId);
    await eraseFromCodes(db, profileId, at);
    await deleteProfileRow(db, profileId);
    return [];
  });
}
