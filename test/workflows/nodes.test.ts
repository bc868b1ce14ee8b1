import { ApplicationFailure, Client, Connection, WorkflowFailedError } from '@temporalio/client';
import { uuidv7 } from 'uuidv7';
import { findBalance } from '../../src/db/queries/account';
import {
  holdWorkflowId,
  type ParticipationInput,
  type PointsManagementInput,
  participationType,
  pointsManagementType,
  taskQueues,
} from '../../workflows/protocol';
import { currencyIid, enrolIn, programId, seedProgram } from '../support/ledger';
import { type Backend, startBackend, startWorkerApart } from '../support/service';
import { until } from '../support/until';

let backend: Backend;
let client: Client;
let runs = 0;

beforeAll(async () => {
  backend = await startBackend({}, { beforeWorker: seed });
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.connection.close();
  await backend.close();
});

async function seed(pool: Backend['pool']): Promise<void> {
  await seedProgram(pool);
  await pool.query(
    `insert into catalog.promotions (id, program_id, external_id, name, is_active, end_date) values
       (1, 1, 'welcome', 'Welcome', true, null), (2, 1, 'gift', 'Gift', true, null),
       (3, 1, 'off', 'Off', false, null), (4, 1, 'past', 'Past', true, '2020-01-01')`,
  );
  await pool.query(
    `insert into catalog.promotion_rules
       (promotion_id, direction, currency_iid, static_amount, min_amount, max_amount) values
       (1, 'accrual', 1, 50, null, null), (2, 'accrual', 1, null, 1, 100), (2, 'redeem', 1, null, 1, 100),
       (3, 'accrual', 1, 50, null, null), (4, 'accrual', 1, 50, null, null)`,
  );
}

interface Member {
  member_id: string;
  profile_id: string;
}

async function newMember(): Promise<Member> {
  const memberId = await enrolIn(backend.pool);
  const { rows } = await backend.pool.query('select profile_id from ledger.members where member_id = $1', [
    memberId,
  ]);
  return { member_id: memberId, profile_id: rows[0].profile_id };
}

const start = (type: string, input: object) =>
  client.workflow.start(type, {
    workflowId: `node-${uuidv7()}`,
    taskQueue: taskQueues(backend.config.temporalTaskQueue).scenarios,
    args: [input],
  });

const inputOf = ({ profile_id }: { profile_id: string }, more: Partial<PointsManagementInput> = {}) => {
  runs += 1;
  const whose = { loyalty_program_id: programId, scenario_id: 7, run_id: runs, node_id: 'points' };
  const what = { operation: 'accrue', promotion_id: 'welcome' } as const;
  return { ...whose, ...what, matching: 'profile_id', profile_id, ...more } satisfies PointsManagementInput;
};

const manage = async (input: object) => (await start(pointsManagementType, input)).result();

const participate = async (person: { profile_id: string }, more: Partial<ParticipationInput>) => {
  const { promotion_id: _, operation: __, ...whose } = inputOf(person);
  const input = { ...whose, operation: 'add' as const, ...more };
  return { input, result: await (await start(participationType, input)).result() };
};

/** What the input is refused for; fails if it is not. */
async function refusalOf(type: string, input: object): Promise<unknown> {
  const failure = await (await start(type, input)).result().then(
    () => undefined,
    (error) => (error instanceof WorkflowFailedError ? error.cause : error),
  );
  if (!(failure instanceof ApplicationFailure)) throw failure ?? new Error('The input was taken');
  expect(failure.type).toBe('InvalidInput');
  return failure.message;
}

async function balanceOf({ member_id }: Member): Promise<string | undefined> {
  const now = new Date().toISOString();
  return (await findBalance(backend.pool, member_id, currencyIid, now))?.active;
}

describe('loyaltyPointsManagement', () => {
  test('accrues the static amount of the rule, as source workflow', async () => {
    const member = await newMember();
    const input = inputOf(member);
    expect(await manage(input)).toEqual({
      outcome: 'done',
      transaction_id: expect.any(String),
      balance_before: '0',
      balance_after: '50',
    });
    const { rows } = await backend.pool.query(
      `select source_type, source_iid, source_sid, source_subiid, promotion_eid, transaction_eid
       from ledger.postings join ledger.accounts using (account_id) where member_id = $1`,
      [member.member_id],
    );
    expect(rows).toEqual([
      {
        source_type: 'workflow',
        source_iid: '7',
        source_sid: 'points',
        source_subiid: String(input.run_id),
        promotion_eid: 'welcome',
        transaction_eid: `workflow/7/${input.run_id}/points`,
      },
    ]);
  });

  test('redeems an amount within the bounds of the rule', async () => {
    const member = await newMember();
    await manage(inputOf(member));
    const redeem = { operation: 'redeem', promotion_id: 'gift', amount: '12.5' } as const;
    const by = { points_currency_eid: 'stars' };
    expect(await manage(inputOf(member, { ...redeem, ...by }))).toMatchObject({
      outcome: 'done',
      balance_after: '37.5',
    });
  });

  test.each([
    ['insufficient', { operation: 'redeem', promotion_id: 'gift', amount: '1' }, {}],
    ['promotion_unavailable', { promotion_id: 'off' }, { reason: 'promotion_inactive' }],
    ['promotion_unavailable', { promotion_id: 'past' }, { reason: 'promotion_out_of_dates' }],
    ['promotion_unavailable', { promotion_id: 'none' }, { reason: 'promotion_not_found' }],
    ['promotion_unavailable', { operation: 'redeem' }, { reason: 'promotion_rule_not_found' }],
    [
      'promotion_unavailable',
      { amount: '51' },
      {
        reason: 'amount_outside_rule',
        text: 'amount: 51 is outside the rule of promotion "welcome" (exactly 50.00)',
      },
    ],
  ] as const)('%s: %j', async (outcome, more, reason) => {
    const member = await newMember();
    expect(await manage(inputOf(member, more))).toMatchObject({ outcome, ...reason });
    expect(await balanceOf(member)).toBe('0.0000');
  });

  test('not_member: a profile that is none, and one that does not exist', async () => {
    const profile_id = 'aa'.repeat(12);
    expect(await manage(inputOf({ profile_id }))).toEqual({ outcome: 'not_member' });
    await backend.pool.query('insert into directory.profiles (profile_id, database_id) values ($1, 1)', [
      profile_id,
    ]);
    expect(await manage(inputOf({ profile_id }))).toEqual({ outcome: 'not_member' });
  });

  test('what was refused may be done later by the same node of the same run', async () => {
    const member = await newMember();
    const input = inputOf(member, { operation: 'redeem', promotion_id: 'gift', amount: '50' });
    expect(await manage(input)).toEqual({ outcome: 'insufficient' });
    await manage(inputOf(member));
    expect(await manage(input)).toMatchObject({ outcome: 'done', balance_after: '0' });
  });

  test('a node of a run does it once, however often it is started', async () => {
    const member = await newMember();
    const input = inputOf(member);
    const handles = await Promise.all(Array.from({ length: 5 }, () => start(pointsManagementType, input)));
    const results = await Promise.all(handles.map((handle) => handle.result()));
    for (const result of results) expect(result).toEqual(results[0]);
    await backend.pool.query(`update catalog.promotion_rules set static_amount = 60 where promotion_id = 1`);
    expect(await manage(input)).toEqual(results[0]);
    await backend.pool.query(`update catalog.promotion_rules set static_amount = 50 where promotion_id = 1`);
    expect(await balanceOf(member)).toBe('50.0000');
    const more = { ...input, node_id: 'more', promotion_id: 'gift', amount: '50' };
    expect(await manage(more)).toMatchObject({ balance_after: '100' });
    expect(await refusalOf(pointsManagementType, { ...input, amount: '50' })).toBe(
      `node_id: run ${input.run_id} has done node "points" before, with other input`,
    );
  });

  test.each([
    [{ amount: '-5' }, 'amount: expected a positive decimal string such as "100.50", got "-5"'],
    [{ amount: '50.001' }, 'amount: "50.001" has more decimals than "stars" allows (2)'],
    [{ promotion_id: 'gift' }, 'amount: is required: the rule of promotion "gift" has no static amount'],
    [{ operation: 'give' }, 'operation: expected one of "accrue", "redeem", got "give"'],
    [{ loyalty_program_id: 99 }, 'loyalty_program_id: program 99 does not exist'],
    [{ points_currency_eid: 'moons' }, 'points_currency_eid: Points currency "moons" not found in loyalty'],
    [{ node_id: undefined }, 'node_id: is required'],
    [{ run_id: 0 }, 'run_id: expected an integer from 1 to 9007199254740991, got 0'],
    [{ matching: 'email' }, 'email: is required when matching is "email"'],
    [{ matching: 'custom', field_name: 'shoe', field_value: 1 }, 'field_name: '],
    [{ ammount: '5' }, 'ammount: is unknown: expected loyalty_program_id, '],
  ])('input that cannot be carried out: %j', async (more, text) => {
    const input = { ...inputOf(await newMember()), ...more };
    expect(await refusalOf(pointsManagementType, input)).toContain(text);
  });
});

describe('loyaltyParticipation', () => {
  test('adds a profile, and is safe for a member', async () => {
    const { profile_id } = await newMember();
    await participate({ profile_id }, { operation: 'remove' });
    const added = { outcome: 'done', profile_id, changed: true };
    expect((await participate({ profile_id }, {})).result).toEqual(added);
    expect((await participate({ profile_id }, {})).result).toEqual({ ...added, changed: false });
  });

  test('a repeat answers what was done, and does not undo what came after', async () => {
    const { profile_id } = await newMember();
    const { input, result } = await participate({ profile_id }, { operation: 'remove' });
    await participate({ profile_id }, {});
    expect(await (await start(participationType, input)).result()).toEqual(result);
    const { rowCount } = await backend.pool.query(
      'select from ledger.members where profile_id = $1 and removed_at is null',
      [profile_id],
    );
    expect(rowCount).toBe(1);
    const other = { ...input, operation: 'add' };
    expect(await refusalOf(participationType, other)).toContain('node_id: run ');
  });

  test('a removal rolls back temporary transactions, and their workflows are told', async () => {
    const member = await newMember();
    await manage(inputOf(member));
    const operation = {
      verb: 'redeem' as const,
      program_id: programId,
      member_id: member.member_id,
      currency_iid: currencyIid,
      source_type: 'api' as const,
      transaction_id: uuidv7(),
      amount: '10',
      not_after: new Date(Date.now() + 10_000).toISOString(),
      temp_until: new Date(Date.now() + 600_000).toISOString(),
    };
    const labels = { program: 'test', member: 'm', currency: 'stars', amount: '10.00' };
    await backend.gateway.openHold(operation, labels);
    expect((await participate(member, { operation: 'remove' })).result).toMatchObject({ changed: true });
    const hold = client.workflow.getHandle(holdWorkflowId(operation.transaction_id));
    expect(await hold.result()).toMatchObject({ state: 'rolled_back' });
    expect((await participate(member, { operation: 'remove' })).result).toEqual({ outcome: 'not_member' });
  });

  test('who does not exist, and a program that is switched off', async () => {
    const nobody = { profile_id: 'bb'.repeat(12) };
    expect((await participate(nobody, {})).result).toEqual({ outcome: 'profile_not_found' });
    const member = await newMember();
    await backend.pool.query('update catalog.programs set is_active = false');
    expect((await participate(member, {})).result).toEqual({ outcome: 'program_inactive' });
    expect(await manage(inputOf(member))).toMatchObject({ reason: 'program_inactive' });
    await backend.pool.query('update catalog.programs set is_active = true');
    await until(async () => (await participate(member, {})).result.outcome === 'done');
  });
});

test('when the worker is killed, the next one does it, once', async () => {
  const member = await newMember();
  const handles = await backend.restartWorker(async () => {
    const apart = await startWorkerApart(backend.config);
    const started = await Promise.all(
      Array.from({ length: 30 }, () => start(pointsManagementType, inputOf(member))),
    );
    await until(async () => (await balanceOf(member)) !== '0.0000');
    await apart.kill();
    return started;
  });
  for (const handle of handles) expect(await handle.result()).toMatchObject({ outcome: 'done' });
  expect(await balanceOf(member)).toBe('1500.0000');
}, 120_000);
