import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import type { TestClock } from '../../src/clock';
import { openTestClock } from '../../src/embedded/test-clock';
import { untilReadable } from '../support/events';
import { type Backend, silent, startBackend } from '../support/service';
import { type Json, send } from '../support/wire';

const dayMs = 86_400_000;
const ann = { loyalty_program_id: 1, matching: 'email', email: 'ann@example.com' };

let folder: string;
let clock: TestClock;
let backend: Backend;
let api: RunningApi;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'loyalty-clock-'));
  clock = await openTestClock(folder);
  backend = await startBackend({}, { clock });
  await backend.pool.query(await readFile(join(__dirname, '../support/world.sql'), 'utf8'));
  await backend.pool.query(
    `insert into directory.profiles (profile_id, database_id, email)
     values ('00000000000000000000000a', 1, 'ann@example.com')`,
  );
  await backend.pool.query(
    `insert into directory.profile_keys (database_id, field, value, profile_id)
     values (1, 'email', 'ann@example.com', '00000000000000000000000a')`,
  );
  api = await startApi(backend.config, { log: silent, testClock: clock });
  await ask('register_member', {});
});
afterAll(async () => {
  await api.stop();
  await backend.close();
  await rm(folder, { recursive: true });
});

async function ask(path: string, body: Json): Promise<Json> {
  const answer = await send(`${api.url}/api/v1.1/loyalty/${path}`, 'json', { token: 't0k', ...ann, ...body });
  expect(answer).toMatchObject({ error: 0 });
  return answer;
}

async function clockCall(method: 'GET' | 'POST', body?: Json, token = 't0k'): Promise<Json> {
  const response = await fetch(`${api.url}/admin/v1/test-clock`, {
    method,
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Json) };
}

const inDays = (days: number) => new Date(clock.now().getTime() + days * dayMs).toISOString();

test('a year passes in a moment: points lapse, temporary transactions time out', async () => {
  await ask('accrue_points', { amount: '100', expiration_date: inDays(300) });
  await ask('accrue_points', { amount: '7' });
  await ask('redeem_points', { amount: '40', is_temp: true, temp_timeout_sec: 600 });
  expect(await ask('account/balance', {})).toMatchObject({
    data: { total_balance: '107.00', active_balance: '67.00' },
  });

  const moved = await clockCall('POST', { to: inDays(365) });
  expect(moved).toMatchObject({ status: 200, timed_out: 1, lots: 1 });
  expect(Number(moved.ahead_sec)).toBeGreaterThan(364 * 86_400);

  expect(await ask('account/balance', {})).toMatchObject({
    data: { total_balance: '7.00', active_balance: '7.00' },
  });
  const history = await ask('account/transactions', { points_currency_eid: 'stars' });
  expect(history.data).toEqual([
    expect.objectContaining({ transaction_type: 'accrual', amount: '100' }),
    expect.objectContaining({ transaction_type: 'accrual', amount: '7' }),
    expect.objectContaining({ transaction_type: 'redeem', is_temp: true, temp_state: 'timed_out' }),
    expect.objectContaining({ transaction_type: 'expire', amount: '100', balance_after: '7' }),
  ]);
});

test('afterwards temporary transactions last as long as they say', async () => {
  const { data } = await ask('redeem_points', { amount: '5', is_temp: true, temp_timeout_sec: 1 });
  const id = (data as Json).transaction_id as string;
  while (await backend.gateway.isHoldLive(id));
  expect(await ask('account/balance', {})).toMatchObject({ data: { active_balance: '7.00' } });
});

test('tiers that were earned for a while are lost', async () => {
  const tiers = async () => (await ask('account/tiers', { tiers_group_id: 2 })).data as Json[];
  await ask('accrue_points', { points_currency_eid: 'status', amount: '600' });
  expect(await tiers()).toEqual([expect.objectContaining({ tier_eid: 'winner' })]);
  expect(await clockCall('POST', { to: inDays(731) })).toMatchObject({ status: 200, members: 1 });
  expect(await tiers()).toEqual([]);
});

test('promo codes are attached, live and expire by this clock', async () => {
  const brief = { token: 't0k', loyalty_id: 9, code: 'BRIEF' };
  const codes = (path: string) =>
    send(`${api.url}/api/v1.1/promocodes/${path}`, 'json', { ...brief, db_id: 1, email: ann.email });
  expect(await codes('attach')).toMatchObject({ error: 0 });
  const { attached } = (await codes('get')).data as Json;
  expect(Math.abs(Date.parse(String(attached)) - clock.now().getTime())).toBeLessThan(dayMs);
  await clockCall('POST', { to: inDays(29) });
  expect((await codes('get')).data).toMatchObject({ is_expired: false });
  await clockCall('POST', { to: inDays(1) });
  expect((await codes('get')).data).toMatchObject({ is_expired: true });
  expect(await codes('activate')).toMatchObject({ error: 422, error_text: 'Promo code "BRIEF" has expired' });
});

test('what was moved stays moved, and it never goes back', async () => {
  const reopened = await openTestClock(folder);
  expect(Math.abs(reopened.aheadSec() - clock.aheadSec())).toBeLessThanOrEqual(1);
  expect(await clockCall('POST', { to: '2020-01-01T00:00:00Z' })).toMatchObject({
    status: 400,
    error_text: expect.stringMatching(/^to: expected a time after .*: the clock never goes back$/),
  });
  expect(await clockCall('GET')).toMatchObject({ status: 200, ahead_sec: clock.aheadSec() });
  expect(await clockCall('POST', { to: 'tomorrow' })).toMatchObject({ status: 400 });
  expect(await clockCall('POST', { to: inDays(1) }, 'reader')).toMatchObject({ status: 403 });
});

test('points that lapse soon are told of when the time comes, once', async () => {
  await backend.pool.query(`update catalog.currencies set expiring_soon_days = 10 where eid = 'stars'`);
  const lapse = inDays(20);
  await ask('accrue_points', { amount: '3', expiration_date: lapse });
  const told = async () => {
    await untilReadable(backend.pool);
    const url = `${api.url}/admin/v1/events?types=loyalty_points_expiring_soon`;
    const answer = await fetch(url, { headers: { Authorization: 'Bearer t0k' } });
    return ((await answer.json()) as { items: Json[] }).items.map((event) => event.event_data);
  };
  await clockCall('POST', { to: inDays(9) });
  expect(await told()).toEqual([]);
  await clockCall('POST', { to: inDays(2) });
  await clockCall('POST', { to: inDays(1) });
  expect(await told()).toEqual([
    {
      loyalty_program_id: 1,
      loyalty_program_eid: 'shop',
      points_currency_iid: 1,
      points_currency_eid: 'stars',
      amount: '3.00',
      expiration_date: expect.stringContaining(lapse.slice(0, 16)),
    },
  ]);
});

test('where the clock is the machine’s, there is no such path', async () => {
  const ordinary = await startApi(backend.config, { log: silent });
  const response = await fetch(`${ordinary.url}/admin/v1/test-clock`, {
    headers: { Authorization: 'Bearer t0k' },
  });
  expect(response.status).toBe(405);
  await ordinary.stop();
});
