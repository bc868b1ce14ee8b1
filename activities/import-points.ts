import { findKeys } from '../src/db/queries/imports';
import { decimal } from '../src/domain/amount';
import type { Accrue } from '../src/domain/operation';
import type { Fault, Outcome, Posted } from '../src/domain/outcome';
import { refusalText } from '../src/domain/refusal';
import {
  type BatchResult,
  type Carrier,
  digestOf,
  type Lot,
  type Row,
  refuseRow,
  timesOf,
  transactionIdOf,
} from './import-row';
import { postBatch } from './post';

/**
 * The lots of rows, with what each is known by: the transaction_eid of the row, or what it says and how often
 * that was said in the file before, so that two rows that are alike are two, and the same file again is none.
 * A tier is made up for once, however many rows name it.
 */
export async function nameLots(carrier: Carrier, rows: Row[], result: BatchResult): Promise<Lot[]> {
  const lots = rows.flatMap(lotsOf).map((lot) => ({ lot, digest: contentOf(lot) }));
  const digests = new Set(lots.flatMap(({ digest }) => digest ?? []));
  const before = await timesOf(carrier, [...digests]);
  return lots.flatMap(({ lot, digest }) => {
    if (digest === undefined) return [lot];
    const { transaction_eid } = lot.points;
    const request_hash = digestOf([digest, lot.member_id]);
    if (transaction_eid !== undefined) return [{ ...lot, key: { transaction_eid, request_hash } }];
    const times = result.contents.get(digest) ?? 0;
    const place = (before.get(digest) ?? 0) + times + 1;
    if (lot.what === 'tier' && place > 1) return [];
    result.contents.set(digest, times + 1);
    const made = `import/${carrier.task.batch}/${digest}/${place}`;
    return [{ ...lot, key: { transaction_eid: made, request_hash } }];
  });
}

function lotsOf(row: Row): Lot[] {
  const { points, tier } = row.member;
  return [
    ...(points ? [{ ...row, what: 'points' as const, points }] : []),
    ...(tier ? [{ ...row, what: 'tier' as const, points: tier }] : []),
  ];
}

/** What a lot says, whatever the settings are then; undefined for a profile that a dry run did not make. */
function contentOf({ profile_id, what, points }: Lot): string | undefined {
  if (profile_id === undefined) return undefined;
  if (what === 'tier') return digestOf([profile_id, what, points.reached_tier_id]);
  const { currency, amount, created_at, activates_at, expires_at, description } = points;
  return digestOf([profile_id, currency.iid, amount, created_at, activates_at, expires_at, description]);
}

/** Posts the points of rows. */
export async function postPoints(carrier: Carrier, rows: readonly Lot[], result: BatchResult): Promise<void> {
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

function accrualOf({ task, plan }: Carrier, { line, member_id, key, what, points }: Lot): Accrue {
  const { currency, amount, created_at, activates_at, expires_at, description, reached_tier_id } = points;
  if (member_id === undefined || !key) throw new Error('Points need a member and a key');
  return {
    verb: 'accrue',
    transaction_id: transactionIdOf(task.import_id, line, what),
    ...key,
    program_id: plan.program.id,
    member_id,
    currency_iid: currency.iid,
    amount,
    // The delay of a currency has passed elsewhere.
    activates_at: activates_at ?? task.requested_at,
    ...(expires_at !== undefined && { expires_at }),
    ...(created_at !== undefined && { created_at }),
    ...(reached_tier_id !== undefined && { reached_tier_id }),
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
  rows: readonly Lot[],
  result: BatchResult,
): Promise<void> {
  const eids = rows.flatMap(
    ({ member, key }) => key?.transaction_eid ?? member.points?.transaction_eid ?? [],
  );
  const keys = await findKeys(context.db, plan.program.id, eids);
  const hashes = new Map(keys.map(({ transaction_eid, request_hash }) => [transaction_eid, request_hash]));
  for (const row of rows) {
    const eid = row.key?.transaction_eid ?? row.points.transaction_eid;
    const hash = hashes.get(eid ?? '');
    if (hash === undefined || hash === row.key?.request_hash) countPoints(result, row, hash !== undefined);
    else refuseRow(result, row, 'transaction_eid', 'was used before with other content');
  }
}

/** Of a row that brings both, only its points count as having been there. */
function countPoints(result: BatchResult, { what, points: lot }: Lot, wasThere: boolean): void {
  if (wasThere) {
    if (what === 'points') result.repeated += 1;
    return;
  }
  const { currency, amount } = lot;
  const { lots, points } = result.totals.get(currency.iid) ?? { lots: 0, points: '0' };
  const sum = decimal(points).plus(amount).toFixed();
  result.totals.set(currency.iid, { lots: lots + 1, points: sum });
}
