import { uuidv7 } from 'uuidv7';
import { Download } from '../../contract/endpoint';
import type { transactionExports } from '../../contract/exports';
import { addExport } from '../../db/commands/exports';
import { findExport, findExportPosition, listExportFiles } from '../../db/queries/exports';
import { type Access, findCurrency } from '../../domain/catalog';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import type { FileStore } from '../../file-store';
import type { Handlers } from '../handler';
import { type Dependencies, findProgram } from './target';

type FoundExport = NonNullable<Awaited<ReturnType<typeof findExport>>>;

const prefix = 'task_';
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const filePath = '/api/v1.1/loyalty/transactions_export/file/';

export function createExportHandlers(dependencies: Dependencies): Handlers<typeof transactionExports> {
  const { db, catalog, gateway, files } = dependencies;
  return {
    async start(input, { access, now }) {
      const program = findProgram(catalog, access, input.loyalty_program_id);
      if (isRefusal(program)) return program;
      const currency = findCurrency(program, catalog.currencies(program.id), input.currency);
      if (isRefusal(currency)) return currency;
      const after = await positionOf(input.from_id, currency);
      if (isRefusal(after)) return after;
      const task = {
        task_id: uuidv7(),
        program_id: program.id,
        currency_iid: currency.iid,
        date_from: input.date_from,
        date_to: input.date_to,
        after_account_id: after.account_id,
        after_seq: after.seq,
        requested_at: now,
        requested_by: access.tokenName,
      };
      await gateway.startExport(task, { program: program.externalId, currency: currency.eid });
      await addExport(db, task);
      return { data: { task_id: prefix + task.task_id } };
    },

    async status({ task_id }, { access, now }) {
      const found = await find(task_id, access, now);
      if (isRefusal(found)) return found;
      const { state, rows, rows_total, expires_at, problem } = found;
      return {
        data: {
          task_id,
          status: state,
          rows: Number(rows),
          rows_total: rows_total === null ? null : Number(rows_total),
          file_url: state === 'done' ? filePath + task_id : null,
          expires_at,
          error_text: problem,
        },
      };
    },

    async file({ task_id }, { access, now }) {
      const found = await find(task_id, access, now);
      if (isRefusal(found)) return found;
      const { state, bytes } = found;
      if (state !== 'done') return refuse('export_not_done', { task: task_id, state });
      const parts = await listExportFiles(db, task_id.slice(prefix.length));
      if (!parts[0] || !(await files.exists(parts[0].file))) {
        throw new Error(`The file of ${task_id} is gone: do API and workers share EXPORT_DIR or S3_BUCKET?`);
      }
      const type = 'text/csv; charset=utf-8; header=present';
      return new Download(`${task_id}.csv`, type, Number(bytes), readAll(files, parts));
    },
  };

  async function positionOf(fromId: string | undefined, { iid, eid }: { iid: number; eid: string }) {
    if (fromId === undefined) return { account_id: '0', seq: '0' };
    const found = uuidForm.test(fromId) ? await findExportPosition(db, iid, fromId) : undefined;
    return found ?? refuse('from_id_not_exported', { from_id: fromId, currency: `"${eid}"` });
  }

  /** An export of a program that the token may use: that there are others is nobody's business. */
  async function find(
    taskId: string,
    access: Access,
    now: string,
  ): Promise<FoundExport | Refusal<'export_not_found'>> {
    const id = taskId.startsWith(prefix) ? taskId.slice(prefix.length) : '';
    const programs = access.programIds === null ? null : [...access.programIds];
    const found = uuidForm.test(id) ? await findExport(db, id, programs, now) : undefined;
    return found ?? refuse('export_not_found', { task: taskId });
  }
}

/** One file after the other, as one stream. */
async function* readAll(files: FileStore, parts: readonly { file: string }[]): AsyncIterable<Uint8Array> {
  for (const { file } of parts) yield* files.read(file);
}
