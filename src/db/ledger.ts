import { z } from 'zod';
import type { Operation } from '../domain/operation';
import type { Outcome } from '../domain/outcome';
import { type Queryable, query, queryOne } from './query';

const post = query({
  name: 'ledger-post',
  parameters: [z.string(), z.string(), z.string()],
  row: z.object({ index: z.int(), outcome: z.json() }),
  text: 'select index, outcome from ledger.post($1::jsonb, $2::timestamptz, $3::text)',
});

/**
 * Carries out operations as one transaction at the moment `at` (RFC 3339): one outcome each, in their order.
 * `origin` is the id of the activity or workflow that writes. Throws what Postgres throws; then nothing was
 * written.
 */
export async function postOperations(
  db: Queryable,
  operations: readonly Operation[],
  at: string,
  origin: string,
): Promise<Outcome[]> {
  const rows = await post(db, JSON.stringify(operations), at, origin);
  const outcomes: (Outcome | undefined)[] = Array.from({ length: operations.length });
  for (const row of rows) outcomes[row.index - 1] = row.outcome as unknown as Outcome;
  return outcomes.map((outcome, index) => {
    if (!outcome) throw new Error(`ledger.post answered nothing for operation ${index + 1}`);
    return outcome;
  });
}

const expire = queryOne({
  name: 'ledger-expire',
  parameters: [z.int(), z.string(), z.int(), z.string()],
  row: z.object({ expired: z.int() }),
  text: 'select ledger.expire($1::int, $2::timestamptz, $3::int, $4::text) as expired',
});

/**
 * Writes off what has lapsed in a program by `at` (RFC 3339), at most so many lots; answers how many there
 * were. 0 means that nothing is due any more.
 */
export async function expireLots(
  db: Queryable,
  programId: number,
  at: string,
  most: number,
  origin: string,
): Promise<number> {
  return (await expire(db, programId, at, most, origin)).expired;
}

const tell = queryOne({
  name: 'ledger-tell-expiring',
  parameters: [z.int(), z.string(), z.int()],
  row: z.object({ told: z.int() }),
  text: 'select ledger.tell_expiring($1::int, $2::timestamptz, $3::int) as told',
});

/**
 * Writes the events of points that lapse soon, as seen at `at` (RFC 3339), of about so many lots; answers how
 * many there were. 0 means that all was told.
 */
export async function tellExpiring(
  db: Queryable,
  programId: number,
  at: string,
  most: number,
): Promise<number> {
  return (await tell(db, programId, at, most)).told;
}

const evaluate = queryOne({
  name: 'ledger-evaluate-tiers',
  parameters: [z.int(), z.string(), z.int(), z.string()],
  row: z.object({ members: z.int() }),
  text: 'select ledger.evaluate_tiers($1::int, $2::timestamptz, $3::int, $4::text) as members',
});

/**
 * Evaluates the tiers of at most `maxMembers` members of a program, at the moment `at` (RFC 3339), as one
 * transaction; answers how many members those were. When it answers 0, nothing was left to do. `origin` is
 * the id of the activity or workflow that writes. Throws what Postgres throws; then nothing was written.
 */
export async function evaluateTiers(
  db: Queryable,
  programId: number,
  at: string,
  maxMembers: number,
  origin: string,
): Promise<number> {
  const { members } = await evaluate(db, programId, at, maxMembers, origin);
  return members;
}
