import { uuidv7 } from 'uuidv7';
import { postOperations, tellExpiring } from '../../src/db/ledger';
import { currencyIid, type LedgerBench, openLedger, programId } from '../support/ledger';

let ledger: LedgerBench;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

async function settle(zone: string, days: number | null): Promise<void> {
  await ledger.pool.query('update catalog.programs set timezone = $1', [zone]);
  await ledger.pool.query('update catalog.currencies set expiring_soon_days = $1', [days]);
}

/**
 * Plays a script on a new account: each line is `MOMENT accrue AMOUNT to EXPIRY`, `MOMENT redeem AMOUNT`,
 * `MOMENT remove`, or `MOMENT tell → what was told`, each as `AMOUNT until EXPIRY`.
 */
async function play(script: string): Promise<void> {
  const memberId = await ledger.enrol();
  const lines = script
    .trim()
    .split('\n')
    .map((line) => line.trim());
  for (const line of lines) {
    const [asked = '', expected = ''] = line.split('→').map((part) => part.trim());
    const [at = '', verb = '', amount = '', , expiry] = asked.split(/\s+/);
    if (verb === 'tell') expect([asked, await tell(memberId, at)]).toEqual([asked, expected]);
    else await post(memberId, verb, at, amount, expiry);
  }
}

async function post(memberId: string, verb: string, at: string, amount: string, expiry?: string) {
  const key = { transaction_id: uuidv7(), program_id: programId, member_id: memberId };
  if (verb === 'remove') return postOperations(ledger.pool, [{ verb, ...key }], at, 'test');
  const account = { ...key, currency_iid: currencyIid, source_type: 'api' as const, amount };
  const operation =
    verb === 'accrue'
      ? ({ verb, ...account, ...(expiry && { expires_at: expiry }) } as const)
      : ({ verb: 'redeem', ...account, not_after: '2999-01-01T00:00:00Z' } as const);
  return postOperations(ledger.pool, [operation], at, 'test');
}

/** What is told of one member at a moment; in batches of one lot, as if each had been killed. */
async function tell(memberId: string, at: string): Promise<string> {
  const texts = async () => {
    const { rows } = await ledger.pool.query(
      `select data->>'amount' || ' until ' || (data->>'expiration_date') as text from feed.events
       where member_id = $1 and type = 'loyalty_points_expiring_soon' order by turn, event_id`,
      [memberId],
    );
    return rows.map(({ text }) => text);
  };
  const before = await texts();
  while ((await tellExpiring(ledger.pool, programId, at, 1)) > 0);
  return (await texts()).slice(before.length).join(', ') || 'nothing';
}

const table: [string, string, number | null, string][] = [
  [
    'one event per day, once, when the day comes within reach',
    'UTC',
    10,
    `
    2030-01-01T00:00:00Z accrue 10 to 2030-03-31T23:59:59Z
    2030-01-01T00:00:00Z accrue 5.5 to 2030-03-31T23:59:59Z
    2030-01-01T00:00:00Z accrue 7 to 2030-04-01T23:59:59Z
    2030-03-21T23:59:58Z tell → nothing
    2030-03-21T23:59:59Z tell → 15.50 until 2030-03-31T23:59:59Z
    2030-03-21T23:59:59Z tell → nothing
    2030-03-25T00:00:00Z tell → 7.00 until 2030-04-01T23:59:59Z
    2030-03-26T00:00:00Z tell → nothing
    `,
  ],
  [
    'what lapses at several times of one day is told together',
    'UTC',
    10,
    `
    2030-01-01T00:00:00Z accrue 1 to 2030-03-31T08:00:00Z
    2030-01-01T00:00:00Z accrue 2 to 2030-03-31T20:00:00Z
    2030-03-21T08:00:00Z tell → 3.00 until 2030-03-31T08:00:00Z
    2030-03-21T21:00:00Z tell → nothing
    `,
  ],
  [
    'what is accrued for a day that was told is not told again, for another it is',
    'UTC',
    10,
    `
    2030-01-01T00:00:00Z accrue 1 to 2030-03-31T23:59:59Z
    2030-03-25T00:00:00Z tell → 1.00 until 2030-03-31T23:59:59Z
    2030-03-26T00:00:00Z accrue 9 to 2030-03-31T23:59:59Z
    2030-03-26T00:00:00Z accrue 4 to 2030-03-30T23:59:59Z
    2030-03-26T00:00:00Z tell → 4.00 until 2030-03-30T23:59:59Z
    `,
  ],
  [
    'what is spent, has lapsed or never lapses is not told',
    'UTC',
    10,
    `
    2030-01-01T00:00:00Z accrue 5 to 2030-03-31T23:59:59Z
    2030-01-01T00:00:00Z accrue 5 to 2030-04-01T23:59:59Z
    2030-01-01T00:00:00Z accrue 5
    2030-01-02T00:00:00Z redeem 6
    2030-03-30T00:00:00Z tell → 4.00 until 2030-04-01T23:59:59Z
    2030-05-01T00:00:00Z accrue 5 to 2030-05-02T00:00:00Z
    2030-05-02T00:00:00Z tell → nothing
    `,
  ],
  [
    'a former member is told nothing',
    'UTC',
    10,
    `
    2030-01-01T00:00:00Z accrue 5 to 2030-03-31T23:59:59Z
    2030-02-01T00:00:00Z remove
    2030-03-31T00:00:00Z tell → nothing
    `,
  ],
  [
    'days are those of the program, and as long as they are there (daylight saving begins)',
    'Europe/Berlin',
    1,
    `
    2030-01-01T00:00:00Z accrue 1 to 2030-03-31T22:30:00Z
    2030-01-01T00:00:00Z accrue 2 to 2030-03-31T21:30:00Z
    2030-03-30T22:29:59Z tell → nothing
    2030-03-30T22:30:00Z tell → 2.00 until 2030-03-31T21:30:00Z
    2030-03-30T23:29:59Z tell → nothing
    2030-03-30T23:30:00Z tell → 1.00 until 2030-03-31T22:30:00Z
    `,
  ],
  [
    'without the setting there is no event',
    'UTC',
    null,
    `
    2030-01-01T00:00:00Z accrue 1 to 2030-03-31T23:59:59Z
    2030-03-31T00:00:00Z tell → nothing
    `,
  ],
];

test.each(table)('%s', async (_, zone, days, script) => {
  await settle(zone, days);
  await play(script);
});

test('two jobs at once tell everybody once', async () => {
  await settle('UTC', 10);
  const members = await Promise.all(Array.from({ length: 40 }, () => ledger.enrol()));
  for (const memberId of members) {
    await post(memberId, 'accrue', '2040-01-01T00:00:00Z', '5', '2040-03-31T23:59:59Z');
  }
  const work = async () => {
    while ((await tellExpiring(ledger.pool, programId, '2040-03-30T00:00:00Z', 3)) > 0);
  };
  await Promise.all([work(), work(), work()]);
  const { rows } = await ledger.pool.query(
    `select count(*)::int as events, count(distinct member_id)::int as members from feed.events
     where member_id = any($1::bigint[]) and type = 'loyalty_points_expiring_soon'`,
    [members],
  );
  expect(rows[0]).toEqual({ events: 40, members: 40 });
});
