import { z } from 'zod';
import { checkField } from '../../domain/setting-rules';
import type { DatabaseValues, FieldValues, Objection } from '../../domain/settings';
import { isReferenceViolation, violatedUniqueConstraint } from '../faults';
import {
  type DatabaseRow,
  databaseColumns,
  databaseRow,
  type FieldRow,
  fieldColumns,
  fieldRow,
  listDatabases,
  listFields,
} from '../queries/catalog';
import { command, type Queryable, queryFirst, queryOne } from '../query';
import { lockDatabaseAlone } from './profile-statements';
import { checkSegmentsStay } from './segments';

const json = z.string();

const insertDatabase = queryOne({
  name: 'database-insert',
  parameters: [json],
  row: databaseRow,
  text: `
    insert into catalog.databases (id, name, email_is_unique)
    select coalesce(id, nextval('catalog.databases_id_seq')::int), name, email_is_unique
    from jsonb_populate_record(null::catalog.databases, $1::jsonb)
    returning ${databaseColumns}`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'database-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('catalog.databases_id_seq', greatest(last_value, $1::int)) as last
    from catalog.databases_id_seq`,
});

const updateDatabase = queryFirst({
  name: 'database-update',
  parameters: [z.int(), json],
  row: databaseRow,
  text: `
    update catalog.databases d set (name, email_is_unique, updated_at) =
      (select n.name, n.email_is_unique, now() from jsonb_populate_record(d, $2::jsonb) n)
    where d.id = $1
    returning ${databaseColumns}`,
});

const deleteDatabaseRow = queryFirst({
  name: 'database-delete',
  parameters: [z.int()],
  row: databaseRow,
  text: `
    with fields as (delete from catalog.database_fields where database_id = $1),
      segments as (delete from catalog.segments where database_id = $1)
    delete from catalog.databases where id = $1
    returning ${databaseColumns}`,
});

const insertField = queryOne({
  name: 'field-insert',
  parameters: [z.int(), json],
  row: fieldRow,
  text: `
    insert into catalog.database_fields (${fieldColumns})
    select $1, name, title, type, is_required, is_unique, enum_values
    from jsonb_populate_record(null::catalog.database_fields, $2::jsonb)
    returning ${fieldColumns}`,
});

const updateField = queryFirst({
  name: 'field-update',
  parameters: [z.int(), z.string(), json],
  row: fieldRow,
  text: `
    update catalog.database_fields f set (title, type, is_required, is_unique, enum_values) = (
      select n.title, n.type, n.is_required, n.is_unique, n.enum_values
      from jsonb_populate_record(f, $3::jsonb) n
    )
    where f.database_id = $1 and f.name = $2
    returning ${fieldColumns}`,
});

const deleteFieldRow = queryFirst({
  name: 'field-delete',
  parameters: [z.int(), z.string()],
  row: fieldRow,
  text: `delete from catalog.database_fields where database_id = $1 and name = $2 returning ${fieldColumns}`,
});

/** A value of the field that some profile has and the list does not. */
const findOtherValue = queryFirst({
  name: 'field-find-other-value',
  parameters: [z.int(), z.string(), z.array(z.string())],
  row: z.object({ value: z.string() }),
  text: `
    select value from directory.profile_keys
    where database_id = $1 and field = $2 and value <> all ($3::text[])
    limit 1`,
});

const markKeys = command({
  name: 'field-mark-keys',
  parameters: [z.int(), z.string(), z.boolean()],
  text: `
    update directory.profile_keys set is_unique = $3
    where database_id = $1 and field = $2 and is_unique <> $3`,
});

/** Makes a profile database; with an id of the caller's choice if one is given. */
export async function createDatabase(
  db: Queryable,
  values: DatabaseValues & { id?: number | undefined },
): Promise<DatabaseRow> {
  const row = await insertDatabase(db, JSON.stringify(values));
  if (values.id !== undefined) await keepAhead(db, row.id);
  return row;
}

/**
 * Changes what is given of a database; undefined if there is none. Objections: e-mail addresses in common.
 */
export async function changeDatabase(
  db: Queryable,
  id: number,
  change: Partial<DatabaseValues>,
): Promise<DatabaseRow | Objection | undefined> {
  await lockDatabaseAlone(db, id);
  const row = await updateDatabase(db, id, JSON.stringify(change));
  if (!row || change.email_is_unique === undefined) return row;
  return (await markUnique(db, id, 'email', row.email_is_unique, 'email_is_unique')) ?? row;
}

/**
 * Deletes a database with its fields; undefined if there is none. Objections: it has profiles or programs.
 */
export async function deleteDatabase(
  db: Queryable,
  id: number,
): Promise<DatabaseRow | Objection | undefined> {
  try {
    return await deleteDatabaseRow(db, id);
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    return { objection: 'conflict', path: [], problem: `profile database ${id} has profiles or programs` };
  }
}

/** Adds a field; undefined if there is no such database. */
export async function createField(
  db: Queryable,
  databaseId: number,
  values: FieldValues,
): Promise<FieldRow | Objection | undefined> {
  if (!(await listDatabases(db)).some(({ id }) => id === databaseId)) return undefined;
  const objection = checkField(values);
  if (objection) return objection;
  if (await readField(db, databaseId, values.name)) {
    return {
      objection: 'conflict',
      path: ['name'],
      problem: `the database has a field "${values.name}" already`,
    };
  }
  return insertField(db, databaseId, JSON.stringify(values));
}

/**
 * Changes what is given of a field; undefined if there is none. Objections: values in common if it is to be
 * unique, values that the new type or list does not have.
 */
export async function changeField(
  db: Queryable,
  databaseId: number,
  name: string,
  change: Partial<Omit<FieldValues, 'name'>>,
): Promise<FieldRow | Objection | undefined> {
  await lockDatabaseAlone(db, databaseId);
  const before = await readField(db, databaseId, name);
  if (!before) return undefined;
  const after = { ...before, ...change };
  const objection =
    checkField(after) ??
    (await checkValues(db, before, after)) ??
    (await checkSegmentsStay(db, databaseId, [...(await otherFields(db, before)), after]));
  if (objection) return objection;
  const row = await updateField(db, databaseId, name, JSON.stringify(change));
  return (await markUnique(db, databaseId, name, after.is_unique, 'is_unique')) ?? row;
}

/** Deletes a field; undefined if there is none. Objections: profiles have values in it. */
export async function deleteField(
  db: Queryable,
  databaseId: number,
  name: string,
): Promise<FieldRow | Objection | undefined> {
  await lockDatabaseAlone(db, databaseId);
  if (await findOtherValue(db, databaseId, name, [])) {
    return { objection: 'conflict', path: [], problem: `profiles have values in field "${name}"` };
  }
  const others = await otherFields(db, { database_id: databaseId, name });
  return (await checkSegmentsStay(db, databaseId, others)) ?? (await deleteFieldRow(db, databaseId, name));
}

async function otherFields(db: Queryable, { database_id, name }: Pick<FieldRow, 'database_id' | 'name'>) {
  return (await listFields(db)).filter((it) => it.database_id === database_id && it.name !== name);
}

async function readField(db: Queryable, databaseId: number, name: string): Promise<FieldRow | undefined> {
  return (await listFields(db)).find((field) => field.database_id === databaseId && field.name === name);
}

async function checkValues(db: Queryable, before: FieldRow, after: FieldRow): Promise<Objection | null> {
  const { database_id, name } = before;
  if (after.type !== before.type) {
    const used = await findOtherValue(db, database_id, name, []);
    const problem = `cannot change from "${before.type}": profiles have values in it`;
    return used ? { objection: 'conflict', path: ['type'], problem } : null;
  }
  if (!after.enum_values) return null;
  const used = await findOtherValue(db, database_id, name, after.enum_values);
  const problem = `"${used?.value}" is missing, and profiles have it`;
  return used ? { objection: 'conflict', path: ['enum_values'], problem } : null;
}

/** Values that several profiles share make it impossible. */
async function markUnique(
  db: Queryable,
  databaseId: number,
  field: string,
  isUnique: boolean,
  setting: string,
): Promise<Objection | undefined> {
  try {
    await markKeys(db, databaseId, field, isUnique);
    return undefined;
  } catch (error) {
    if (!violatedUniqueConstraint(error)) throw error;
    return { objection: 'conflict', path: [setting], problem: 'several profiles have the same value' };
  }
}
