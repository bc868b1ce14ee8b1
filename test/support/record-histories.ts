import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client, Connection, type WorkflowHandle } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import { readConfig } from '../../src/config';
import type { NotedOrder } from '../../src/domain/order-points';
import { findTemporal } from '../../src/embedded/temporal-cli';
import { openFileStore } from '../../src/file-store';
import {
  type CommitOrderResult,
  calculateSegmentType,
  cleanExportsStart,
  cleanExportsType,
  commitOrderWorkflowId,
  deleteEventsType,
  deliverEventsStart,
  deliverEventsType,
  dispatchScenariosStart,
  enrolMembersType,
  evaluateTiersType,
  expirePointsType,
  exportWorkflowId,
  holdWorkflowId,
  importFeedType,
  importWorkflowId,
  orderPointsWorkflowId,
  participationType,
  pointsManagementType,
  scenarioRunId,
  simulationWorkflowId,
  taskQueues,
} from '../../workflows/protocol';
import globalSetup from './global-setup';
import globalTeardown from './global-teardown';
import { currencyIid, enrolIn, programId, seedProgram } from './ledger';
import { type Backend, startBackend } from './service';

/**
 * `npm run record-histories NAME`: plays one workflow of each kind and keeps their histories under
 * test/workflows/histories/NAME, for replay.test.ts to replay for ever. To be run when a workflow changes,
 * into a new folder, so that what runs in production today is still replayed tomorrow.
 */
async function main(name: string): Promise<void> {
  const folder = join(__dirname, '../workflows/histories', name);
  await mkdir(folder, { recursive: true });
  await globalSetup();
  const cli = await findTemporal({
    cliPath: readConfig().temporalCli,
    cacheDir: join(__dirname, '../../.data'),
    progress: () => {},
  });
  const backend = await startBackend({ exportKeepSec: 2 });
  const client = new Client({
    connection: await Connection.connect({ address: backend.config.temporalAddress }),
  });
  try {
    await seedProgram(backend.pool);
    const account = {
      program_id: programId,
      member_id: await enrolIn(backend.pool),
      currency_iid: currencyIid,
      source_type: 'api',
    } as const;
    await backend.gateway.post({ verb: 'accrue', ...account, transaction_id: uuidv7(), amount: '100' });

    const open = async (amount: string, timeoutSec: number) => {
      const id = uuidv7();
      const operation = {
        verb: 'redeem',
        ...account,
        transaction_id: id,
        amount,
        not_after: new Date(Date.now() + 10_000).toISOString(),
        temp_until: new Date(Date.now() + timeoutSec * 1000).toISOString(),
      } as const;
      await backend.gateway.openHold(operation, {
        program: 'test',
        member: 'ann',
        currency: 'stars',
        amount: '1.00',
      });
      return client.workflow.getHandle(holdWorkflowId(id));
    };
    const keep = async (kind: string, handle: WorkflowHandle) => {
      await handle.result().catch(() => {});
      const show = ['workflow', 'show', '--workflow-id', handle.workflowId, '--output', 'json'];
      const { stdout } = await promisify(execFile)(cli, [
        ...show,
        '--address',
        backend.config.temporalAddress,
      ]);
      await writeFile(join(folder, `${kind}.json`), stdout);
    };

    for (const signal of ['commit', 'rollback', 'cancel'] as const) {
      const handle = await open('1', 600);
      await handle.signal(signal);
      await keep(`hold-${signal}`, handle);
    }
    await keep('hold-timeout', await open('1', 1));
    await keep('hold-refused', await open('1000', 600));
    const canceled = await open('1', 600);
    await canceled.cancel();
    await keep('hold-canceled-by-operator', canceled);
    const survivor = await open('1', 600);
    await backend.restartWorker();
    await survivor.signal('commit');
    await keep('hold-commit-after-restart', survivor);

    const { jobs } = taskQueues(backend.config.temporalTaskQueue);
    const expiry = { workflowId: `expire-${jobs}`, taskQueue: jobs, args: [{ program_id: programId }] };
    const { rows } = await backend.pool.query(
      `insert into feed.webhooks (name, url, secret) values ('Nobody', 'https://127.0.0.1', '')
       returning id`,
    );
    const delivery = deliverEventsStart(backend.config.temporalTaskQueue, rows[0].id);
    const delivering = await client.workflow.start(deliverEventsType, delivery);
    await backend.pool.query('update feed.webhooks set is_active = false');
    await keep('deliver-events', delivering);

    const deletion = { workflowId: `delete-${jobs}`, taskQueue: jobs, args: [{ keep_days: 30 }] };
    await keep('delete-events', await client.workflow.start(deleteEventsType, deletion));
    const enrolment = { workflowId: `enrol-${jobs}`, taskQueue: jobs, args: [{ program_id: programId }] };
    await keep('enrol-members', await client.workflow.start(enrolMembersType, enrolment));
    await keep('expire-points', await client.workflow.start(expirePointsType, expiry));
    await keepExports(backend, client, keep);
    const tiers = { workflowId: `tiers-${jobs}`, taskQueue: jobs, args: [{ program_id: programId }] };
    await keep('evaluate-tiers', await client.workflow.start(evaluateTiersType, tiers));
    await keepImports(backend, client, keep);
    const cleaning = cleanExportsStart(backend.config.temporalTaskQueue);
    await keep('clean-exports', await client.workflow.start(cleanExportsType, cleaning));
    await keepNodes(backend, client, keep);
    await keepOrders(backend, client, keep);
    const segment = { workflowId: `segment-${jobs}`, taskQueue: jobs, args: [{ segment: 'none' }] };
    await keep('calculate-segment', await client.workflow.start(calculateSegmentType, segment));
    const input = { workflowId: `feed-${jobs}`, taskQueue: jobs, args: [{ feed: 'nowhere' }] };
    await backend.pool.query(
      `insert into market.feeds
         (external_id, name, url, entity_type, mode, overwrite_categories, params)
       values ('nowhere', 'Nowhere', 'https://127.0.0.1', 'product', 'add_and_update', true, 'ignore')`,
    );
    await keep('import-feed', await client.workflow.start(importFeedType, input));
    await keepScenarios(backend, client, keep);
    await keepSimulations(backend, client, keep);
  } finally {
    await client.connection.close();
    await backend.close();
    await globalTeardown();
  }
}

/** Runs that wait with their workflow open, close it to sleep, are cancelled, and fail. */
async function keepScenarios({ pool, gateway, config }: Backend, client: Client, keep: Keep): Promise<void> {
  const memberId = await enrolIn(pool);
  const second = { id: 'pause', kind: 'wait', n: 1, unit: 'minute' };
  const emit = { id: 'tell', kind: 'emit', name: 'hello' };
  const failing = { id: 'gone', kind: 'check', if: { field: 'tier.none', operator: 'gt', value: 1 } };
  const play = async (
    id: number,
    kind: string,
    steps: object[],
    meanwhile = async (_: WorkflowHandle) => {},
  ) => {
    await pool.query(
      `with v as (insert into scenarios.versions (scenario_id, trigger, steps)
         values ($1, '{"kind":"manual"}', $2::text::json) returning version_id)
       insert into scenarios.definitions (id, program_id, external_id, name, version_id)
       select $1, 1, $3, $3, version_id from v`,
      [id, JSON.stringify(steps), kind],
    );
    await pool.query(
      `insert into scenarios.runs (scenario_id, version_id, member_id, cause, wakes_at, started_at)
       select id, version_id, $2, 'record', now(), now() from scenarios.definitions where id = $1`,
      [id, memberId],
    );
    await gateway.startScenarios();
    const run = { scenario_id: id, member_id: memberId, cause: 'record' };
    const handle = client.workflow.getHandle(scenarioRunId(config.temporalTaskQueue, run));
    while (
      !(await handle.describe().then(
        () => true,
        () => false,
      ))
    ) {}
    await meanwhile(handle);
    await keep(kind, handle);
  };
  await play(101, 'scenario-open', [emit, second, { ...emit, id: 'again' }]);
  await play(102, 'scenario-asleep', [emit, { ...second, unit: 'month' }]);
  await play(103, 'scenario-canceled', [second], async (handle) => {
    while (
      (await pool.query('select from scenarios.runs where scenario_id = 103 and step > 0')).rowCount === 0
    ) {}
    await handle.cancel();
  });
  await play(104, 'scenario-failed', [failing]);
  await pool.query('update scenarios.definitions set is_active = false');
  await pool.query(
    `update scenarios.runs set wakes_at = null, ended_at = now(), outcome = 'end' where wakes_at is not null`,
  );
  await keep(
    'dispatch-scenarios',
    client.workflow.getHandle(dispatchScenariosStart(config.temporalTaskQueue).workflowId),
  );
}

type Keep = (kind: string, handle: WorkflowHandle) => Promise<void>;

/** A node that posts, one that cannot, and one that ends a membership with an open temporary transaction. */
async function keepNodes({ pool, gateway, config }: Backend, client: Client, keep: Keep): Promise<void> {
  const memberId = await enrolIn(pool);
  const { rows } = await pool.query('select profile_id from ledger.members where member_id = $1', [memberId]);
  const { scenarios: taskQueue } = taskQueues(config.temporalTaskQueue);
  const whose = { loyalty_program_id: programId, scenario_id: 1, run_id: 1, matching: 'profile_id' };
  const start = (type: string, node_id: string, input: object) =>
    client.workflow.start(type, {
      workflowId: `${taskQueue}/${node_id}`,
      taskQueue,
      args: [{ ...whose, profile_id: rows[0].profile_id, node_id, ...input }],
    });
  const points = { operation: 'accrue', promotion_id: 'none' };
  await keep('points-management', await start(pointsManagementType, 'points', points));
  await keep('points-management-invalid', await start(pointsManagementType, 'wrong', { operation: 'give' }));
  const at = Date.now();
  const hold = {
    verb: 'accrue',
    program_id: programId,
    member_id: memberId,
    currency_iid: currencyIid,
    source_type: 'api',
    transaction_id: uuidv7(),
    amount: '1',
    temp_until: new Date(at + 600_000).toISOString(),
  } as const;
  await gateway.openHold(hold, { program: 'test', member: 'm', currency: 'stars', amount: '1.00' });
  await keep('participation-remove', await start(participationType, 'leave', { operation: 'remove' }));
}

/** One that is made, one that is refused. */
async function keepOrders({ gateway, pool }: Backend, client: Client, keep: Keep): Promise<void> {
  const { rows } = await pool.query(
    `with channel as (
       insert into market.channels (external_id, database_id, name, type)
       select 'web', database_id, 'Web', 'online' from catalog.programs where id = $1
     ), touchpoint as (
       insert into market.touchpoints (external_id, channel, name) values ('site', 'web', 'Site')
     ), money as (insert into market.currencies (code, name) values ('EUR', 'Euro')), goods as (
       insert into market.goods (entity_type, external_id, name) values ('product', 'P1', 'Phone')
     )
     select profile_id from ledger.members where member_id = $2`,
    [programId, await enrolIn(pool)],
  );
  const { profile_id } = rows[0];
  const confirm = async (external_id: string, endpoint: string) => {
    const line = { external_id: '1', product: 'P1', count: 1, base_price_per_item: '10' };
    const price = { currency: 'EUR', total_price: '10', final_total_price: '10' };
    const order = { external_id, endpoint, status: 'new', ...price, lines: [line] };
    const not_after = new Date(Date.now() + 10_000).toISOString();
    const request = { profile_id, request_hash: external_id, skip_triggers: false, not_after };
    const outcome = await gateway.commitOrder({ order, ...request }, { program: 'test', member: 'm' });
    if ('refusal' in outcome !== (endpoint === 'nowhere')) throw new Error(JSON.stringify(outcome));
    return client.workflow.getHandle(commitOrderWorkflowId(external_id));
  };
  const confirmed = await confirm('a', 'site');
  await keep('commit-order', confirmed);
  await keep('commit-order-refused', await confirm('b', 'nowhere'));
  const { outcome } = (await confirmed.result()) as CommitOrderResult;
  if ('refusal' in outcome) throw new Error(JSON.stringify(outcome));
  const { order_id, external_id } = outcome;
  await keepOrderPoints({ gateway, pool }, client, keep, {
    ...{ order_id, external_id, profile_id, program: 'test' },
  });
}

/** One call, and one that comes while the order is being looked at. */
async function keepOrderPoints(
  { gateway, pool }: Pick<Backend, 'gateway' | 'pool'>,
  client: Client,
  keep: Keep,
  order: NotedOrder,
): Promise<void> {
  const { order_id, external_id } = order;
  const handle = client.workflow.getHandle(orderPointsWorkflowId(external_id));
  await pool.query('insert into market.order_points (order_id) values ($1)', [order_id]);
  await gateway.startOrderPoints(order);
  await keep('order-points', handle);
  await pool.query('update market.order_points set settled_at = null where order_id = $1', [order_id]);
  const holder = await pool.connect();
  await holder.query('begin; lock table market.order_points');
  await gateway.startOrderPoints(order);
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  await gateway.startOrderPoints(order);
  await holder.query('rollback');
  holder.release();
  await keep('order-points-called-again', handle);
}

/** One that is kept until it expires, one that is removed sooner, one that never got to write. */
async function keepExports({ gateway, pool }: Backend, client: Client, keep: Keep): Promise<void> {
  const start = async () => {
    const task_id = uuidv7();
    const period = { date_from: '2025-01-01T00:00:00Z', date_to: '2025-12-31T23:59:59Z' };
    const position = { after_account_id: '0', after_seq: '0' };
    const requested = { requested_at: '2026-01-01T00:00:00Z', requested_by: 'till' };
    const task = { task_id, program_id: programId, currency_iid: currencyIid, ...period, ...position };
    await gateway.startExport({ ...task, ...requested }, { program: 'test', currency: 'stars' });
    return { task_id, handle: client.workflow.getHandle(exportWorkflowId(task_id)) };
  };
  const isDone = `select from exports.tasks where task_id = $1 and state = 'done'`;
  await keep('export-expired', (await start()).handle);
  const removed = await start();
  while ((await pool.query(isDone, [removed.task_id])).rowCount === 0) {}
  await removed.handle.cancel();
  await keep('export-removed', removed.handle);
  const holder = await pool.connect();
  await holder.query('begin; lock table exports.tasks');
  const { handle } = await start();
  await handle.cancel();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await holder.query('rollback');
  holder.release();
  await keep('export-canceled', handle);
}

/** One that is carried out, one whose file cannot be read, one that is cancelled at work. */
async function keepImports(
  { gateway, pool, config }: Backend,
  client: Client,
  keep: (kind: string, handle: WorkflowHandle) => Promise<void>,
): Promise<void> {
  const store = openFileStore({ folder: config.exportDir ?? '' });
  const start = async (csv: string) => {
    const import_id = uuidv7();
    async function* content() {
      yield Buffer.from(csv);
    }
    const file = await store.write(import_id, content(), new AbortController().signal);
    const asked = { program_id: programId, file_name: 'members.csv', batch: 'members' };
    const how = { matching: null, field_name: null, create_profiles: true, grant_initial_balance: false };
    const requested = { dry_run: false, requested_at: new Date().toISOString(), requested_by: 'root' };
    await gateway.startImport({ import_id, file, ...asked, ...how, ...requested }, { program: 'test' });
    return client.workflow.getHandle(importWorkflowId(import_id));
  };
  await keep('import-done', await start('email,amount\nann@example.com,5\n'));
  await keep('import-unfit', await start('name\nAnn\n'));
  const holder = await pool.connect();
  await holder.query('begin; lock table imports.tasks');
  const handle = await start('email,amount\nann@example.com,5\n');
  await handle.cancel();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await holder.query('rollback');
  holder.release();
  await keep('import-canceled', handle);
}

/** One that is done, one whose promotion is gone, one that is cancelled at work. */
async function keepSimulations({ gateway, pool }: Backend, client: Client, keep: Keep): Promise<void> {
  const { rows } = await pool.query(
    `insert into catalog.promotions (program_id, external_id, name, kind, effects)
     values ($1, 'draft', 'Draft', 'discount', '[{"kind": "percent_off", "percent": "10"}]') returning id`,
    [programId],
  );
  const start = async (promotion_id: number) => {
    const now = new Date().toISOString();
    const task = {
      ...{ simulation_id: uuidv7(), program_id: programId, promotion_id },
      options: {
        ...{ orders: 10, since: null, until: now, endpoints: ['site'], except_statuses: [] },
        ...{ keep_dates: false, drafts: [], without: [] },
      },
      ...{ requested_at: now, requested_by: 'root' },
    };
    await gateway.startSimulation(task, { program: 'test', promotion: 'draft' });
    return client.workflow.getHandle(simulationWorkflowId(task.simulation_id));
  };
  await keep('simulation-done', await start(rows[0].id));
  await keep('simulation-gone', await start(0));
  const holder = await pool.connect();
  await holder.query('begin; lock table market.simulations');
  const handle = await start(rows[0].id);
  await handle.cancel();
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  await holder.query('rollback');
  holder.release();
  await keep('simulation-canceled', handle);
}

const [name] = process.argv.slice(2);
if (name === undefined || !/^[\w.-]+$/.test(name)) {
  process.stderr.write('Usage: npm run record-histories NAME\n');
  process.exit(1);
}
main(name).then(() => process.exit(0));
