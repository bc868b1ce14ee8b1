import { Client, Connection } from '@temporalio/client';
import { expirePointsType, expireScheduleId, taskQueues } from '../../workflows/protocol';
import { enrolIn, programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend, startWorkerApart } from '../support/service';

let backend: Backend;
let client: Client;

beforeAll(async () => {
  backend = await startBackend({ expiryIntervalSec: 3600 }, { beforeWorker: seedProgram });
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.schedule.getHandle(expireScheduleId(backend.config.temporalTaskQueue, programId)).delete();
  await client.connection.close();
  await backend.close();
});

const past = '2020-02-01T00:00:00Z';

/** Lots that lapse at a moment, so many on each of so many accounts. */
async function makeDueLots(members: number, lotsEach: number, lapse = past): Promise<void> {
  for (let count = 0; count < members; count += 1) {
    const memberId = await enrolIn(backend.pool);
    await backend.pool.query(
      `select ledger.post((
         select jsonb_agg(jsonb_build_object(
           'verb', 'accrue', 'transaction_id', uuidv7(), 'program_id', $1::int, 'member_id', $2::bigint,
           'currency_iid', 1, 'amount', '5', 'source_type', 'api', 'expires_at', $4::text))
         from generate_series(1, $3::int)), '2020-01-01T00:00:00Z', 'test')`,
      [programId, memberId, lotsEach, lapse],
    );
  }
}

async function count(where: string): Promise<number> {
  const { rows } = await backend.pool.query(`select count(*)::int as rows from ledger.${where}`);
  return rows[0].rows;
}

test('every program has a schedule, which operators can trigger', async () => {
  await makeDueLots(3, 2);
  const id = expireScheduleId(backend.config.temporalTaskQueue, programId);
  const schedule = client.schedule.getHandle(id);
  const { spec, policies } = await schedule.describe();
  expect(spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })]);
  expect(policies.overlap).toBe('SKIP');
  await schedule.trigger();
  while (((await schedule.describe()).info.recentActions ?? []).length === 0);
  const [started] = (await schedule.describe()).info.recentActions;
  const result = await client.workflow.getHandle(started?.action.workflow.workflowId ?? '').result();
  expect(result).toEqual({ lots: 6 });
  expect(await count(`postings where type = 'expire'`)).toBe(6);
});

test('a worker that starts again brings the schedule up to date and leaves a pause alone', async () => {
  const schedule = client.schedule.getHandle(expireScheduleId(backend.config.temporalTaskQueue, programId));
  await schedule.pause('an operator looks into something');
  await backend.restartWorker();
  const { state } = await schedule.describe();
  expect(state).toMatchObject({ paused: true, note: 'an operator looks into something' });
  await schedule.unpause();
});

test('when a worker is killed, the next ends its work; nothing is written off twice', async () => {
  await makeDueLots(60, 50);
  const before = await count(`postings where type = 'expire'`);
  const handle = await backend.restartWorker(async () => {
    const apart = await startWorkerApart(backend.config);
    const started = await client.workflow.start(expirePointsType, {
      workflowId: `expire-${backend.config.temporalTaskQueue}`,
      taskQueue: taskQueues(backend.config.temporalTaskQueue).jobs,
      args: [{ program_id: programId }],
    });
    while ((await count(`postings where type = 'expire'`)) === before);
    await apart.kill();
    return started;
  });
  expect(await handle.result()).toEqual({ lots: expect.any(Number) });
  expect(await count(`postings where type = 'expire'`)).toBe(before + 3000);
  expect(await count('lots where has_free')).toBe(0);
}, 120_000);

test('when a worker is killed while it tells of points that lapse soon, everybody is told once', async () => {
  const soon = new Date(Date.now() + 86_400_000).toISOString();
  await makeDueLots(600, 3, soon);
  await backend.pool.query('update catalog.currencies set expiring_soon_days = 30');
  const told = async () => {
    const { rows } = await backend.pool.query(
      `select count(*)::int as events, count(distinct member_id)::int as members from feed.events
       where type = 'loyalty_points_expiring_soon'`,
    );
    return rows[0];
  };
  const handle = await backend.restartWorker(async () => {
    const apart = await startWorkerApart(backend.config);
    const started = await client.workflow.start(expirePointsType, {
      workflowId: `tell-${backend.config.temporalTaskQueue}`,
      taskQueue: taskQueues(backend.config.temporalTaskQueue).jobs,
      args: [{ program_id: programId }],
    });
    while ((await told()).events === 0);
    await apart.kill();
    return started;
  });
  await handle.result();
  expect(await told()).toEqual({ events: 600, members: 600 });
}, 120_000);
