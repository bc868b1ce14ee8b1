import { randomBytes } from 'node:crypto';
import { type RunningApi, startApi } from '../../src/api';
import type { ServiceConfig } from '../../src/config';
import { writeProfiles } from '../../src/db/commands/profiles';
import { createToken } from '../../src/db/commands/tokens';
import { nobody } from '../../src/domain/matching';
import { type Backend, silent, startBackend } from '../support/service';
import { until } from '../support/until';
import { type Json, send, type WireFormat } from '../support/wire';

let backend: Backend;
let api: RunningApi;

beforeAll(async () => {
  backend = await startBackend();
  const scopes = ['admin', 'loyalty_read', 'loyalty_write'] as const;
  await createToken(backend.pool, { name: 'root', scopes: [...scopes], program_ids: null }, 't0k');
  api = await startApi(backend.config, { log: silent });
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

async function admin(method: string, path: string, body?: Json): Promise<Json> {
  const response = await fetch(`${api.url}/admin/v1${path}`, {
    method,
    headers: { Authorization: 'Bearer t0k', 'Content-Type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  return (await response.json()) as Json;
}

/** A database with a program that takes members in as it is told, and 5 points for each. */
async function makeShop(settings: Json = {}, condition?: Json) {
  const name = randomBytes(6).toString('hex');
  const { id: db_id } = await admin('POST', '/databases', { name });
  const field = { name: 'level', type: 'enum', enum_values: ['basic', 'gold'] };
  await admin('POST', `/databases/${db_id}/fields`, field);
  const segment = condition
    ? await admin('POST', `/databases/${db_id}/segments`, { external_id: 's', name: 'S', condition })
    : { id: null };
  const values = { external_id: name, name, database_id: db_id, segment_id: segment.id, ...settings };
  const { id } = await admin('POST', '/programs', values);
  await admin('POST', `/programs/${id}/currencies`, { eid: 'stars', name: 'Stars', initial_balance: '5' });
  return { db_id: Number(db_id), id: Number(id), segment: Number(segment.id) };
}

type Shop = Awaited<ReturnType<typeof makeShop>>;

const call = (path: string, body: Json, format: WireFormat = 'json') =>
  send(`${api.url}/api/v1.1${path}`, format, { token: 't0k', ...body });

const importOne = (shop: Shop, email: string, data: Json = { _status: 1 }, format: WireFormat = 'json') =>
  call('/profiles/import', { db_id: shop.db_id, email, data }, format);

const about = (shop: Shop, email: string) => ({ loyalty_program_id: shop.id, matching: 'email', email });

const balance = async (shop: Shop, email: string) => {
  const answer = await call('/loyalty/account/balance', about(shop, email));
  return answer.error === 0 ? (answer.data as Json).active_balance : answer.error;
};

/** Of a program: current and all memberships, initial balances, and what is noted of its database. */
async function state(shop: Shop) {
  const { rows } = await backend.pool.query(
    `select
       (select count(*)::int from ledger.members where program_id = $1 and removed_at is null) as members,
       (select count(*)::int from ledger.members where program_id = $1) as memberships,
       (select count(*)::int from ledger.postings where program_id = $1 and source_sid = 'initial_balance')
         as initial_balances,
       (select count(*)::int from feed.events where program_id = $1 and type = 'loyalty_member_added')
         as added,
       (select count(*)::int from directory.unconsidered where database_id = $2) as noted`,
    [shop.id, shop.db_id],
  );
  return rows[0];
}

const settled = (members: number) => ({
  members,
  memberships: members,
  initial_balances: members,
  added: members,
  noted: 0,
});

const isGold = { field: 'level', operator: 'eq', value: 'gold' };

describe('a program that takes in all profiles', () => {
  test.each(['json', 'xml'] as const)(
    'has them as members when an import is answered, in %s',
    async (format) => {
      const shop = await makeShop({ participation: 'all' });
      await importOne(shop, 'ann@example.com', { _fname: 'Ann' }, format);
      const accrual = { ...about(shop, 'ann@example.com'), amount: '2' };
      expect(await call('/loyalty/accrue_points', accrual)).toMatchObject({
        data: { balance_after: '7.00' },
      });
      await importOne(shop, 'ann@example.com', { _fname: 'Anne' }, format);
      expect(await state(shop)).toEqual(settled(1));
    },
  );

  test('has a whole batch as members, but not those refused', async () => {
    const shop = await makeShop({ participation: 'all' });
    const people = Array.from({ length: 700 }, (_, index) => ({ email: `p${index}@example.com` }));
    const data = [...people, { email: 'nobody' }, { email: 'p0@example.com' }];
    const answer = await call('/profiles/import_batch', { db_id: shop.db_id, data });
    expect((answer.result as Json[]).filter(({ error }) => error === 0)).toHaveLength(701);
    expect(await state(shop)).toEqual(settled(700));
  });

  test('has those who are added, one by one or many at once', async () => {
    const shop = await makeShop({ participation: 'all' });
    const { db_id } = shop;
    await call('/profiles/add', { db_id, data: { email: 'ann@example.com' } });
    await call('/profiles/add_batch', { db_id, data: [{ email: 'bob@example.com' }, {}] });
    expect(await state(shop)).toEqual(settled(3));
  });

  test('leaves those alone who are imported with their balances', async () => {
    const shop = await makeShop({ participation: 'all' });
    const writes = [{ search: nobody, change: { set: {}, removed: [] }, path: '' }];
    const database = { id: shop.db_id, name: '', emailIsUnique: true, fields: new Map() };
    await writeProfiles(backend.pool, database, writes, { mayCreate: true, isRegistered: true });
    expect(await state(shop)).toEqual(settled(0));
  });

  test('has those who were there before it took everybody in', async () => {
    const shop = await makeShop();
    for (const name of ['ann', 'bob', 'cid']) await importOne(shop, `${name}@example.com`);
    await call('/loyalty/register_member', about(shop, 'bob@example.com'));
    expect(await state(shop)).toEqual(settled(1));
    await admin('PATCH', `/programs/${shop.id}`, { participation: 'all' });
    await until(async () => (await state(shop)).members === 3);
    expect(await state(shop)).toEqual(settled(3));
  });

  test('gives them the tiers that take no points, and tells of all of it', async () => {
    const shop = await makeShop({ participation: 'all' });
    await admin('POST', `/programs/${shop.id}/currencies`, {
      eid: 'rank',
      name: 'Rank',
      type: 'qualification',
    });
    const reward = { points_currency_eid: 'stars', amount: '3' };
    const group = await admin('POST', `/programs/${shop.id}/tier_groups`, {
      external_id: 'levels',
      name: 'Levels',
      points_currency_eid: 'rank',
      tiers: [{ eid: 'bronze', name: 'Bronze', threshold: '0', reward }],
    });
    await importOne(shop, 'ann@example.com');
    const tiers = { ...about(shop, 'ann@example.com'), tiers_group_id: group.id };
    expect(await call('/loyalty/account/tiers', tiers)).toMatchObject({ data: [{ tier_eid: 'bronze' }] });
    expect(await balance(shop, 'ann@example.com')).toBe('8.00');
    const { rows } = await backend.pool.query(
      'select type from feed.events where program_id = $1 order by turn, event_id',
      [shop.id],
    );
    expect(rows.map(({ type }) => type).sort()).toEqual([
      'loyalty_member_added',
      'loyalty_points_accrued',
      'loyalty_points_accrued',
      'loyalty_tier_changed',
    ]);
  });

  test('leaves those alone who were removed from it, until somebody registers them', async () => {
    const shop = await makeShop({ participation: 'all' });
    await importOne(shop, 'ann@example.com');
    await call('/loyalty/delete_member', about(shop, 'ann@example.com'));
    await importOne(shop, 'ann@example.com', { _fname: 'Ann' });
    expect(await backend.gateway.enrolMembers(shop.id)).toMatchObject({ registered: 0 });
    expect(await state(shop)).toEqual({ ...settled(1), members: 0 });
    await call('/loyalty/register_member', about(shop, 'ann@example.com'));
    expect(await balance(shop, 'ann@example.com')).toBe('0.00');
    expect(await state(shop)).toEqual({ ...settled(1), memberships: 2, added: 2 });
  });

  test('forgets a profile that is deleted, and does not take it in again', async () => {
    const shop = await makeShop({ participation: 'all' });
    const { profile_id } = await importOne(shop, 'ann@example.com');
    await call('/loyalty/redeem_points', { ...about(shop, 'ann@example.com'), amount: '3', is_temp: true });
    const { db_id } = shop;
    await call('/profiles/delete', { db_id, matching: 'profile_id', profile_id });
    expect(await backend.gateway.enrolMembers(shop.id)).toMatchObject({ registered: 0 });
    expect(await state(shop)).toEqual({ ...settled(1), members: 0 });
    const { rows } = await backend.pool.query(
      `select h.state from ledger.holds h join ledger.accounts using (account_id)
       join ledger.members using (member_id) where profile_id = $1`,
      [profile_id],
    );
    expect(rows).toEqual([{ state: 'rolled_back' }]);
  });

  test('takes nobody in any more when it is told so, or switched off', async () => {
    const shop = await makeShop({ participation: 'all' });
    await admin('PATCH', `/programs/${shop.id}`, { participation: 'manual' });
    await importOne(shop, 'ann@example.com');
    await admin('PATCH', `/programs/${shop.id}`, { participation: 'all', is_active: false });
    await importOne(shop, 'bob@example.com');
    expect(await backend.gateway.enrolMembers(shop.id)).toEqual({ considered: 0, registered: 0 });
    expect(await state(shop)).toEqual(settled(0));
    await admin('PATCH', `/programs/${shop.id}`, { is_active: true });
    await until(async () => (await state(shop)).members === 2);
    expect(await state(shop)).toEqual(settled(2));
  });
});

describe('a program that takes in a segment', () => {
  test('has those who come into it, and keeps those who leave it', async () => {
    const shop = await makeShop({ participation: 'segment' }, isGold);
    await importOne(shop, 'ann@example.com', { level: 'basic' });
    expect(await state(shop)).toEqual(settled(0));
    const { db_id } = shop;
    await call('/profiles/update', { db_id, email: 'ann@example.com', data: { level: 'gold' } });
    expect(await balance(shop, 'ann@example.com')).toBe('5.00');
    await call('/profiles/update', { db_id, email: 'ann@example.com', data: { level: null } });
    expect(await balance(shop, 'ann@example.com')).toBe('5.00');
    expect(await state(shop)).toEqual(settled(1));
  });

  test('has those whom a changed condition lets in', async () => {
    const shop = await makeShop({ participation: 'segment' }, isGold);
    await importOne(shop, 'ann@example.com', { level: 'gold' });
    await importOne(shop, 'bob@example.com', { _city: 'Berlin' });
    expect(await state(shop)).toEqual(settled(1));
    const condition = { any: [isGold, { field: '_city', operator: 'exists' }] };
    await admin('PATCH', `/segments/${shop.segment}`, { condition });
    await until(async () => (await state(shop)).members === 2);
    expect(await state(shop)).toEqual(settled(2));
  });

  test('keeps its segment from being deleted', async () => {
    const shop = await makeShop({ participation: 'segment' }, isGold);
    const error_text = `programs or promotions go by segment ${shop.segment}`;
    expect(await admin('DELETE', `/segments/${shop.segment}`)).toEqual({ error: 409, error_text });
  });

  test.each<[Json, string]>([
    [{ participation: 'segment' }, 'segment_id: is required when participation is "segment"'],
    [
      { segment_id: 999_999 },
      expect.stringMatching(/^segment_id: profile database \d+ has no segment 999999$/),
    ],
    [{ participation: 'some' }, 'participation: expected one of "manual", "all", "segment", got "some"'],
  ])('refuses %j', async (values, error_text) => {
    const shop = await makeShop();
    const answer = await admin('PATCH', `/programs/${shop.id}`, values);
    expect(answer).toMatchObject({ error: 400, error_text });
  });

  test('refuses the segment of another database', async () => {
    const other = await makeShop({}, isGold);
    const shop = await makeShop();
    const answer = await admin('PATCH', `/programs/${shop.id}`, { segment_id: other.segment });
    expect(answer.error_text).toBe(
      `segment_id: profile database ${shop.db_id} has no segment ${other.segment}`,
    );
  });
});

test('while imports and the workflow race, everybody becomes a member once', async () => {
  const shop = await makeShop({ participation: 'all' });
  let isOver = false;
  const runs = (async () => {
    while (!isOver) await backend.gateway.enrolMembers(shop.id);
  })();
  await Promise.all(
    Array.from({ length: 120 }, (_, index) => importOne(shop, `p${index % 60}@example.com`, { _lat: index })),
  );
  isOver = true;
  await runs;
  expect(await state(shop)).toEqual(settled(60));
}, 60_000);

describe('when Temporal is away', () => {
  let alone: RunningApi;

  beforeAll(async () => {
    const config: ServiceConfig = {
      ...backend.config,
      temporalAddress: '127.0.0.1:1',
      requestTimeoutMs: 8_000,
    };
    alone = await startApi(config, { log: silent });
  });
  afterAll(() => alone.stop());

  test('an import succeeds, and whoever is left over becomes a member by the workflow', async () => {
    const shop = await makeShop({ participation: 'segment' }, isGold);
    const swept = () => backend.pool.query('select from directory.sweeps where program_id = $1', [shop.id]);
    await until(async () => (await swept()).rowCount === 1);
    await until(async () => {
      const answer = await send(`${alone.url}/api/v1.1/profiles/import`, 'json', {
        token: 't0k',
        db_id: shop.db_id,
        email: 'ann@example.com',
        data: { level: 'gold' },
      });
      return answer.error === 0; // The other process may not know the database yet.
    });
    expect(await state(shop)).toEqual({ ...settled(0), noted: 1 });
    expect(await backend.gateway.enrolMembers(shop.id)).toMatchObject({ registered: 1 });
    expect(await state(shop)).toEqual(settled(1));
  }, 30_000);
});
