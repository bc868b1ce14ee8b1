import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import { answerConfirmed } from '../support/orders';
import { enrol, makePerson, type Person } from '../support/people';
import { type Backend, silent, startBackend } from '../support/service';
import { type Json, send } from '../support/wire';

let backend: Backend;
let api: RunningApi;

beforeAll(async () => {
  backend = await startBackend();
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  api = await startApi(backend.config, { log: silent });
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

/** Somebody with a history of two memberships, many kinds of posting, and what callers wrote about it. */
async function liveThrough(): Promise<{ person: Person; secrets: string[] }> {
  const person = await makePerson(backend, 1);
  const ask = async (path: string, body: Json) => {
    const common = { token: 't0k', loyalty_program_id: 1, points_currency_eid: 'stars' };
    const match = { matching: 'email', email: person.email };
    const answer = await send(`${api.url}/api/v1.1/loyalty/${path}`, 'json', {
      ...common,
      ...match,
      ...body,
    });
    expect(answer).toMatchObject({ error: 0 });
    return answer.data as Json | undefined;
  };
  /** Nobody else has the word. */
  const own = (word: string) => `${word}${person.card}`;
  const note = (text: string, word: string) => ({
    external_data: { note: { of: [`${text} ${own(word)}`] } },
  });
  const eid = (name: string) => ({ transaction_eid: `${person.profile_id}-${name}` });
  const commit = (data: Json | undefined) => {
    const body = { token: 't0k', transaction_id: data?.transaction_id };
    return send(`${api.url}/api/v1.1/loyalty/commit_transaction`, 'json', body);
  };
  await enrol(backend, person, 1);
  await ask('accrue_points', { amount: '100', ...eid('order'), ...note('Wedding of Ann', 'Zephyrine') });
  await commit(await ask('accrue_points', { amount: '5', is_temp: true, ...note('Lives in', 'Quillon') }));
  await commit(await ask('redeem_points', { amount: '7', is_temp: true, ...note('Wears size', 'Umbrage') }));
  const spent = await ask('redeem_points', { amount: '3', ...note('Bought', 'Xylorimba') });
  await send(`${api.url}/api/v1.1/loyalty/cancel_transaction`, 'json', { token: 't0k', ...spent });
  await ask('accrue_points', { amount: '500', points_currency_eid: 'status' });
  await ask('delete_member', {});
  await ask('register_member', {});
  await ask('accrue_points', { amount: '50', ...note('Came back from', 'Yttrium') });
  await ask('redeem_points', { amount: '20', is_temp: true, ...note('Waits for', 'Jacaranda') });
  await backend.pool.query(
    `update directory.profiles set fields = fields || jsonb_build_object('likes', jsonb_build_array($2::text))
     where profile_id = $1`,
    [person.profile_id, own('Orrery')],
  );
  await backend.pool.query(
    `with o as (
       insert into market.orders (external_id, origin, endpoint, status, currency, profile_id, total_price,
         final_total_price, tags, custom_fields, create_time, update_time, request_hash)
       values ($1, 'commit', 'website', 'new', 'RUB', $1, 500, 500, array[$2],
         jsonb_build_object('to', $3::text), now(), now(), 'abc')
       returning id
     )
     insert into market.order_lines (order_id, line_no, external_id, goods_id, count, base_price_per_item,
       final_price_per_item, total_price, final_total_price, custom_fields)
     select id, 1, '1', 2, 1, 500, 500, 500, 500, jsonb_build_object('engraving', $4::text) from o`,
    [person.profile_id, own('Marimba'), own('Ocarina'), own('Theremin')],
  );
  await answerConfirmed(backend);
  const written = [
    'Marimba',
    'Ocarina',
    'Theremin',
    'Zephyrine',
    'Quillon',
    'Umbrage',
    'Xylorimba',
    'Yttrium',
    'Jacaranda',
    'Orrery',
  ];
  const { email, phone, crm_id, card } = person;
  return { person, secrets: [email, phone.slice(1), crm_id, String(card), ...written.map(own)] };
}

async function dataOf(profileId: string, query = '', what = 'data'): Promise<Json & { status: number }> {
  const url = `${api.url}/admin/v1/profiles/${profileId}/${what}${query}`;
  const response = await fetch(url, { headers: { Authorization: 'Bearer t0k' } });
  return { status: response.status, ...((await response.json()) as Json) };
}

/** Every row of every table there is, as text, that holds one of the words: `TABLE: WORD`. */
async function grepDatabase(words: string[]): Promise<string[]> {
  const { rows: tables } = await backend.pool.query(
    `select format('%I.%I', table_schema, table_name) as name from information_schema.tables
     where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema') order by 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const { rows } = await backend.pool.query(
      `select distinct word from ${name} t, unnest($1::text[]) word
       where strpos(lower(to_jsonb(t)::text), lower(word)) > 0
         or exists (
           select from jsonb_each_text(to_jsonb(t)) f
           where f.value like '\\x%' and strpos(f.value, encode(convert_to(word, 'UTF8'), 'hex')) > 0
         )
       order by word`,
      [words],
    );
    found.push(...rows.map(({ word }) => `${name}: ${word}`));
  }
  return found;
}

test('the export holds everything, in pages that together are the whole', async () => {
  const { person, secrets } = await liveThrough();
  const whole = await dataOf(person.profile_id);
  expect(whole).toMatchObject({ status: 200, next_after: null });
  const orders = await dataOf(person.profile_id, '', 'orders');
  for (const secret of secrets) expect(JSON.stringify([whole, orders])).toContain(secret);
  expect(orders).toMatchObject({
    items: [{ total_price: '500', lines: [{ product: null, sku: 'S1' }] }],
    next_after: null,
  });
  expect(whole.profile).toMatchObject({ profile_id: person.profile_id, db_id: 1, email: person.email });
  const memberships = whole.memberships as { removed_at: string | null; accounts: Json[]; tiers: Json[] }[];
  expect(memberships.map(({ removed_at }) => removed_at === null)).toEqual([false, true]);
  expect(memberships.flatMap(({ accounts }) => accounts.map(({ balance, held }) => [balance, held]))).toEqual(
    [
      ...[
        ['198', '0'],
        ['500', '0'],
      ],
      ...[
        ['50', '20'],
        ['0', '0'],
      ],
    ],
  );
  const tiers = memberships.map((membership) =>
    membership.tiers
      .filter(({ tiers_group_eid }) => tiers_group_eid === 'levels')
      .map(({ tier_eid, lost_at, rewarded_by }) => [tier_eid, lost_at !== null, rewarded_by !== null]),
  );
  expect(tiers).toEqual([
    [
      ['bronze', true, false],
      ['silver', true, true],
    ],
    [['bronze', false, false]],
  ]);
  const postings = whole.postings as Json[];
  const { rows } = await backend.pool.query(
    `select p.transaction_id from ledger.postings p
     join ledger.accounts using (account_id) join ledger.members using (member_id)
     where profile_id = $1 order by p.account_id, p.seq`,
    [person.profile_id],
  );
  expect(postings.map(({ transaction_id }) => transaction_id)).toEqual(rows.map((row) => row.transaction_id));
  expect(postings[0]).toMatchObject({
    external_data: { note: { of: [`Wedding of Ann Zephyrine${person.card}`] } },
    lot: { amount: '100', remaining: '93', reserved: '0' },
  });
  expect(postings.at(-1)).toMatchObject({
    type: 'redeem',
    hold: { state: 'open', canceled: false },
    lot_uses: [{ taken: '0', reserved: '20' }],
  });

  const pages: Json[] = [];
  let after = '';
  for (;;) {
    const page = await dataOf(person.profile_id, `?limit=2${after && `&after=${after}`}`);
    expect(page).toMatchObject({ profile: whole.profile, memberships: whole.memberships });
    pages.push(...(page.postings as Json[]));
    if (page.next_after === null) break;
    after = String(page.next_after);
  }
  expect(pages).toEqual(postings);
});

test('after a deletion the person is nowhere in the database, and the ledger is as it was', async () => {
  const { person, secrets } = await liveThrough();
  expect(new Set((await grepDatabase(secrets)).map((it) => it.split(': ')[1]))).toEqual(new Set(secrets));
  const before = await dataOf(person.profile_id);

  const gone = { token: 't0k', db_id: 1, matching: 'email', email: person.email };
  const answer = await send(`${api.url}/api/v1.1/profiles/delete`, 'json', gone);
  expect(answer).toMatchObject({ error: 0 });

  expect(await grepDatabase(secrets)).toEqual([]);
  const after = await dataOf(person.profile_id);
  expect(after).toMatchObject({ status: 200, profile: null });
  const known = (before.postings as Json[]).map(({ transaction_id }) => transaction_id);
  const blank = (posting: Json) => ({ ...posting, external_data: null, description: '', hold: 0, lot: 0 });
  const kept = (after.postings as Json[]).filter(({ transaction_id }) => known.includes(transaction_id));
  expect(kept.map(blank)).toEqual((before.postings as Json[]).map(blank));
  expect(kept.map(({ external_data }) => external_data)).toEqual(known.map(() => null));
  const { rows } = await backend.pool.query(
    'select request_hash from ledger.keys where transaction_eid = $1',
    [`${person.profile_id}-order`],
  );
  expect(rows).toEqual([{ request_hash: '' }]);
});

test('promo codes are in the export, and after a deletion nobody had them', async () => {
  const person = await makePerson(backend, 1);
  const ask = (path: string, body: Json) =>
    send(`${api.url}/api/v1.1/promocodes/${path}`, 'json', { token: 't0k', loyalty_id: 1, ...body });
  const [own, used, left] = ['own', 'used', 'left'].map((name) => `${name}-${person.crm_id}`);
  const whose = { db_id: 1, matching: 'email', email: person.email };
  for (const code of [own, used, left]) await ask('attach', { ...whose, code });
  for (const code of [used, left]) expect(await ask('activate', { code })).toMatchObject({ error: 0 });
  await ask('detach', { ...whose, code: left });

  const { promo_codes } = await dataOf(person.profile_id);
  const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
  const activated = [{ activated_at: time, order_external_id: null }];
  expect(promo_codes).toEqual([
    { pool_id: 1, code: own, attached_at: time, expires_at: null, uses: [] },
    { pool_id: 1, code: used, attached_at: time, expires_at: null, uses: activated },
    { pool_id: 1, code: left, attached_at: null, expires_at: null, uses: activated },
  ]);

  await send(`${api.url}/api/v1.1/profiles/delete`, 'json', { token: 't0k', ...whose });
  expect(await grepDatabase([person.profile_id])).toEqual([]);
  expect((await ask('get', { code: own })).data).toMatchObject({ is_attached: false, is_expired: true });
  expect((await ask('get', { code: used })).data).toMatchObject({ is_attached: false, is_activated: true });
});

test('of others nothing is erased', async () => {
  const { person, secrets } = await liveThrough();
  const other = await liveThrough();
  const gone = { token: 't0k', db_id: 1, matching: 'email', email: person.email };
  await send(`${api.url}/api/v1.1/profiles/delete`, 'json', gone);
  const kept = [await dataOf(other.person.profile_id), await dataOf(other.person.profile_id, '', 'orders')];
  for (const secret of other.secrets) expect(JSON.stringify(kept)).toContain(secret);
  expect(await grepDatabase(secrets)).toEqual([]);
});

test.each([
  ['somebody unknown', 'ffffffffffffffffffffffff', '', 404, 'Profile ffffffffffffffffffffffff not found'],
  [
    'a position of another kind',
    'ffffffffffffffffffffff01',
    '?after=7',
    400,
    'after: expected next_after of the page before, got "7"',
  ],
  [
    'pages that are too long',
    'ffffffffffffffffffffff01',
    '?limit=1001',
    400,
    'limit: expected an integer from 1 to 1000, got 1001',
  ],
])('the export refuses %s', async (_, id, query, status, error_text) => {
  expect(await dataOf(id, query)).toMatchObject({ status, error_text });
});

/** A table that comes to this list is in the export, or says here why not; profiles/delete knows of it. */
const aboutPersons = [
  'codes.activations',
  'codes.holders',
  'directory.profile_keys', // copies of values in profiles, to find them by
  'directory.profiles',
  'directory.unconsidered', // who was written and may have to become a member; goes with the profile
  'exports.erasures', // whom files of exports are to forget still
  'feed.deliveries', // which events did not arrive, and where
  'feed.events', // pointers to postings and members, which the export has
  'ledger.accounts',
  'ledger.earnings', // sums of postings, to find tiers by
  'ledger.first_tiers', // which tiers were reached first when, and the postings of their rewards
  'ledger.history', // a view of postings and holds
  'ledger.holds',
  'ledger.lot_uses',
  'ledger.lots',
  'ledger.member_tiers',
  'ledger.members',
  'ledger.postings',
  'ledger.standings', // until when a tier is kept, as postings and settings say; gone with the membership
  'ledger.tier_sweeps', // whose tiers were evaluated last, by bare id
  'market.order_promotions', // what promotions did for orders, which the export has
  'market.orders',
  'scenarios.runs',
];

test('runs of scenarios are shown with the membership they went through', async () => {
  const { person } = await liveThrough();
  await backend.pool.query(
    `with version as (
       insert into scenarios.versions (scenario_id, trigger, steps)
       overriding system value values (1, '{}', '[]') returning version_id
     ), definition as (
       insert into scenarios.definitions (id, program_id, external_id, name, version_id)
       select 1, 1, 'welcome-back', 'Welcome back', version_id from version
     )
     insert into scenarios.runs
       (scenario_id, version_id, member_id, cause, started_at, ended_at, outcome)
     select 1, version_id, member_id, 'by hand', now(), now(), 'done'
     from version, ledger.members where profile_id = $1 and removed_at is null`,
    [person.profile_id],
  );
  const { memberships } = await dataOf(person.profile_id);
  expect(
    (memberships as { scenario_runs: Json[] }[]).map(({ scenario_runs }) => scenario_runs),
  ).toMatchObject([
    [],
    [{ scenario_id: 1, scenario_eid: 'welcome-back', cause: 'by hand', outcome: 'done' }],
  ]);
});

test('orders are shown page by page, and of nobody unknown', async () => {
  const { person } = await liveThrough();
  const [first] = (await dataOf(person.profile_id, '?limit=1', 'orders')).items as Json[];
  expect(await dataOf(person.profile_id, `?after=${first?.id}`, 'orders')).toMatchObject({ items: [] });
  expect(await dataOf('f'.repeat(24), '', 'orders')).toMatchObject({
    status: 404,
    error_text: `Profile ${'f'.repeat(24)} not found`,
  });
});

test('no table is about persons that the export does not know', async () => {
  const { rows } = await backend.pool.query(
    `select distinct table_schema || '.' || table_name as name from information_schema.columns
     where column_name in ('profile_id', 'member_id', 'account_id')
       and table_schema not in ('pg_catalog', 'information_schema')
     order by 1`,
  );
  expect(rows.map(({ name }) => name)).toEqual(aboutPersons);
});
