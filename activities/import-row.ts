import { createHash } from 'node:crypto';
import type { ImportedMember, ImportedPoints, ImportPlan, RowProblem } from '../src/contract/import-file';
import { findImportContents } from '../src/db/queries/imports';
import type { ImportTask, RefusedRow } from '../src/domain/import';
import type { ActivityContext } from './index';

/** A row of the file, as it was read. */
export type ReadRow = { line: number } & ({ member: ImportedMember } | { problem: RowProblem });

/** What a batch of rows has come to. */
export interface BatchResult {
  refusals: RefusedRow[];
  membersAdded: number;
  /** Rows whose points were there from before. */
  repeated: number;
  totals: Map<number, { lots: number; points: string }>;
  /** How often each content came, in hex. */
  contents: Map<string, number>;
}

/** Who carries the rows out, and for which import. */
export interface Carrier {
  context: ActivityContext;
  task: ImportTask;
  plan: ImportPlan;
  /** The workflow, which members and postings say they were written by. */
  origin: string;
}

/** A row on its way: refused or given a profile, a member, and what its points are known by. */
export interface Row {
  line: number;
  member: ImportedMember;
  profile_id?: string;
  isNewProfile?: boolean;
  member_id?: string;
  key?: { transaction_eid: string; request_hash: string };
}

/** Points that a row brings its member: a lot, or what makes up for a tier. */
export interface Lot extends Row {
  what: 'points' | 'tier';
  points: ImportedPoints;
}

/** Says that a row is not imported, and why; once for each row. */
export function refuseRow({ refusals }: BatchResult, { line }: Row, field: string, reason: string): void {
  if (refusals.some((refused) => refused.line === line)) return;
  refusals.push({ line, field, reason });
}

/** How often each of these contents (hex) has come in the file so far. */
export async function timesOf({ context, task }: Carrier, digests: string[]) {
  const found = await findImportContents(context.db, task.import_id, digests);
  return new Map(found.map(({ digest, times }) => [digest, times]));
}

/** What is the same whenever the content is, in hex. */
export function digestOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}

/** The same UUID (version 7, of the time of the import) whenever a line is carried out. */
export function transactionIdOf(importId: string, line: number, what: string): string {
  const hash = createHash('sha256').update(`${importId} ${line} ${what}`).digest('hex');
  const variant = (8 + (Number.parseInt(hash[3] as string, 16) % 4)).toString(16);
  return `${importId.slice(0, 13)}-7${hash.slice(0, 3)}-${variant}${hash.slice(4, 7)}-${hash.slice(7, 19)}`;
}
