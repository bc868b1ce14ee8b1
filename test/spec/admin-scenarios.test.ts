import { Client, Connection } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import { type RunningApi, startApi } from '../../src/api';
import { adminScenarios } from '../../src/contract/admin/scenarios';
import { createToken } from '../../src/db/commands/tokens';
import { findBalance } from '../../src/db/queries/account';
import { scenarioRunId } from '../../workflows/protocol';
import { currencyIid, programId, seedProgram } from '../support/ledger';
import { answerChecker } from '../support/openapi';
import { type Backend, silent, startBackend, startWorkerApart } from '../support/service';
import { until } from '../support/until';
import type { Json } from '../support/wire';

const dayMs = 86_400_000;

let backend: Backend;
let api: RunningApi;
let client: Client;
let aheadMs = 0;
let names = 0;

const clock = { now: () => new Date(Date.now() + aheadMs) };

beforeAll(async () => {
  backend = await startBackend({ scenarioOpenWaitSec: 7200 }, { clock, beforeWorker: seed });
  await createToken(backend.pool, { name: 'root', scopes: ['admin'], program_ids: null }, 'r00t');
  api = await startApi(backend.config, { log: silent, clock });
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await backend.pool.query('update scenarios.definitions set is_active = false');
  await backend.pool.query(
    `update scenarios.runs set wakes_at = null, ended_at = now(), outcome = 'test'
     where wakes_at is not null`,
  );
  await client.connection.close();
  await api.stop();
  await backend.close();
});
afterEach(async () => {
  await backend.pool.query('update scenarios.definitions set is_active = false');
});

async function seed(pool: Backend['pool']): Promise<void> {
  await seedProgram(pool);
  await pool.query(
    `insert into catalog.promotions (id, program_id, external_id, name, is_active) values
       (1, 1, 'welcome', 'Welcome', true), (2, 1, 'gift', 'Gift', true)`,
  );
  await pool.query(
    `insert into catalog.promotion_rules
       (promotion_id, direction, currency_iid, static_amount, min_amount, max_amount) values
       (1, 'accrual', 1, 50, null, null), (2, 'accrual', 1, null, 1, 100), (2, 'redeem', 1, null, 1, 100)`,
  );
  await pool.query(
    `insert into catalog.tier_groups (id, program_id, external_id, name, type, currency_iid)
     values (1, 1, 'levels', 'Levels', 'cumulative', 1)`,
  );
  await pool.query(
    `insert into catalog.tiers (group_id, eid, name, tier_order, threshold)
     values (1, 'silver', 'Silver', 0, 40)`,
  );
}

async function ask(method: string, path: string, body?: Json): Promise<Json & { status: number }> {
  const response = await fetch(`${api.url}/admin/v1${path}`, {
    method,
    headers: { Authorization: 'Bearer r00t', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Json) };
}

const manual = { kind: 'manual' };
const emit = { id: 'tell', kind: 'emit', name: 'hello' };

async function create(trigger: Json, steps: Json[], more: Json = {}): Promise<number> {
  names += 1;
  const settings = { external_id: `s${names}`, name: 'S', trigger, steps, ...more };
  const answer = await ask('POST', `/programs/${programId}/scenarios`, settings);
  expect(answer).toMatchObject({ status: 201 });
  return answer.id as number;
}

interface Member {
  profile_id: string;
  member_id: string;
}

async function join(fields: Json = {}): Promise<Member> {
  const { rows } = await backend.pool.query(
    `insert into directory.profiles (profile_id, database_id, fields)
     values (encode(substr(sha256(uuidv7()::text::bytea), 1, 12), 'hex'), 1, $1) returning profile_id`,
    [JSON.stringify(fields)],
  );
  const { profile_id } = rows[0];
  await backend.gateway.post({
    verb: 'register',
    transaction_id: uuidv7(),
    program_id: programId,
    profile_id,
  });
  const found = await backend.pool.query('select member_id from ledger.members where profile_id = $1', [
    profile_id,
  ]);
  return { profile_id, member_id: found.rows[0].member_id };
}

const accrue = ({ member_id }: Member, amount: string, more: { expires_at?: string } = {}) =>
  backend.gateway.post({
    verb: 'accrue',
    transaction_id: uuidv7(),
    program_id: programId,
    member_id,
    currency_iid: currencyIid,
    amount,
    source_type: 'api',
    ...more,
  });

const leave = ({ member_id }: Member) => backend.gateway.removeMember(programId, member_id);

interface Run {
  run_id: string;
  version_id: number;
  profile_id: string;
  cause: string;
  step: number;
  wakes_at: string | null;
  outcome: string | null;
}

const runsOf = async (id: number): Promise<Run[]> =>
  (await ask('GET', `/scenarios/${id}/runs`)).items as unknown as Run[];

const start = async (id: number, { profile_id }: Member, more: Json = {}) =>
  ask('POST', `/scenarios/${id}/start`, { matching: 'profile_id', profile_id, ...more });

/** Waits until all runs of a scenario have ended, so many; answers how. */
async function outcomesOf(id: number, count = 1): Promise<(string | null)[]> {
  await until(async () => (await runsOf(id)).filter(({ outcome }) => outcome !== null).length >= count);
  return (await runsOf(id)).map(({ outcome }) => outcome);
}

/** Waits until the run sleeps, and answers until when. */
async function sleeping(id: number): Promise<string> {
  const isAsleep = ({ wakes_at }: Run) => wakes_at !== null && Date.parse(wakes_at) > clock.now().getTime();
  await until(async () => (await runsOf(id)).some(isAsleep));
  return (await runsOf(id)).find(isAsleep)?.wakes_at ?? '';
}

async function balanceOf({ member_id }: Member): Promise<string> {
  const now = clock.now().toISOString();
  return Number((await findBalance(backend.pool, member_id, currencyIid, now))?.active).toFixed(2);
}

async function emitted({ member_id }: Member): Promise<Json[]> {
  const { rows } = await backend.pool.query(
    `select data from feed.events where member_id = $1 and type = 'loyalty_scenario_event'
     order by turn, event_id`,
    [member_id],
  );
  return rows.map(({ data }) => data);
}

async function workflowOf(id: number, { member_id }: Member) {
  const [run] = await runsOf(id);
  const workflowId = scenarioRunId(backend.config.temporalTaskQueue, {
    scenario_id: id,
    member_id,
    cause: run?.cause ?? '',
  });
  return client.workflow.getHandle(workflowId);
}

describe('what a run does', () => {
  test('waits, tests, accrues and tells; operators see it', async () => {
    const id = await create({ kind: 'registered' }, [
      { id: 'pause', kind: 'wait', n: 3, unit: 'day' },
      { id: 'poor', kind: 'check', if: { field: 'balance.stars', operator: 'lt', value: 10 } },
      { id: 'gift', kind: 'accrue', promotion_id: 'welcome' },
      { ...emit, data: { size: 'large' } },
    ]);
    const ann = await join();
    const wakesAt = await sleeping(id);
    expect(Math.abs(Date.parse(wakesAt) - clock.now().getTime() - 3 * dayMs)).toBeLessThan(60_000);
    const handle = await workflowOf(id, ann);
    expect(await handle.result()).toEqual({ state: 'sleeps', until: wakesAt });
    aheadMs += 3 * dayMs;
    expect(await outcomesOf(id)).toEqual(['done']);
    expect(await balanceOf(ann)).toBe('50.00');
    const [run] = await runsOf(id);
    expect(await emitted(ann)).toEqual([
      {
        scenario_id: id,
        scenario_eid: expect.any(String),
        run_id: Number(run?.run_id),
        node_id: 'tell',
        name: 'hello',
        data: { size: 'large' },
      },
    ]);
    const { rows } = await backend.pool.query(
      `select source_type, source_iid, source_sid, source_subiid from ledger.postings
       join ledger.accounts using (account_id) where member_id = $1`,
      [ann.member_id],
    );
    expect(rows).toEqual([
      { source_type: 'workflow', source_iid: String(id), source_sid: 'gift', source_subiid: run?.run_id },
    ]);
    const description = await handle.describe();
    expect(await description.staticSummary()).toMatch(/^scenario s\d+, since \d+-\d+$/);
    const attributes = description.typedSearchAttributes.getAll().map(({ key, value }) => [key.name, value]);
    expect(Object.fromEntries(attributes)).toMatchObject({
      LoyaltyProgram: 'test',
      LoyaltyMember: ann.profile_id,
      LoyaltyScenario: expect.stringMatching(/^s\d+$/),
    });
  });

  test('a "no" ends it, or leads elsewhere', async () => {
    const redeem = { kind: 'redeem', promotion_id: 'gift', amount: '20' };
    const ends = await create(manual, [{ id: 'take', ...redeem }, emit]);
    const leads = await create(manual, [
      { id: 'take', ...redeem, otherwise: 'tell' },
      { id: 'give', kind: 'accrue', promotion_id: 'welcome' },
      emit,
    ]);
    const gone = await create(manual, [
      { id: 'give', kind: 'accrue', promotion_id: 'gift', amount: '500' },
      emit,
    ]);
    const bob = await join();
    for (const id of [ends, leads, gone]) await start(id, bob);
    expect(await outcomesOf(ends)).toEqual(['insufficient']);
    expect(await outcomesOf(leads)).toEqual(['done']);
    expect(await outcomesOf(gone)).toEqual(['promotion_unavailable']);
    expect(await emitted(bob)).toHaveLength(1);
    expect(await balanceOf(bob)).toBe('0.00');
  });

  test('opens, commits and rolls back temporary transactions', async () => {
    const open = { kind: 'open_hold', operation: 'redeem', promotion_id: 'gift', amount: '10' };
    const id = await create(manual, [
      { id: 'first', ...open },
      { id: 'second', ...open, timeout_sec: 600 },
      { id: 'pause', kind: 'wait', n: 1, unit: 'hour' },
      { id: 'keep', kind: 'commit_hold', hold: 'first' },
      { id: 'drop', kind: 'roll_back_hold', hold: 'second' },
      { id: 'late', kind: 'commit_hold', hold: 'second', otherwise: 'tell' },
      { id: 'never', kind: 'accrue', promotion_id: 'welcome' },
      emit,
    ]);
    const carol = await join();
    await accrue(carol, '100');
    await start(id, carol);
    await sleeping(id);
    expect(await balanceOf(carol)).toBe('80.00');
    const handle = await workflowOf(id, carol);
    expect((await handle.describe()).status.name).toBe('RUNNING');
    aheadMs += 3_600_000;
    expect(await outcomesOf(id)).toEqual(['done']);
    expect(await balanceOf(carol)).toBe('90.00');
    expect(await emitted(carol)).toHaveLength(1);
    expect(await handle.result()).toEqual({ state: 'ended', outcome: 'done' });
  });

  test.each([
    [{ field: 'tiers', operator: 'in', value: ['silver'] }, true],
    [{ field: 'tier.levels', operator: 'eq', value: 'gold' }, false],
    [{ field: 'profile._city', operator: 'eq', value: 'Berlin' }, true],
    [{ field: 'profile._bdate.years', operator: 'gte', value: 18 }, true],
    [{ field: 'member.days', operator: 'lt', value: 1 }, true],
    [{ field: 'balance.stars', operator: 'eq', value: '41.00' }, true],
    [
      {
        all: [
          { field: 'profile._city', operator: 'exists' },
          { field: 'balance.stars', operator: 'gt', value: 41 },
        ],
      },
      false,
    ],
  ])('%j is %s', async (condition, holds) => {
    const id = await create(manual, [{ id: 'ask', kind: 'check', if: condition }]);
    const dora = await join({ _city: 'Berlin', _bdate: '1990-05-06T00:00:00.000Z' });
    await accrue(dora, '41');
    await start(id, dora);
    expect(await outcomesOf(id)).toEqual([holds ? 'done' : 'condition_not_met']);
  });
});

describe('what starts it', () => {
  test('a key starts it once', async () => {
    const id = await create(manual, [emit]);
    const eve = await join();
    const first = await start(id, eve, { key: 'campaign-1' });
    expect(first).toEqual({ status: 200, run_id: expect.any(String), started: true });
    expect(await start(id, eve, { key: 'campaign-1' })).toEqual({ ...first, started: false });
    await start(id, eve);
    expect(await outcomesOf(id, 2)).toEqual(['done', 'done']);
    expect(await emitted(eve)).toHaveLength(2);
  });

  test('points, tiers and points that lapse soon, as far as the condition on the event says', async () => {
    const large = { field: 'amount', operator: 'gte', value: 30 };
    const accrued = await create({ kind: 'points_accrued', if: large }, [
      { id: 'more', kind: 'accrue', promotion_id: 'welcome' },
    ]);
    const silver = { field: 'tier', operator: 'eq', value: 'silver' };
    const reached = await create({ kind: 'tier_reached', if: silver }, [emit]);
    const soon = await create({ kind: 'points_expiring_soon' }, [emit]);
    await backend.pool.query('update catalog.currencies set expiring_soon_days = 30');
    const fay = await join();
    await accrue(fay, '29', { expires_at: new Date(clock.now().getTime() + 5 * dayMs).toISOString() });
    await accrue(fay, '30');
    await backend.gateway.expirePoints(programId);
    expect(await outcomesOf(accrued)).toEqual(['done']);
    expect(await outcomesOf(reached)).toEqual(['done']);
    expect(await outcomesOf(soon)).toEqual(['done']);
    expect(await balanceOf(fay)).toBe('109.00'); // and what the scenario gave did not start it again
    expect(await runsOf(accrued)).toHaveLength(1);
  });

  test('an order, of a member, as far as its total says', async () => {
    const large = { field: 'total', operator: 'gte', value: 100 };
    const id = await create({ kind: 'order_created', if: large }, [emit]);
    const una = await join();
    for (const [profileId, total] of [
      [una.profile_id, '99.90'],
      [una.profile_id, '100.00'],
      ['cc'.repeat(12), '500.00'],
    ]) {
      await backend.pool.query(
        `insert into feed.events (type, happened_at, program_id, profile_id, data)
         values ('market_order_created', now(), 1, $1, $2)`,
        [profileId, JSON.stringify({ final_total_price: total })],
      );
    }
    expect(await outcomesOf(id)).toEqual(['done']);
    expect(await emitted(una)).toHaveLength(1);
  });

  test('a birthday, also one that the clock jumped over, once a year', async () => {
    const today = clock.now();
    const inThreeDays = new Date(today.getTime() + 3 * dayMs).toISOString().slice(5, 10);
    const day = inThreeDays === '02-29' ? '03-01' : inThreeDays;
    const gil = await join({ _bdate: `1990-${day}T00:00:00.000Z` });
    const id = await create({ kind: 'birthday', field: '_bdate' }, [emit]);
    const causes = async () =>
      (await runsOf(id)).filter(({ profile_id }) => profile_id === gil.profile_id).map(({ cause }) => cause);
    const looked = async () => {
      const { rows } = await backend.pool.query(
        'select birthdays_on from scenarios.definitions where id = $1',
        [id],
      );
      return rows[0].birthdays_on;
    };
    const dayNow = () => clock.now().toISOString().slice(0, 10);
    await until(async () => (await looked()) === dayNow());
    expect(await causes()).toEqual([]);
    aheadMs += 5 * dayMs;
    await until(async () => (await looked()) === dayNow());
    const birthday = (await causes())[0] ?? '';
    expect(birthday).toMatch(new RegExp(`^birthday-\\d{4}-${day}$`));
    await until(async () => (await emitted(gil)).length === 1);
    aheadMs += 30 * dayMs;
    await until(async () => (await looked()) === dayNow());
    expect(await causes()).toEqual([birthday]);
    aheadMs += 340 * dayMs;
    await until(async () => (await looked()) === dayNow());
    const nextYear = birthday.replace(/\d{4}/, (year) => String(Number(year) + 1));
    expect(await causes()).toEqual([birthday, nextYear]);
    await until(async () => (await emitted(gil)).length === 2);
  });

  test('nothing that happened before, or while it was switched off', async () => {
    await join();
    const id = await create({ kind: 'registered' }, [emit]);
    await ask('PATCH', `/scenarios/${id}`, { is_active: false });
    await join();
    await ask('PATCH', `/scenarios/${id}`, { is_active: true });
    const hal = await join();
    expect(await outcomesOf(id)).toEqual(['done']);
    expect((await runsOf(id)).map(({ profile_id }) => profile_id)).toEqual([hal.profile_id]);
  });
});

describe('what a run keeps, and what ends it', () => {
  const long = { id: 'pause', kind: 'wait', n: 1, unit: 'month' };

  test('runs under way keep the steps they began with', async () => {
    const id = await create(manual, [long, emit]);
    const ian = await join();
    await start(id, ian);
    await sleeping(id);
    const before = await ask('GET', `/scenarios/${id}`);
    const changed = await ask('PATCH', `/scenarios/${id}`, { steps: [{ ...emit, name: 'other' }] });
    expect(changed.version_id).not.toBe(before.version_id);
    await start(id, ian);
    aheadMs += 32 * dayMs;
    await outcomesOf(id, 2);
    expect((await emitted(ian)).map(({ name }) => name).sort()).toEqual(['hello', 'other']);
  });

  test('the member leaves: asleep without a workflow, or with one', async () => {
    const asleep = await create(manual, [long, emit]);
    const open = await create(manual, [{ ...long, unit: 'hour' }, emit]);
    const jo = await join();
    for (const id of [asleep, open]) await start(id, jo);
    await Promise.all([asleep, open].map(sleeping));
    const handle = await workflowOf(open, jo);
    await leave(jo);
    expect(await outcomesOf(asleep)).toEqual(['member_left']);
    expect(await outcomesOf(open)).toEqual(['member_left']);
    expect(await handle.result()).toEqual({ state: 'ended', outcome: 'member_left' });
    expect(await emitted(jo)).toEqual([]);
  });

  test('an operator cancels its workflow, or the run', async () => {
    const open = await create(manual, [{ ...long, unit: 'hour' }, emit]);
    const asleep = await create(manual, [long, emit]);
    const kim = await join();
    await start(open, kim);
    await sleeping(open);
    const handle = await workflowOf(open, kim);
    await handle.cancel();
    expect(await outcomesOf(open)).toEqual(['canceled']);
    const { run_id } = await start(asleep, kim);
    await sleeping(asleep);
    const cancel = () => ask('POST', `/scenario-runs/${run_id}/cancel`);
    expect(await cancel()).toEqual({ status: 200, canceled: true });
    expect(await cancel()).toEqual({ status: 200, canceled: false });
    expect(await outcomesOf(asleep)).toEqual(['canceled']);
  });

  test('a step that can never be carried out fails the run, in red, once', async () => {
    const id = await create(manual, [{ id: 'give', kind: 'accrue', promotion_id: 'gift' }]);
    const lee = await join();
    await start(id, lee);
    expect(await outcomesOf(id)).toEqual(['failed']);
    const handle = await workflowOf(id, lee);
    await expect(handle.result()).rejects.toThrow();
    expect((await handle.describe()).status.name).toBe('FAILED');
  });

  test('workers that are killed in the middle lose nothing and do nothing twice', async () => {
    const id = await create({ kind: 'registered' }, [
      { id: 'gift', kind: 'accrue', promotion_id: 'welcome' },
      { id: 'pause', kind: 'wait', n: 1, unit: 'day' },
      { id: 'more', kind: 'accrue', promotion_id: 'gift', amount: '5' },
      emit,
    ]);
    const members: Member[] = [];
    await backend.restartWorker(async () => {
      let apart = await startWorkerApart(backend.config);
      for (let index = 0; index < 20; index += 1) members.push(await join());
      await until(async () => (await runsOf(id)).some(({ step }) => step > 0));
      await apart.kill();
      apart = await startWorkerApart(backend.config);
      await until(async () => (await runsOf(id)).filter(({ step }) => step > 1).length > 5);
      await apart.kill();
    });
    await until(async () => (await runsOf(id)).filter(({ step }) => step > 1).length === members.length);
    aheadMs += 2 * dayMs;
    expect(await outcomesOf(id, 20)).toEqual(members.map(() => 'done'));
    for (const member of members) {
      expect(await balanceOf(member)).toBe('55.00');
      expect(await emitted(member)).toHaveLength(1);
    }
  }, 180_000);
});

describe('the calls', () => {
  const problemsOf = Object.fromEntries(
    Object.entries(adminScenarios).map(([name, endpoint]) => [name, answerChecker(endpoint)]),
  );

  test('make, read, list, change and delete', async () => {
    const settings = { external_id: 'crud', name: 'Crud', trigger: manual, steps: [emit] };
    const { status, ...made } = await ask('POST', '/programs/1/scenarios', settings);
    expect(status).toBe(201);
    expect(problemsOf.create?.(made)).toEqual([]);
    const { id, version_id } = made;
    expect(made).toMatchObject({ ...settings, program_id: 1, description: '', is_active: true });
    expect(await ask('GET', `/scenarios/${id}`)).toEqual({ status: 200, ...made });
    const page = await ask('GET', '/programs/1/scenarios?limit=1000');
    expect(page.items).toContainEqual(made);
    const changed = await ask('PATCH', `/scenarios/${id}`, { name: 'Other' });
    expect(changed).toMatchObject({ status: 200, name: 'Other', version_id });
    expect(await ask('DELETE', `/scenarios/${id}`)).toMatchObject({ status: 200, name: 'Other' });
    expect(await ask('GET', `/scenarios/${id}`)).toMatchObject({ status: 404 });
  });

  test('one that ran cannot be deleted; runs come page by page', async () => {
    const id = await create(manual, [emit]);
    const may = await join();
    for (let index = 0; index < 3; index += 1) await start(id, may);
    await outcomesOf(id, 3);
    expect(await ask('DELETE', `/scenarios/${id}`)).toMatchObject({
      status: 409,
      error_text: `scenario ${id} has runs: switch it off instead`,
    });
    const first = await ask('GET', `/scenarios/${id}/runs?limit=2&state=ended`);
    const { status: _, ...answer } = first;
    expect(problemsOf.runs?.(answer)).toEqual([]);
    expect(first.items).toHaveLength(2);
    const rest = await ask('GET', `/scenarios/${id}/runs?after=${first.next_after}`);
    expect(rest).toMatchObject({ items: [{ outcome: 'done' }], next_after: null });
    expect((await ask('GET', `/scenarios/${id}/runs?state=waiting`)).items).toEqual([]);
  });

  const check = (condition: Json) => ({ steps: [{ id: 'a', kind: 'check', if: condition }] });
  const give = { id: 'a', kind: 'accrue', promotion_id: 'welcome' };
  test.each<[Json, string]>([
    [{ trigger: { kind: 'birthday' } }, 'trigger.field: is required, such as "_bdate"'],
    [
      { trigger: { kind: 'birthday', field: '_city' } },
      'trigger.field: expected a field of the profiles with a date, got "_city"',
    ],
    [{ trigger: { kind: 'registered', field: '_bdate' } }, 'trigger.field: only a birthday has it'],
    [
      { trigger: { kind: 'registered', if: { field: 'amount', operator: 'gt', value: 1 } } },
      'trigger.if: there is nothing to ask of registered',
    ],
    [
      { trigger: { kind: 'points_accrued', if: { field: 'sum', operator: 'gt', value: 1 } } },
      'trigger.if.field: "sum" is unknown: expected one of amount, currency, promotion, source',
    ],
    [{ trigger: { kind: 'midnight' } }, 'trigger.kind: expected one of "registered", '],
    [{ steps: [] }, 'steps: expected at least 1 of them, got 0'],
    [{ steps: [{ ...emit, kind: 'sing' }] }, 'steps[0].kind: expected one of "wait", '],
    [{ steps: [emit, emit] }, 'steps[1].id: a second step "tell"'],
    [
      { steps: [{ id: 'w', kind: 'wait', n: 0, unit: 'day' }] },
      'steps[0].n: expected an integer from 1 to 10000, got 0',
    ],
    [{ steps: [{ ...emit, loud: true }] }, 'steps[0]: has no "loud": expected id, kind, name, data'],
    [{ steps: [{ ...give, promotion_id: 'x' }] }, 'steps[0].promotion_id: the program has no promotion "x"'],
    [
      { steps: [{ ...give, points_currency_eid: 'x' }] },
      'steps[0].points_currency_eid: the program has no currency "x"',
    ],
    [{ steps: [{ ...give, amount: '-1' }] }, 'steps[0].amount: expected a positive decimal'],
    [
      { steps: [{ ...give, otherwise: 'a' }] },
      'steps[0].otherwise: expected the id of a later step, got "a"',
    ],
    [
      { steps: [{ id: 'c', kind: 'commit_hold', hold: 'a' }] },
      'steps[0].hold: expected the id of an earlier open_hold, got "a"',
    ],
    [
      { steps: [{ ...give, kind: 'open_hold', operation: 'accrue', timeout_sec: 9_999_999 }] },
      'steps[0].timeout_sec: expected at most 2592000, got 9999999',
    ],
    [
      check({ field: 'balance.moons', operator: 'gt', value: 1 }),
      'steps[0].if.field: "balance.moons" is unknown: expected one of member.registered_at',
    ],
    [check({ any: [] }), 'steps[0].if.any: expected a list of at least one condition'],
  ])('%j is refused', async (more, text) => {
    const settings = { external_id: 'wrong', name: 'W', trigger: manual, steps: [emit], ...more };
    const { status, error_text } = await ask('POST', '/programs/1/scenarios', settings);
    expect({ status, error_text }).toEqual({ status: 400, error_text: expect.stringContaining(text) });
  });

  test('refusals of the other calls', async () => {
    const id = await create(manual, [emit]);
    const { external_id } = await ask('GET', `/scenarios/${id}`);
    const twin = { external_id, name: 'T', trigger: manual, steps: [emit] };
    expect(await ask('POST', '/programs/1/scenarios', twin)).toMatchObject({ status: 409 });
    expect(await ask('POST', '/programs/9/scenarios', twin)).toMatchObject({ status: 404 });
    expect(await ask('GET', '/programs/9/scenarios')).toMatchObject({ status: 404 });
    for (const [method, path] of [
      ['GET', '/scenarios/999'],
      ['PATCH', '/scenarios/999'],
      ['DELETE', '/scenarios/999'],
      ['GET', '/scenarios/999/runs'],
      ['POST', '/scenario-runs/999999/cancel'],
    ] as const) {
      const body = method === 'PATCH' ? { name: 'x' } : undefined;
      expect(await ask(method, path, body)).toMatchObject({ status: 404 });
    }
    expect(await ask('GET', `/scenarios/${id}/runs?after=x`)).toMatchObject({ status: 400 });
    const ned = await join();
    expect(await start(999, ned)).toMatchObject({ status: 404, error_text: 'Scenario 999 not found' });
    const by = (body: Json) => ask('POST', `/scenarios/${id}/start`, body);
    expect(await by({ matching: 'profile_id', profile_id: 'ff'.repeat(12) })).toMatchObject({ status: 404 });
    expect(await by({ matching: 'custom', field_name: 'x', field_value: 1 })).toMatchObject({ status: 400 });
    await leave(ned);
    expect(await start(id, ned)).toMatchObject({
      error_text: 'Profile is not a member of loyalty program 1',
    });
    const ola = await join();
    await ask('PATCH', `/scenarios/${id}`, { is_active: false });
    expect(await start(id, ola)).toMatchObject({
      status: 409,
      error_text: `scenario ${id} is switched off`,
    });
    await ask('PATCH', '/programs/1', { is_active: false });
    expect(await start(id, ola)).toMatchObject({ status: 422 });
    await ask('PATCH', '/programs/1', { is_active: true });
  });
});
