import { cancellationSignal } from '@temporalio/activity';
import { forgetErasures, removeExport, replaceExportPart } from '../src/db/commands/exports';
import { exportColumns, findPartToClean, listExpiredExports } from '../src/db/queries/exports';
import type { Queryable } from '../src/db/query';
import { blankColumns } from '../src/domain/csv';
import type { FileStore } from '../src/file-store';
import { beating } from './beating';
import type { ActivityContext } from './index';

/** What callers wrote about a person. */
const personal = { description: '""', custom_json: '' };

/** `expired`: exports whose time had come; `rewritten`: files from which persons were erased. */
export interface CleanedExports {
  expired: number;
  rewritten: number;
}

type Place = { db: Queryable; files: FileStore };

/**
 * Erases everybody who was deleted from the files of an export, or of all (null): each such file is written
 * anew without what callers wrote about them, and the old one removed. Answers how many files there were.
 */
export async function cleanParts({ db, files }: Place, taskId: string | null, signal: AbortSignal) {
  for (let rewritten = 0; ; rewritten += 1) {
    signal.throwIfAborted();
    const found = await findPartToClean(db, taskId);
    if (!found) return rewritten;
    const { task_id, part, file, profile_ids, snapshot } = found;
    const persons = { column: 'profile_id', values: new Set(profile_ids) };
    const cleaned = blankColumns(files.read(file), exportColumns, persons, personal);
    let bytes = 0;
    async function* counted() {
      for await (const chunk of cleaned) {
        bytes += chunk.length;
        yield chunk;
      }
    }
    const replacement = await files.write(task_id, counted(), signal);
    const replaced = await replaceExportPart(db, task_id, part, file, replacement, String(bytes), snapshot);
    await files.remove(replaced === 1 ? file : replacement);
  }
}

/**
 * Does what time and deletions ask of exports: removes those whose time has come, should their workflow be
 * gone, and erases persons from the files of the others. Safe to repeat, and to be done twice at once.
 */
export function createCleanExports({ db, files, clock }: ActivityContext) {
  return async function cleanExports(): Promise<CleanedExports> {
    return beating(
      () => ({}),
      async () => {
        const expired = await listExpiredExports(db, clock());
        for (const { task_id } of expired) {
          await removeExport(db, task_id);
          await files.removeGroup(task_id);
        }
        const rewritten = await cleanParts({ db, files }, null, cancellationSignal());
        await forgetErasures(db);
        return { expired: expired.length, rewritten };
      },
    );
  };
}
