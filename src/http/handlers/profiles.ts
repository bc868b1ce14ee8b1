import type { Request } from '../../contract/endpoint';
import { type profiles, readItemMatch } from '../../contract/profiles';
import {
  deleteProfile,
  type ProfileWrite,
  type WriteMode,
  type WriteOutcome,
  writeProfiles,
} from '../../db/commands/profiles';
import { areExports } from '../../db/queries/exports';
import { findProfile, readProfile } from '../../db/queries/profiles';
import type { Access, Database } from '../../domain/catalog';
import { type Match, nobody, searchFor } from '../../domain/matching';
import { readProfileData } from '../../domain/profile';
import { isRefusal, type Refusal, refusals, refusalText, refuse } from '../../domain/refusal';
import type { Context, Handlers } from '../handler';
import { findDatabase } from './database';
import { enrolWritten } from './enrol';
import type { Dependencies } from './target';

type ImportRequest = Request<typeof profiles.importOne>;
type BatchRequest = Request<typeof profiles.importBatch>;
type Data = Readonly<Record<string, unknown>>;

export function createProfileHandlers(dependencies: Dependencies): Handlers<typeof profiles> {
  const { db, catalog, gateway } = dependencies;
  return {
    importOne: (input, context) => writeOne(input, context, true),
    update: (input, context) => writeOne(input, context, false),

    async importBatch(input, { access, now }) {
      const database = findDatabase(catalog, access, input.db_id);
      if (isRefusal(database)) return database;
      const { field_name } = input;
      if (input.matching === 'custom' && !database.fields.has(field_name ?? '')) {
        return refuse('field_unknown', { field: `field_name: "${field_name}"` });
      }
      const writes = input.data.map((item) => readItem(database, input, item));
      return { result: await writeMany(database, writes, modeOf(input, true), now) };
    },

    async add(input, { access, now }) {
      const database = findDatabase(catalog, access, input.db_id);
      if (isRefusal(database)) return database;
      const write = readNew(database, input.data, 'data.');
      if (isRefusal(write)) return write;
      const [outcome] = await writeProfiles(db, database, [write], modeOf(input, true));
      if (!outcome) throw new Error('One write had no outcome');
      if (isRefusal(outcome)) {
        const { refusal } = outcome;
        if (refusal === 'value_taken' || refusal === 'bad_request') return outcome;
        throw new Error('Nobody was looked for, and that failed');
      }
      await enrolWritten(dependencies, database.id, idOf(outcome), now);
      return outcome;
    },

    async addBatch(input, { access, now }) {
      const database = findDatabase(catalog, access, input.db_id);
      if (isRefusal(database)) return database;
      const writes = input.data.map((item) => readNew(database, item, ''));
      return { result: await writeMany(database, writes, modeOf(input, true), now) };
    },

    async get(input, { access }) {
      const profile = await find(input, access);
      if (isRefusal(profile)) return profile;
      const row = await readProfile(db, profile.profile_id);
      if (!row) return refuse('profile_not_found', { matching: profile.shown });
      const { profile_id, database_id, email, phones, fields } = row;
      return { data: { id: profile_id, db_id: database_id, email, phones, subscriptions: [], ...fields } };
    },

    async remove(input, { access, now }) {
      const profile = await find(input, access);
      if (isRefusal(profile)) return profile;
      const { profile_id } = profile;
      for (;;) {
        const memberships = await deleteProfile(db, profile_id, now);
        if (memberships.length === 0) {
          if ((await areExports(db)).is_so) await gateway.cleanExports();
          return { data: { profile_id } };
        }
        // The only refusal there is says that a membership has ended already.
        for (const { program_id, member_id } of memberships)
          await gateway.removeMember(program_id, member_id);
      }
    },
  };

  async function writeOne(input: ImportRequest, { access, now }: Context, mayCreate: boolean) {
    const database = findDatabase(catalog, access, input.db_id);
    if (isRefusal(database)) return database;
    const write = readWrite(database, input.matching, input.data, 'data.');
    if (isRefusal(write)) return write;
    const [outcome] = await writeProfiles(db, database, [write], modeOf(input, mayCreate));
    if (!outcome) throw new Error('One write had no outcome');
    await enrolWritten(dependencies, database.id, idOf(outcome), now);
    return outcome;
  }

  async function writeMany(database: Database, writes: Write[], mode: WriteMode, now: string) {
    const valid = writes.flatMap((write) => (isRefusal(write) ? [] : [write]));
    const written = await writeProfiles(db, database, valid, mode);
    await enrolWritten(dependencies, database.id, written.flatMap(idOf), now);
    const outcomes = written.values();
    return writes.map((write) => resultRow(isRefusal(write) ? write : outcomes.next().value));
  }

  async function find(input: { db_id: number; matching: Match }, access: Access) {
    const database = findDatabase(catalog, access, input.db_id);
    if (isRefusal(database)) return database;
    const search = searchFor(database, input.matching);
    if (isRefusal(search)) return search;
    const profile = await findProfile(db, database.id, search);
    return isRefusal(profile) ? profile : { ...profile, shown: search.shown };
  }
}

function idOf(outcome: WriteOutcome): string[] {
  return isRefusal(outcome) ? [] : [outcome.profile_id];
}

function modeOf({ skip_triggers }: { skip_triggers?: boolean | undefined }, mayCreate: boolean) {
  return { mayCreate, isSilent: skip_triggers ?? false };
}

type Write = ProfileWrite | WriteRefusal;
type WriteRefusal = Refusal<'bad_request' | 'field_unknown'>;

function readItem(database: Database, request: BatchRequest, item: Data): ProfileWrite | WriteRefusal {
  const match = readItemMatch(request, item);
  if ('problem' in match) return refuse('bad_request', match);
  return readWrite(database, match.matching, item, '');
}

function readNew(database: Database, data: Data, path: string): Write {
  const change = readProfileData(database, data, path);
  return isRefusal(change) ? change : { search: nobody, change, path };
}

function readWrite(database: Database, match: Match, data: Data, path: string): ProfileWrite | WriteRefusal {
  const search = searchFor(database, match);
  if (isRefusal(search)) return search;
  const change = readProfileData(database, data, path);
  return isRefusal(change) ? change : { search, change, path };
}

function resultRow(outcome: { profile_id: string } | Refusal | undefined) {
  if (!outcome) throw new Error('A write had no outcome');
  if (!isRefusal(outcome)) return { error: 0, error_text: 'Successful operation', ...outcome };
  return { error: refusals[outcome.refusal].error, error_text: refusalText(outcome) };
}
