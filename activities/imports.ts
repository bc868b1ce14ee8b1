import { ApplicationFailure, activityInfo, cancellationSignal } from '@temporalio/activity';
import { type ImportPlan, readHeader, readRow } from '../src/contract/import-file';
import {
  addImport,
  addImportContents,
  addImportTotals,
  addRefusals,
  advanceImport,
  checkImport,
  failImport,
  finishImport,
  forgetImport,
  startImport,
} from '../src/db/commands/imports';
import { findImportProgress, listImportTiers } from '../src/db/queries/imports';
import { inTransaction } from '../src/db/transaction';
import type { Imported, ImportTask, UnfitFile } from '../src/domain/import';
import { beating } from './beating';
import { type CsvRecord, NoCsv, readCsv } from './csv-records';
import { importBatch } from './import-batch';
import type { BatchResult, Carrier, ReadRow } from './import-row';
import type { ActivityContext } from './index';

/** Rows that are looked up and posted together: what is done again, at most, after a kill. */
const rowsOfBatch = 500;

/** What the heartbeats say. */
interface Progress {
  rows_done: number;
  rows_total: number | null;
}

/**
 * The activities of an import. Its file is read twice: once to see that all of it can be read, then to carry
 * it out in batches. Whoever takes over goes on behind the last batch that is recorded.
 */
export function createImports(context: ActivityContext) {
  const { db, catalog, clock, files, exportKeepSec } = context;

  const later = () => new Date(Date.parse(clock()) + exportKeepSec * 1000).toISOString();

  /** How the rows of a file are to be read, and these rows; a problem if they cannot be. */
  async function open(task: ImportTask) {
    const records = readCsv(files.read(task.file))[Symbol.asyncIterator]();
    const { value: header } = (await records.next()) as { value?: CsvRecord };
    if (!header) return { problem: 'the file is empty' };
    await catalog.refresh();
    const program = catalog.program(task.program_id);
    const database = program && catalog.database(program.databaseId);
    if (!program || !database) throw new Error(`There is no program ${task.program_id}`);
    const currencies = catalog.currencies(program.id);
    const tiers = await listImportTiers(db, program.id);
    const setting = { program, database, currencies, tiers, now: task.requested_at };
    const plan = readHeader(header.fields, setting, task);
    if ('problem' in plan) return { problem: `line ${header.line}: ${plan.problem}` };
    return { plan, records: { [Symbol.asyncIterator]: () => records } };
  }

  /** Reads a file through before anything of it is written; answers its problem, if it has one. */
  async function check(task: ImportTask): Promise<string | undefined> {
    try {
      const opened = await open(task);
      if (opened.problem !== undefined) return opened.problem;
      let rows = 0;
      for await (const _ of opened.records) {
        rows += 1;
        if (rows % rowsOfBatch === 0) cancellationSignal().throwIfAborted();
      }
      await startImport(db, task.import_id, rows, [...opened.plan.ignored]);
      return undefined;
    } catch (error) {
      if (error instanceof NoCsv) return error.message;
      throw error;
    }
  }

  async function carryOut(task: ImportTask, lastLine: number, progress: Progress): Promise<void> {
    const opened = await open(task);
    if (opened.problem !== undefined) throw new Error(`The file has changed: ${opened.problem}`);
    const { plan, records } = opened;
    const origin = activityInfo().workflowExecution?.workflowId ?? activityInfo().activityId;
    const carrier = { context, task, plan, origin };
    let from = lastLine;
    for await (const rows of batchesOf(plan, records, lastLine)) {
      cancellationSignal().throwIfAborted();
      const to = rows.at(-1)?.line ?? from;
      await record(carrier, { from, to, rows: rows.length }, await importBatch(carrier, rows));
      from = to;
      progress.rows_done += rows.length;
    }
  }

  async function record(
    { task: { import_id } }: Carrier,
    { from, to, rows }: { from: number; to: number; rows: number },
    { refusals, repeated, membersAdded, totals, contents }: BatchResult,
  ): Promise<void> {
    await inTransaction(db, '', async (tx) => {
      const counts = [rows, refusals.length, repeated, membersAdded] as const;
      if ((await advanceImport(tx, import_id, from, to, ...counts)) === 0) {
        throw new Error('Somebody else goes on with this import');
      }
      const sums = [...totals].map(([currency_iid, sum]) => ({ currency_iid, ...sum }));
      const counted = [...contents].map(([digest, times]) => ({ digest, times }));
      await addRefusals(tx, import_id, refusals);
      await addImportTotals(tx, import_id, JSON.stringify(sums));
      await addImportContents(tx, import_id, JSON.stringify(counted));
    });
  }

  /** Goes on with an import where it stands; answers at once if it was carried out before. */
  async function importWith(task: ImportTask, progress: Progress): Promise<Imported | UnfitFile> {
    const { import_id } = task;
    await addImport(db, task);
    await checkImport(db, import_id);
    let found = await progressOf(import_id);
    if (found.state !== 'done' && !(await files.exists(task.file))) {
      throw ApplicationFailure.nonRetryable(
        'The file is gone: do API and workers share EXPORT_DIR or S3_BUCKET?',
      );
    }
    if (found.state === 'checking') {
      const problem = await check(task);
      if (problem !== undefined) return { problem };
      found = await progressOf(import_id);
    }
    if (found.state === 'running') {
      progress.rows_done = Number(found.rows_done);
      progress.rows_total = Number(found.rows_total);
      await carryOut(task, Number(found.last_line), progress);
      await finishImport(db, import_id, clock(), later(), activityInfo().workflowExecution?.workflowId ?? '');
      found = await progressOf(import_id);
    }
    await files.removeGroup(import_id);
    return { rows: Number(found.rows_done), refused: Number(found.refused), keep_sec: exportKeepSec };
  }

  async function progressOf(importId: string) {
    const found = await findImportProgress(db, importId);
    if (found && found.state !== 'failed') return found;
    throw ApplicationFailure.nonRetryable('The import is gone');
  }

  return {
    /** Carries an import out, going on where an earlier attempt ended. */
    async importMembers(task: ImportTask): Promise<Imported | UnfitFile> {
      const progress: Progress = { rows_done: 0, rows_total: null };
      return beating(
        () => progress,
        () => importWith(task, progress),
      );
    },

    /** Ends an import that will not be carried out any further, and removes its file. */
    async failImport(importId: string, problem: string): Promise<{ keep_sec: number }> {
      await failImport(db, importId, clock(), later(), problem);
      await files.removeGroup(importId);
      return { keep_sec: exportKeepSec };
    },

    /** Removes the report of an import whose time has come. */
    async forgetImport(importId: string): Promise<void> {
      await forgetImport(db, importId);
    },
  };
}

/** The rows behind a line, read, so many at a time. */
async function* batchesOf(
  plan: ImportPlan,
  records: AsyncIterable<CsvRecord>,
  lastLine: number,
): AsyncIterable<ReadRow[]> {
  let rows: ReadRow[] = [];
  for await (const { line, fields } of records) {
    if (line <= lastLine) continue;
    const read = readRow(plan, fields);
    rows.push('reason' in read ? { line, problem: read } : { line, member: read });
    if (rows.length < rowsOfBatch) continue;
    yield rows;
    rows = [];
  }
  if (rows.length > 0) yield rows;
}
