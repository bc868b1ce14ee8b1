import type { ImportedMember, ImportedPoints } from '../src/contract/import-file';
import { findKeys } from '../src/db/queries/imports';
import { decimal } from '../src/domain/amount';
import type { Accrue } from '../src/domain/operation';
import type { Fault, Outcome, Posted } from '../src/domain/outcome';
import { refusalText } from '../src/domain/refusal';
import {
  type BatchResult,
  type Carrier,
  digestOf,
  type Row,
  refuseRow,
  timesOf,
  transactionIdOf,
} from './import-row';
import { postBatch } from './post';

/**
 * What the points of each row are known by: the transaction_eid of the row, or what it says and how often
 * that was said in the file before, so that two rows that are alike are two, and the same file again is none.
 */
export async function nameContents(carrier: Carrier, rows: Row[], result: BatchResult): Promise<void> {
  const { task } = carrier;
  const digests = rows.map(({ profile_id, member }) =>
    profile_id === undefined ? undefined : digestOf(contentOf(profile_id, pointsOf(member))),
  );
  const before = await timesOf(carrier, [...new Set(digests.flatMap((digest) => digest ?? []))]);
  for (const [index, row] of rows.entries()) {
    const digest = digests[index];
    if (digest === undefined) continue;
    const { transaction_eid } = pointsOf(row.member);
    const request_hash = digestOf([digest, row.member_id]);
    if (transaction_eid !== undefined) {
      row.key = { transaction_eid, request_hash };
      continue;
    }
    const times = result.contents.get(digest) ?? 0;
    result.contents.set(digest, times + 1);
    const place = (before.get(digest) ?? 0) + times + 1;
    row.key = { transaction_eid: `import/${task.batch}/${digest}/${place}`, request_hash };
  }
}

function contentOf(profileId: string, points: ImportedPoints): unknown[] {
  const { currency, amount, created_at, activates_at, expires_at, description } = points;
  return [profileId, currency.iid, amount, created_at, activates_at, expires_at, description];
}

function pointsOf({ points }: ImportedMember): ImportedPoints {
  if (!points) throw new Error('A row without points has none');
  return points;
}

/** Posts the points of rows. */
export async function postPoints(carrier: Carrier, rows: Row[], result: BatchResult): Promise<void> {
  if (rows.length === 0) return;
  const operations = rows.map((row) => accrualOf(carrier, row));
  const outcomes = await postBatch(carrier.context, operations, carrier.origin);
  for (const [index, row] of rows.entries()) {
    const outcome = outcomes[index] as Outcome<Accrue> | Fault | undefined;
    const mine = operations[index]?.transaction_id;
    if (outcome && 'balance_after' in outcome) countPoints(result, row, isFromBefore(outcome, mine));
    else refuseRow(result, row, ...whyNotPosted(outcome));
  }
}

function isFromBefore({ repeated, transaction_id }: Posted, mine: string | undefined): boolean {
  return repeated && transaction_id !== mine;
}

function accrualOf({ task, plan }: Carrier, row: Row): Accrue {
  const { line, member, member_id, key } = row;
  const { currency, amount, created_at, activates_at, expires_at, description } = pointsOf(member);
  if (member_id === undefined || !key) throw new Error('Points need a member and a key');
  return {
    verb: 'accrue',
    transaction_id: transactionIdOf(task.import_id, line, 'points'),
    ...key,
    program_id: plan.program.id,
    member_id,
    currency_iid: currency.iid,
    amount,
    // The delay of a currency has passed elsewhere.
    activates_at: activates_at ?? task.requested_at,
    ...(expires_at !== undefined && { expires_at }),
    ...(created_at !== undefined && { created_at }),
    description: description ?? '',
    source_type: 'system',
    source_sid: 'import',
  };
}

function whyNotPosted(outcome: Outcome<Accrue> | Fault | undefined): [field: string, reason: string] {
  if (!outcome || 'fault' in outcome) return ['', 'could not be carried out; the log of the worker says why'];
  if (!('refusal' in outcome)) throw new Error('What was posted is no refusal');
  if (outcome.refusal !== 'eid_reused') return ['', refusalText(outcome)];
  return ['transaction_eid', 'was used before with other content'];
}

/** What posting would come to. */
export async function lookForPoints(
  { context, plan }: Carrier,
  rows: Row[],
  result: BatchResult,
): Promise<void> {
  const eids = rows.flatMap(
    ({ member, key }) => key?.transaction_eid ?? member.points?.transaction_eid ?? [],
  );
  const keys = await findKeys(context.db, plan.program.id, eids);
  const hashes = new Map(keys.map(({ transaction_eid, request_hash }) => [transaction_eid, request_hash]));
  for (const row of rows) {
    const eid = row.key?.transaction_eid ?? row.member.points?.transaction_eid;
    const hash = hashes.get(eid ?? '');
    if (hash === undefined || hash === row.key?.request_hash) countPoints(result, row, hash !== undefined);
    else refuseRow(result, row, 'transaction_eid', 'was used before with other content');
  }
}

function countPoints(result: BatchResult, { member }: Row, wasThere: boolean): void {
  if (wasThere) {
    result.repeated += 1;
    return;
  }
  const { currency, amount } = pointsOf(member);
  const { lots, points } = result.totals.get(currency.iid) ?? { lots: 0, points: '0' };
  const sum = decimal(points).plus(amount).toFixed();
  result.totals.set(currency.iid, { lots: lots + 1, points: sum });
}
