import { writeProfiles } from '../src/db/commands/profiles';
import { findMembersOf } from '../src/db/queries/imports';
import { onlyOne, searchProfiles, wantedRows } from '../src/db/queries/profiles';
import { withImplied } from '../src/domain/matching';
import type { Register } from '../src/domain/operation';
import { missingFields } from '../src/domain/profile';
import { isRefusal, type Refusal, refusalText } from '../src/domain/refusal';
import {
  type BatchResult,
  type Carrier,
  digestOf,
  type Row,
  refuseRow,
  timesOf,
  transactionIdOf,
} from './import-row';
import { postBatch } from './post';

/** Finds the profiles of rows, or makes them if the import may; answers the rows that have one. */
export async function findProfiles(carrier: Carrier, rows: Row[], result: BatchResult): Promise<Row[]> {
  const { context, task, plan } = carrier;
  const searches = rows.map(({ member }) => member.search);
  const rowsFound = await searchProfiles(context.db, plan.database.id, wantedRows(searches));
  const missing: Row[] = [];
  for (const [index, row] of rows.entries()) {
    const found = onlyOne(
      rowsFound.filter(({ item }) => item === index),
      row.member.search,
    );
    if (!isRefusal(found)) row.profile_id = found.profile_id;
    else if (found.refusal === 'profile_ambiguous') {
      refuseRow(result, row, plan.keyColumn, 'more than one profile has this value');
    } else if (!task.create_profiles || plan.matching === 'profile_id') {
      refuseRow(result, row, plan.keyColumn, 'no profile has this value');
    } else missing.push(row);
  }
  await makeProfiles(carrier, missing, result);
  return rows.filter(({ profile_id, isNewProfile }) => profile_id !== undefined || isNewProfile);
}

/** Makes the profiles that rows are about; the first row of a profile says what is in it. */
async function makeProfiles({ context, task, plan }: Carrier, rows: Row[], result: BatchResult) {
  const { database } = plan;
  const bySearch = new Map<string, Row[]>();
  for (const row of rows) {
    const key = JSON.stringify(row.member.search.criteria);
    bySearch.set(key, [...(bySearch.get(key) ?? []), row]);
  }
  const groups: Row[][] = [];
  for (const group of bySearch.values()) {
    const [lacking] = missingFields(database, changeOf(group[0] as Row));
    if (lacking === undefined) groups.push(group);
    else for (const row of group) refuseRow(result, row, lacking, 'is required');
  }
  if (task.dry_run) {
    for (const row of groups.flat()) row.isNewProfile = true;
    return;
  }
  const writes = groups.map(([row]) => ({
    search: (row as Row).member.search,
    change: changeOf(row as Row),
    path: '',
  }));
  const outcomes = await writeProfiles(context.db, database, writes, {
    mayCreate: true,
    isRegistered: true,
  });
  for (const [index, group] of groups.entries()) {
    const outcome = outcomes[index];
    for (const row of group) {
      if (outcome && 'profile_id' in outcome) row.profile_id = outcome.profile_id;
      else refuseRow(result, row, ...fieldAndReason(outcome));
    }
  }
}

function changeOf({ member }: Row) {
  return withImplied(member.change, member.search);
}

function fieldAndReason(outcome: Refusal | undefined): [field: string, reason: string] {
  if (outcome?.refusal === 'value_taken') {
    return [String(outcome.details.field), 'another profile of this database has the same value'];
  }
  return ['', outcome ? refusalText(outcome) : 'has no outcome'];
}

/** Registers who is no member yet; the first row of a member says since when. Answers the rows that go on. */
export async function makeMembers(carrier: Carrier, rows: Row[], result: BatchResult): Promise<Row[]> {
  const { context, task, plan, origin } = carrier;
  const ids = [...new Set(rows.flatMap(({ profile_id }) => profile_id ?? []))];
  const known = await membersOf(carrier, ids);
  if (task.dry_run) {
    await countStrangers(carrier, rows, known, result);
    return withMembers(rows, known);
  }
  const first = new Map(
    rows
      .toReversed()
      .flatMap((row) => (row.profile_id === undefined ? [] : [[row.profile_id, row] as const])),
  );
  const registrations = ids
    .filter((id) => !known.has(id))
    .map((profile_id): Register => {
      const registered = first.get(profile_id)?.member.registered_at;
      return {
        verb: 'register',
        transaction_id: transactionIdOf(task.import_id, first.get(profile_id)?.line ?? 0, 'member'),
        program_id: plan.program.id,
        profile_id,
        without_initial_balance: !task.grant_initial_balance,
        ...(registered !== undefined && { created_at: registered }),
      };
    });
  if (registrations.length === 0) return withMembers(rows, known);
  const outcomes = await postBatch(context, registrations, origin);
  result.membersAdded = outcomes.filter((it) => 'registered' in it && it.registered).length;
  const members = await membersOf(carrier, ids);
  for (const row of rows.filter(({ profile_id }) => !members.has(profile_id ?? ''))) {
    refuseRow(result, row, plan.keyColumn, 'the profile was deleted meanwhile');
  }
  return withMembers(
    rows.filter(({ profile_id }) => members.has(profile_id ?? '')),
    members,
  );
}

/** Who would become a member: each once, however many rows are about them. */
async function countStrangers(
  carrier: Carrier,
  rows: readonly Row[],
  known: ReadonlyMap<string, string>,
  result: BatchResult,
): Promise<void> {
  const strangers = rows.filter(({ profile_id }) => !known.has(profile_id ?? ''));
  const digests = new Set(strangers.map(({ member }) => digestOf(['member', member.search.criteria])));
  const before = await timesOf(carrier, [...digests]);
  for (const digest of digests) result.contents.set(digest, 1);
  result.membersAdded = [...digests].filter((digest) => !before.has(digest)).length;
}

async function membersOf({ context, plan }: Carrier, profileIds: readonly string[]) {
  const members = await findMembersOf(context.db, plan.program.id, [...profileIds]);
  return new Map(members.map(({ profile_id, member_id }) => [profile_id, member_id]));
}

function withMembers(rows: Row[], members: ReadonlyMap<string, string>): Row[] {
  return rows.map((row) => {
    const member_id = members.get(row.profile_id ?? '');
    return { ...row, ...(member_id !== undefined && { member_id }) };
  });
}
