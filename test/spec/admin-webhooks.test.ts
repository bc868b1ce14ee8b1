import { uuidv7 } from 'uuidv7';
import { type RunningApi, startApi } from '../../src/api';
import { createTierGroup } from '../../src/db/commands/tier-groups';
import { createToken } from '../../src/db/commands/tokens';
import { postOperations } from '../../src/db/ledger';
import type { Event, eventTypes } from '../../src/domain/event';
import type { Operation } from '../../src/domain/operation';
import { currencyIid, enrolIn, programId, seedProgram } from '../support/ledger';
import { type Arrival, openReceiver, type Receiver, verify } from '../support/receiver';
import { type Backend, silent, startBackend, startWorkerApart } from '../support/service';
import { levels, seedStatus, statusIid } from '../support/tiers';
import { until } from '../support/until';
import type { Json } from '../support/wire';

let backend: Backend;
let api: RunningApi;
const receivers: Receiver[] = [];

beforeAll(async () => {
  backend = await startBackend({ webhooksAllowPrivate: true });
  await seedProgram(backend.pool);
  await createToken(backend.pool, { name: 'root', scopes: ['admin'], program_ids: null }, 'r00t');
  api = await startApi(backend.config, { log: silent });
});

afterAll(async () => {
  await api.stop();
  await backend.close();
});

afterEach(async () => {
  await backend.pool.query('delete from feed.webhooks');
  for (const receiver of receivers.splice(0)) await receiver.close();
});

async function ask(method: string, path: string, body?: Json): Promise<Json> {
  const response = await fetch(`${api.url}/admin/v1/webhooks${path}`, {
    method,
    headers: { Authorization: 'Bearer r00t', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return { status: response.status, ...((await response.json()) as Json) };
}

interface Subscription {
  id: number;
  secret: string;
  receiver: Receiver;
}

async function subscribe(settings: Json = {}): Promise<Subscription> {
  const receiver = await openReceiver();
  receivers.push(receiver);
  const answer = await ask('POST', '', { name: 'CRM', url: receiver.url, ...settings });
  expect(answer.status).toBe(201);
  return { id: answer.id as number, secret: answer.secret as string, receiver };
}

const accrue = (memberId: string, ...amounts: number[]) => accrueIn(currencyIid, memberId, ...amounts);

async function accrueIn(currency_iid: number, memberId: string, ...amounts: number[]): Promise<void> {
  for (const amount of amounts) {
    const operation: Operation = {
      verb: 'accrue',
      transaction_id: uuidv7(),
      program_id: programId,
      member_id: memberId,
      currency_iid,
      source_type: 'api',
      amount: String(amount),
    };
    await postOperations(backend.pool, [operation], new Date().toISOString(), 'test');
  }
}

const amountsIn = (arrivals: readonly Arrival[]) =>
  arrivals.map(({ event }) => Number(event.event_data.amount));

/** Each event at its first arrival: what was sent again is not counted. */
function firstArrivals({ arrivals }: Receiver): Arrival[] {
  return arrivals.filter(
    ({ event }, index) => arrivals.findIndex((other) => other.event.event_id === event.event_id) === index,
  );
}

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);

test('a webhook comes, is changed and goes; its secret is shown once', async () => {
  const settings = { name: 'CRM', url: 'https://crm.example.com/hooks', is_active: false };
  const { id, secret, status, ...shown } = await ask('POST', '', settings);
  expect(status).toBe(201);
  expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
  const times = { missed_until: null, created_at: time, updated_at: time };
  const rest = { types: null, program_id: null, waiting: 0, dead: 0, ...times };
  expect(shown).toEqual({ ...settings, ...rest });
  const expected = { id, ...settings, ...rest };
  expect(await ask('GET', `/${id}`)).toEqual({ status: 200, ...expected });
  expect(await ask('GET', '')).toEqual({ status: 200, items: [expected], next_after: null });
  const change = { types: ['loyalty_member_added'], program_id: programId };
  expect(await ask('PATCH', `/${id}`, change)).toEqual({ status: 200, ...expected, ...change });
  expect(await ask('PATCH', `/${id}`, { types: null })).toMatchObject({ types: null, program_id: programId });
  expect(await ask('DELETE', `/${id}`)).toMatchObject({ status: 200, id });
  expect(await ask('GET', `/${id}`)).toMatchObject({ status: 404, error_text: `Webhook ${id} not found` });
});

const badUrl = 'url: expected a URL such as "https://example.com/hooks", without user and password';

test.each<[string, string, Json | undefined, number, string | RegExp]>([
  ['POST', '', { name: 'CRM' }, 400, 'url: is required'],
  ['POST', '', { name: 'CRM', url: 'ftp://example.com' }, 400, badUrl],
  ['POST', '', { name: 'CRM', url: 'https://user:password@example.com' }, 400, badUrl],
  ['POST', '', { name: 'CRM', url: 'https://x.org', program_id: 9 }, 400, /^program_id: program 9 does not/],
  ['POST', '', { name: 'CRM', url: 'https://x.org', types: ['x'] }, 400, /^types\[0\]: expected one of/],
  ['PATCH', '/99', { name: 'CRM' }, 404, 'Webhook 99 not found'],
  ['DELETE', '/99', undefined, 404, 'Webhook 99 not found'],
  ['POST', '/99/rotate_secret', {}, 404, 'Webhook 99 not found'],
  ['POST', '/99/test', {}, 404, 'Webhook 99 not found'],
  ['POST', '/99/replay', {}, 404, 'Webhook 99 not found'],
  ['GET', '/99/deliveries?state=dead', undefined, 404, 'Webhook 99 not found'],
  ['GET', '/99/deliveries', undefined, 400, 'state: is required'],
  ['GET', '/99/deliveries?state=dead&after=x', undefined, 400, /^after: expected next_after/],
])('%s %s %j is refused', async (method, path, body, status, text) => {
  const answer = await ask(method, path, body);
  expect(answer).toMatchObject({ status, error_text: expect.stringMatching(text) });
});

test('what happens arrives, in order, with a signature that the library verifies', async () => {
  const { receiver, secret } = await subscribe();
  const memberId = await enrolIn(backend.pool);
  await accrue(memberId, 1, 2);
  await until(() => receiver.arrivals.length >= 3);
  expect(receiver.arrivals.map(({ event }) => event.event_type)).toEqual([
    'loyalty_member_added',
    'loyalty_points_accrued',
    'loyalty_points_accrued',
  ]);
  for (const arrival of receiver.arrivals) {
    expect(verify(arrival, secret)).toEqual(arrival.event);
    expect(arrival.headers).toMatchObject({
      'content-type': 'application/json',
      'webhook-id': arrival.event.event_id,
    });
  }
  const [, arrival] = receiver.arrivals as [Arrival, Arrival];
  expect(() => verify({ ...arrival, body: arrival.body.replace('1.00', '9.00') }, secret)).toThrow();
});

test('only the events that were asked for', async () => {
  const types = ['loyalty_member_added'] satisfies (typeof eventTypes)[number][];
  const { receiver } = await subscribe({ types });
  const other = await subscribe({ types: ['loyalty_points_accrued'], program_id: programId });
  await accrue(await enrolIn(backend.pool), 1);
  await accrue(await enrolIn(backend.pool), 2);
  await until(() => receiver.arrivals.length >= 2 && other.receiver.arrivals.length >= 2);
  expect(receiver.arrivals.map(({ event }) => event.event_type)).toEqual([...types, ...types]);
  expect(amountsIn(other.receiver.arrivals)).toEqual([1, 2]);
});

test('after a rotation both secrets sign, for as long as was asked', async () => {
  const { id, secret, receiver } = await subscribe();
  const next = (await ask('POST', `/${id}/rotate_secret`, { overlap_sec: 600 })).secret as string;
  await ask('POST', `/${id}/test`, {});
  const [both] = receiver.arrivals as [Arrival];
  for (const one of [secret, next]) expect(verify(both, one)).toEqual(both.event);
  const last = (await ask('POST', `/${id}/rotate_secret`, { overlap_sec: 0 })).secret as string;
  await ask('POST', `/${id}/test`, {});
  const alone = receiver.arrivals.at(-1) as Arrival;
  expect(verify(alone, last)).toEqual(alone.event);
  for (const old of [secret, next]) expect(() => verify(alone, old)).toThrow('No matching signature');
});

test('a try says how it went', async () => {
  const { id, receiver } = await subscribe();
  expect(await ask('POST', `/${id}/test`, {})).toEqual({
    status: 200,
    delivered: true,
    error: null,
  });
  expect(receiver.arrivals[0]?.event).toMatchObject({ event_type: 'webhook_test', is_test: true });
  receiver.answer = () => 404;
  expect(await ask('POST', `/${id}/test`, {})).toMatchObject({ delivered: false, error: 'HTTP status 404' });
});

test('one who fails holds up nobody but himself, and gets everything in order later', async () => {
  const { receiver, id } = await subscribe({ types: ['loyalty_points_accrued'] });
  const [ann, bob] = [await enrolIn(backend.pool), await enrolIn(backend.pool)];
  let isWell = false;
  receiver.answer = ({ event_data }) => (!isWell && Number(event_data.amount) < 100 ? 500 : 200);
  await accrue(ann, 1, 2, 3);
  await accrue(bob, 101, 102);
  await until(() => amountsIn(receiver.arrivals).includes(102));
  await until(async () => (await ask('GET', `/${id}`)).waiting === 3);
  expect(amountsIn(receiver.arrivals)).not.toContain(2);
  const { items } = await ask('GET', `/${id}/deliveries?state=waiting`);
  expect((items as Json[]).map(({ event_type }) => event_type)).toHaveLength(3);
  expect((items as Json[])[0]).toMatchObject({ last_status: 500, last_error: 'HTTP status 500' });
  isWell = true;
  await accrue(ann, 4);
  await until(
    async () => (await ask('GET', `/${id}`)).waiting === 0 && amountsIn(receiver.arrivals).includes(4),
  );
  expect(amountsIn(firstArrivals(receiver)).filter((amount) => amount < 100)).toEqual([1, 2, 3, 4]);
  expect(amountsIn(firstArrivals(receiver)).filter((amount) => amount > 100)).toEqual([101, 102]);
});

test('one who does not answer slows nobody down', async () => {
  const dead = await subscribe({ types: ['loyalty_points_accrued'] });
  dead.receiver.answer = () => new Promise(() => {});
  const { receiver } = await subscribe({ types: ['loyalty_points_accrued'] });
  const memberId = await enrolIn(backend.pool);
  await accrue(memberId, 1);
  await until(() => dead.receiver.arrivals.length > 0);
  await accrue(memberId, 2, 3);
  await until(() => receiver.arrivals.length >= 3);
  expect(amountsIn(receiver.arrivals)).toEqual([1, 2, 3]);
  expect(dead.receiver.arrivals).toHaveLength(1);
});

test('after three days a delivery is dead: what is behind it goes on, and it can be replayed', async () => {
  const { id, receiver } = await subscribe({ types: ['loyalty_points_accrued'] });
  let isWell = false;
  receiver.answer = ({ event_data }) => (!isWell && event_data.amount === '1.00' ? 500 : 200);
  await accrue(await enrolIn(backend.pool), 1, 2);
  await until(async () => (await ask('GET', `/${id}`)).waiting === 2);
  await backend.pool.query(
    `update feed.deliveries set first_failed_at = now() - interval '3 days', next_at = now()
     where attempts > 0`,
  );
  await until(() => amountsIn(receiver.arrivals).includes(2));
  await until(async () => (await ask('GET', `/${id}`)).waiting === 0);
  const { items } = (await ask('GET', `/${id}/deliveries?state=dead`)) as { items: Json[] };
  expect(items).toEqual([
    {
      event_id: receiver.arrivals[0]?.event.event_id,
      event_type: 'loyalty_points_accrued',
      event_date: time,
      profile_id: receiver.arrivals[0]?.event.profile_id,
      attempts: expect.any(Number),
      first_failed_at: time,
      next_attempt_at: null,
      last_status: 500,
      last_error: 'HTTP status 500',
    },
  ]);
  isWell = true;
  const event_ids = items.map(({ event_id }) => event_id);
  expect(await ask('POST', `/${id}/replay`, { event_ids: ['1-1'] })).toEqual({ status: 200, replayed: 0 });
  expect(await ask('POST', `/${id}/replay`, { event_ids })).toEqual({ status: 200, replayed: 1 });
  await until(async () => (await ask('GET', `/${id}`)).dead === 0);
  await until(async () => (await ask('GET', `/${id}`)).waiting === 0);
  expect(amountsIn(receiver.arrivals).at(-1)).toBe(1);
});

test('switched off and on again, it is sent what it missed', async () => {
  const { id, receiver } = await subscribe({ types: ['loyalty_points_accrued'] });
  const memberId = await enrolIn(backend.pool);
  await accrue(memberId, 1);
  await until(() => receiver.arrivals.length === 1);
  await ask('PATCH', `/${id}`, { is_active: false });
  await accrue(memberId, 2);
  await ask('PATCH', `/${id}`, { is_active: true });
  await until(() => receiver.arrivals.length === 2);
  expect(amountsIn(receiver.arrivals)).toEqual([1, 2]);
});

test('a worker is killed in mid-delivery: everything arrives, in order, under the same ids', async () => {
  await backend.restartWorker(async () => {
    const { receiver, secret } = await subscribe({ types: ['loyalty_points_accrued'] });
    let letGo: (status: number) => void = () => {};
    receiver.answer = ({ event_data }) =>
      event_data.amount === '3.00' ? new Promise((resolve) => (letGo = resolve)) : 200;
    const members = [await enrolIn(backend.pool), await enrolIn(backend.pool)];
    await accrue(members[0] as string, 1, 2, 3, 4);
    await accrue(members[1] as string, 11, 12);
    const worker = await startWorkerApart(backend.config);
    await until(() => amountsIn(receiver.arrivals).includes(3));
    await worker.kill();
    letGo(200);
    receiver.answer = () => 200;
    await accrue(members[0] as string, 5);
    const other = await startWorkerApart(backend.config);
    await until(() => amountsIn(receiver.arrivals).includes(5));
    await other.kill();
    const amounts = amountsIn(firstArrivals(receiver));
    expect(amounts.filter((amount) => amount < 10)).toEqual([1, 2, 3, 4, 5]);
    expect(amounts.filter((amount) => amount > 10)).toEqual([11, 12]);
    expect(receiver.arrivals.length).toBeGreaterThan(amounts.length);
    for (const arrival of receiver.arrivals) verify(arrival, secret);
  });
}, 120_000);

test('who reaches a tier is told of with the signature of the webhook, the reward beside it', async () => {
  await seedStatus(backend);
  await createTierGroup(backend.pool, programId, levels);
  const memberId = await enrolIn(backend.pool);
  const types = ['loyalty_tier_changed', 'loyalty_points_accrued'];
  const { secret, receiver } = await subscribe({ types });
  await accrueIn(statusIid, memberId, 500);
  // What happened just before the webhook was made may be told of, too: bronze, at the registration.
  const told = () => firstArrivals(receiver).map((arrival) => verify(arrival, secret)) as Event[];
  const isOfSilver = ({ event_data }: Event) =>
    [event_data.tier_eid, event_data.source_sid].includes('silver');
  await until(() => told().filter(isOfSilver).length === 2);
  const events = told();
  const ofTier = events.filter(({ event_type }) => event_type === 'loyalty_tier_changed');
  expect(ofTier.at(-1)).toMatchObject({
    event_data: {
      loyalty_program_id: programId,
      tiers_group_eid: 'levels',
      tiers_group_type: 'cumulative',
      direction: 'up',
      tier_eid: 'silver',
      tier_order: 1,
      previous_tier_eid: 'bronze',
    },
  });
  const reward = { source_type: 'tier_group', source_sid: 'silver', amount: '100.00' };
  expect(events.map(({ event_data }) => event_data)).toContainEqual(expect.objectContaining(reward));
});
