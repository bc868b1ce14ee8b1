import { readFileSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { type RunningApi, startApi } from '../../src/api';
import { cleanExportsStart, cleanExportsType, exportWorkflowId } from '../../workflows/protocol';
import { fetchExport, untilEnded } from '../support/exports';
import { enrol, makePerson, type Person } from '../support/people';
import { type Backend, silent, startBackend } from '../support/service';
import { until } from '../support/until';
import { type Json, send } from '../support/wire';

let backend: Backend;
let api: RunningApi;
let client: Client;

beforeAll(async () => {
  backend = await startBackend({ exportCleanIntervalSec: 3600 });
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  api = await startApi(backend.config, { log: silent });
  client = new Client({ connection: await Connection.connect({ address: backend.config.temporalAddress }) });
});
afterAll(async () => {
  await client.schedule.getHandle(cleanExportsStart(backend.config.temporalTaskQueue).workflowId).delete();
  await client.connection.close();
  await api.stop();
  await backend.close();
});

async function ask(path: string, body: Json): Promise<Json> {
  const answer = await send(`${api.url}/api/v1.1/${path}`, 'json', { token: 't0k', ...body });
  expect(answer).toMatchObject({ error: 0 });
  return answer;
}

/** A member about whom a caller wrote something twice: the word is nobody else's. */
async function talkedAbout(): Promise<{ person: Person; word: string }> {
  const person = await makePerson(backend, 1);
  await enrol(backend, person, 1);
  const word = `Zephyrine${person.card}`;
  const match = { loyalty_program_id: 1, matching: 'email', email: person.email };
  const accrual = {
    ...match,
    points_currency_eid: 'stars',
    external_data: { note: `"${word}", she said\n` },
  };
  await ask('loyalty/accrue_points', { ...accrual, amount: '100' });
  await ask('loyalty/redeem_points', { ...accrual, amount: '1' });
  return { person, word };
}

async function startExport(): Promise<string> {
  const period = { date_from: '2020-01-01T00:00:00Z', date_to: '2999-01-01T00:00:00Z' };
  const asked = { loyalty_program_id: 1, points_currency_eid: 'stars', ...period };
  return ((await ask('loyalty/transactions_export', asked)).data as { task_id: string }).task_id;
}

const deleteProfile = ({ email }: Person) => ask('profiles/delete', { db_id: 1, matching: 'email', email });
const idOf = (taskId: string) => taskId.slice('task_'.length);
const filesOf = (taskId: string) =>
  readdir(`${backend.config.exportDir}/${idOf(taskId)}`).catch((): string[] => []);
const clean = async () =>
  client.workflow.execute(cleanExportsType, cleanExportsStart(backend.config.temporalTaskQueue));

async function erasures(): Promise<number> {
  return (await backend.pool.query('select from exports.erasures')).rowCount ?? 0;
}

test('who is deleted is erased from the files there are, and nobody else', async () => {
  const ann = await talkedAbout();
  const bob = await talkedAbout();
  const task = await startExport();
  const before = await fetchExport(api.url, task);
  expect(before.split(ann.word)).toHaveLength(3);
  const [oldFile] = await filesOf(task);

  await deleteProfile(ann.person);
  await until(async () => !(await fetchExport(api.url, task)).includes(ann.word));
  const after = await fetchExport(api.url, task);
  expect(after.split(bob.word)).toHaveLength(3);
  expect(after.split(ann.person.profile_id)).toHaveLength(before.split(ann.person.profile_id).length);
  expect(after).toBe(await fetchExport(api.url, await startExport()));
  await until(async () => !(await filesOf(task)).includes(oldFile as string));
  expect(await filesOf(task)).toHaveLength(1);
});

test('who is deleted while a part is written is not in the file either', async () => {
  const { person, word } = await talkedAbout();
  const holder = await backend.pool.connect();
  await holder.query('begin; lock table exports.parts in share mode');
  const task = await startExport();
  await until(async () => (await filesOf(task)).length > 0);
  await deleteProfile(person);
  await holder.query('rollback');
  holder.release();
  expect(await untilEnded(api.url, task)).toMatchObject({ status: 'done' });
  expect(await fetchExport(api.url, task)).not.toContain(word);
});

test('the schedule does what is left to do, and forgets whom no file can hold', async () => {
  const task = await startExport();
  await untilEnded(api.url, task);

  await backend.pool.query('update exports.tasks set expires_at = now()');
  await client.workflow.getHandle(exportWorkflowId(idOf(task))).terminate();
  expect(await erasures()).toBeGreaterThan(0);
  const { workflowId } = cleanExportsStart(backend.config.temporalTaskQueue);
  await client.schedule.getHandle(workflowId).trigger();
  await until(async () => (await erasures()) === 0);
  expect((await backend.pool.query('select from exports.tasks')).rowCount).toBe(0);
  expect(await filesOf(task)).toEqual([]);
  expect(await clean()).toEqual({ expired: 0, rewritten: 0 });
});
