import type { Pool } from 'pg';
import { deleteProfile, writeProfiles } from '../../src/db/commands/profiles';
import { createPool } from '../../src/db/pool';
import { findMember, findProfile, readProfile } from '../../src/db/queries/profiles';
import type { Database, Field } from '../../src/domain/catalog';
import { type Match, searchFor } from '../../src/domain/matching';
import { readProfileData } from '../../src/domain/profile';
import { isRefusal, refusalText } from '../../src/domain/refusal';
import { createDatabase } from '../support/database';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  title: '',
  type,
  isRequired: false,
  isUnique: false,
  enumValues: null,
  ...more,
});

const fields = [
  field('crm_id', 'string', { isUnique: true }),
  field('code', 'string'),
  field('likes', 'tags'),
  field('age', 'int'),
];
const customers: Database = {
  id: 1,
  name: 'Customers',
  emailIsUnique: true,
  fields: new Map(fields.map((it) => [it.name, it])),
};
const guests: Database = { id: 2, name: 'Guests', emailIsUnique: false, fields: new Map() };
const strict: Database = {
  id: 3,
  name: 'Strict',
  emailIsUnique: true,
  fields: new Map([['code', field('code', 'string', { isRequired: true })]]),
};

let pool: Pool;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createDatabase();
  drop = database.drop;
  pool = createPool(
    { databaseUrl: database.url, databasePoolSize: 20, requestTimeoutMs: 20_000 },
    { warn: () => undefined },
  );
  for (const { id, name, emailIsUnique, fields: own } of [customers, guests, strict]) {
    await pool.query('insert into catalog.databases (id, name, email_is_unique) values ($1, $2, $3)', [
      id,
      name,
      emailIsUnique,
    ]);
    for (const it of own.values()) {
      await pool.query(
        `insert into catalog.database_fields (database_id, name, type, is_required, is_unique)
         values ($1, $2, $3, $4, $5)`,
        [id, it.name, it.type, it.isRequired, it.isUnique],
      );
    }
  }
  await pool.query(
    `insert into catalog.programs (id, external_id, name, database_id) values (7, 'p', 'P', 1)`,
  );
});

beforeEach(async () => {
  await pool.query('delete from directory.profiles');
  await pool.query('delete from ledger.members');
});

afterEach(expectKeysInStep);

afterAll(async () => {
  await pool.end();
  await drop();
});

/** The keys of every profile are exactly those that its fields call for. */
async function expectKeysInStep() {
  const { rows } = await pool.query(`
    with expected as (
      select database_id, 'email' as field, email as value, profile_id
      from directory.profiles where email is not null
      union all select database_id, 'phone', unnest(phones), profile_id from directory.profiles
      union all
      select p.database_id, f.name, v.value, p.profile_id
      from directory.profiles p
      join catalog.database_fields f on f.database_id = p.database_id and p.fields ? f.name
      cross join lateral (
        select jsonb_array_elements_text(p.fields -> f.name) where f.type = 'tags'
        union all select p.fields ->> f.name where f.type <> 'tags'
      ) v(value)
      where octet_length(v.value) <= 500
    ), actual as (
      select database_id, field, value, profile_id from directory.profile_keys where value not like 'sha256:%'
    )
    (select 'missing', * from (table expected except table actual) x)
    union all (select 'superfluous', * from (table actual except table expected) x)`);
  expect(rows).toEqual([]);
}

const byEmail = (email: string): Match => ({ by: 'email', email });
const byPhone = (phone: string): Match => ({ by: 'phone', phone });
const byId = (profile_id: string): Match => ({ by: 'profile_id', profile_id });
const by = (field_name: string, field_value: string | number): Match => ({
  by: 'custom',
  field_name,
  field_value,
});

function searchIn(database: Database, match: Match) {
  const search = searchFor(database, match);
  if (isRefusal(search)) throw new Error(refusalText(search));
  return search;
}

type Item = [Match, Record<string, unknown>];

/** The ids written, or the texts of refusals. */
async function write(items: Item[], { database = customers, mayCreate = true } = {}): Promise<string[]> {
  const writes = items.map(([match, data]) => {
    const change = readProfileData(database, data, 'data.');
    if (isRefusal(change)) throw new Error(refusalText(change));
    return { search: searchIn(database, match), change, path: 'data.' };
  });
  const outcomes = await writeProfiles(pool, database, writes, { mayCreate });
  return outcomes.map((outcome) => (isRefusal(outcome) ? refusalText(outcome) : outcome.profile_id));
}

async function writeOne(match: Match, data: Record<string, unknown>, options = {}): Promise<string> {
  const [outcome = ''] = await write([[match, data]], options);
  return outcome;
}

async function find(match: Match, database = customers): Promise<string> {
  const found = await findProfile(pool, database.id, searchIn(database, match));
  return isRefusal(found) ? refusalText(found) : found.profile_id;
}

async function count(): Promise<string> {
  return (await pool.query('select count(*) from directory.profiles')).rows[0].count;
}

const ann = {
  email: 'ann@example.com',
  phones: ['+12025550101', '+12025550102'],
  crm_id: 'A-1',
  age: 41,
  likes: ['tea', 'jazz'],
  _fname: 'Ann',
};

test('a profile that is not there is created, and found by all it is known by', async () => {
  const id = await writeOne(byEmail('ann@example.com'), ann);
  expect(id).toMatch(/^[0-9a-f]{24}$/);
  const ways = [
    byEmail('ann@example.com'),
    byPhone('+12025550101'),
    byPhone('+12025550102'),
    byId(id),
    by('crm_id', 'A-1'),
    by('age', '041'),
    by('likes', 'tea'),
    by('likes', 'jazz, tea'),
  ];
  for (const way of ways) expect([way, await find(way)]).toEqual([way, id]);
  for (const way of [by('likes', 'tea, golf'), by('crm_id', 'a-1'), byEmail('bob@example.com')]) {
    expect(await find(way)).toMatch(/^Profile not found by /);
  }
  expect(await find(byEmail('ann@example.com'), guests)).toBe('Profile not found by email "ann@example.com"');
  expect(await find(byId(id), guests)).toBe(`Profile not found by profile_id "${id}"`);
  expect(await readProfile(pool, id)).toEqual({
    profile_id: id,
    database_id: 1,
    email: 'ann@example.com',
    phones: ann.phones,
    fields: { crm_id: 'A-1', age: 41, likes: ['tea', 'jazz'], _fname: 'Ann' },
  });
});

test('an update keeps what it does not mention, and what was changed no longer finds', async () => {
  const id = await writeOne(byEmail('ann@example.com'), ann);
  const change = {
    email: 'new@example.com',
    phones: ['+12025550102', '+12025550103'],
    crm_id: null,
    likes: ['jazz', 'golf'],
    _lname: 'Lee',
  };
  expect(await writeOne(by('crm_id', 'A-1'), change, { mayCreate: false })).toBe(id);
  expect((await readProfile(pool, id))?.fields).toEqual({
    age: 41,
    likes: ['jazz', 'golf'],
    _fname: 'Ann',
    _lname: 'Lee',
  });
  for (const way of [byEmail('new@example.com'), byPhone('+12025550103'), by('likes', 'golf')]) {
    expect(await find(way)).toBe(id);
  }
  for (const way of [byEmail('ann@example.com'), byPhone('+12025550101'), by('likes', 'tea')]) {
    expect(await find(way)).toMatch(/^Profile not found by /);
  }
  await writeOne(byId(id), { email: null, phones: null, likes: null, age: null });
  expect(await readProfile(pool, id)).toMatchObject({ email: null, phones: [] });
});

test('a new profile gets what it was searched by', async () => {
  const id = await writeOne(by('crm_id', 'B-2'), { email: 'bob@example.com' });
  expect(await writeOne(by('crm_id', 'B-2'), { _fname: 'Bob' })).toBe(id);
  expect(await count()).toBe('1');
});

describe('refusals', () => {
  test('update of a profile that is not there', async () => {
    expect(await writeOne(byPhone('+12025550109'), {}, { mayCreate: false })).toBe(
      'Profile not found by phone "+12025550109"',
    );
  });

  test('profile_id never creates', async () => {
    expect(await writeOne(byId('65f0aa00c0ffee0011223344'), ann)).toBe(
      'Profile not found by profile_id "65f0aa00c0ffee0011223344"',
    );
    expect(await count()).toBe('0');
  });

  test('more than one hit', async () => {
    await write([
      [byEmail('a@example.com'), { phones: ['+12025550101'] }],
      [byEmail('b@example.com'), { phones: ['+12025550101'] }],
    ]);
    expect(await find(byPhone('+12025550101'))).toBe('More than one profile found by phone "+12025550101"');
    expect(await writeOne(byPhone('+12025550101'), { code: 'x' })).toBe(
      'More than one profile found by phone "+12025550101"',
    );
  });

  test('e-mail and phone of different profiles', async () => {
    const [id] = await write([
      [byEmail('a@example.com'), { phones: ['+12025550101'] }],
      [byEmail('b@example.com'), { phones: ['+12025550102'] }],
    ]);
    const either = (email: string, phone: string): Match => ({ by: 'email_phone', email, phone });
    expect(await find(either('a@example.com', '+12025550102'))).toBe(
      'More than one profile found by email "a@example.com" or phone "+12025550102"',
    );
    expect(await find(either('a@example.com', '+12025550101'))).toBe(id);
    expect(await find(either('x@example.com', '+12025550101'))).toBe(id);
  });

  test('a unique value of another profile', async () => {
    await writeOne(byEmail('ann@example.com'), ann);
    const taken = 'another profile of this database has the same value';
    expect(await writeOne(byEmail('bob@example.com'), { crm_id: 'A-1' })).toBe(`data.crm_id: ${taken}`);
    expect(await writeOne(by('crm_id', 'B-2'), { email: 'ann@example.com' })).toBe(`data.email: ${taken}`);
    expect(await count()).toBe('1');
    expect(await writeOne(byEmail('ann@example.com'), { crm_id: 'A-1' })).toMatch(/^[0-9a-f]{24}$/);
  });

  test('a required field that a new profile lacks', async () => {
    const options = { database: strict };
    expect(await writeOne(byEmail('a@example.com'), {}, options)).toBe('data.code: is required');
    const id = await writeOne(byEmail('a@example.com'), { code: 'x' }, options);
    expect(await writeOne(byEmail('a@example.com'), { _fname: 'A' }, options)).toBe(id);
    expect(await writeOne(by('code', 'y'), {}, options)).toMatch(/^[0-9a-f]{24}$/);
  });
});

test('where e-mail need not be unique, profiles may share it', async () => {
  const options = { database: guests };
  await writeOne(byPhone('+12025550101'), { email: 'a@example.com' }, options);
  await writeOne(byPhone('+12025550102'), { email: 'a@example.com' }, options);
  expect(await find(byEmail('a@example.com'), guests)).toBe(
    'More than one profile found by email "a@example.com"',
  );
});

test('values too long for an index are found, and unique, all the same', async () => {
  const long = 'я'.repeat(2_000);
  const id = await writeOne(by('crm_id', long), {});
  expect(await find(by('crm_id', long))).toBe(id);
  expect(await find(by('crm_id', `${long}я`))).toMatch(/^Profile not found/);
  expect(await writeOne(byEmail('a@example.com'), { crm_id: long })).toMatch(/another profile/);
  await writeOne(byId(id), { crm_id: null });
  expect(await find(by('crm_id', long))).toMatch(/^Profile not found/);
});

describe('many at once', () => {
  test('are written as if one after the other', async () => {
    const outcomes = await write([
      [byEmail('a@example.com'), { code: '1', crm_id: 'A' }],
      [byEmail('b@example.com'), { crm_id: 'A' }],
      [byEmail('a@example.com'), { code: '2' }],
      [by('crm_id', 'A'), { _fname: 'Ann' }],
      [byEmail('c@example.com'), { crm_id: 'C' }],
      [byId('65f0aa00c0ffee0011223344'), {}],
    ]);
    const [a, b, again, bySameKey, c, byUnknownId] = outcomes;
    expect(new Set([a, again, bySameKey]).size).toBe(1);
    expect(b).toBe('data.crm_id: another profile of this database has the same value');
    expect(c).not.toBe(a);
    expect(byUnknownId).toMatch(/^Profile not found/);
    expect((await readProfile(pool, a ?? ''))?.fields).toEqual({ code: '2', crm_id: 'A', _fname: 'Ann' });
    expect(await count()).toBe('2');
  });

  test('may be more than fit one transaction', async () => {
    const items = Array.from(
      { length: 2_000 },
      (_, index): Item => [
        byEmail(`p${index}@example.com`),
        { phones: [`+1202555${1000 + index}`], crm_id: `C-${index}` },
      ],
    );
    const created = await write(items);
    expect(new Set(created).size).toBe(2_000);
    expect(await write(items)).toEqual(created);
    expect(await count()).toBe('2000');
  });

  test('the same new profile from many sides is created once', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => writeOne(byPhone('+12025550101'), { code: `${index}` })),
    );
    expect(new Set(outcomes).size).toBe(1);
    expect(await count()).toBe('1');
  });

  test('one unique value wanted from many sides goes to one', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) => writeOne(byEmail(`p${index}@example.com`), { crm_id: 'A' })),
    );
    expect(outcomes.filter((outcome) => /^[0-9a-f]{24}$/.test(outcome))).toHaveLength(1);
    expect(await count()).toBe('1');
  });
});

describe('findMember', () => {
  const member = (match: Match) => findMember(pool, 1, 7, searchIn(customers, match));
  const ways = (id: string): Match[] => [
    byEmail('ann@example.com'),
    byPhone('+12025550101'),
    byId(id),
    by('crm_id', 'A-1'),
    by('likes', 'tea, jazz'),
    { by: 'email_phone', email: 'ann@example.com', phone: undefined },
  ];

  test('tells whether the profile is a member now', async () => {
    const id = await writeOne(byEmail('ann@example.com'), ann);
    for (const way of ways(id)) expect(await member(way)).toEqual({ profile_id: id, member_id: null });

    const join = `
      insert into ledger.members (program_id, profile_id, registered_at, written_by, removed_at, removed_by)
      values (
        7, $1, now(), 'test', $2::timestamptz, case when $2::timestamptz is not null then uuidv7() end
      )
      returning member_id`;
    await pool.query(join, [id, '2025-01-01']);
    for (const way of ways(id)) expect(await member(way)).toEqual({ profile_id: id, member_id: null });

    const { member_id } = (await pool.query(join, [id, null])).rows[0];
    for (const way of ways(id)) expect(await member(way)).toEqual({ profile_id: id, member_id });
    expect(await findMember(pool, 1, 8, searchIn(customers, byId(id)))).toMatchObject({ member_id: null });
  });

  test('refuses none and several', async () => {
    await write([
      [byEmail('a@example.com'), { phones: ['+12025550101'] }],
      [byEmail('b@example.com'), { phones: ['+12025550101'] }],
    ]);
    expect(await member(byPhone('+12025550101'))).toMatchObject({ refusal: 'profile_ambiguous' });
    expect(await member(byPhone('+12025550102'))).toMatchObject({ refusal: 'profile_not_found' });
    expect(await member(byId('x'))).toMatchObject({ refusal: 'profile_not_found' });
  });
});

test('a profile is deleted once it is a member of nothing', async () => {
  const id = await writeOne(byEmail('ann@example.com'), ann);
  await pool.query(
    `insert into ledger.members (program_id, profile_id, registered_at, written_by)
     values (7, $1, now(), 'test')`,
    [id],
  );
  const at = '2026-11-01T00:00:00Z';
  expect(await deleteProfile(pool, id, at)).toEqual([{ program_id: 7, member_id: expect.any(String) }]);
  expect(await find(byId(id))).toBe(id);
  await pool.query('update ledger.members set removed_at = now(), removed_by = uuidv7()');
  expect(await deleteProfile(pool, id, at)).toEqual([]);
  expect(await find(byEmail('ann@example.com'))).toMatch(/^Profile not found/);
  expect(await deleteProfile(pool, id, at)).toEqual([]);
});
