import type { Pool } from 'pg';
import { uuidv7 } from 'uuidv7';
import { checkLedger } from '../src/db/check-ledger';
import { createTierGroup } from '../src/db/commands/tier-groups';
import { evaluateTiers, postOperations } from '../src/db/ledger';
import type { TierGroupValues } from '../src/domain/settings';
import { round } from './load';
import { makeProfiles, makeProgram, withDatabase } from './seed';

const members = 2_000;
/** What is posted together, each to another member. */
const batchSize = 100;
const rounds = 40;
/** Days on which the members of the long ledger have earned something. */
const longDays = 1_000;
const tell = (line: string) => void process.stderr.write(`${line}\n`);

const tiers = ['0', '500', '2000', '10000'].map((threshold, index) => ({
  eid: `tier-${index}`,
  name: `Tier ${index}`,
  threshold,
  reward: null,
}));
const cumulative = { type: 'cumulative', period: null, downgrade: 'none', grace_days: 0 } as const;
const periodic = { type: 'periodic', downgrade: 'to_earned', grace_days: 30 } as const;
const calendar = { ...periodic, period: { kind: 'calendar', n: 1, unit: 'year' } } as const;
const rolling = { ...periodic, period: { kind: 'rolling', n: 1, unit: 'year' } } as const;

type Group = Pick<TierGroupValues, 'type' | 'period' | 'downgrade' | 'grace_days'>;

/** A currency each, with these tier groups; the first is what the others are compared with. */
const cases: [name: string, groups: Group[], type?: 'standard'][] = [
  ['no tiers', []],
  ['standard currency', [], 'standard'],
  ['cumulative', [cumulative]],
  ['calendar year', [calendar]],
  ['rolling year', [rolling]],
  ['all three', [cumulative, calendar, rolling]],
  [`all three, ${longDays} days earned`, [cumulative, calendar, rolling]],
];
const long = cases.length;

/** What tiers add to the cost of a posting, and how fast the schedule evaluates members. */
async function main(): Promise<void> {
  await withDatabase(tell, async (pool) => {
    tell(`Making ${members} members …`);
    await fill(pool);
    process.stdout.write(await measurePostings(pool));
    process.stdout.write(await measureEvaluation(pool));
    const checking = await pool.connect();
    const violations = await checkLedger(checking).finally(() => checking.release());
    if (violations.length > 0) throw new Error(`The ledger is not sound: ${JSON.stringify(violations[0])}`);
    tell('The ledger is sound.');
  });
}

async function fill(pool: Pool): Promise<void> {
  await makeProgram(pool);
  for (const [index, [, groups, type = 'qualification']] of cases.entries()) {
    const eid = `case-${index + 1}`;
    await pool.query(
      'insert into catalog.currencies (iid, program_id, eid, name, type) values ($1, 1, $2, $2, $3)',
      [index + 1, eid, type],
    );
    for (const [place, group] of groups.entries()) {
      const values = { external_id: `${eid}-${place}`, name: eid, points_currency_eid: eid, tiers };
      await createTierGroup(pool, 1, { ...values, ...group });
    }
  }
  await makeProfiles(pool, members);
  for (let first = 1; first <= members; first += batchSize) {
    await pool.query(
      `select count(*) from ledger.post((
         select jsonb_agg(jsonb_build_object(
           'verb', 'register', 'transaction_id', uuidv7(), 'program_id', 1,
           'profile_id', lpad(to_hex(i), 24, '0')
         )) from generate_series($1::int, $2::int) i
       ), '2022-01-01', 'bench')`,
      [first, first + batchSize - 1],
    );
    await pool.query('analyze');
  }
  await pool.query(
    `insert into ledger.postings (account_id, seq, transaction_id, program_id, type, amount, delta,
       balance_after, active_before, active_after, posted_at, created_at, activates_at, expires_at,
       source_type, written_by)
     select account_id, day, uuidv7(), 1, 'accrual', 0.01, 0.01, 0.01 * day, 0.01 * (day - 1), 0.01 * day,
       at, at, at, 'infinity', 'api', 'bench'
     from (select account_id from ledger.accounts where currency_iid = $1 order by member_id limit $2) a
     cross join generate_series(1, $3::int) day
     cross join lateral (select timestamptz '2025-01-01' - ($3::int - day + 1) * interval '1 day' as at) t`,
    [long, batchSize, longDays],
  );
  await pool.query(
    `insert into ledger.lots (account_id, program_id, seq, amount, remaining, activates_at, expires_at)
     select account_id, 1, seq, amount, amount, posted_at, 'infinity' from ledger.postings`,
  );
  await pool.query(
    `update ledger.accounts a set last_seq = $3::int, balance = 0.01 * $3::int, active = 0.01 * $3::int
     where a.account_id in (
       select account_id from ledger.accounts where currency_iid = $1 order by member_id limit $2
     )`,
    [long, batchSize, longDays],
  );
  await pool.query('vacuum analyze');
}

/** Postings of 10 points, a day after the other, by turns of all cases. */
async function measurePostings(pool: Pool): Promise<string> {
  const taken = cases.map((): number[] => []);
  const { rows } = await pool.query('select member_id from ledger.members order by member_id limit $1', [
    batchSize,
  ]);
  for (let turn = 0; turn < rounds; turn += 1) {
    const at = new Date(Date.UTC(2025, 0, 1 + turn)).toISOString();
    for (const [index, times] of taken.entries()) {
      const operations = rows.map(({ member_id }) => ({
        verb: 'accrue' as const,
        transaction_id: uuidv7(),
        program_id: 1,
        member_id,
        currency_iid: index + 1,
        amount: '10',
        source_type: 'api' as const,
      }));
      const start = performance.now();
      await postOperations(pool, operations, at, 'bench');
      times.push((performance.now() - start) / batchSize);
    }
  }
  const medians = taken.map((times) => times.slice(5).sort((a, b) => a - b)[(times.length - 5) >> 1] ?? 0);
  const lines = cases.map(([name], index) => {
    const [mine = 0, plain = 1] = [medians[index], medians[0]];
    return `${name.padEnd(32)}${mine.toFixed(3).padStart(10)}${(mine / plain).toFixed(2).padStart(10)}\n`;
  });
  const head = `${'a posting in a batch of 100'.padEnd(32)}${'ms'.padStart(10)}${'ratio'.padStart(10)}\n`;
  return head + lines.join('');
}

/** Everybody has earned the second tier in a rolling year, and the year ends. */
async function measureEvaluation(pool: Pool): Promise<string> {
  const rollingCase = 1 + cases.findIndex(([name]) => name === 'rolling year');
  await pool.query(
    `select count(*) from ledger.post((
       select jsonb_agg(jsonb_build_object(
         'verb', 'accrue', 'transaction_id', uuidv7(), 'program_id', 1, 'member_id', member_id,
         'currency_iid', $1::int, 'amount', '500', 'source_type', 'api'
       )) from ledger.members
     ), '2026-01-01', 'bench')`,
    [rollingCase],
  );
  const evaluateAll = async (at: string) => {
    let evaluated = 0;
    const start = performance.now();
    for (;;) {
      const some = await evaluateTiers(pool, 1, at, batchSize, 'bench');
      if (some === 0) return { evaluated, perSecond: (evaluated / (performance.now() - start)) * 1000 };
      evaluated += some;
    }
  };
  const swept = await evaluateAll('2026-01-02');
  const lost = await evaluateAll('2027-06-01');
  return (
    `after a change of settings: ${swept.evaluated} members, ${round(swept.perSecond)} a second\n` +
    `at the end of a period: ${lost.evaluated} members, ${round(lost.perSecond)} a second\n`
  );
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
