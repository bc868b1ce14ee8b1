import type { TierGroupValues } from '../../src/domain/settings';
import { type LedgerBench, openLedger, programId } from '../support/ledger';
import { addGroup, gold, playTiers, seedStatus, silver } from '../support/tiers';

let ledger: LedgerBench;
beforeEach(async () => {
  ledger = await openLedger();
  await seedStatus(ledger);
});
afterEach(() => ledger.close());

const calendar = (n: number, unit: 'day' | 'month' | 'year') => ({ kind: 'calendar', n, unit }) as const;
const rolling = (n: number, unit: 'day' | 'month' | 'year') => ({ kind: 'rolling', n, unit }) as const;

const cumulative: Record<string, string> = {
  'a threshold of 0 is reached at registration, others at once': `
    2030-01-01 tiers           → bronze
    2030-01-02 earn a 499.99   → bronze
    2030-01-03 earn b 0.01     → bronze silver
    2030-01-04 earn c 1500     → bronze silver gold
    2040-01-01 evaluate        → bronze silver gold
    2040-01-01 rewards         → 100 300
    2040-01-01 history         → bronze 2000-01-01T00:00:00Z to now,
                                 silver 2030-01-03T12:00:00Z to now, gold 2030-01-04T12:00:00Z to now`,
  'tiers reached in one go': `
    2030-01-02 earn a 2500     → bronze silver gold
    2030-01-02 rewards         → 100 300
    2030-01-02 events          → none up to bronze, bronze up to gold`,
  'a cancellation takes tiers, and what is reached again is not rewarded again': `
    2030-01-02 earn a 400      → bronze
    2030-01-03 earn b 1600     → bronze silver gold
    2030-01-04 cancel a        → bronze silver
    2030-01-05 cancel b        → bronze
    2030-01-05 cancel b        → bronze
    2030-01-06 earn c 500      → bronze silver
    2030-01-06 rewards         → 100 300
    2030-01-06 events          → none up to bronze, bronze up to gold, gold down to silver,
                                 silver down to bronze, bronze up to silver
    2030-01-06 history         → bronze 2000-01-01T00:00:00Z to now,
                                 silver 2030-01-03T12:00:00Z to 2030-01-05T12:00:00Z,
                                 gold 2030-01-03T12:00:00Z to 2030-01-04T12:00:00Z,
                                 silver 2030-01-06T12:00:00Z to now`,
  'a temporary accrual counts when it is committed, and not when it is rolled back': `
    2030-01-02 earn a 500 temp → bronze
    2030-01-02 earn b 500 temp → bronze
    2030-01-03 rollback a      → bronze
    2030-01-03 commit b        → bronze silver
    2030-01-03 rewards         → 100
    2030-01-04 cancel b        → bronze`,
  'points that wait count when they are activated, and not when they are cancelled before': `
    2030-01-02 earn a 500 waiting → bronze
    2030-01-02 earn b 500 waiting → bronze
    2030-01-03 cancel a           → bronze
    2030-01-03 activate a         → bronze
    2030-01-04 activate b         → bronze silver
    2030-01-04 activate b         → bronze silver
    2030-01-04 rewards            → 100
    2030-01-05 cancel b           → bronze`,
};

test.each(Object.entries(cumulative))('cumulative: %s', async (_, script) => {
  await playTiers(ledger, await addGroup(ledger), script);
});

test('a group whose lowest tier has to be earned', async () => {
  const group = await addGroup(ledger, { tiers: [silver, gold] });
  await playTiers(
    ledger,
    group,
    `
    2030-01-01 tiers      →
    2030-01-02 earn a 500 → silver
    2030-01-02 cancel a   →`,
  );
});

type Script = [title: string, group: Partial<TierGroupValues>, script: string, timezone?: string];

const downgrades: Script[] = [
  [
    'to what was earned: a tier lasts for the period after the one it was earned in',
    { period: calendar(1, 'year'), downgrade: 'to_earned' },
    `
    2030-05-01 earn a 2000     → gold
    2031-06-01 earn b 500      → gold
    2031-12-31T23:59 evaluate  → gold
    2032-01-01T00:00 evaluate  → silver
    2032-12-31T23:59 evaluate  → silver
    2033-01-01T00:00 evaluate  → bronze
    2033-02-01 rewards         → 100 300
    2033-02-01 history         → bronze 2000-01-01T00:00:00Z to 2030-05-01T12:00:00Z,
                                 gold 2030-05-01T12:00:00Z to 2032-01-01T00:00:00Z,
                                 silver 2032-01-01T00:00:00Z to 2033-01-01T00:00:00Z,
                                 bronze 2033-01-01T00:00:00Z to now`,
  ],
  [
    'one step in each period',
    { period: calendar(1, 'year'), downgrade: 'one_step' },
    `
    2030-05-01 earn a 2000     → gold
    2032-01-01T00:00 evaluate  → silver
    2032-12-31T23:59 evaluate  → silver
    2033-01-01T00:00 evaluate  → bronze
    2034-01-01T00:00 evaluate  → bronze`,
  ],
  [
    'a schedule that was away for years finds what it would have found',
    { period: calendar(1, 'year'), downgrade: 'one_step' },
    `
    2030-05-01 earn a 2000     → gold
    2035-07-01 tiers           → gold
    2035-07-01 evaluate        → bronze
    2035-07-01 events          → none up to bronze, bronze up to gold, gold down to silver,
                                 silver down to bronze
    2035-07-01 history         → bronze 2000-01-01T00:00:00Z to 2030-05-01T12:00:00Z,
                                 gold 2030-05-01T12:00:00Z to 2032-01-01T00:00:00Z,
                                 silver 2032-01-01T00:00:00Z to 2033-01-01T00:00:00Z,
                                 bronze 2033-01-01T00:00:00Z to now`,
  ],
  [
    'a purchase finds what the schedule would have found',
    { period: calendar(1, 'year'), downgrade: 'one_step' },
    `
    2030-05-01 earn a 2000     → gold
    2032-01-01 earn b 2000     → gold
    2032-01-01 history         → bronze 2000-01-01T00:00:00Z to 2030-05-01T12:00:00Z,
                                 gold 2030-05-01T12:00:00Z to 2032-01-01T00:00:00Z,
                                 silver 2032-01-01T00:00:00Z to 2032-01-01T12:00:00Z,
                                 gold 2032-01-01T12:00:00Z to now
    2032-01-01 rewards         → 100 300`,
  ],
  [
    'not at all',
    { period: calendar(1, 'year'), downgrade: 'none' },
    `
    2030-05-01 earn a 2000     → gold
    2040-01-01 evaluate        → gold
    2040-01-02 cancel a        → gold
    2040-01-02 earn b 1        → gold`,
  ],
  [
    'a cancellation takes what was not yet there for good',
    { period: calendar(1, 'year'), downgrade: 'none' },
    `
    2030-05-01 earn a 2000     → gold
    2031-01-10 cancel a        → bronze
    2031-01-10 earn b 500      → silver`,
  ],
  [
    'the lowest tier is lost too where it has to be earned',
    { period: calendar(1, 'year'), downgrade: 'one_step', tiers: [silver, gold] },
    `
    2030-05-01 earn a 2000     → gold
    2032-01-01T00:00 evaluate  → silver
    2033-01-01T00:00 evaluate  →
    2033-01-01 events          → none up to gold, gold down to silver, silver down to none`,
  ],
];

const grace: Script[] = [
  [
    'calendar',
    { period: calendar(1, 'year'), downgrade: 'to_earned', grace_days: 30 },
    `
    2030-05-01 earn a 2000     → gold
    2031-06-01 earn b 500      → gold
    2032-01-30T23:59 evaluate  → gold
    2032-01-31T00:00 evaluate  → silver
    2033-01-30T23:59 evaluate  → silver
    2033-01-31T00:00 evaluate  → bronze`,
  ],
  [
    'earned again in the days of grace',
    { period: calendar(1, 'year'), downgrade: 'to_earned', grace_days: 30 },
    `
    2030-05-01 earn a 2000     → gold
    2032-01-30 earn b 2000     → gold
    2032-01-31 evaluate        → gold
    2034-01-30T23:59 evaluate  → gold
    2034-01-31T00:00 evaluate  → bronze`,
  ],
  [
    'one step',
    { period: calendar(1, 'month'), downgrade: 'one_step', grace_days: 27 },
    `
    2030-01-15 earn a 2000     → gold
    2030-03-27T23:59 evaluate  → gold
    2030-03-28T00:00 evaluate  → silver
    2030-04-27T23:59 evaluate  → silver
    2030-04-28T00:00 evaluate  → bronze`,
  ],
  [
    'rolling',
    { period: rolling(30, 'day'), downgrade: 'to_earned', grace_days: 10 },
    `
    2030-01-01 earn a 500      → silver
    2030-02-05 earn b 500      → silver
    2030-03-17T23:59 evaluate  → silver
    2030-03-18T00:00 evaluate  → bronze`,
  ],
];

const windows: Script[] = [
  [
    'quarters',
    { period: calendar(3, 'month'), downgrade: 'to_earned' },
    `
    2030-03-31T23:59 earn a 500 → silver
    2030-06-30T23:59 evaluate   → silver
    2030-07-01T00:00 evaluate   → bronze`,
  ],
  [
    'each quarter by itself',
    { period: calendar(3, 'month'), downgrade: 'to_earned' },
    `
    2030-03-31T23:59 earn a 250 → bronze
    2030-04-01T00:00 earn b 499 → bronze
    2030-04-02 earn c 1         → silver`,
  ],
  [
    'weeks, which begin on Mondays',
    { period: calendar(7, 'day'), downgrade: 'to_earned' },
    `
    2030-01-06 earn a 500       → silver
    2030-01-13T23:59 evaluate   → silver
    2030-01-14T00:00 evaluate   → bronze`,
  ],
  [
    'months, in a leap year',
    { period: calendar(1, 'month'), downgrade: 'to_earned' },
    `
    2028-01-31 earn a 500       → silver
    2028-02-29T23:59 evaluate   → silver
    2028-03-01T00:00 evaluate   → bronze`,
  ],
  [
    'rolling days: what is left counts on',
    { period: rolling(30, 'day'), downgrade: 'to_earned' },
    `
    2030-01-01 earn a 300       → bronze
    2030-01-20 earn b 300       → silver
    2030-01-31T23:59 evaluate   → silver
    2030-02-01T00:00 evaluate   → bronze
    2030-02-10 earn c 200       → silver
    2030-02-19T23:59 evaluate   → silver
    2030-02-20T00:00 evaluate   → bronze`,
  ],
  [
    'a rolling month from the end of January',
    { period: rolling(1, 'month'), downgrade: 'to_earned' },
    `
    2030-01-31 earn a 500       → silver
    2030-02-28T23:59 evaluate   → silver
    2030-03-01T00:00 evaluate   → bronze`,
  ],
  [
    'a rolling month from the end of January, in a leap year',
    { period: rolling(1, 'month'), downgrade: 'to_earned' },
    `
    2028-01-31 earn a 500       → silver
    2028-02-29T23:59 evaluate   → silver
    2028-03-01T00:00 evaluate   → bronze`,
  ],
  [
    'a rolling year from a leap day',
    { period: rolling(1, 'year'), downgrade: 'to_earned' },
    `
    2028-02-29 earn a 500       → silver
    2029-02-28T23:59 evaluate   → silver
    2029-03-01T00:00 evaluate   → bronze`,
  ],
  [
    'one step, rolling: a step lasts for a period',
    { period: rolling(30, 'day'), downgrade: 'one_step' },
    `
    2030-01-01 earn a 2000      → gold
    2030-01-31T23:59 evaluate   → gold
    2030-02-01T00:00 evaluate   → silver
    2030-02-10 earn b 2000      → gold
    2030-03-12T23:59 evaluate   → gold
    2030-03-13T00:00 evaluate   → silver
    2030-04-11T23:59 evaluate   → silver
    2030-04-12T00:00 evaluate   → bronze`,
  ],
  [
    'a cancellation within the period',
    { period: rolling(30, 'day'), downgrade: 'one_step' },
    `
    2030-01-01 earn a 600       → silver
    2030-01-02 earn b 1500      → gold
    2030-01-03 cancel a         → silver
    2030-01-04 cancel b         → bronze`,
  ],
];

const zones: Script[] = [
  [
    'days end as they do in the time zone of the program',
    { period: calendar(1, 'year'), downgrade: 'to_earned' },
    `
    2030-12-31T22:59 earn a 500 → silver
    2031-12-31T22:59 evaluate   → silver
    2031-12-31T23:00 evaluate   → bronze`,
    'Europe/Berlin',
  ],
  [
    'west of Greenwich',
    { period: calendar(1, 'year'), downgrade: 'to_earned' },
    `
    2031-01-01T04:59 earn a 500 → silver
    2032-01-01T04:59 evaluate   → silver
    2032-01-01T05:00 evaluate   → bronze`,
    'America/New_York',
  ],
  [
    'a period that begins in winter and ends in summer time',
    { period: rolling(1, 'month'), downgrade: 'to_earned' },
    `
    2030-03-01T12:00 earn a 500 → silver
    2030-04-01T21:59 evaluate   → silver
    2030-04-01T22:00 evaluate   → bronze`,
    'Europe/Berlin',
  ],
];

describe.each([
  ['downgrades', downgrades],
  ['grace', grace],
  ['periods', windows],
  ['time zones', zones],
])('periodic groups: %s', (_, scripts) => {
  test.each(scripts)('%s', async (_title, group, script, timezone = 'UTC') => {
    await ledger.pool.query('update catalog.programs set timezone = $2 where id = $1', [programId, timezone]);
    await playTiers(ledger, await addGroup(ledger, { type: 'periodic', ...group }), script);
  });
});
