import { type LedgerBench, openLedger, play } from '../support/ledger';

let ledger: LedgerBench;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

test('points in and out', () =>
  play(
    ledger,
    `
    0h accrue a 500        → 0 500
    1h redeem r 100.50     → 500 399.5
    1h redeem s 400        → insufficient_points
    1h redeem s 399.50     → 399.5 0
    1h redeem t 0.0001     → insufficient_points
    1h balance             → 0 0
    `,
  ));

test('what expires first is spent first, what never expires last', () =>
  play(
    ledger,
    `
    0h accrue never 10           → 0 10
    0h accrue late 10 to 90h     → 10 20
    0h accrue early 10 to 20h    → 20 30
    1h accrue same 10 to 20h     → 30 40
    2h redeem r 15               → 40 25
    2h lots                      → never:10/0 late:10/0 early:0/0 same:5/0
    2h redeem s 17               → 25 8
    2h lots                      → never:8/0 late:0/0 early:0/0 same:0/0
    `,
  ));

test('points become active and lapse to the second, with nobody calling', () =>
  play(
    ledger,
    `
    0h accrue a 10 from 5h to 9h    → 0 0
    0h balance                      → 0 10
    4.9999h redeem r 1              → insufficient_points
    5h redeem r 1                   → 10 9
    5h balance                      → 9 9
    8.9999h balance                 → 9 9
    9h balance                      → 0 0
    9h redeem s 1                   → insufficient_points
    9h accrue b 5                   → 0 5
    10h balance                     → 5 5
    `,
  ));

test('points that wait are there, and can be spent once they are activated', () =>
  play(
    ledger,
    `
    0h accrue a 10 waiting           → 0 0
    0h accrue b 10 waiting to 9h     → 0 0
    0h accrue c 10 waiting to 3h     → 0 0
    1h balance                       → 0 30
    1h redeem r 1                    → insufficient_points
    2h activate a                    → 10
    2h activate a                    → 10
    2h redeem r 4                    → 10 6
    3h balance                       → 6 16
    4h activate c                    → 6
    4h expire                        → 1
    4h activate b                    → 16
    5h cancel b                      → 6
    5h activate b                    → 6
    6h activate r                    → transaction_not_found
    9h balance                       → 6 6
    `,
  ));

test('a delay and a life of their own begin when points are activated', () =>
  play(
    ledger,
    `
    0h accrue a 10 waiting delay 1            → 0 0
    0h accrue b 10 waiting life 2             → 0 0
    0h accrue c 10 waiting delay 1 life 1     → 0 0
    100h activate a                           → 0
    100h activate b                           → 10
    100h activate c                           → 10
    123.9999h balance                         → 10 30
    124h balance                              → 30 30
    124h redeem r 5                           → 30 25
    124h lots                                 → a:10/0 b:5/0 c:10/0
    167.9h balance                            → 25 25
    168h balance                              → 10 10
    `,
  ));

test('cancelling a redemption gives back exactly the lots it took', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 20h    → 0 10
    0h accrue b 10 to 30h    → 10 20
    1h redeem r 15           → 20 5
    2h cancel r              → 20
    2h lots                  → a:10/0 b:10/0
    2h cancel r              → 20
    25h balance              → 10 10
    `,
  ));

test('a redemption cancelled after its lots have lapsed gives back nothing usable', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 20h    → 0 10
    1h redeem r 6            → 10 4
    21h cancel r             → 0
    21h lots                 → a:10/0
    21h balance              → 0 0
    `,
  ));

test('an accrual can be cancelled while all of it is there', () =>
  play(
    ledger,
    `
    0h accrue a 10           → 0 10
    0h accrue b 10           → 10 20
    1h redeem r 5            → 20 15
    2h cancel a              → points_spent
    2h cancel b              → 5
    2h cancel r              → 10
    2h cancel a              → 0
    2h cancel a              → 0
    2h cancel nobody         → transaction_not_found
    `,
  ));

test('a temporary redemption reserves, then takes', () =>
  play(
    ledger,
    `
    0h accrue a 10               → 0 10
    0h redeem h 4 hold 5h        → 10 6
    0h balance                   → 6 10
    0h lots                      → a:10/4
    0h cancel a                  → points_spent
    1h redeem s 7                → insufficient_points
    1h commit h                  → committed 6
    1h balance                   → 6 6
    2h commit h                  → committed 6
    2h rollback h                → committed 6
    2h lots                      → a:6/0
    3h cancel h                  → 10
    3h cancel h                  → 10
    3h lots                      → a:10/0
    `,
  ));

test('a temporary redemption rolled back, timed out, cancelled', () =>
  play(
    ledger,
    `
    0h accrue a 10               → 0 10
    0h redeem h 4 hold 5h        → 10 6
    0h redeem i 3 hold 5h        → 6 3
    0h redeem j 2 hold 5h        → 3 1
    1h rollback h                → rolled_back 5
    1h rollback h                → rolled_back 5
    1h commit h                  → rolled_back 5
    1h cancel h                  → already_rolled_back
    5h timeout i                 → timed_out 8
    5h cancel i                  → already_timed_out
    5h rollback i                → timed_out 8
    6h abort j                   → canceled 10
    6h cancel j                  → 10
    6h lots                      → a:10/0
    6h balance                   → 10 10
    `,
  ));

test('a commit at the very moment of the timeout is a timeout', () =>
  play(
    ledger,
    `
    0h accrue a 10               → 0 10
    0h redeem h 4 hold 5h        → 10 6
    0h redeem i 4 hold 5h        → 6 2
    4.9999h commit h             → committed 2
    5h commit i                  → timed_out 6
    `,
  ));

test('reserved points outlive their expiry, and lapse if they come back', () =>
  play(
    ledger,
    `
    0h accrue a 10 to 5h         → 0 10
    0h redeem h 4 hold 9h        → 10 6
    0h redeem i 3 hold 9h        → 6 3
    6h balance                   → 0 7
    6h commit h                  → committed 0
    6h rollback i                → rolled_back 0
    6h balance                   → 0 0
    6h lots                      → a:6/0
    `,
  ));

test('a temporary accrual counts nowhere until it is committed as a new transaction', () =>
  play(
    ledger,
    `
    0h accrue h 10 hold 5h       → 0 0
    0h accrue i 10 hold 5h       → 0 0
    0h balance                   → 0 0
    1h commit h                  → committed 10
    1h commit h                  → committed 10
    1h rollback i                → rolled_back 10
    1h balance                   → 10 10
    2h redeem r 1                → 10 9
    2h cancel h                  → points_spent
    2h cancel r                  → 10
    2h cancel h                  → 0
    `,
  ));

test('a hold settled before it was posted can never be opened', () =>
  play(
    ledger,
    `
    0h accrue a 10               → 0 10
    1h timeout h                 → never_opened
    2h redeem h 4 hold 5h late   → request_expired
    2h timeout h                 → never_opened
    2h balance                   → 10 10
    `,
  ));

test('a key answers once, and again; another request under it is a conflict', () =>
  play(
    ledger,
    `
    0h accrue a 10 key k         → 0 10
    1h accrue a 10 key k         → 0 10 again
    1h accrue b 11 key k         → eid_reused
    1h redeem c 10 key k         → eid_reused
    1h redeem c 11 key l         → insufficient_points
    1h accrue d 1 key m          → 10 11
    1h redeem c 11 key l         → 11 0
    1h redeem c 11 key l         → 11 0 again
    `,
  ));

test('a redemption nobody waits for any more is not carried out', () =>
  play(
    ledger,
    `
    0h accrue a 10               → 0 10
    2h redeem r 1 waits 1h       → request_expired
    2h redeem r 1 waits 2h       → 10 9
    `,
  ));

test('amounts of twenty digits and four decimals are exact', () =>
  play(
    ledger,
    `
    0h accrue a 99999999999999999999.9999    → 0 99999999999999999999.9999
    0h redeem r 0.0001                       → 99999999999999999999.9999 99999999999999999999.9998
    0h redeem s 99999999999999999999.9998    → 99999999999999999999.9998 0
    `,
  ));
