import { type LedgerBench, openLedger, play } from '../support/ledger';

let ledger: LedgerBench;
beforeAll(async () => {
  ledger = await openLedger({ allowNegativeBalance: true });
});
afterAll(() => ledger.close());

test('a cancelled accrual that was spent becomes a debt, which next accruals repay first', () =>
  play(
    ledger,
    `
    0h accrue a 100              → 0 100
    0h redeem r 60               → 100 40
    1h cancel a                  → -60
    1h balance                   → -60 -60
    1h redeem s 1                → insufficient_points
    2h accrue b 50               → -60 -10
    2h lots                      → a:0/0 b:0/0
    3h accrue c 30 from 9h       → -10 0
    3h balance                   → 0 20
    9h balance                   → 20 20
    `,
  ));

test('points that wait repay a debt as others do, and what is left of them is activated', () =>
  play(
    ledger,
    `
    0h accrue a 100              → 0 100
    0h redeem r 60               → 100 40
    1h cancel a                  → -60
    2h accrue b 70 waiting       → -60 0
    2h balance                   → 0 10
    3h activate b                → 10
    4h cancel b                  → -60
    `,
  ));

test('points given back while in debt repay it', () =>
  play(
    ledger,
    `
    0h accrue a 100              → 0 100
    0h redeem r 60               → 100 40
    0h redeem h 20 hold 9h       → 40 20
    1h cancel a                  → -80
    1h balance                   → -80 -60
    2h rollback h                → rolled_back -60
    2h cancel r                  → 0
    2h balance                   → 0 0
    2h lots                      → a:0/0
    `,
  ));
