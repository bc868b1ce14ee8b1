import { z } from 'zod';
import type { ImportTask, RefusedRow } from '../../domain/import';
import { command, type Queryable } from '../query';

const insertTask = command({
  name: 'import-insert',
  // The task as one object.
  parameters: [z.string()],
  text: `
    insert into imports.tasks
      (import_id, program_id, file, file_name, matching, field_name, create_profiles,
       grant_initial_balance, dry_run, batch, requested_at, requested_by)
    select t.import_id, t.program_id, t.file, t.file_name, t.matching, t.field_name, t.create_profiles,
       t.grant_initial_balance, t.dry_run, t.batch, t.requested_at, t.requested_by
    from jsonb_populate_record(null::imports.tasks, $1::jsonb) t
    on conflict do nothing`,
});

/** Makes an import known; once, however often it is called. */
export function addImport(db: Queryable, task: ImportTask): Promise<number> {
  return insertTask(db, JSON.stringify(task));
}

/** Says that the file of an import is being read through. */
export const checkImport = command({
  name: 'import-check',
  parameters: [z.string()],
  text: `update imports.tasks set state = 'checking' where import_id = $1::uuid and state = 'queued'`,
});

/** Says that a file can be imported: $2 its rows, $3 the columns that are not read. */
export const startImport = command({
  name: 'import-start',
  parameters: [z.string(), z.int(), z.array(z.string())],
  text: `
    update imports.tasks set state = 'running', rows_total = $2::int, ignored_columns = $3::text[]
    where import_id = $1::uuid and state = 'checking'`,
});

/**
 * Says that the lines of a file behind $2 up to $3 are done with: so many rows, refused, known from before,
 * and new members. 0 if somebody else is at it, or the import has ended.
 */
export const advanceImport = command({
  name: 'import-advance',
  parameters: [z.string(), z.int(), z.int(), z.int(), z.int(), z.int(), z.int()],
  text: `
    update imports.tasks set
      last_line = $3::int, rows_done = rows_done + $4::int, refused = refused + $5::int,
      repeated = repeated + $6::int, members_added = members_added + $7::int
    where import_id = $1::uuid and state = 'running' and last_line = $2::int`,
});

const insertRefusals = command({
  name: 'import-refusals',
  parameters: [z.string(), z.string()],
  text: `
    insert into imports.refusals (import_id, line, field, reason)
    select $1::uuid, r.line, r.field, r.reason
    from jsonb_to_recordset($2::jsonb) as r(line bigint, field text, reason text)`,
});

/** Keeps for the report which rows were refused, and why. */
export function addRefusals(db: Queryable, importId: string, rows: readonly RefusedRow[]): Promise<number> {
  return insertRefusals(db, importId, JSON.stringify(rows));
}

/** Adds lots and points of currencies, as JSON: `[{ currency_iid, lots, points }]`. */
export const addImportTotals = command({
  name: 'import-totals',
  parameters: [z.string(), z.string()],
  text: `
    insert into imports.totals as t (import_id, currency_iid, lots, points)
    select $1::uuid, n.currency_iid, n.lots, n.points
    from jsonb_to_recordset($2::jsonb) as n(currency_iid int, lots bigint, points numeric)
    on conflict (import_id, currency_iid) do update set
      lots = t.lots + excluded.lots, points = t.points + excluded.points`,
});

/** Counts contents of rows, as JSON: `[{ digest, times }]`, digests in hex. */
export const addImportContents = command({
  name: 'import-contents',
  parameters: [z.string(), z.string()],
  text: `
    insert into imports.contents as c (import_id, digest, times)
    select $1::uuid, decode(n.digest, 'hex'), n.times
    from jsonb_to_recordset($2::jsonb) as n(digest text, times int)
    order by n.digest
    on conflict (import_id, digest) do update set times = c.times + excluded.times`,
});

/**
 * Says that an import has come to its end, and until when its report is kept ($2, $3). Who became a member by
 * it, written by $4, is counted once more: after a kill, the count may lack some.
 */
export const finishImport = command({
  name: 'import-finish',
  parameters: [z.string(), z.string(), z.string(), z.string()],
  text: `
    with forgotten as (delete from imports.contents where import_id = $1::uuid)
    update imports.tasks t set
      state = 'done', ended_at = $2::timestamptz, expires_at = $3::timestamptz,
      members_added = case when t.dry_run then t.members_added else (
        select count(*) from ledger.members m where m.program_id = t.program_id and m.written_by = $4::text
      ) end
    where t.import_id = $1::uuid and t.state = 'running'`,
});

/** Says that an import has ended before its end ($2), why, and until when its report is kept. */
export const failImport = command({
  name: 'import-fail',
  parameters: [z.string(), z.string(), z.string(), z.string()],
  text: `
    with forgotten as (delete from imports.contents where import_id = $1::uuid)
    update imports.tasks set
      state = 'failed', ended_at = $2::timestamptz, expires_at = $3::timestamptz, problem = $4::text
    where import_id = $1::uuid and state <> 'done'`,
});

/** Forgets the report of an import. What it came to is kept. */
export const forgetImport = command({
  name: 'import-forget',
  parameters: [z.string()],
  text: 'delete from imports.refusals where import_id = $1::uuid',
});
