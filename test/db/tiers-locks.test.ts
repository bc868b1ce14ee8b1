import { uuidv7 } from 'uuidv7';
import { evaluateTiers, postOperations } from '../../src/db/ledger';
import type { Operation } from '../../src/domain/operation';
import { currencyIid, enrolIn, type LedgerBench, openLedger, programId } from '../support/ledger';
import { addGroup, moment, seedStatus, statusIid } from '../support/tiers';

let ledger: LedgerBench;
beforeEach(async () => {
  ledger = await openLedger();
  await seedStatus(ledger);
});
afterEach(() => ledger.close());

const post = (operations: Operation[], at = '2030-01-01') =>
  postOperations(ledger.pool, operations, moment(at), 'till');

function accrue(member_id: string, currency_iid: number, amount = '500'): Operation {
  const transaction_id = uuidv7();
  return {
    verb: 'accrue',
    transaction_id,
    program_id: programId,
    member_id,
    currency_iid,
    amount,
    source_type: 'api',
  };
}

async function waiting(): Promise<number | null> {
  const text = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%ledger.post%'`;
  return (await ledger.pool.query(text)).rowCount;
}

test('batches whose rewards land on accounts of each other do not wait in a circle', async () => {
  await addGroup(ledger);
  const a = await enrolIn(ledger.pool);
  const b = await enrolIn(ledger.pool);
  const blocker = await ledger.pool.connect();
  await blocker.query('begin');
  await blocker.query('select from ledger.accounts where member_id = $1 and currency_iid = $2 for update', [
    b,
    statusIid,
  ]);

  const first = post([accrue(a, currencyIid, '1'), accrue(b, statusIid)]);
  while ((await waiting()) !== 1) await new Promise(setImmediate);
  let isSecondDone = false;
  const second = post([accrue(b, currencyIid, '1'), accrue(a, statusIid)]).finally(() => {
    isSecondDone = true;
  });
  while (!isSecondDone && (await waiting()) !== 2) await new Promise(setImmediate);

  await blocker.query('commit');
  blocker.release();
  const outcomes = (await Promise.all([first, second])).flat();
  for (const outcome of outcomes) expect(outcome).toMatchObject({ transaction_id: expect.any(String) });
  const { rows } = await ledger.pool.query(
    `select balance from ledger.accounts where currency_iid = ${currencyIid}`,
  );
  expect(rows).toEqual([{ balance: '101.0000' }, { balance: '101.0000' }]);
});

test('a removal and a posting that reaches a tier do not wait in a circle', async () => {
  await addGroup(ledger);
  const member = await enrolIn(ledger.pool);
  const blocker = await ledger.pool.connect();
  await blocker.query('begin');
  await blocker.query('select from ledger.accounts where member_id = $1 for update', [member]);
  const posting = post([accrue(member, statusIid)]);
  while ((await waiting()) !== 1) await new Promise(setImmediate);
  const transaction_id = uuidv7();
  const removal = post([{ verb: 'remove', transaction_id, program_id: programId, member_id: member }]);
  while ((await waiting()) !== 2) await new Promise(setImmediate);
  await blocker.query('commit');
  blocker.release();
  expect(await posting).toEqual([expect.objectContaining({ balance_after: expect.any(String) })]);
  expect(await removal).toEqual([expect.objectContaining({ holds: [] })]);
});

test('postings, evaluations and changes of many members at once: nobody is thrown out', async () => {
  const period = { kind: 'rolling', n: 1, unit: 'day' } as const;
  await addGroup(ledger, { type: 'periodic', period, downgrade: 'to_earned' });
  const members: string[] = [];
  for (let count = 0; count < 6; count += 1) members.push(await enrolIn(ledger.pool));
  const pick = (index: number) => members[index % members.length] as string;
  const work = Array.from({ length: 60 }, async (_, index) => {
    const at = `2030-02-${String(1 + Math.floor(index / 4)).padStart(2, '0')}`;
    if (index % 5 === 4) return evaluateTiers(ledger.pool, programId, moment(at), 3, 'schedule');
    const operations = [
      accrue(pick(index * 5), currencyIid, '1'),
      accrue(pick(index * 3 + 1), statusIid),
      accrue(pick(index), currencyIid, '1'),
      accrue(pick(index * 7 + 2), statusIid),
    ];
    return (await post(operations, at)).length;
  });
  await expect(Promise.all(work)).resolves.toHaveLength(60);
  const { rows } = await ledger.pool.query(
    'select count(*)::int as paid from ledger.first_tiers where rewarded_by is not null',
  );
  expect(rows[0].paid).toBeGreaterThanOrEqual(members.length);
});
