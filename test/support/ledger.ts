import { deepStrictEqual as deepEqual } from 'node:assert';
import { randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { uuidv7 } from 'uuidv7';
import { readConfig } from '../../src/config';
import { checkLedger } from '../../src/db/check-ledger';
import { expireLots, postOperations } from '../../src/db/ledger';
import { createPool } from '../../src/db/pool';
import { findBalance } from '../../src/db/queries/account';
import { toTrimmed } from '../../src/domain/amount';
import type { Operation, Wish } from '../../src/domain/operation';
import { isRefusal } from '../../src/domain/refusal';
import { createDatabase } from './database';

/** A database with one program and one currency, to post to directly. */
export interface LedgerBench {
  pool: Pool;
  /** Makes a member with an empty account; answers its member_id. */
  enrol(): Promise<string>;
  close(): Promise<void>;
}

export const programId = 1;
export const currencyIid = 1;

/** Proves the ledger before it lets go of the database. */
export async function openLedger(settings: ProgramSettings = {}): Promise<LedgerBench> {
  const database = await createDatabase();
  const pool = createPool({ ...readConfig({}), databaseUrl: database.url }, { warn: () => {} });
  await seedProgram(pool, settings);
  return {
    pool,
    enrol: () => enrolIn(pool),
    async close() {
      try {
        const client = await pool.connect();
        deepEqual(await checkLedger(client).finally(() => client.release()), [], 'The ledger is not sound');
      } finally {
        await pool.end();
        await database.drop();
      }
    },
  };
}

interface ProgramSettings {
  allowNegativeBalance?: boolean;
  expirationMonths?: number;
}

/** One database of profiles, one program, one standard currency. */
export async function seedProgram(pool: Pool, settings: ProgramSettings = {}): Promise<void> {
  const { allowNegativeBalance = false, expirationMonths } = settings;
  await pool.query(`insert into catalog.databases (id, name) values (1, 'people')`);
  await pool.query(
    `insert into catalog.programs (id, external_id, name, database_id, allow_negative_balance)
     values ($1, 'test', 'Test', 1, $2)`,
    [programId, allowNegativeBalance],
  );
  await pool.query(
    `insert into catalog.currencies
       (iid, program_id, eid, name, type, expiration_n, expiration_unit, expiration_from)
     values ($1, $2, 'stars', 'Stars', 'standard', $3, $4, $5)`,
    [
      currencyIid,
      programId,
      ...(expirationMonths ? [expirationMonths, 'month', 'accrual'] : [null, null, null]),
    ],
  );
}

/** Makes a member with an empty account; answers its member_id. */
export async function enrolIn(pool: Pool): Promise<string> {
  const profileId = randomBytes(12).toString('hex');
  await pool.query('insert into directory.profiles (profile_id, database_id) values ($1, 1)', [profileId]);
  const register = {
    verb: 'register',
    transaction_id: uuidv7(),
    program_id: programId,
    profile_id: profileId,
  } as const;
  await postOperations(pool, [register], '2000-01-01T00:00:00Z', 'test');
  const { rows } = await pool.query('select member_id from ledger.members where profile_id = $1', [
    profileId,
  ]);
  return rows[0].member_id;
}

const midnight = Date.parse('2030-01-01T00:00:00Z');

/** "36h" after the start of 2030, as RFC 3339. */
export function hour(text: string): string {
  const match = /^(\d+(?:\.\d+)?)h$/.exec(text);
  if (!match) throw new Error(`Expected hours such as 36h, got ${text}`);
  return new Date(midnight + Number(match[1]) * 3_600_000).toISOString();
}

/**
 * Plays a script on a new account and compares each answer. A line is `TIME VERB …  → ANSWER`:
 *
 *   0h accrue a 100 [from 2h] [to 9h] [hold 5h] [key k]   → BEFORE AFTER, or a refusal
 *   0h redeem r 30 [hold 5h] [key k] [waits 1h] [late]    → BEFORE AFTER, or a refusal
 *   1h commit|rollback|timeout|abort r                    → STATE BALANCE
 *   0h accrue a 100 waiting [to 9h] [delay 1] [life 2]    → … (delay and life in days from activation)
 *   1h activate a                                         → BALANCE, or a refusal
 *   1h cancel a                                           → BALANCE, or a refusal
 *   1h expire                                             → how many lots were written off
 *   1h balance                                            → ACTIVE TOTAL
 *   1h lots                                               → NAME:REMAINING/RESERVED …, in order of accrual
 */
export async function play(bench: LedgerBench, script: string): Promise<void> {
  const memberId = await bench.enrol();
  const ids = new Map<string, string>();
  const lines = script
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('--'));
  const played: string[] = [];
  for (const line of lines) {
    const [asked = ''] = line.split('→');
    played.push(`${asked.trim()} → ${await answer(bench, memberId, ids, asked.trim().split(/\s+/))}`);
  }
  expect(played).toEqual(
    lines.map((line) =>
      line
        .split('→')
        .map((part) => part.trim())
        .join(' → '),
    ),
  );
}

async function answer(
  bench: LedgerBench,
  memberId: string,
  ids: Map<string, string>,
  words: string[],
): Promise<string> {
  const [time = '', verb = '', name = ''] = words;
  const at = hour(time);
  if (verb === 'balance') {
    const found = await findBalance(bench.pool, memberId, currencyIid, at);
    return `${toTrimmed(found?.active ?? '')} ${toTrimmed(found?.total ?? '')}`;
  }
  if (verb === 'expire') return String(await expireOn(bench.pool, memberId, at));
  if (verb === 'lots') return describeLots(bench.pool, memberId, ids);
  const operation = operationOf(verb, memberId, ids, name, words.slice(3));
  const [outcome] = await postOperations(bench.pool, [operation], at, 'test');
  const id = 'target_id' in operation ? operation.target_id : operation.transaction_id;
  if (!isRefusal(outcome) && !ids.has(name)) ids.set(name, id);
  return describe(outcome as unknown as Record<string, unknown>, ids);
}

function operationOf(
  verb: string,
  memberId: string,
  ids: Map<string, string>,
  name: string,
  rest: string[],
): Operation {
  const account = { program_id: programId, member_id: memberId, currency_iid: currencyIid };
  const target = ids.get(name) ?? uuidv7();
  const wishes: Record<string, Wish> = {
    commit: 'commit',
    rollback: 'rollback',
    timeout: 'timeout',
    abort: 'cancel',
  };
  const wish = wishes[verb];
  if (wish) return { verb: 'settle', ...account, target_id: target, wish };
  const source = { source_type: 'api' } as const;
  if (verb === 'cancel' || verb === 'activate') {
    return { verb, ...account, ...source, transaction_id: uuidv7(), target_id: target };
  }
  const option = (word: string) => rest[rest.indexOf(word, 1) + 1] as string;
  const has = (word: string) => rest.indexOf(word, 1) > 0;
  return {
    verb: verb as 'accrue' | 'redeem',
    ...account,
    ...source,
    transaction_id: rest.includes('late') ? target : uuidv7(),
    amount: rest[0] as string,
    not_after: has('waits') ? hour(option('waits')) : '2999-01-01T00:00:00Z',
    ...(has('hold') && { temp_until: hour(option('hold')) }),
    ...(has('waiting') && {
      waiting: {
        ...(has('delay') && { activation: { n: Number(option('delay')), unit: 'day' as const } }),
        ...(has('life') && { expiration: { n: Number(option('life')), unit: 'day' as const } }),
      },
    }),
    ...(has('from') && { activates_at: hour(option('from')) }),
    ...(has('to') && { expires_at: hour(option('to')) }),
    ...(has('key') && {
      transaction_eid: `${memberId}/${option('key')}`,
      request_hash: `${verb} ${rest[0]}`,
    }),
  };
}

function describe(outcome: Record<string, unknown>, ids: Map<string, string>): string {
  if ('refusal' in outcome) return String(outcome.refusal);
  if ('state' in outcome) {
    if (outcome.state === 'never_opened') return 'never_opened';
    const id = String(outcome.transaction_id);
    if (![...ids.values()].includes(id)) ids.set(`new${ids.size}`, id);
    return `${outcome.canceled ? 'canceled' : outcome.state} ${toTrimmed(String(outcome.balance))}`;
  }
  if ('balance' in outcome) return toTrimmed(String(outcome.balance));
  const before = toTrimmed(String(outcome.balance_before));
  const after = toTrimmed(String(outcome.balance_after));
  return `${before} ${after}${outcome.repeated ? ' again' : ''}`;
}

/** Lots of other scripts may be written off as well, but do not count. */
async function expireOn(pool: Pool, memberId: string, at: string): Promise<number> {
  const count = `
    select count(*)::int as lots from ledger.postings p join ledger.accounts a using (account_id)
    where a.member_id = $1 and p.type = 'expire'`;
  const before = (await pool.query(count, [memberId])).rows[0].lots;
  while ((await expireLots(pool, programId, at, 3, 'test')) > 0);
  return (await pool.query(count, [memberId])).rows[0].lots - before;
}

async function describeLots(pool: Pool, memberId: string, ids: Map<string, string>): Promise<string> {
  const { rows } = await pool.query(
    `select p.transaction_id, l.remaining, l.reserved
     from ledger.lots l
     join ledger.postings p using (account_id, seq)
     join ledger.accounts a using (account_id)
     where a.member_id = $1 order by l.seq`,
    [memberId],
  );
  const names = new Map([...ids].map(([name, id]) => [id, name]));
  return rows
    .map((row) => `${names.get(row.transaction_id)}:${toTrimmed(row.remaining)}/${toTrimmed(row.reserved)}`)
    .join(' ');
}
