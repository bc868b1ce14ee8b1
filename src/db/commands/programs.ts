import { z } from 'zod';
import { checkProgram } from '../../domain/setting-rules';
import type { Objection, ProgramValues } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import {
  listDatabases,
  listPrograms,
  listSegments,
  type ProgramRow,
  programColumns,
  programRow,
} from '../queries/catalog';
import { listOrderStatuses } from '../queries/market-settings';
import { type Queryable, queryFirst, queryOne } from '../query';
import { noteWaiting } from './order-points';
import { lockDatabaseAlone } from './profile-statements';

const json = z.string();
const settable = `
  external_id, name, description, database_id, is_active, timezone, temp_default_timeout_sec,
  temp_max_timeout_sec, allow_negative_balance, regrant_initial_balance, rule_mode,
  arbitration_discounts, arbitration_points, discount_with_points, participation, segment_id,
  order_points`;

const insertProgram = queryOne({
  name: 'program-insert',
  parameters: [json],
  row: programRow,
  text: `
    insert into catalog.programs (id, ${settable})
    select coalesce(id, nextval('catalog.programs_id_seq')::int), ${settable}
    from jsonb_populate_record(null::catalog.programs, $1::jsonb)
    returning ${programColumns}`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'program-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('catalog.programs_id_seq', greatest(last_value, $1::int)) as last
    from catalog.programs_id_seq`,
});

const updateProgram = queryFirst({
  name: 'program-update',
  parameters: [z.int(), json],
  row: programRow,
  text: `
    update catalog.programs p set (${settable}, updated_at) =
      (select ${settable}, now() from jsonb_populate_record(p, $2::jsonb))
    where p.id = $1
    returning ${programColumns}`,
});

const deleteProgramRow = queryFirst({
  name: 'program-delete',
  parameters: [z.int()],
  row: programRow,
  text: `delete from catalog.programs where id = $1 returning ${programColumns}`,
});

/** Makes a program; with an id of the caller's choice if one is given. */
export async function createProgram(
  db: Queryable,
  values: ProgramValues & { id?: number | undefined },
): Promise<ProgramRow | Objection> {
  if (!(await listDatabases(db)).some(({ id }) => id === values.database_id)) {
    const problem = `profile database ${values.database_id} does not exist`;
    return { objection: 'bad_request', path: ['database_id'], problem };
  }
  await lockDatabaseAlone(db, values.database_id);
  const objection = await check(db, values, await listPrograms(db));
  if (objection) return objection;
  const row = await insertProgram(db, JSON.stringify(columnsOf(values)));
  if (values.id !== undefined) await keepAhead(db, row.id);
  return row;
}

/**
 * Changes what is given of a program; undefined if there is none. Profiles under way are written before or
 * after: those before are there when members are taken in, those after are noted by the new settings. Orders
 * whose points wait are looked at anew.
 */
export async function changeProgram(
  db: Queryable,
  id: number,
  change: Partial<ProgramValues>,
): Promise<ProgramRow | Objection | undefined> {
  const programs = await listPrograms(db);
  const before = programs.find((program) => program.id === id);
  if (!before) return undefined;
  const after = { ...programValues(before), ...change };
  if (after.database_id !== before.database_id) {
    const problem = `cannot change: the program has profile database ${before.database_id} for good`;
    return { objection: 'conflict', path: ['database_id'], problem };
  }
  await lockDatabaseAlone(db, before.database_id);
  const others = programs.filter((program) => program.id !== id);
  const objection = await check(db, after, others);
  if (objection) return objection;
  const row = await updateProgram(db, id, JSON.stringify(columnsOf(change)));
  if (change.order_points !== undefined) await noteWaiting(db, id);
  return row;
}

/** What may be set of a program, out of its row. */
export function programValues(row: ProgramRow): ProgramValues {
  const { id: _, created_at: __, updated_at: ___, ...columns } = row;
  const { arbitration_discounts, arbitration_points, discount_with_points, ...values } = columns;
  const arbitration = { discounts: arbitration_discounts, points: arbitration_points, discount_with_points };
  return { ...values, arbitration };
}

function columnsOf({ arbitration, ...columns }: Partial<ProgramValues & { id: number | undefined }>) {
  if (!arbitration) return columns;
  const { discounts, points, discount_with_points } = arbitration;
  return {
    ...columns,
    ...{ arbitration_discounts: discounts, arbitration_points: points, discount_with_points },
  };
}

/** `others`: every other program. */
async function check(db: Queryable, values: ProgramValues, others: readonly ProgramRow[]) {
  const segments = (await listSegments(db)).filter(({ database_id }) => database_id === values.database_id);
  return checkProgram(values, others, segments, await listOrderStatuses(db));
}

/** Deletes a program that has nothing yet; undefined if there is none. */
export async function deleteProgram(db: Queryable, id: number): Promise<ProgramRow | Objection | undefined> {
  try {
    return await deleteProgramRow(db, id);
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    const problem = `program ${id} has currencies, promotions or members: switch it off instead`;
    return { objection: 'conflict', path: [], problem };
  }
}
