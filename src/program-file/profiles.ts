import type { Pool } from 'pg';
import { loadSnapshot } from '../db/catalog-snapshot';
import { writeProfiles } from '../db/commands/profiles';
import { findProfile, readProfile } from '../db/queries/profiles';
import type { Database } from '../domain/catalog';
import { type Match, type Search, searchFor } from '../domain/matching';
import { type ProfileChange, readProfileData } from '../domain/profile';
import { isRefusal, type Refusal, refusalText } from '../domain/refusal';
import type { Path, Source } from './read';
import type { Report } from './report';

/** Applies the profiles of a file; `databaseIds`: of its databases, in order. Throws ProgramFileError. */
export async function applyProfiles(
  pool: Pool,
  source: Source,
  databaseIds: readonly number[],
  report: Report,
): Promise<void> {
  const { databases } = await loadSnapshot(pool);
  for (const [index, { profiles }] of source.file.databases.entries()) {
    const database = databases.get(databaseIds[index] ?? 0);
    if (!database) throw new Error('A database of the file vanished while it was applied');
    for (const [position, data] of profiles.entries()) {
      await applyProfile(pool, source, ['databases', index, 'profiles', position], database, data, report);
    }
  }
}

async function applyProfile(
  pool: Pool,
  source: Source,
  path: Path,
  database: Database,
  data: Readonly<Record<string, unknown>>,
  report: Report,
): Promise<void> {
  const orFault = <T>(result: T | Refusal): T => {
    if (isRefusal(result)) throw source.fault(path, refusalText(result));
    return result;
  };
  const change = orFault(readProfileData(database, data, ''));
  const match = matchOf(change);
  if (!match) throw source.fault(path, 'expected an e-mail address or a phone, to find the profile by');
  const search = orFault(searchFor(database, match));
  const before = await readExisting(pool, database, search, orFault);
  const changed = before ? differences(before, change) : [];
  if (before && changed.length === 0) {
    report.add('unchanged', `profile ${search.shown}`);
    return;
  }
  const [outcome] = await writeProfiles(pool, database, [{ search, change, path: '' }], { mayCreate: true });
  orFault(outcome);
  report.add(before ? 'changed' : 'created', `profile ${search.shown}`, changed);
}

function matchOf({ email, phones }: ProfileChange): Match | undefined {
  if (email) return { by: 'email', email };
  const [phone] = phones ?? [];
  return phone === undefined ? undefined : { by: 'phone', phone };
}

type Row = NonNullable<Awaited<ReturnType<typeof readProfile>>>;

async function readExisting(
  pool: Pool,
  database: Database,
  search: Search,
  orFault: <T>(result: T | Refusal) => T,
): Promise<Row | undefined> {
  const found = await findProfile(pool, database.id, search);
  if (isRefusal(found) && found.refusal === 'profile_not_found') return undefined;
  return readProfile(pool, orFault<{ profile_id: string }>(found).profile_id);
}

function differences(row: Row, change: ProfileChange): string[] {
  const same = (one: unknown, other: unknown) => JSON.stringify(one) === JSON.stringify(other);
  const own = [
    ...(change.email === undefined || same(row.email, change.email) ? [] : ['email']),
    ...(change.phones === undefined || same(row.phones, change.phones) ? [] : ['phones']),
  ];
  const set = Object.entries(change.set).filter(([name, value]) => !same(row.fields[name], value));
  const removed = change.removed.filter((name) => Object.hasOwn(row.fields, name));
  return [...own, ...set.map(([name]) => name), ...removed];
}
