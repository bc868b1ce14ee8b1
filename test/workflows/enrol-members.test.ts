import { Client, Connection } from '@temporalio/client';
import { forgetConsidered, noteUnconsidered } from '../../src/db/commands/enrolment';
import { changeProgram } from '../../src/db/commands/programs';
import { createSegment } from '../../src/db/commands/segments';
import type { Condition } from '../../src/domain/condition';
import type { ProgramValues } from '../../src/domain/settings';
import { enrolMembersType, enrolScheduleId, taskQueues } from '../../workflows/protocol';
import { programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend, startWorkerApart } from '../support/service';
import { until } from '../support/until';

let backend: Backend;
let client: Client;
let now = new Date();

const change = (values: Partial<ProgramValues>) => changeProgram(backend.pool, programId, values);

beforeAll(async () => {
  backend = await startBackend(
    { enrolIntervalSec: 3600, shutdownTimeoutMs: 1_000 },
    {
      clock: { now: () => now },
      async beforeWorker(pool) {
        await seedProgram(pool);
        await pool.query(`update catalog.currencies set initial_balance = 5`);
        await pool.query(`update catalog.programs set participation = 'all', updated_at = now()`);
      },
    },
  );
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.schedule.getHandle(scheduleId()).delete();
  await client.connection.close();
  await backend.close();
});

const scheduleId = () => enrolScheduleId(backend.config.temporalTaskQueue, programId);

/** Profiles as an import leaves them that nobody finished: written, and noted if `isNoted`. */
async function makeProfiles(prefix: string, count: number, { fields = {}, isNoted = false } = {}) {
  const { rows } = await backend.pool.query(
    `insert into directory.profiles (profile_id, database_id, fields)
     select $1 || lpad(to_hex(n), 22, '0'), 1, $3 from generate_series(1, $2::int) n returning profile_id`,
    [prefix, count, JSON.stringify(fields)],
  );
  const ids = rows.map(({ profile_id }) => profile_id as string);
  if (isNoted) await noteUnconsidered(backend.pool, 1, ids);
  return ids;
}

const count = async (from: string) =>
  Number((await backend.pool.query(`select count(*) from ${from}`)).rows[0].count);

const membersOf = (prefix: string) => count(`ledger.members where profile_id like '${prefix}%'`);

const balancesOf = (prefix: string) =>
  count(`ledger.postings p join ledger.accounts using (account_id) join ledger.members m using (member_id)
    where m.profile_id like '${prefix}%' and p.source_sid = 'initial_balance'`);

test('the schedule takes in everybody, and operators can trigger it', async () => {
  await makeProfiles('a1', 600);
  const schedule = client.schedule.getHandle(scheduleId());
  const { spec, policies } = await schedule.describe();
  expect(spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })]);
  expect(policies.overlap).toBe('SKIP');
  await schedule.trigger();
  await until(async () => ((await schedule.describe()).info.recentActions ?? []).length > 0);
  const [started] = (await schedule.describe()).info.recentActions;
  const result = await client.workflow.getHandle(started?.action.workflow.workflowId ?? '').result();
  expect(result).toEqual({ considered: 600, registered: 600 });
  expect([await membersOf('a1'), await balancesOf('a1')]).toEqual([600, 600]);
});

test('a pause by an operator outlives a start of workers', async () => {
  const schedule = client.schedule.getHandle(scheduleId());
  await schedule.pause('an operator looks into something');
  await backend.restartWorker();
  expect((await schedule.describe()).state).toMatchObject({ paused: true });
  await schedule.unpause();
});

test('a program that takes nobody in has no schedule', async () => {
  await backend.pool.query(
    `insert into catalog.programs (id, external_id, name, database_id, is_active)
     values (2, 'manual', 'Manual', 1, false)`,
  );
  await backend.restartWorker();
  const schedule = client.schedule.getHandle(enrolScheduleId(backend.config.temporalTaskQueue, 2));
  await expect(schedule.describe()).rejects.toThrow();
});

test('settings that did not change are not gone through again, but who is noted is', async () => {
  expect(await backend.gateway.enrolMembers(programId)).toEqual({ considered: 0, registered: 0 });
  await makeProfiles('a2', 3, { isNoted: true });
  expect(await backend.gateway.enrolMembers(programId)).toEqual({ considered: 3, registered: 3 });
  expect(await count('directory.unconsidered')).toBe(0);
});

test('a birthday comes on its day, by the clock of the segment', async () => {
  const condition: Condition = { field: '_bdate.days_to_anniversary', operator: 'eq', value: 0 };
  const values = { external_id: 'birthday', name: 'Birthday', description: '', condition };
  const segment = await createSegment(backend.pool, 1, { ...values, timezone: 'America/New_York' });
  const segment_id = segment && 'id' in segment ? segment.id : 0;
  await makeProfiles('b1', 3, { fields: { _bdate: '2000-03-02T00:00:00.000Z' } });
  await makeProfiles('b2', 2, { fields: { _bdate: '2000-03-03T00:00:00.000Z' } });
  await change({ participation: 'segment', segment_id });
  const registeredAt = async (moment: string) => {
    now = new Date(moment);
    return (await backend.gateway.enrolMembers(programId)).registered;
  };
  expect(await registeredAt('2030-03-02T04:59:59Z')).toBe(0);
  expect(await registeredAt('2030-03-02T05:00:00Z')).toBe(3);
  expect(await registeredAt('2030-03-03T04:59:59Z')).toBe(0);
  expect(await registeredAt('2030-03-03T05:00:00Z')).toBe(2);
  expect(await registeredAt('2031-03-02T05:00:00Z')).toBe(0);
  await change({ participation: 'all' });
});

test('what was decided by former settings, or of a former profile, is not forgotten', async () => {
  const [id = ''] = await makeProfiles('c1', 1, { isNoted: true });
  const noted = async () => {
    const { rows } = await backend.pool.query(
      `select u.turn::text as turn, p.updated_at
       from directory.unconsidered u, catalog.programs p where p.id = 1`,
    );
    return { turn: String(rows[0]?.turn), version: String(rows[0]?.updated_at) };
  };
  const before = await noted();
  const forget = (turn: string, version: string) =>
    forgetConsidered(backend.pool, 1, programId, version, null, [id], [turn]);
  await change({ name: 'Changed' });
  expect(await forget(before.turn, before.version)).toBe(0);
  await noteUnconsidered(backend.pool, 1, [id]);
  const after = await noted();
  expect(await forget(before.turn, after.version)).toBe(0);
  expect(await forget(after.turn, after.version)).toBe(1);
});

test('when a worker is killed among 12,000 profiles, the next ends its work', async () => {
  await makeProfiles('d1', 12_000);
  await change({ name: 'All of them' });
  const handle = await backend.restartWorker(async () => {
    const apart = await startWorkerApart(backend.config);
    const started = await client.workflow.start(enrolMembersType, {
      workflowId: `enrol-${backend.config.temporalTaskQueue}`,
      taskQueue: taskQueues(backend.config.temporalTaskQueue).jobs,
      args: [{ program_id: programId }],
    });
    await until(async () => (await membersOf('d1')) > 0);
    await apart.kill();
    expect(await membersOf('d1')).toBeLessThan(12_000);
    return started;
  });
  await handle.result();
  expect([await membersOf('d1'), await balancesOf('d1')]).toEqual([12_000, 12_000]);
  const added = `feed.events e join ledger.members m on m.member_id = e.member_id
    where e.type = 'loyalty_member_added' and m.profile_id like 'd1%'`;
  expect(await count(added)).toBe(12_000);
}, 180_000);
