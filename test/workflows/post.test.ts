import { ActivityExecutionFailedError, Client, Connection } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import { uuidv7 } from 'uuidv7';
import { findBalance } from '../../src/db/queries/account';
import type { Operation } from '../../src/domain/operation';
import { faultyOperations } from '../../src/domain/outcome';
import { OperationFault } from '../../src/gateway';
import { postType, taskQueues } from '../../workflows/protocol';
import { currencyIid, enrolIn, programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend } from '../support/service';

let backend: Backend;
let client: Client;
let memberId: string;

beforeAll(async () => {
  backend = await startBackend();
  await seedProgram(backend.pool);
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.connection.close();
  await backend.close();
});
beforeEach(async () => {
  memberId = await enrolIn(backend.pool);
});

const waiting = () => new Date(Date.now() + 30_000).toISOString();

function operation(verb: 'accrue' | 'redeem', amount: string, extra: Partial<Operation> = {}): Operation {
  return {
    verb,
    program_id: programId,
    member_id: memberId,
    currency_iid: currencyIid,
    source_type: 'api',
    transaction_id: uuidv7(),
    amount,
    not_after: waiting(),
    ...extra,
  } as Operation;
}

const balance = () => findBalance(backend.pool, memberId, currencyIid, new Date().toISOString());

test('fifty redemptions at once never take more than there is', async () => {
  await backend.gateway.post(operation('accrue', '100'));
  const outcomes = await Promise.all(
    Array.from({ length: 50 }, () => backend.gateway.post(operation('redeem', '7.5'))),
  );
  const refusals = outcomes.filter((outcome) => 'refusal' in outcome);
  expect(outcomes.length - refusals.length).toBe(13);
  for (const refusal of refusals) expect(refusal).toEqual({ refusal: 'insufficient_points', details: {} });
  expect(await balance()).toEqual({ active: '2.5000', total: '2.5000' });
});

test('twenty requests under one transaction_eid post once and get one answer', async () => {
  const key = { transaction_eid: uuidv7(), request_hash: 'same' };
  const outcomes = await Promise.all(
    Array.from({ length: 20 }, () => backend.gateway.post(operation('accrue', '5', key))),
  );
  expect(
    new Set(outcomes.map((outcome) => ('transaction_id' in outcome ? outcome.transaction_id : ''))).size,
  ).toBe(1);
  expect(outcomes.filter((outcome) => 'repeated' in outcome && !outcome.repeated)).toHaveLength(1);
  expect(await balance()).toEqual({ active: '5.0000', total: '5.0000' });
});

test('requests that come together travel together, and say so to operators', async () => {
  await Promise.all(Array.from({ length: 40 }, () => backend.gateway.post(operation('accrue', '1'))));
  const { rows } = await backend.pool.query(
    `select p.written_by, count(*)::int as postings
     from ledger.postings p join ledger.accounts a using (account_id)
     where a.member_id = $1 and p.written_by <> 'test'
     group by p.written_by`,
    [memberId],
  );
  expect(rows.length).toBeLessThan(10);
  const biggest = rows.toSorted((a, b) => b.postings - a.postings)[0];
  const description = await client.activity.getHandle(biggest.written_by).describe();
  const summary = Buffer.from(description.rawInfo.userMetadata?.summary?.data ?? '').toString();
  expect(JSON.parse(summary)).toBe(`${biggest.postings} operations: ${biggest.postings} accrue`);
});

test('a faulty operation does not take its neighbours with it, and is red for operators', async () => {
  const before = operation('accrue', '1');
  const faulty = operation('accrue', '1', { currency_iid: 999 });
  const after = operation('accrue', '2');
  const run = client.activity.execute(postType, {
    id: uuidv7(),
    taskQueue: taskQueues(backend.config.temporalTaskQueue).ledger,
    args: [[before, faulty, after]],
    startToCloseTimeout: '10s',
  });
  const failure = await run.catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ActivityExecutionFailedError);
  const cause = (failure as ActivityExecutionFailedError).cause as ApplicationFailure;
  expect(cause).toBeInstanceOf(ApplicationFailure);
  expect(cause.type).toBe(faultyOperations);
  expect(cause.details?.[0]).toEqual([
    expect.objectContaining({ balance_after: '1.0000' }),
    { fault: expect.stringContaining('accounts_currency_iid_fkey') },
    expect.objectContaining({ balance_after: '3.0000' }),
  ]);
  await expect(backend.gateway.post(operation('accrue', '1', { currency_iid: 999 }))).rejects.toThrow(
    OperationFault,
  );
  expect(await balance()).toEqual({ active: '3.0000', total: '3.0000' });
});

test('a retried activity answers what its first attempt wrote', async () => {
  const operations = [operation('accrue', '10'), operation('redeem', '4'), operation('redeem', '100')];
  const execute = () =>
    client.activity.execute(postType, {
      id: uuidv7(),
      taskQueue: taskQueues(backend.config.temporalTaskQueue).ledger,
      args: [operations],
      startToCloseTimeout: '10s',
    });
  const first = await execute();
  const second = await execute();
  expect(second).toEqual(
    first.map((outcome: object) => ('refusal' in outcome ? outcome : { ...outcome, repeated: true })),
  );
  expect(await balance()).toEqual({ active: '6.0000', total: '6.0000' });
});

test('more than one batch of operations, each answered in its place', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 1200 }, (_, index) => backend.gateway.post(operation('accrue', String(index + 1)))),
  );
  const gained = outcomes.map((outcome) =>
    'balance_after' in outcome ? Number(outcome.balance_after) - Number(outcome.balance_before) : 0,
  );
  expect(gained).toEqual(Array.from({ length: 1200 }, (_, index) => index + 1));
  expect(await balance()).toEqual({ active: '720600.0000', total: '720600.0000' });
});

test('a retried removal is answered as the first', async () => {
  const operations = [
    { verb: 'remove', transaction_id: uuidv7(), program_id: programId, member_id: memberId },
  ];
  const execute = () =>
    client.activity.execute(postType, {
      id: uuidv7(),
      taskQueue: taskQueues(backend.config.temporalTaskQueue).ledger,
      args: [operations],
      startToCloseTimeout: '10s',
    });
  const [first] = await execute();
  expect(first).toEqual({ profile_id: expect.any(String), holds: [] });
  expect(await execute()).toEqual([first]);
  expect(await backend.gateway.removeMember(programId, memberId)).toMatchObject({
    refusal: 'member_not_found',
  });
});
