import { uuidv7 } from 'uuidv7';
import type { adminImports } from '../../../contract/admin/imports';
import { Download } from '../../../contract/endpoint';
import { addImport } from '../../../db/commands/imports';
import { listImports, listRefusals } from '../../../db/queries/imports';
import type { ImportMatching } from '../../../domain/import';
import { refuse } from '../../../domain/refusal';
import { writeCsv } from '../../csv';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';
import { found } from './change';

type ImportRow = Awaited<ReturnType<typeof listImports>>[number];

const resource = 'Import';
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const defaultLimit = 100;
const rowsAtOnce = 1_000;
const columns = ['line', 'field', 'reason'];
const never = new AbortController().signal;

export function createAdminImportHandlers(dependencies: Dependencies): Handlers<typeof adminImports> {
  const { db, catalog, gateway, files } = dependencies;
  const find = async (id: string) =>
    uuidForm.test(id) ? (await listImports(db, id, null, 1))[0] : undefined;

  /** A file that no import is known to read must not be left behind. */
  const abandon = (importId: string) => async (error: unknown) => {
    await files.removeGroup(importId);
    throw error;
  };

  return {
    async start(input, { access, now, upload }) {
      const program = catalog.program(input.program_id);
      if (!program) return refuse('resource_not_found', { resource: 'Program', id: input.program_id });
      if (!program.isActive) return refuse('program_inactive', { program: program.id });
      const field = input.field_name;
      if ((input.matching === 'custom') !== (field !== undefined)) {
        return refuse('bad_request', {
          problem: 'field_name: expected with the matching custom, and only then',
        });
      }
      if (field !== undefined && !catalog.database(program.databaseId)?.fields.has(field)) {
        return refuse('bad_request', { problem: `field_name: the profile database has no field "${field}"` });
      }
      const import_id = uuidv7();
      const file = await files.write(import_id, upload, never).catch(abandon(import_id));
      const task = {
        import_id,
        program_id: program.id,
        file,
        file_name: input.file_name ?? 'members.csv',
        matching: input.matching ?? null,
        field_name: field ?? null,
        create_profiles: input.create_profiles ?? false,
        grant_initial_balance: input.grant_initial_balance ?? false,
        dry_run: input.dry_run ?? false,
        batch: input.batch ?? 'members',
        requested_at: now,
        requested_by: access.tokenName,
      };
      await gateway.startImport(task, { program: program.externalId }).catch(abandon(import_id));
      await addImport(db, task);
      const { file: _, ...asked } = task;
      return shown({ ...asked, ...nothingYet });
    },

    async list({ after, limit = defaultLimit }) {
      if (after !== undefined && !uuidForm.test(after)) {
        return refuse('bad_request', { problem: 'after: expected next_after of the page before' });
      }
      const rows = await listImports(db, null, after ?? null, limit + 1);
      const page = rows.slice(0, limit);
      return {
        items: page.map(shown),
        next_after: rows.length > limit ? (page.at(-1)?.import_id ?? null) : null,
      };
    },

    async read({ id }) {
      const row = await find(id);
      return row ? shown(row) : found(row, resource, id);
    },

    async refused({ id, after = 0, limit = defaultLimit }) {
      if (!(await find(id))) return refuse('resource_not_found', { resource, id });
      const rows = await listRefusals(db, id, after, limit + 1);
      const page = rows.slice(0, limit);
      return { items: page, next_after: rows.length > limit ? (page.at(-1)?.line ?? null) : null };
    },

    async report({ id }) {
      if (!(await find(id))) return refuse('resource_not_found', { resource, id });
      const type = 'text/csv; charset=utf-8; header=present';
      return new Download(`import-${id}-refused.csv`, type, null, reportOf(id));
    },
  };

  async function* reportOf(id: string): AsyncIterable<Uint8Array> {
    yield Buffer.from(writeCsv(columns, []));
    let after = 0;
    for (;;) {
      const rows = await listRefusals(db, id, after, rowsAtOnce);
      if (rows.length === 0) return;
      const lines = writeCsv(columns, rows);
      yield Buffer.from(lines.slice(lines.indexOf('\n') + 1));
      after = rows.at(-1)?.line ?? after;
    }
  }
}

const nothingYet = {
  state: 'queued',
  rows_total: null,
  rows_done: '0',
  refused: '0',
  repeated: '0',
  members_added: '0',
  ignored_columns: [],
  points: [],
  ended_at: null,
  expires_at: null,
  problem: null,
} as const satisfies Partial<ImportRow>;

function shown({
  import_id,
  state,
  rows_done,
  rows_total,
  refused,
  repeated,
  members_added,
  points,
  matching,
  expires_at,
  problem,
  ended_at,
  ...asked
}: ImportRow) {
  return {
    id: import_id,
    status: state,
    ...asked,
    matching: matching as ImportMatching | null,
    rows: Number(rows_done),
    rows_total: rows_total === null ? null : Number(rows_total),
    refused: Number(refused),
    repeated: Number(repeated),
    members_added: Number(members_added),
    points: points as { points_currency_eid: string; lots: number; points: string }[],
    ended_at,
    report_until: expires_at,
    error_text: problem,
  };
}
