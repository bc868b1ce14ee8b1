import { z } from 'zod';
import type { ExportTask } from '../../domain/export';
import { command, type Queryable } from '../query';

const insertTask = command({
  name: 'export-insert',
  // Task, program, currency, period, position, and who asked when.
  parameters: [
    z.string(),
    z.int(),
    z.int(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
    z.string(),
  ],
  text: `
    insert into exports.tasks
      (task_id, program_id, currency_iid, date_from, date_to,
       after_account_id, after_seq, requested_at, requested_by)
    values
      ($1::uuid, $2::int, $3::int, $4::timestamptz, $5::timestamptz,
       $6::bigint, $7::bigint, $8::timestamptz, $9::text)
    on conflict do nothing`,
});

/** Makes an export known; once, however often it is called. */
export function addExport(db: Queryable, task: ExportTask): Promise<number> {
  const { task_id, program_id, currency_iid, date_from, date_to } = task;
  const { after_account_id, after_seq, requested_at, requested_by } = task;
  const what = [task_id, program_id, currency_iid, date_from, date_to] as const;
  const rest = [after_account_id, after_seq, requested_at, requested_by] as const;
  return insertTask(db, ...what, ...rest);
}

/** Says that an export is being written. */
export const startExport = command({
  name: 'export-start',
  parameters: [z.string()],
  text: `update exports.tasks set state = 'running' where task_id = $1::uuid and state = 'queued'`,
});

/** Says how many rows an export will have. */
export const setExportTotal = command({
  name: 'export-total',
  parameters: [z.string(), z.string()],
  text: 'update exports.tasks set rows_total = $2::bigint where task_id = $1::uuid',
});

/**
 * Records a part that has been written: $2 its number from 1, its file, rows, bytes, first and last account,
 * and a snapshot from before it was begun. Throws if another writer has recorded this part before: whoever
 * does not come first must stop.
 */
export const addExportPart = command({
  name: 'export-part',
  parameters: [z.string(), z.int(), z.string(), z.string(), z.string(), z.string(), z.string(), z.string()],
  text: `
    insert into exports.parts
      (task_id, part, file, rows, bytes, first_account_id, last_account_id, snapshot)
    values
      ($1::uuid, $2::int, $3::text, $4::bigint, $5::bigint, $6::bigint, $7::bigint, $8::pg_snapshot)`,
});

/**
 * Puts a file from which persons were erased in the place of a part's file $3: its name, bytes, and the
 * snapshot that says who. 0 if another did it, or the export is gone.
 */
export const replaceExportPart = command({
  name: 'export-part-replace',
  parameters: [z.string(), z.int(), z.string(), z.string(), z.string(), z.string()],
  text: `
    update exports.parts set file = $4::text, bytes = $5::bigint, snapshot = $6::pg_snapshot
    where task_id = $1::uuid and part = $2::int and file = $3::text`,
});

/** Forgets who was erased before all exports there are. */
export const forgetErasures = command({
  name: 'export-erasures-forget',
  parameters: [],
  text: `
    delete from exports.erasures e
    where not exists (
      select from exports.tasks t
      where t.state <> 'failed' and not pg_visible_in_snapshot(e.turn, t.snapshot)
    )`,
});

/** Says that an export is written, how many rows it has come to, and until when its file is kept. */
export const finishExport = command({
  name: 'export-finish',
  parameters: [z.string(), z.string(), z.string()],
  text: `
    update exports.tasks set state = 'done', rows_total = $2::bigint, expires_at = $3::timestamptz
    where task_id = $1::uuid and state = 'running'`,
});

/** Says that an export has come to nothing, and why; forgets its parts. */
export const failExport = command({
  name: 'export-fail',
  parameters: [z.string(), z.string()],
  text: `
    with parts as (delete from exports.parts where task_id = $1::uuid)
    update exports.tasks set state = 'failed', problem = $2::text, expires_at = null
    where task_id = $1::uuid`,
});

/** Forgets an export. */
export const removeExport = command({
  name: 'export-remove',
  parameters: [z.string()],
  text: 'delete from exports.tasks where task_id = $1::uuid',
});
