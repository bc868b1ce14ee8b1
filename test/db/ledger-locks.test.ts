import { uuidv7 } from 'uuidv7';
import { postOperations } from '../../src/db/ledger';
import type { Operation } from '../../src/domain/operation';
import { type LedgerBench, openLedger, programId } from '../support/ledger';

let ledger: LedgerBench;
beforeAll(async () => {
  ledger = await openLedger();
});
afterAll(() => ledger.close());

const post = (operations: Operation[]) =>
  postOperations(ledger.pool, operations, '2030-01-01T00:00:00Z', 'test');

const remove = (member_id: string): Operation => ({
  verb: 'remove',
  transaction_id: uuidv7(),
  program_id: programId,
  member_id,
});

const accrue = (member_id: string, currency_iid: number): Operation => ({
  verb: 'accrue',
  transaction_id: uuidv7(),
  program_id: programId,
  member_id,
  currency_iid,
  amount: '1',
  source_type: 'api',
});

/** A currency that members do not have accounts in yet. */
async function addCurrency(): Promise<number> {
  const { rows } = await ledger.pool.query(
    `insert into catalog.currencies (iid, program_id, eid, name, type)
     select max(iid) + 1, $1, 'new-' || max(iid), 'New', 'standard' from catalog.currencies returning iid`,
    [programId],
  );
  return rows[0].iid;
}

async function waiting(): Promise<number | null> {
  const text = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%ledger.post%'`;
  return (await ledger.pool.query(text)).rowCount;
}

test('batches that remove members and open accounts crosswise do not wait in a circle', async () => {
  const busy = await ledger.enrol();
  const a = await ledger.enrol();
  const b = await ledger.enrol();
  const currency = await addCurrency();
  const blocker = await ledger.pool.connect();
  await blocker.query('begin');
  await blocker.query('select from ledger.members where member_id = $1 for update', [busy]);

  const first = post([remove(a), accrue(busy, currency), accrue(b, currency)]);
  while ((await waiting()) !== 1) await new Promise(setImmediate);
  let isSecondDone = false;
  const second = post([remove(b), accrue(a, currency)]).finally(() => {
    isSecondDone = true;
  });
  while (!isSecondDone && (await waiting()) !== 2) await new Promise(setImmediate);

  await blocker.query('commit');
  blocker.release();
  const outcomes = await Promise.all([first, second]);
  expect(outcomes.map(([removal]) => removal)).toEqual([
    { profile_id: expect.any(String), holds: [] },
    { profile_id: expect.any(String), holds: [] },
  ]);
});
