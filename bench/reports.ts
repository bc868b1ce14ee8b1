import type { Pool } from 'pg';
import { type Days, reportMembers, reportPoints, reportPromotions } from '../src/db/queries/reports';
import { round } from './load';
import { makeCurrency, makeProgram, withDatabase } from './seed';

/** How many postings; a year of them. */
const rows = Number(process.argv[2] ?? 1_000_000);
const postingsPerAccount = 20;
const tell = (line: string) => void process.stderr.write(`${line}\n`);

const periods: Record<string, Pick<Days, 'from' | 'to'>> = {
  'last day': { from: '2025-12-31', to: '2025-12-31' },
  'last month': { from: '2025-12-01', to: '2025-12-31' },
  'month a year ago': { from: '2025-01-01', to: '2025-01-31' },
  'whole year': { from: '2025-01-01', to: '2025-12-31' },
};

/** How long the reports take on a ledger of a million postings (or as many as the argument says). */
async function main(): Promise<void> {
  await withDatabase(tell, async (pool) => {
    tell(`Filling in ${rows} postings …`);
    await fill(pool);
    const sizes = await pool.query(
      `select pg_size_pretty(pg_relation_size('ledger.postings')) as postings,
         pg_size_pretty(pg_relation_size('ledger.postings_by_time')) as index`,
    );
    tell(`The table takes ${sizes.rows[0].postings}, its index by time ${sizes.rows[0].index}.`);
    process.stdout.write(await measureAll(pool));
  });
}

/** Of 20 postings of an account 11 accrue, 4 redeem, 2 expire, 1 reserves, 1 commits, 1 cancels. */
async function fill(pool: Pool): Promise<void> {
  const accounts = Math.ceil(rows / postingsPerAccount);
  await makeProgram(pool, { timezone: 'Europe/Berlin' });
  await makeCurrency(pool);
  await pool.query(
    `insert into ledger.members (program_id, profile_id, registered_at, written_by)
     select 1, lpad(to_hex(i), 24, '0'), '2025-01-01', 'bench' from generate_series(1, $1::int) i`,
    [accounts],
  );
  await pool.query(
    `insert into ledger.accounts (member_id, program_id, currency_iid, balance, last_seq)
     select member_id, 1, 1, 72.5, ${postingsPerAccount} from ledger.members`,
  );
  await pool.query(
    `insert into ledger.postings (account_id, seq, transaction_id, program_id, type, amount, delta,
       balance_after, active_before, active_after, posted_at, created_at, is_temp, settles_seq, reverses_seq,
       expires_at,
       promotion_id, promotion_eid, description, source_type, source_sid, written_by)
     select a, n, uuidv7(), 1, type::ledger.posting_type, 10.5,
       moves, 0, 0, case when type <> 'expire' then moves else 0 end, at, at,
       n = 16, case when n = 17 then 16 end, case when n = 18 then 14 end,
       case when type = 'expire' then date_trunc('day', at) - interval '1 second' end,
       case when n % 3 = 0 then a % 7 end, case when n % 3 = 0 then 'promotion' end,
       'A posting of the bench', 'api', 'bench', 'post/' || uuidv7()
     from generate_series(1, $1::int) n
     cross join generate_series(1, $2::int) a
     cross join lateral (
       select timestamptz '2025-01-01'
         + interval '365 days' * (((n - 1) * $2::bigint + a)::float8 / ($1::bigint * $2)) as at
     ) t
     cross join lateral (
       select case
         when n <= 11 then 'accrual' when n <= 16 then 'redeem' when n = 17 then 'settlement'
         when n = 18 then 'reversal' else 'expire'
       end as type
     ) k
     cross join lateral (
       select case when n = 16 then 0 when n = 18 or type = 'accrual' then 10.5 else -10.5 end as moves
     ) d`,
    [postingsPerAccount, accounts],
  );
  await pool.query(
    `insert into ledger.lots (program_id, account_id, seq, amount, remaining, activates_at, expires_at)
     select 1, account_id, seq, amount, case when seq <= 4 then 0 else amount end, posted_at,
       case when seq <= 4 then timestamptz '2025-12-01' else '2027-01-01' end
     from ledger.postings where type = 'accrual'`,
  );
  await pool.query(
    `insert into ledger.lot_uses (account_id, seq, lot_seq, taken)
     select account_id, seq, seq - 17, amount from ledger.postings where type = 'expire'`,
  );
  await pool.query('vacuum analyze');
}

async function measureAll(pool: Pool): Promise<string> {
  const lines: string[] = [];
  for (const [name, period] of Object.entries(periods)) {
    const days = { program_id: 1, timezone: 'Europe/Berlin', moment: '2026-01-01T12:00:00Z', ...period };
    const points = await bestOf(3, () => reportPoints(pool, days));
    const promotions = await bestOf(3, () => reportPromotions(pool, days));
    const members = await bestOf(3, () => reportMembers(pool, days));
    lines.push(
      [name.padEnd(18), ...[points, promotions, members].map((ms) => String(ms).padStart(12))].join(''),
    );
  }
  const head = [
    'period'.padEnd(18),
    ...['points ms', 'promos ms', 'members ms'].map((it) => it.padStart(12)),
  ];
  return `${head.join('')}\n${lines.join('\n')}\n`;
}

async function bestOf(times: number, work: () => Promise<unknown>): Promise<number> {
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    await work();
    all.push(performance.now() - start);
  }
  return round(Math.min(...all));
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
