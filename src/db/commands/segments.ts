import { z } from 'zod';
import { type Condition, isConditionProblem, readCondition } from '../../domain/condition';
import { checkSegment, checkSegmentStays } from '../../domain/setting-rules';
import type { Objection, SegmentValues } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import {
  type FieldRow,
  listDatabases,
  listFields,
  listSegments,
  type SegmentRow,
  segmentColumns,
  segmentRow,
} from '../queries/catalog';
import { type Queryable, queryFirst, queryOne } from '../query';
import { lockDatabaseAlone } from './profile-statements';

/** A segment as it is stored and as it may be set. */
export type SegmentRecord = Omit<SegmentRow, 'condition'> & SegmentValues;

const json = z.string();
const settable = 'external_id, name, description, timezone, condition';

const insertSegment = queryOne({
  name: 'segment-insert',
  parameters: [json],
  row: segmentRow,
  text: `
    insert into catalog.segments (id, database_id, ${settable})
    select coalesce(id, nextval('catalog.segments_id_seq')::int), database_id, ${settable}
    from jsonb_populate_record(null::catalog.segments, $1::jsonb)
    returning ${segmentColumns}`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'segment-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('catalog.segments_id_seq', greatest(last_value, $1::int)) as last
    from catalog.segments_id_seq`,
});

const updateSegment = queryOne({
  name: 'segment-update',
  parameters: [z.int(), json],
  row: segmentRow,
  text: `
    update catalog.segments s set (${settable}, updated_at) =
      (select ${settable}, now() from jsonb_populate_record(s, $2::jsonb))
    where s.id = $1
    returning ${segmentColumns}`,
});

const deleteSegmentRow = queryFirst({
  name: 'segment-delete',
  parameters: [z.int()],
  row: segmentRow,
  text: `delete from catalog.segments where id = $1 returning ${segmentColumns}`,
});

/** Every segment, of one database if one is given, in order of id. */
export async function readSegments(db: Queryable, databaseId?: number): Promise<SegmentRecord[]> {
  const rows = await listSegments(db);
  return rows.filter((row) => (databaseId ?? row.database_id) === row.database_id).map(toRecord);
}

/** Makes a segment, with an id of the caller's choice if one is given; undefined without its database. */
export async function createSegment(
  db: Queryable,
  databaseId: number,
  values: SegmentValues & { id?: number | undefined },
): Promise<SegmentRecord | Objection | undefined> {
  if (!(await listDatabases(db)).some(({ id }) => id === databaseId)) return undefined;
  const fields = await fieldsOf(db, databaseId);
  const objection = checkSegment(values, fields, await readSegments(db, databaseId));
  if (objection) return objection;
  const row = await insertSegment(db, JSON.stringify({ ...values, database_id: databaseId }));
  if (values.id !== undefined) await keepAhead(db, row.id);
  return toRecord(row);
}

/** Changes what is given of a segment; undefined if there is none. */
export async function changeSegment(
  db: Queryable,
  id: number,
  change: Partial<SegmentValues>,
): Promise<SegmentRecord | Objection | undefined> {
  const before = (await readSegments(db)).find((segment) => segment.id === id);
  if (!before) return undefined;
  await lockDatabaseAlone(db, before.database_id);
  const others = (await readSegments(db, before.database_id)).filter((segment) => segment.id !== id);
  const fields = await fieldsOf(db, before.database_id);
  const objection = checkSegment({ ...before, ...change }, fields, others);
  return objection ?? toRecord(await updateSegment(db, id, JSON.stringify(change)));
}

/** Deletes a segment that no program goes by; undefined if there is none. */
export async function deleteSegment(
  db: Queryable,
  id: number,
): Promise<SegmentRecord | Objection | undefined> {
  try {
    const row = await deleteSegmentRow(db, id);
    return row && toRecord(row);
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    return { objection: 'conflict', path: [], problem: `programs or promotions go by segment ${id}` };
  }
}

/** The first segment of a database that could not be if these were its custom fields. */
export async function checkSegmentsStay(
  db: Queryable,
  databaseId: number,
  fields: readonly FieldRow[],
): Promise<Objection | null> {
  const asked = fields.map(toField);
  for (const segment of await readSegments(db, databaseId)) {
    const objection = checkSegmentStays(segment, asked);
    if (objection) return objection;
  }
  return null;
}

async function fieldsOf(db: Queryable, databaseId: number) {
  return (await listFields(db)).filter((field) => field.database_id === databaseId).map(toField);
}

function toField({ name, type, enum_values }: FieldRow) {
  return { name, type, enumValues: enum_values };
}

function toRecord(row: SegmentRow): SegmentRecord {
  return { ...row, condition: storedCondition(row.condition) };
}

/** Keys in our order, which jsonb does not keep. */
function storedCondition(stored: unknown): Condition {
  const condition = readCondition(stored);
  if (isConditionProblem(condition))
    throw new Error(`A stored condition cannot be read: ${condition.problem}`);
  return condition;
}
