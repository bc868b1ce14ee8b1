import { Client, Connection } from '@temporalio/client';
import { createTierGroup } from '../../src/db/commands/tier-groups';
import { evaluateTiersType, taskQueues, tierScheduleId } from '../../workflows/protocol';
import { enrolIn, programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend, startWorkerApart } from '../support/service';
import { levels, statusIid } from '../support/tiers';

let backend: Backend;
let client: Client;

beforeAll(async () => {
  backend = await startBackend({ tierIntervalSec: 3600 }, { beforeWorker: seedProgram });
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
  await backend.pool.query(
    `insert into catalog.currencies (iid, program_id, eid, name, type)
     values ($1, $2, 'status', 'Status', 'qualification')`,
    [statusIid, programId],
  );
});
afterAll(async () => {
  await client.schedule.getHandle(tierScheduleId(backend.config.temporalTaskQueue, programId)).delete();
  await client.connection.close();
  await backend.close();
});

/** Members with so many points of the qualification currency. */
async function makeMembers(count: number, amount: string): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    const memberId = await enrolIn(backend.pool);
    await backend.pool.query(
      `select ledger.post(jsonb_build_array(jsonb_build_object(
         'verb', 'accrue', 'transaction_id', uuidv7(), 'program_id', $1::int, 'member_id', $2::bigint,
         'currency_iid', $3::int, 'amount', $4::text, 'source_type', 'api')), now(), 'test')`,
      [programId, memberId, statusIid, amount],
    );
  }
}

async function count(where: string): Promise<number> {
  const { rows } = await backend.pool.query(`select count(*)::int as rows from ledger.${where}`);
  return rows[0].rows;
}

test('every program has a schedule, which finds who earned a tier before the group was made', async () => {
  await makeMembers(3, '600');
  await createTierGroup(backend.pool, programId, levels);
  const id = tierScheduleId(backend.config.temporalTaskQueue, programId);
  const schedule = client.schedule.getHandle(id);
  const { spec, policies } = await schedule.describe();
  expect(spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })]);
  expect(policies.overlap).toBe('SKIP');
  await schedule.trigger();
  while (((await schedule.describe()).info.recentActions ?? []).length === 0);
  const [started] = (await schedule.describe()).info.recentActions;
  const result = await client.workflow.getHandle(started?.action.workflow.workflowId ?? '').result();
  expect(result).toEqual({ members: 3 });
  expect(await count('member_tiers where lost_at is null')).toBe(6);
});

test('when a worker is killed, the next ends its work; nobody is rewarded twice', async () => {
  await makeMembers(300, '400');
  const before = await count('first_tiers where rewarded_by is not null');
  await backend.pool.query(`update catalog.tiers set threshold = 300 where eid = 'silver'`);
  await backend.pool.query('update catalog.tier_groups set updated_at = now()');
  const handle = await backend.restartWorker(async () => {
    const apart = await startWorkerApart(backend.config);
    const started = await client.workflow.start(evaluateTiersType, {
      workflowId: `tiers-${backend.config.temporalTaskQueue}`,
      taskQueue: taskQueues(backend.config.temporalTaskQueue).jobs,
      args: [{ program_id: programId }],
    });
    while ((await count('first_tiers where rewarded_by is not null')) === before);
    await apart.kill();
    return started;
  });
  expect(await handle.result()).toEqual({ members: expect.any(Number) });
  expect(await count('first_tiers where rewarded_by is not null')).toBe(before + 300);
  expect(await count(`postings where source_type = 'tier_group'`)).toBe(before + 300);
}, 120_000);
