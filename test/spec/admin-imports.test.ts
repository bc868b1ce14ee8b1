import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import { adminImports } from '../../src/contract/admin/imports';
import { importsAt } from '../support/imports';
import { answerChecker } from '../support/openapi';
import { enrol, makePerson, type Person } from '../support/people';
import { type Backend, silent, startBackend } from '../support/service';
import { until } from '../support/until';
import { type Json, send } from '../support/wire';

let backend: Backend;
let api: RunningApi;
const imports = importsAt(() => api.url);

beforeAll(async () => {
  backend = await startBackend();
  const world = await readFile(join(__dirname, '../support/world.sql'), 'utf8');
  await backend.pool.query(world);
  api = await startApi(backend.config, { log: silent });
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

const person = () => makePerson(backend, 1);
/** A file is removed when its import has ended, a moment after that can be seen. */
const untilNoFiles = () => until(async () => (await readdir(backend.config.exportDir ?? '')).length === 0);

let batches = 0;
/** Rows that are alike are alike within a batch only. */
const ownBatch = () => ({ batch: `test ${++batches}` });

/** The total balance; NaN for who is no member. */
async function balanceOf({ email }: { email: string }, currency = 'stars', program = 1): Promise<number> {
  const body = { token: 't0k', loyalty_program_id: program, points_currency_eid: currency };
  const path = `${api.url}/api/v1.1/loyalty/account/balance`;
  const { data } = await send(path, 'json', { ...body, matching: 'email', email });
  return Number((data as Json | undefined)?.total_balance ?? Number.NaN);
}

async function postingsOf({ profile_id }: Pick<Person, 'profile_id'>): Promise<Json[]> {
  const { rows } = await backend.pool.query(
    `select p.amount::float8 as amount, p.type::text as type, p.created_at, p.activates_at, p.expires_at,
       p.description, p.source_type, p.source_sid, p.transaction_eid, p.written_by, c.eid
     from ledger.postings p join ledger.accounts a using (account_id) join ledger.members m using (member_id)
     join catalog.currencies c on c.iid = a.currency_iid
     where m.profile_id = $1 order by p.account_id, p.seq`,
    [profile_id],
  );
  return rows;
}

test('members come with their join dates and lots', async () => {
  const [ann, bob, eve] = [await person(), await person(), await person()];
  const csv = [
    [
      ...['email', 'registration_date', 'points_currency_eid', 'amount'],
      ...['created_at', 'activation_date', 'expiration_date', 'transaction_eid'],
    ].join(),
    `${ann.email},2019-05-01,stars,100.50,2025-01-02,,2999-12-31,old-${ann.card}`,
    `${ann.email},2019-05-01,status,7,,,,`,
    `${ann.email},,stars,20,,2998-01-01,never,`,
    `${bob.email},2020-01-01T10:00:00+02:00,,0,,,,`,
    `${eve.email},,,,,,,`,
  ].join('\n');
  const result = await imports.run(csv, { ...ownBatch(), file_name: 'shop.csv' });
  expect(result).toMatchObject({
    ...{ http: 200, status: 'done', file_name: 'shop.csv', requested_by: 'till', error_text: null },
    ...{ rows: 5, rows_total: 5, refused: 0, repeated: 0, members_added: 3, report: [] },
    points: [
      { points_currency_eid: 'stars', lots: 2, points: '120.5' },
      { points_currency_eid: 'status', lots: 1, points: '7' },
    ],
  });
  expect(await balanceOf(ann)).toBe(120.5);
  const origin = `import/${result.id}`;
  const usual = { type: 'accrual', source_type: 'system', source_sid: 'import', description: '' };
  expect(await postingsOf(ann)).toEqual([
    {
      ...{ ...usual, amount: 100.5, eid: 'stars', written_by: origin, transaction_eid: `old-${ann.card}` },
      ...{ created_at: '2025-01-02T00:00:00Z', activates_at: expect.any(String) },
      expires_at: '2999-12-31T23:59:59Z',
    },
    {
      ...{ ...usual, amount: 20, eid: 'stars', written_by: origin, created_at: expect.any(String) },
      ...{ activates_at: '2998-01-01T00:00:00Z', expires_at: null },
      transaction_eid: expect.stringMatching(/^import\/test \d+\/[0-9a-f]{32}\/1$/),
    },
    expect.objectContaining({ ...usual, amount: 7, eid: 'status', expires_at: null }),
  ]);
  const { rows } = await backend.pool.query(
    'select registered_at from ledger.members where profile_id = any ($1) order by profile_id',
    [[ann.profile_id, bob.profile_id]],
  );
  expect(rows.map(({ registered_at }) => registered_at)).toEqual([
    '2019-05-01T00:00:00Z',
    '2020-01-01T08:00:00Z',
  ]);
  const { rows: events } = await backend.pool.query(
    `select e.type, count(*)::int as times from feed.events e
     left join ledger.accounts a using (account_id)
     join ledger.members m on m.member_id = coalesce(e.member_id, a.member_id)
     where m.profile_id = $1 and e.type <> 'loyalty_tier_changed' group by 1 order by 1`,
    [ann.profile_id],
  );
  expect(events).toEqual([
    { type: 'loyalty_member_added', times: 1 },
    { type: 'loyalty_points_accrued', times: 3 },
  ]);
});

test('what is refused is in the report, with line, column and reason; the rest is imported', async () => {
  const [ann, bob] = [await person(), await person()];
  const csv = [
    'email;amount;expiration_date',
    `${ann.email};1;`,
    'nobody@example.com;5;',
    `"${bob.email}";"5,00";`,
    '',
    `${bob.email};5`,
    `${bob.email};7;2001-01-01`,
    `${bob.email};=1+1;`,
    `${bob.email};2;`,
  ].join('\r\n');
  const result = await imports.run(`\ufeff${csv}`, ownBatch());
  expect(result).toMatchObject({ status: 'done', rows: 7, refused: 5, members_added: 2 });
  expect(result.report).toEqual([
    '3 email: no profile has this value',
    expect.stringMatching(/^4 amount: expected a positive decimal string such as "100\.50", got "5,00"$/),
    '6 : expected 3 fields, got 2',
    expect.stringMatching(/^7 expiration_date: expected a time in the future, got 2001-01-01T23:59:59Z$/),
    expect.stringMatching(/^8 amount: .*, got "=1\+1"$/),
  ]);
  expect(await balanceOf(bob)).toBe(2);

  const page = await imports.get(`/${result.id}/refused?limit=2`);
  expect(page).toMatchObject({ items: [{ line: 3 }, { line: 4 }], next_after: 4 });
  const rest = await imports.get(`/${result.id}/refused?limit=3&after=${page.next_after}`);
  expect(rest).toMatchObject({ items: [{ line: 6 }, { line: 7 }, { line: 8 }], next_after: null });

  const headers = { Authorization: 'Bearer t0k' };
  const file = await fetch(`${api.url}/admin/v1/imports/${result.id}/report`, { headers });
  expect(file.headers.get('content-type')).toMatch(/^text\/csv/);
  const lines = (await file.text()).split('\r\n');
  expect(lines).toHaveLength(7);
  expect(lines.slice(0, 2)).toEqual(['line,field,reason', '3,email,no profile has this value']);
});

test('the same file again posts nothing, and corrected it does the rest', async () => {
  const [ann, bob] = [await person(), await person()];
  const lines = ['email,amount', `${ann.email},5`, `${ann.email},5`, `${bob.email},x`, `${bob.email},3`];
  const batch = ownBatch();
  expect(await imports.run(lines.join('\n'), batch)).toMatchObject({ refused: 1, repeated: 0 });
  expect(await imports.run(lines.join('\n'), batch)).toMatchObject({
    ...{ refused: 1, repeated: 3, members_added: 0, points: [] },
  });
  const corrected = ['phone,amount', `${bob.phone},3`, `${bob.phone},4.0`, `${ann.phone},5.00`];
  expect(await imports.run(corrected.join('\n'), batch)).toMatchObject({
    ...{ refused: 0, repeated: 2, points: [{ points_currency_eid: 'stars', lots: 1, points: '4' }] },
  });
  expect(await balanceOf(ann)).toBe(10);
  expect(await balanceOf(bob)).toBe(7);
  const third = [...lines, `${ann.email},5`];
  expect(await imports.run(third.join('\n'), batch)).toMatchObject({
    repeated: 3,
    points: [{ points: '5' }],
  });
  expect(await imports.run(lines.join('\n'), ownBatch())).toMatchObject({ repeated: 0, refused: 1 });
});

test('a transaction_eid is posted once, whatever else the row says by then', async () => {
  const ann = await person();
  const rows = (amount: string) => `email,amount,transaction_eid\n${ann.email},${amount},lot-${ann.card}\n`;
  expect(await imports.run(rows('5'), ownBatch())).toMatchObject({ refused: 0, repeated: 0 });
  expect(await imports.run(rows('5'), ownBatch())).toMatchObject({ refused: 0, repeated: 1 });
  expect((await imports.run(rows('6'), ownBatch())).report).toEqual([
    '2 transaction_eid: was used before with other content',
  ]);
  expect(await balanceOf(ann)).toBe(5);
});

test('a dry run tells the same and writes nothing', async () => {
  const [ann, bob] = [await person(), await person()];
  await enrol(backend, bob, 1);
  const batch = ownBatch();
  const fingerprint = async () => {
    const tables = ['directory.profiles', 'feed.events', 'ledger.members', 'ledger.postings', 'ledger.keys'];
    const counts = tables.map((table) => `(select count(*) from ${table}) as "${table}"`);
    return (await backend.pool.query(`select ${counts}`)).rows[0];
  };
  const csv = [
    'email,phone,amount,points_currency_eid',
    `${ann.email},,5,`,
    `${ann.email},,5,`,
    `${bob.email},,3,status`,
    `dry${ann.card}@example.com,+4915555${ann.card % 10_000},1,`,
    `dry${ann.card}@example.com,,2,`,
    `${bob.email},,x,`,
  ].join('\n');
  const before = await fingerprint();
  const dry = await imports.run(csv, { ...batch, create_profiles: 'true', dry_run: 'true' });
  expect(await fingerprint()).toEqual(before);
  const real = await imports.run(csv, { ...batch, create_profiles: 'true' });
  const came = ({ rows, refused, repeated, members_added, points, report }: Json) =>
    ({ rows, refused, repeated, members_added, points, report }) as Json;
  expect(came(dry)).toEqual(came(real));
  expect(came(real)).toMatchObject({
    refused: 1,
    members_added: 2,
    points: [{ points: '13' }, { points: '3' }],
  });
  expect(await imports.run(csv, { ...batch, create_profiles: 'true', dry_run: 'true' })).toMatchObject({
    ...{ repeated: 5, members_added: 0, points: [] },
  });
});

describe('profiles that are not there', () => {
  test('are made from the first row about them, if that is asked for; others stay as they are', async () => {
    const ann = await person();
    const csv = [
      'crm_id,email,phone,_fname,level,amount',
      `new-${ann.card},new${ann.card}@example.com,+4915551${ann.card % 10_000},Eve,7,10`,
      `new-${ann.card},,,,8,20`,
      `${ann.crm_id},other@example.com,,Other,9,5`,
      `taken-${ann.card},${ann.email},,Twin,,5`,
    ].join('\n');
    const by = { matching: 'custom', field_name: 'crm_id', create_profiles: 'true' };
    const result = await imports.run(csv, { ...ownBatch(), ...by });
    expect(result).toMatchObject({ refused: 1, members_added: 2, ignored_columns: [] });
    expect(result.report).toEqual(['5 email: another profile of this database has the same value']);
    const { rows } = await backend.pool.query(
      `select email, phones, fields from directory.profiles
       where fields ->> 'crm_id' = any ($1) order by email`,
      [[`new-${ann.card}`, ann.crm_id]],
    );
    expect(rows).toEqual([
      { email: ann.email, phones: [ann.phone], fields: { crm_id: ann.crm_id, card: ann.card } },
      {
        email: `new${ann.card}@example.com`,
        phones: [`+4915551${ann.card % 10_000}`],
        fields: { crm_id: `new-${ann.card}`, _fname: 'Eve', level: 7 },
      },
    ]);
    expect(await balanceOf({ email: `new${ann.card}@example.com` })).toBe(30);
  });

  test('are refused otherwise, and so are those of whom there are several', async () => {
    const csv = 'phone,amount,level\n+12029990000,5,1\n+12029990009,5,1\n';
    const result = await imports.run(csv, { ...ownBatch(), matching: 'phone' });
    expect(result).toMatchObject({ refused: 2, members_added: 0, ignored_columns: ['level'] });
    expect(result.report).toEqual([
      '2 phone: more than one profile has this value',
      '3 phone: no profile has this value',
    ]);
  });
});

test('new members get initial balances only if that is asked for', async () => {
  const [ann, bob] = [await makePerson(backend, 3), await makePerson(backend, 3)];
  const rows = (one: Person) => `email,amount,points_currency_eid\n${one.email},1,first\n`;
  await imports.run(rows(ann), { ...ownBatch(), program_id: '3' });
  await imports.run(rows(bob), { ...ownBatch(), program_id: '3', grant_initial_balance: 'true' });
  expect(await balanceOf(ann, 'first', 3)).toBe(1);
  expect(await balanceOf(bob, 'first', 3)).toBe(13.5);
});

/** The tiers that somebody holds, and the rewards that were paid for them. */
async function tiersOf({ profile_id }: Person) {
  const { rows } = await backend.pool.query(
    `select
       array(
         select t.eid from ledger.member_tiers h join ledger.members m using (member_id)
         join catalog.tiers t on t.id = h.tier_id
         where m.profile_id = $1 and h.lost_at is null and h.group_id = 1 order by t.tier_order
       ) as held,
       (
         select count(*)::int from ledger.postings p join ledger.accounts a using (account_id)
         join ledger.members m using (member_id)
         where m.profile_id = $1 and p.source_type = 'tier_group'
       ) as rewards`,
    [profile_id],
  );
  return rows[0];
}

test('members come with the tiers they hold, which are not rewarded again', async () => {
  const [ann, bob, eve] = [await person(), await person(), await person()];
  const csv = [
    'email,amount,points_currency_eid,tier_eid',
    `${ann.email},5,stars,silver`,
    `${ann.email},6,stars,silver`,
    `${bob.email},700,status,levels/silver`,
    `${eve.email},700,status,`,
    `${eve.email},5,status,silver`,
  ].join('\n');
  const batch = ownBatch();
  const dry = await imports.run(csv, { ...batch, dry_run: 'true' });
  const result = await imports.run(csv, batch);
  expect(result).toMatchObject({ refused: 1, repeated: 0, points: dry.points, report: dry.report });
  expect(result.points).toEqual([
    { points_currency_eid: 'stars', lots: 2, points: '11' },
    { points_currency_eid: 'status', lots: 3, points: '1900' },
  ]);
  expect(result.report).toEqual(['6 tier_eid: "silver" begins at 500 status, got 5']);
  expect(await tiersOf(ann)).toEqual({ held: ['bronze', 'silver'], rewards: 0 });
  expect(await tiersOf(bob)).toEqual({ held: ['bronze', 'silver'], rewards: 0 });
  expect(await tiersOf(eve)).toEqual({ held: ['bronze', 'silver'], rewards: 1 });
  expect(await imports.run(csv, batch)).toMatchObject({ repeated: 4, members_added: 0, points: [] });
});

test.each<[string, string | Uint8Array, Json, string | RegExp]>([
  ['an empty file', '', {}, 'the file is empty'],
  ['columns nobody knows', 'email,Bonus,Laune\n', {}, /^line 1: unknown columns "Bonus", "Laune": expected/],
  ['nobody to be found', 'amount\n5\n', {}, /^line 1: nothing says who the members are/],
  [
    'a quote that is never closed',
    'email,amount\nann@example.com,1\n"bob@example.com,2\n',
    {},
    /^line 3: a quote/,
  ],
  [
    'a huge line',
    `email\nann@example.com\n${'x'.repeat(200_000)}`,
    {},
    /^line 3: expected a record of at most/,
  ],
  ['another encoding', Buffer.from('email,_fname\na@b.c,José', 'latin1'), {}, /expected text in UTF-8$/],
])('of %s nothing is imported', async (_, csv, query, problem) => {
  const result = await imports.run(csv, { ...ownBatch(), ...query });
  expect(result).toMatchObject({ status: 'failed', rows: 0, rows_total: null, report: [] });
  expect(result.error_text).toMatch(problem);
});

test('only names are a file of nobody', async () => {
  expect(await imports.run('email,amount\r\n')).toMatchObject({ status: 'done', rows: 0, rows_total: 0 });
});

test.each<[string, Json, number, string | RegExp]>([
  ['no program', { program_id: '' }, 400, /^program_id: /],
  ['an unknown program', { program_id: '99' }, 404, 'Program 99 not found'],
  ['a program that is switched off', { program_id: '2' }, 422, /^Loyalty program 2 is switched off$/],
  ['custom without its field', { matching: 'custom' }, 400, /^field_name: expected with the matching custom/],
  ['a field without custom', { field_name: 'crm_id' }, 400, /^field_name: expected with the matching custom/],
  ['an unknown field', { matching: 'custom', field_name: 'x' }, 400, /no field "x"$/],
  ['another matching', { matching: 'name' }, 400, /^matching: expected one of "profile_id"/],
  ['something else than true or false', { dry_run: 'yes' }, 400, /^dry_run: expected true or false/],
])('%s is refused, and no file is kept', async (_, query, status, text) => {
  await untilNoFiles();
  const answer = await imports.start('email\n', query);
  expect(answer).toMatchObject({ http: status, error_text: expect.stringMatching(text) });
  await untilNoFiles();
});

test('only CSV is taken, from a token that may', async () => {
  const url = `${api.url}/admin/v1/imports?program_id=1`;
  const ask = async (type: string, token: string) => {
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': type };
    const response = await fetch(url, { method: 'POST', headers, body: '{}' });
    return (await response.json()) as Json;
  };
  expect(await ask('application/json', 't0k')).toMatchObject({
    error: 400,
    error_text: 'Content-Type: expected text/csv here, got "application/json"',
  });
  expect(await ask('text/csv', 'till')).toMatchObject({ error: 403 });
  expect(await ask('text/csv', 'shop')).toMatchObject({ error: 403 });
});

test.each(['', '/refused', '/report'])('an import that is not there has no %s', async (rest) => {
  for (const id of ['0', '0f0e8a52-7a3e-4d0e-9a55-0b1f1f5d2c11']) {
    expect(await imports.get(`/${id}${rest}`)).toMatchObject({
      http: 404,
      error_text: `Import ${id} not found`,
    });
  }
});

test('imports are listed, the newest first, as the OpenAPI document says', async () => {
  const { id } = await imports.run('email\n');
  const page = await imports.get('?limit=1');
  expect(page).toMatchObject({ http: 200, items: [{ id }], next_after: id });
  const { http: _, ...answer } = page;
  expect(answerChecker(adminImports.list)(answer)).toEqual([]);
  const next = await imports.get(`?limit=1&after=${id}`);
  expect((next.items as Json[])[0]?.id).not.toBe(id);
  expect(await imports.get('?after=x')).toMatchObject({ http: 400 });
  const { http: __, ...one } = await imports.get(`/${id}`);
  expect(answerChecker(adminImports.read)(one)).toEqual([]);
});

test('nothing of a person is left of an import once it is done', async () => {
  const ann = await person();
  await imports.run(`email,_fname,amount\n${ann.email},Zephyrine${ann.card},x\n`, ownBatch());
  await imports.run(`email,_fname,amount\n${ann.email},Zephyrine${ann.card},5\n`, ownBatch());
  for (const table of ['tasks', 'refusals', 'totals', 'contents']) {
    const { rows } = await backend.pool.query(`select to_jsonb(t)::text as row from imports.${table} t`);
    expect(rows.map(({ row }) => row).join()).not.toMatch(new RegExp(`${ann.email}|Zephyrine`));
  }
  await untilNoFiles();
});
