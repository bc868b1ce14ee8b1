import { Client, Connection } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import { type RunningApi, startApi } from '../../src/api';
import { deleteOldEvents } from '../../src/db/commands/events';
import { createToken } from '../../src/db/commands/tokens';
import { postOperations } from '../../src/db/ledger';
import { deleteEventsScheduleId, deleteEventsType, taskQueues } from '../../workflows/protocol';
import { untilReadable } from '../support/events';
import { currencyIid, enrolIn, programId, seedProgram } from '../support/ledger';
import { type Backend, silent, startBackend, startWorkerApart } from '../support/service';
import { until } from '../support/until';
import type { Json } from '../support/wire';

let backend: Backend;
let client: Client;
let api: RunningApi;
let memberId: string;

beforeAll(async () => {
  backend = await startBackend({ eventsKeepDays: 30 });
  await seedProgram(backend.pool);
  await createToken(backend.pool, { name: 'root', scopes: ['admin'], program_ids: null }, 'r00t');
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
  api = await startApi(backend.config, { log: silent });
});
afterAll(async () => {
  await schedule().delete();
  await client.connection.close();
  await api.stop();
  await backend.close();
});

/** Events are written in the order in which they happen, so each test begins with an empty feed. */
beforeEach(async () => {
  await backend.pool.query('delete from feed.webhooks');
  await backend.pool.query('delete from feed.events');
  await backend.pool.query('delete from feed.deleted');
  memberId = await enrolIn(backend.pool); // an event of the year 2000
});

const schedule = () => client.schedule.getHandle(deleteEventsScheduleId(backend.config.temporalTaskQueue));

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** One event, and two where it ends a temporary accrual. */
async function accrue(at: string, isTemp = false): Promise<void> {
  const account = { program_id: programId, member_id: memberId, currency_iid: currencyIid };
  const target_id = uuidv7();
  const accrual = {
    verb: 'accrue' as const,
    ...account,
    transaction_id: target_id,
    amount: '1',
    source_type: 'api' as const,
    ...(isTemp && { temp_until: '2999-01-01T00:00:00Z' }),
  };
  await postOperations(backend.pool, [accrual], at, 'test');
  if (!isTemp) return;
  await postOperations(backend.pool, [{ verb: 'settle', ...account, target_id, wish: 'commit' }], at, 'test');
}

async function ask(method: string, path: string, body?: Json): Promise<Json> {
  const response = await fetch(`${api.url}/admin/v1${path}`, {
    method,
    headers: { Authorization: 'Bearer r00t', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Json) };
}

interface Page extends Json {
  items: { event_id: string; event_date: string }[];
}

async function read(after?: string, limit = 1000): Promise<Page> {
  await untilReadable(backend.pool);
  return (await ask('GET', `/events?limit=${limit}${after ? `&after=${after}` : ''}`)) as Page;
}

const count = async () => (await read()).items.length;

const start = () =>
  client.workflow.start(deleteEventsType, {
    workflowId: `delete-${uuidv7()}`,
    taskQueue: taskQueues(backend.config.temporalTaskQueue).jobs,
    args: [{ keep_days: 30 }],
  });

test('the schedule deletes what is older; readers are told what they missed and where to go on', async () => {
  for (const days of [40, 35, 31, 29, 1]) await accrue(daysAgo(days));
  const { items } = await read();
  expect(items).toHaveLength(6);
  const cursor = (index: number) => items[index]?.event_id ?? '';
  const { spec } = await schedule().describe();
  expect(spec.intervals).toEqual([expect.objectContaining({ every: 3_600_000 })]);
  await schedule().trigger();
  await until(async () => (await count()) === 2);

  expect((await read()).items).toEqual(items.slice(4));
  expect(await read(cursor(3))).toMatchObject({ status: 200, items: items.slice(4) });
  expect(await read(cursor(4))).toMatchObject({ status: 200, items: items.slice(5) });
  for (const index of [0, 2]) {
    expect(await read(cursor(index))).toEqual({
      status: 404,
      error: 404,
      error_text:
        `after: events up to ${items[3]?.event_date} have been deleted, some of them unread: ` +
        `read on after "${cursor(3)}", or without after`,
    });
  }
});

async function subscribe(name: string): Promise<number> {
  const webhook = { name, url: 'https://127.0.0.1:9', is_active: false };
  return (await ask('POST', '/webhooks', webhook)).id as number;
}

test('a webhook that was behind says so; what is kept of its deliveries goes with the events', async () => {
  const behind = await subscribe('Behind');
  const at = daysAgo(45);
  await accrue(at);
  await untilReadable(backend.pool);
  const upToDate = await subscribe('Up to date');
  await accrue(daysAgo(1));
  await backend.pool.query(
    `insert into feed.deliveries (webhook_id, profile_id, turn, event_id, state, next_at)
     select $1, 'somebody', turn, event_id, 'dead', now() from feed.events`,
    [upToDate],
  );
  expect(await ask('GET', `/webhooks/${upToDate}`)).toMatchObject({ dead: 3, missed_until: null });
  await untilReadable(backend.pool);
  expect(await (await start()).result()).toEqual({ events: 2 });
  const { missed_until } = await ask('GET', `/webhooks/${behind}`);
  expect(Date.parse(String(missed_until))).toBe(Date.parse(at));
  expect(await ask('GET', `/webhooks/${upToDate}`)).toMatchObject({ dead: 1, missed_until: null });
});

test('batches never part the events of one posting, so the ledger stays provable', async () => {
  for (let index = 0; index < 10; index += 1) await accrue('2001-01-01T00:00:00Z', true);
  await accrue(daysAgo(1));
  await untilReadable(backend.pool);
  for (let deleted = 1; deleted > 0; ) {
    ({ deleted } = await deleteOldEvents(backend.pool, daysAgo(30), 4));
    const { rows } = await backend.pool.query(
      `select from feed.events join ledger.postings p using (account_id, seq)
       group by account_id, seq having count(*) <> cardinality(ledger.event_types((array_agg(p))[1]))`,
    );
    expect(rows).toEqual([]);
  }
  expect(await count()).toBe(1);
});

test('when a worker is killed, the next goes on', async () => {
  for (let index = 0; index < 40; index += 1) {
    await backend.pool.query(
      `insert into feed.events (type, happened_at, program_id, member_id)
       select 'loyalty_member_added', '2001-01-01', 1, $1 from generate_series(1, 2000)`,
      [memberId],
    );
  }
  await untilReadable(backend.pool);
  const old = async () => {
    const { rows } = await backend.pool.query(
      `select count(*)::int as events from feed.events where happened_at < '2002-01-01'`,
    );
    return rows[0].events;
  };
  const before = await old();
  const handle = await backend.restartWorker(async () => {
    const apart = await startWorkerApart(backend.config);
    const started = await start();
    await until(async () => (await old()) < before);
    await apart.kill();
    return started;
  });
  await handle.result();
  expect(await old()).toBe(0);
}, 120_000);
