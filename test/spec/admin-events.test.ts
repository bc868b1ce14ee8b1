import { uuidv7 } from 'uuidv7';
import { adminEvents } from '../../src/contract/admin/events';
import { createToken } from '../../src/db/commands/tokens';
import { postOperations } from '../../src/db/ledger';
import type { Operation } from '../../src/domain/operation';
import { type AdminBench, openAdmin } from '../support/admin';
import { untilReadable } from '../support/events';
import { enrolIn, seedProgram } from '../support/ledger';
import { answerChecker } from '../support/openapi';
import { type Json, send } from '../support/wire';

let bench: AdminBench;
let memberId: string;
let problemsOf: (answer: unknown) => unknown[];

beforeAll(async () => {
  problemsOf = answerChecker(adminEvents.read);
  bench = await openAdmin();
  await seedProgram(bench.pool);
  await createToken(bench.pool, { name: 'till', scopes: ['loyalty_write'], program_ids: null }, 't0k');
  memberId = await enrolIn(bench.pool);
  for (const [verb, amount] of [
    ['accrue', '100.5'],
    ['redeem', '40'],
    ['accrue', '7'],
  ] as const) {
    const operation = {
      verb,
      amount,
      transaction_id: uuidv7(),
      transaction_eid: `order-${amount}`,
      request_hash: amount,
      program_id: 1,
      member_id: memberId,
      currency_iid: 1,
      not_after: '2999-01-01T00:00:00Z',
      source_type: 'api',
      source_sid: 'till',
      promotion_id: 4,
      promotion_eid: 'welcome',
      description: 'for Ann',
      external_data: { phone: '+12025550101' },
    } satisfies Operation;
    await postOperations(bench.pool, [operation], '2030-01-01T08:00:00.5Z', 'test');
  }
});

afterAll(() => bench.close());

interface Page {
  status: number;
  error_text: string;
  items: { event_id: string; event_type: string; event_data: Json }[];
  next_after: string;
  has_more: boolean;
}

async function read(parameters = ''): Promise<Page> {
  await untilReadable(bench.pool);
  return (await bench.ask('GET', `/events?${parameters}`)) as unknown as Page;
}

const types = ({ items }: Page) => items.map(({ event_type }) => event_type);

const whole = [
  'loyalty_member_added',
  'loyalty_points_accrued',
  'loyalty_points_redeemed',
  'loyalty_points_accrued',
];

test('everything that happened, in order', async () => {
  const { status, ...page } = await read();
  expect(status).toBe(200);
  expect(problemsOf(page)).toEqual([]);
  expect(types(page as Page)).toEqual(whole);
  expect(page.has_more).toBe(false);
  expect(page.next_after).toBe(page.items.at(-1)?.event_id);
});

test('an event tells what happened, and nothing personal', async () => {
  const { items } = await read('types=loyalty_points_redeemed');
  const { rows } = await bench.pool.query(
    `select transaction_id, profile_id from ledger.postings join ledger.accounts using (account_id)
     join ledger.members using (member_id) where type = 'redeem'`,
  );
  expect(items).toEqual([
    {
      event_id: expect.stringMatching(/^\d+-\d+$/),
      event_type: 'loyalty_points_redeemed',
      event_date: '2030-01-01T08:00:00.5Z',
      profile_id: rows[0].profile_id,
      list_id: 1,
      is_test: false,
      custom_data: {},
      event_data: {
        loyalty_program_id: 1,
        loyalty_program_eid: 'test',
        points_currency_iid: 1,
        points_currency_eid: 'stars',
        transaction_id: rows[0].transaction_id,
        transaction_eid: 'order-40',
        transaction_type: 'redeem',
        created_at: '2030-01-01T08:00:00.5Z',
        amount: '40.00',
        balance_before: '100.50',
        balance_after: '60.50',
        promo_iid: 4,
        promo_eid: 'welcome',
        source_type: 'api',
        source_iid: null,
        source_sid: 'till',
        source_subiid: null,
      },
    },
  ]);
});

test('page by page, nothing is missed and nothing comes twice', async () => {
  const seen: string[] = [];
  let after = '';
  for (;;) {
    const page = await read(`limit=1${after}`);
    seen.push(...types(page));
    after = `&after=${page.next_after}`;
    if (!page.has_more && page.items.length === 0) break;
  }
  expect(seen).toEqual(whole);
});

test('who has read everything goes on later where they stopped', async () => {
  const { next_after } = await read();
  expect(await read(`after=${next_after}`)).toMatchObject({ items: [], next_after, has_more: false });
  await enrolIn(bench.pool);
  expect(types(await read(`after=${next_after}`))).toEqual(['loyalty_member_added']);
});

test('by type and by program', async () => {
  const points = await read('types=loyalty_points_accrued&types=loyalty_points_redeemed&limit=2');
  expect(types(points)).toEqual(['loyalty_points_accrued', 'loyalty_points_redeemed']);
  expect(points.has_more).toBe(true);
  expect(types(await read('types=loyalty_points_canceled'))).toEqual([]);
  expect(types(await read('program_id=9'))).toEqual([]);
  expect(types(await read('program_id=1')).slice(0, 4)).toEqual(whole);
  const nothing = await read('types=loyalty_points_canceled');
  expect(nothing.next_after).toBe((await read()).next_after);
});

test.each([
  ['after=yesterday', 'after: expected a next_after, got "yesterday"'],
  ['after=99999999999999999999-1', 'after: expected a next_after, got "99999999999999999999-1"'],
  ['limit=0', 'limit: expected an integer from 1 to 1000, got 0'],
  ['types=birthday', /^types\[0\]: expected one of "loyalty_member_added", .*, got "birthday"$/],
  ['program_id=x', 'program_id: expected an integer from 1 to 2147483647, got "x"'],
])('%s is refused', async (parameters, text) => {
  const { status, error_text } = await read(parameters);
  expect({ status, error_text }).toEqual({ status: 400, error_text: expect.stringMatching(text) });
});

test('a token without scope admin reads no events', async () => {
  const answer = await fetch(`${bench.api.url}/admin/v1/events`, {
    headers: { Authorization: 'Bearer t0k' },
  });
  expect(answer.status).toBe(403);
});

test('profiles that are imported and updated, unless triggers are to be skipped', async () => {
  const { next_after } = await read();
  const ask = (path: string, body: Json) =>
    send(`${bench.api.url}/api/v1.1/profiles/${path}`, 'json', { token: 't0k', db_id: 1, ...body });
  const ann = { data: { email: 'ann@example.com' } };
  const { profile_id } = await ask('import', ann);
  await ask('update', ann);
  await ask('import', { ...ann, skip_triggers: true });
  await ask('import_batch', { data: [{ email: 'bob@example.com' }, ann.data, { email: 'nobody' }] });
  await ask('import_batch', { data: [{ email: 'eve@example.com' }], skip_triggers: true });
  const { items } = await read(`after=${next_after}`);
  expect(items.map(({ event_type }) => event_type)).toEqual([
    'profile_created',
    'profile_updated',
    'profile_created',
    'profile_updated',
  ]);
  expect(items[0]).toMatchObject({ profile_id, list_id: 1, event_data: {} });
  expect(JSON.stringify(items)).not.toContain('example.com');
});
