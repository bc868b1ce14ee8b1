import { ApplicationFailure, cancellationSignal } from '@temporalio/activity';
import type { PoolClient } from 'pg';
import {
  addExport,
  addExportPart,
  failExport,
  finishExport,
  removeExport,
  setExportTotal,
  startExport,
} from '../src/db/commands/exports';
import { copyOut } from '../src/db/copy';
import {
  countExportRows,
  exportRows,
  findExportProgress,
  findStretchEnd,
  takeSnapshot,
} from '../src/db/queries/exports';
import { CrlfRecords } from '../src/domain/csv';
import type { ExportTask, WrittenExport } from '../src/domain/export';
import { beating } from './beating';
import { cleanParts } from './clean-exports';
import type { ActivityContext } from './index';

/** Postings of one part: what is written again, at most, after a kill; and one statement, one file. */
const postingsOfPart = 50_000;

const statementTimeoutMs = 3_600_000;

/** What the heartbeats say. */
interface Progress {
  rows: number;
  rows_total: number | null;
}

type Position = { parts: number; rows: number; firstAccountId: string };
type Writer = { db: PoolClient; task: ExportTask; progress: Progress };

/**
 * The activities of an export. Its file is written in parts, each a stretch of whole accounts; a part counts
 * once it is recorded, so that whoever takes over goes on after the last one that is.
 */
export function createExports({ db: pool, clock, files, exportKeepSec }: ActivityContext) {
  async function writePart({ db, task, progress }: Writer, { parts, rows, firstAccountId }: Position) {
    const { task_id, currency_iid, date_from, date_to, after_account_id, after_seq } = task;
    const { last_account_id } = await findStretchEnd(db, currency_iid, firstAccountId, postingsOfPart);
    const isFirst = parts === 0;
    if (last_account_id === null && !isFirst) return undefined;
    const lastAccountId = last_account_id ?? firstAccountId;
    const select = exportRows(
      ...([currency_iid, firstAccountId, lastAccountId] as const),
      ...([date_from, date_to, after_account_id, after_seq] as const),
    );
    const { snapshot } = await takeSnapshot(db);
    const records = new CrlfRecords();
    const headers = isFirst ? 1 : 0;
    let bytes = 0;
    async function* content() {
      for await (const chunk of copyOut(db, select, { header: isFirst })) {
        const converted = records.convert(chunk as Uint8Array);
        bytes += converted.length;
        progress.rows = rows + records.records - headers;
        yield converted;
      }
    }
    const file = await files.write(task_id, content(), cancellationSignal());
    const written = records.records - headers;
    const size = [String(written), String(bytes)] as const;
    await addExportPart(db, task_id, parts + 1, file, ...size, firstAccountId, lastAccountId, snapshot);
    return { parts: parts + 1, rows: rows + written, firstAccountId: following(lastAccountId) };
  }

  async function writeParts(writer: Writer, begin: Position): Promise<number> {
    let position: Position | undefined = begin;
    let rows = begin.rows;
    while (position) {
      cancellationSignal().throwIfAborted();
      rows = position.rows;
      writer.progress.rows = rows;
      position = await writePart(writer, position);
    }
    return rows;
  }

  /** Goes on with an export where it stands; answers at once if it was written before. */
  async function writeWith(db: PoolClient, task: ExportTask, progress: Progress): Promise<WrittenExport> {
    const { task_id, currency_iid, date_from, date_to, after_account_id, after_seq } = task;
    await addExport(db, task);
    await startExport(db, task_id);
    const found = await findExportProgress(db, task_id);
    if (!found || found.state === 'failed') throw ApplicationFailure.nonRetryable('The export is gone');
    const { expires_at, parts, last_account_id } = found;
    progress.rows = Number(found.rows);
    if (expires_at !== null) return { rows: progress.rows, expires_at, keep_sec: exportKeepSec };
    if (found.rows_total === null) {
      const counted = await countExportRows(
        db,
        currency_iid,
        date_from,
        date_to,
        after_account_id,
        after_seq,
      );
      await setExportTotal(db, task_id, counted.rows);
      found.rows_total = counted.rows;
    }
    progress.rows_total = Number(found.rows_total);
    const firstAccountId = last_account_id === null ? after_account_id : following(last_account_id);
    const rows = await writeParts({ db, task, progress }, { parts, rows: progress.rows, firstAccountId });
    await cleanParts({ db, files }, task_id, cancellationSignal());
    const expiresAt = new Date(Date.parse(clock()) + exportKeepSec * 1000).toISOString();
    await finishExport(db, task_id, String(rows), expiresAt);
    return { rows, expires_at: expiresAt, keep_sec: exportKeepSec };
  }

  async function writeAlone(task: ExportTask, progress: Progress): Promise<WrittenExport> {
    const db = await pool.connect();
    try {
      db.on('error', ignoreLoss);
      await db.query({ text: `set statement_timeout = ${statementTimeoutMs}` });
      return await writeWith(db, task, progress);
    } finally {
      // The connection may be in the middle of a COPY, and has another timeout than the rest of the pool.
      db.release(true);
    }
  }

  return {
    /** Writes the file of an export, going on where an earlier attempt ended. */
    async writeExport(task: ExportTask): Promise<WrittenExport> {
      const progress: Progress = { rows: 0, rows_total: null };
      return beating(
        () => progress,
        () => writeAlone(task, progress),
      );
    },

    /** Ends an export that will not be written, and removes what there is of its file. */
    async failExport(taskId: string, problem: string): Promise<void> {
      await failExport(pool, taskId, problem);
      await files.removeGroup(taskId);
    },

    /** Removes an export whose time has come, and its file. */
    async removeExport(taskId: string): Promise<void> {
      await removeExport(pool, taskId);
      await files.removeGroup(taskId);
    },
  };
}

/** Without a listener, a connection lost between two statements would end the process. */
function ignoreLoss(): void {}

function following(accountId: string): string {
  return String(BigInt(accountId) + 1n);
}
