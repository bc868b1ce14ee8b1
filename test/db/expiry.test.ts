import { type LedgerBench, openLedger, play } from '../support/ledger';

let ledger: LedgerBench;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

test('what has lapsed is written off, lot by lot, once', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 5h       → 0 10
    0h accrue b 20 to 6h       → 10 30
    0h accrue c 30             → 30 60
    1h redeem r 4              → 60 56
    4h expire                  → 0
    6h balance                 → 30 30
    6h expire                  → 2
    6h lots                    → a:0/0 b:0/0 c:30/0
    6h expire                  → 0
    7h balance                 → 30 30
    `,
  ));

test('what a hold reserves waits for it, and is written off if it comes back', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 5h       → 0 10
    0h redeem h 4 hold 9h      → 10 6
    0h redeem i 3 hold 9h      → 6 3
    5h expire                  → 1
    5h lots                    → a:7/7
    6h commit h                → committed 0
    6h rollback i              → rolled_back 0
    6h expire                  → 1
    6h lots                    → a:0/0
    6h balance                 → 0 0
    `,
  ));

test('a redemption cancelled after its points were due gives back points that are written off', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 5h       → 0 10
    1h redeem r 6              → 10 4
    5h expire                  → 1
    6h cancel r                → 0
    6h lots                    → a:6/0
    6h expire                  → 1
    6h cancel a                → 0
    `,
  ));

test('an accrual that has lapsed unspent can still be cancelled: nothing is left to take back', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 5h       → 0 10
    5h expire                  → 1
    6h cancel a                → 0
    6h cancel a                → 0
    `,
  ));

test('a redemption at the very second of expiry comes too late, a moment before it is in time', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 5h       → 0 10
    4.9999h redeem r 4         → 10 6
    5h redeem s 4              → insufficient_points
    5h expire                  → 1
    `,
  ));

describe('a currency that says when its points lapse and become active', () => {
  /** A period ends with the last second of its last day, in the zone of the program. */
  const lapse = `
    -- zone           | setting                  | accrued              | lapses
    UTC               | 12 month accrual         | 2025-02-01T08:00:00Z | 2026-02-01T23:59:59Z
    UTC               | 1 month accrual          | 2025-01-31T10:00:00Z | 2025-02-28T23:59:59Z
    UTC               | 1 month accrual          | 2024-01-31T10:00:00Z | 2024-02-29T23:59:59Z
    UTC               | 1 year accrual           | 2024-02-29T10:00:00Z | 2025-02-28T23:59:59Z
    UTC               | 1 day accrual            | 2025-12-31T23:59:59Z | 2026-01-01T23:59:59Z
    America/New_York  | 1 day accrual            | 2025-03-08T12:00:00Z | 2025-03-10T03:59:59Z
    America/New_York  | 1 day accrual            | 2025-11-01T12:00:00Z | 2025-11-03T04:59:59Z
    America/New_York  | 1 month accrual          | 2025-02-01T03:00:00Z | 2025-03-01T04:59:59Z
    Europe/Berlin     | 1 day accrual            | 2025-03-29T12:00:00Z | 2025-03-30T21:59:59Z
    Europe/Berlin     | 1 day accrual            | 2025-10-25T12:00:00Z | 2025-10-26T22:59:59Z
    Europe/Berlin     | 6 month accrual          | 2025-08-31T22:30:00Z | 2026-03-01T22:59:59Z
    UTC               | on 12-31                 | 2025-02-01T08:00:00Z | 2025-12-31T23:59:59Z
    UTC               | on 12-31                 | 2025-12-31T23:00:00Z | 2025-12-31T23:59:59Z
    UTC               | on 02-01                 | 2025-02-02T00:00:00Z | 2026-02-01T23:59:59Z
    UTC               | on 02-29                 | 2025-01-01T00:00:00Z | 2025-02-28T23:59:59Z
    UTC               | on 02-29                 | 2028-01-01T00:00:00Z | 2028-02-29T23:59:59Z
    UTC               | on 2027-06-30            | 2025-01-01T00:00:00Z | 2027-06-30T23:59:59Z
    Asia/Tokyo        | on 12-31                 | 2025-12-31T15:00:00Z | 2026-12-31T14:59:59Z
    UTC               | never                    | 2025-01-01T00:00:00Z | never
  `;
  const rows = (text: string) =>
    text
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '' && !line.startsWith('--'))
      .map((line) => line.split('|').map((cell) => cell.trim()));

  async function settle(zone: string, setting: string): Promise<void> {
    const [n, unit, from] = setting === 'never' || setting.startsWith('on ') ? [] : setting.split(' ');
    await ledger.pool.query('update catalog.programs set timezone = $1', [zone]);
    await ledger.pool.query(
      `update catalog.currencies
       set expiration_n = $1, expiration_unit = $2, expiration_from = $3, expires_on = $4`,
      [n ?? null, unit ?? null, from ?? null, setting.startsWith('on ') ? setting.slice(3) : null],
    );
  }
  afterAll(() => settle('UTC', 'never'));

  test.each(rows(lapse))(
    '%s, %s: accrued %s, lapses %s',
    async (zone = '', setting = '', accrued, lapses) => {
      await settle(zone, setting);
      const { rows: found } = await ledger.pool.query('select ledger.lot_expiry(1, $1, $1) as lapses', [
        accrued,
      ]);
      expect(found[0].lapses ?? 'never').toBe(lapses);
    },
  );

  test('counts from activation where it says so', async () => {
    await settle('UTC', '1 month activation');
    const { rows: found } = await ledger.pool.query('select ledger.lot_expiry(1, $1, $2) as lapses', [
      '2025-01-10T00:00:00Z',
      '2025-03-10T00:00:00Z',
    ]);
    expect(found[0].lapses).toBe('2025-04-10T23:59:59Z');
  });

  test.each([
    ['UTC', 1, 'month', '2025-01-31T10:00:00Z', '2025-02-28T10:00:00Z'],
    ['America/New_York', 1, 'day', '2025-03-08T12:00:00Z', '2025-03-09T11:00:00Z'],
    ['Europe/Berlin', 1, 'day', '2025-10-25T12:00:00Z', '2025-10-26T13:00:00Z'],
    ['UTC', 1, 'year', '2024-02-29T10:00:00Z', '2025-02-28T10:00:00Z'],
  ])('%s: after %i %s from %s, active at %s', async (zone, n, unit, accrued, active) => {
    await settle(zone, 'never');
    const activate = 'update catalog.currencies set activation_n = $1, activation_unit = $2';
    await ledger.pool.query(activate, [n, unit]);
    const { rows: found } = await ledger.pool.query(
      `select ledger.lot_activation(1, 'system', $1) as delayed,
         ledger.lot_activation(1, 'api', $1) as at_once`,
      [accrued],
    );
    expect(found[0]).toEqual({ delayed: active, at_once: accrued });
    await ledger.pool.query(activate, [null, null]);
  });
});
