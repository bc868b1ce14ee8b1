import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection } from '@temporalio/client';
import { NativeConnection, Worker } from '@temporalio/worker';
import { uuidv7 } from 'uuidv7';
import { readConfig } from '../../src/config';
import { findBalance } from '../../src/db/queries/account';
import type { Posted } from '../../src/domain/outcome';
import { findTemporal } from '../../src/embedded/temporal-cli';
import { holdWorkflowId } from '../../workflows/protocol';
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
  await backend.gateway.post({ verb: 'accrue', ...account(), transaction_id: uuidv7(), amount: '100' });
});

const account = () => ({
  program_id: programId,
  member_id: memberId,
  currency_iid: currencyIid,
  source_type: 'api' as const,
});

async function open(amount: string, timeoutSec: number, extra: { transaction_eid?: string } = {}) {
  const operation = {
    verb: 'redeem' as const,
    ...account(),
    transaction_id: uuidv7(),
    amount,
    not_after: new Date(Date.now() + 10_000).toISOString(),
    temp_until: new Date(Date.now() + timeoutSec * 1000).toISOString(),
    ...(extra.transaction_eid && { transaction_eid: extra.transaction_eid, request_hash: 'same' }),
  };
  const outcome = await backend.gateway.openHold(operation, {
    program: 'test',
    member: 'm',
    currency: 'stars',
    amount: `${amount}0`,
  });
  return {
    id: operation.transaction_id,
    outcome,
    handle: client.workflow.getHandle(holdWorkflowId(operation.transaction_id)),
  };
}

async function balance() {
  return findBalance(backend.pool, memberId, currencyIid, new Date().toISOString());
}

test('reserves at once and commits when told', async () => {
  const { id, outcome } = await open('40', 600);
  expect(outcome).toMatchObject({ transaction_id: id, balance_before: '100.0000', balance_after: '60.0000' });
  expect(await balance()).toEqual({ active: '60.0000', total: '100.0000' });
  expect(await backend.gateway.signalHold(id, 'commit')).toEqual({
    state: 'committed',
    canceled: false,
    transaction_id: id,
    balance: '60.0000',
  });
  expect(await balance()).toEqual({ active: '60.0000', total: '60.0000' });
  expect(await backend.gateway.signalHold(id, 'commit')).toBeUndefined();
});

test.each(['commit', 'rollback', 'cancel'])('anyone may send the signal %s', async (signal) => {
  const { handle } = await open('40', 600);
  await handle.signal(signal);
  const ends: Record<string, object> = {
    commit: { state: 'committed', canceled: false, balance: '60.0000' },
    rollback: { state: 'rolled_back', canceled: false, balance: '100.0000' },
    cancel: { state: 'rolled_back', canceled: true, balance: '100.0000' },
  };
  expect(await handle.result()).toMatchObject(ends[signal] as object);
});

test('the command line may send it', async () => {
  const { handle } = await open('40', 600);
  const cli = await findTemporal({
    cliPath: readConfig().temporalCli,
    cacheDir: join(__dirname, '../../.data'),
    progress: () => {},
  });
  const signal = ['workflow', 'signal', '--workflow-id', handle.workflowId, '--name', 'commit'];
  await promisify(execFile)(cli, [...signal, '--address', backend.config.temporalAddress]);
  expect(await handle.result()).toMatchObject({ state: 'committed', balance: '60.0000' });
});

test('another workflow may send it', async () => {
  const { id, handle } = await open('40', 600);
  const worker = await Worker.create({
    connection: await NativeConnection.connect({ address: backend.config.temporalAddress }),
    taskQueue: 'scenarios',
    workflowsPath: require.resolve('../support/scenario-workflow'),
  });
  const scenario = client.workflow.execute('scenario', {
    workflowId: `scenario-${id}`,
    taskQueue: 'scenarios',
    args: [id, 'rollback'],
  });
  await worker.runUntil(scenario);
  await (worker.options.connection as NativeConnection).close();
  expect(await handle.result()).toMatchObject({ state: 'rolled_back', balance: '100.0000' });
});

test('times out by itself', async () => {
  const { handle } = await open('40', 1);
  expect(await handle.result()).toMatchObject({ state: 'timed_out', balance: '100.0000' });
  expect(await balance()).toEqual({ active: '100.0000', total: '100.0000' });
});

test('an operator who cancels the workflow cancels the transaction', async () => {
  const { handle } = await open('40', 600);
  await handle.cancel();
  expect(await handle.result()).toMatchObject({ state: 'rolled_back', canceled: true });
});

test('a refused hold leaves no workflow behind, and no failure', async () => {
  const { outcome, handle } = await open('101', 600);
  expect(outcome).toEqual({ refusal: 'insufficient_points', details: {} });
  expect(await handle.result()).toEqual({ state: 'discarded' });
  expect((await handle.describe()).status.name).toBe('COMPLETED');
});

test('a repeat answers the first hold and ends its own workflow', async () => {
  const first = await open('40', 600, { transaction_eid: 'order-1' });
  const second = await open('40', 600, { transaction_eid: 'order-1' });
  expect((second.outcome as Posted).transaction_id).toBe(first.id);
  expect((second.outcome as Posted).repeated).toBe(true);
  expect(await second.handle.result()).toEqual({ state: 'discarded' });
  expect((await first.handle.describe()).status.name).toBe('RUNNING');
  await first.handle.signal('rollback');
  await first.handle.result();
});

test('holds survive the worker, and settle with the next', async () => {
  const committed = await open('10', 600);
  const timedOut = await open('20', 1);
  await backend.restartWorker(async () => {
    await committed.handle.signal('commit');
  });
  expect(await committed.handle.result()).toMatchObject({ state: 'committed' });
  expect(await timedOut.handle.result()).toMatchObject({ state: 'timed_out' });
  expect(await balance()).toEqual({ active: '90.0000', total: '90.0000' });
});

test('commit, rollback and cancel at once: one wins, all are told the same', async () => {
  for (let round = 0; round < 5; round += 1) {
    const { id, handle } = await open('10', 600);
    const told = await Promise.all(
      (['commit', 'rollback', 'cancel'] as const).map((signal) => backend.gateway.signalHold(id, signal)),
    );
    const result = await handle.result();
    for (const answer of told) if (answer) expect(answer).toEqual(result);
    expect(told.some((answer) => answer !== undefined)).toBe(true);
  }
});

test('commit against timeout: the ledger says which, once', async () => {
  const holds = await Promise.all(Array.from({ length: 10 }, () => open('1', 1)));
  const told = await Promise.all(
    holds.map(async ({ id, handle }, index) => {
      await new Promise((resolve) => setTimeout(resolve, 940 + index * 12));
      const answer = await backend.gateway.signalHold(id, 'commit');
      const result = await handle.result();
      if (answer) expect(answer).toEqual(result);
      return result.state as string;
    }),
  );
  const committed = told.filter((state) => state === 'committed').length;
  expect(told.filter((state) => state === 'timed_out')).toHaveLength(10 - committed);
  expect(await balance()).toEqual({ active: `${100 - committed}.0000`, total: `${100 - committed}.0000` });
});

test('operators can read it', async () => {
  const { handle } = await open('40.5', 600, { transaction_eid: 'order-77' });
  const description = await handle.describe();
  expect(await description.staticSummary()).toBe('redeem 40.50 stars, order-77');
  const attributes = Object.fromEntries(
    description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]),
  );
  expect(attributes).toMatchObject({
    LoyaltyProgram: 'test',
    LoyaltyMember: 'm',
    LoyaltyCurrency: 'stars',
    LoyaltyKind: 'redeem',
    LoyaltyAmount: 40.5,
    LoyaltyTransactionEid: 'order-77',
  });
  const details = await handle.query('__temporal_workflow_metadata');
  expect(JSON.stringify(details)).toContain('Open');
  await handle.signal('rollback');
  await handle.result();
});
