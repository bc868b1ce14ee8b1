import { type RunningApi, startApi } from '../../src/api';
import { createToken } from '../../src/db/commands/tokens';
import { importsAt } from '../support/imports';
import { seedProgram } from '../support/ledger';
import { type Backend, silent, startBackend, startWorkerApart } from '../support/service';
import { until } from '../support/until';
import type { Json } from '../support/wire';

let backend: Backend;
let api: RunningApi;
const imports = importsAt(() => api.url, 'r00t');

beforeAll(async () => {
  backend = await startBackend({ shutdownTimeoutMs: 6_000 }, { withoutWorker: true });
  await seedProgram(backend.pool);
  await createToken(backend.pool, { name: 'root', scopes: ['admin'], program_ids: null }, 'r00t');
  api = await startApi(backend.config, { log: silent });
}, 120_000);
afterAll(async () => {
  await api.stop();
  await backend.close();
});

const members = 1_500;

/** Two lots for each member, alike for half of them, and one line in a hundred that is refused. */
function fileOf(name: string): string {
  const lines = ['email,amount,registration_date'];
  for (let index = 0; index < members; index += 1) {
    const email = `${name}${index}@example.com`;
    lines.push(`${email},1.5,2020-01-01`);
    if (index % 50 === 0) lines.push(`${email},much,`);
  }
  for (let index = 0; index < members; index += 1) {
    lines.push(`${name}${index}@example.com,${index % 2 === 0 ? '1.5' : '2'},2021-01-01`);
  }
  return lines.join('\n');
}

const whole = {
  ...{ status: 'done', rows: 3_030, rows_total: 3_030, refused: 30, repeated: 0, members_added: members },
  points: [{ points_currency_eid: 'stars', lots: 3_000, points: String(1.5 * 2_250 + 2 * 750) }],
};

async function expectOneOfEach(name: string): Promise<void> {
  const { rows } = await backend.pool.query(
    `select a.balance::float8 as balance, a.last_seq::int as postings, count(*)::int as members
     from ledger.accounts a join ledger.members m using (member_id)
     join directory.profiles p using (profile_id)
     where p.email like $1 || '%' group by 1, 2 order by 1`,
    [name],
  );
  expect(rows).toEqual([
    { balance: 3, postings: 2, members: members / 2 },
    { balance: 3.5, postings: 2, members: members / 2 },
  ]);
}

const waiting = `from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()`;

/** Has the batch that ends behind row 1,000 wait, posted and not recorded, until told otherwise. */
async function slowDown(wait: string): Promise<() => Promise<void>> {
  await backend.pool.query(`
    create function wait() returns trigger language plpgsql as $$
    begin perform ${wait}; return new; end $$;
    create trigger wait before update on imports.tasks
      for each row when (old.rows_done between 1000 and 1499 and new.rows_done > old.rows_done)
      execute function wait()`);
  return async () => void (await backend.pool.query('drop function wait cascade'));
}

async function start(name: string): Promise<unknown> {
  const { id } = await imports.start(fileOf(name), { create_profiles: 'true' });
  return id;
}

test('an import whose worker is killed between posting and recording has every point once', async () => {
  let worker = await startWorkerApart(backend.config);
  const hurry = await slowDown('pg_sleep(600)');
  const id = await start('ann');
  await until(async () => ((await backend.pool.query(`select ${waiting}`)).rowCount ?? 0) > 0);
  expect(await imports.get(`/${id}`)).toMatchObject({ status: 'running', rows: 1_000, rows_total: 3_030 });
  await worker.kill();
  // Else the dead worker's statement comes through one day.
  await backend.pool.query(`select pg_terminate_backend(pid) ${waiting}`);
  await hurry();

  worker = await startWorkerApart(backend.config);
  expect(await imports.untilEnded(id)).toMatchObject(whole);
  await worker.kill();
  await expectOneOfEach('ann');
}, 120_000);

test('an import goes on with another worker when its own is stopped', async () => {
  await backend.restartWorker();
  const hurry = await slowDown('pg_sleep(2)');
  const id = await start('bob');
  await until(async () => ((await backend.pool.query(`select ${waiting}`)).rowCount ?? 0) > 0);
  await backend.restartWorker(hurry);
  expect(await imports.untilEnded(id)).toMatchObject(whole);
  await expectOneOfEach('bob');
  const again = await imports.run(fileOf('bob'), { create_profiles: 'true' });
  expect(again as Json).toMatchObject({ ...whole, repeated: 3_000, members_added: 0, points: [] });
}, 120_000);
