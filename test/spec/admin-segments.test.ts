import { adminSegments } from '../../src/contract/admin/segments';
import { type AdminBench, openAdmin } from '../support/admin';
import { answerChecker } from '../support/openapi';
import type { Json } from '../support/wire';

let bench: AdminBench;

beforeAll(async () => {
  bench = await openAdmin();
  for (const name of ['Shop', 'Other']) await bench.ask('POST', '/databases', { name });
  const fields = [
    { name: 'level', type: 'enum', enum_values: ['basic', 'gold', 'black'] },
    { name: 'visits', type: 'int' },
    { name: 'size', type: 'string' },
  ];
  for (const field of fields) await bench.ask('POST', '/databases/1/fields', field);
});
afterAll(() => bench.close());

const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
const times = { created_at: time, updated_at: time };

const isGold = { field: 'level', operator: 'in', value: ['gold', 'black'] };
const isAdult = { field: '_bdate.years', operator: 'gte', value: 18 };
const gold = { name: 'Gold', description: '', timezone: 'UTC', condition: isGold, ...times };
const first = { id: 1, database_id: 1, external_id: 'gold', ...gold };
const second = { ...first, id: 2, external_id: 'adults', condition: { all: [isGold, isAdult] } };
const wanted = { external_id: 'x', name: 'X', condition: isGold };

const malformed = (condition: unknown, text: string): [string, Json, number, string] => [
  'POST /databases/1/segments',
  { ...wanted, condition },
  400,
  text,
];

/** Method and path, body, status, and the answer: whole, or the text of the refusal. */
const steps: [string, Json | undefined, number, Json | string][] = [
  [
    'POST /databases/1/segments',
    {
      external_id: 'gold',
      name: 'Gold',
      condition: { value: ['gold', 'black'], operator: 'in', field: 'level' },
    },
    201,
    first,
  ],
  [
    'POST /databases/1/segments',
    { external_id: 'adults', name: 'Gold', condition: { all: [isGold, isAdult] } },
    201,
    second,
  ],
  ['POST /databases/9/segments', wanted, 404, 'Profile database 9 not found'],
  [
    'POST /databases/1/segments',
    { ...wanted, external_id: 'gold' },
    409,
    'external_id: segment 1 of this database has it already',
  ],
  [
    'POST /databases/1/segments',
    { ...wanted, timezone: '+03:00' },
    400,
    'timezone: expected a name such as "Europe/Berlin", got "+03:00"',
  ],
  malformed(undefined, 'condition: is required'),
  malformed('gold', 'condition: expected an object, got "gold"'),
  malformed({ all: [] }, 'condition.all: expected a list of at least one condition, got a list of 0'),
  malformed({ all: [isGold], any: [isGold] }, 'condition.any: cannot stand beside "all"'),
  malformed(
    { any: [isGold, { field: 'level', operator: 'is', value: 1 }] },
    'condition.any[1].operator: expected one of eq, ne, in, not_in, gt, gte, lt, lte, exists, got "is"',
  ),
  malformed(
    { any: [isGold, { all: [{ field: 'level', operator: 'gt', value: 'gold' }] }] },
    'condition.any[1].all[0].operator: "level" can be compared by eq, ne, in, not_in, exists, not by gt',
  ),
  malformed(
    { field: 'visits', operator: 'gte', value: 'often' },
    'condition.value: expected a number such as 10 or "10.50", got "often"',
  ),
  malformed(
    { field: 'level', operator: 'in', value: ['gold', 'silver'] },
    'condition.value[1]: expected "basic" or "gold" or "black", got "silver"',
  ),
  ['GET /databases/1/segments', undefined, 200, { items: [first, second], next_after: null }],
  ['GET /databases/1/segments?limit=1', undefined, 200, { items: [first], next_after: 1 }],
  ['GET /databases/1/segments?limit=1&after=1', undefined, 200, { items: [second], next_after: null }],
  ['GET /databases/2/segments', undefined, 200, { items: [], next_after: null }],
  ['GET /databases/9/segments', undefined, 404, 'Profile database 9 not found'],
  ['GET /segments/1', undefined, 200, first],
  ['GET /segments/9', undefined, 404, 'Segment 9 not found'],
  ['PATCH /segments/2', { timezone: 'Europe/Berlin' }, 200, { ...second, timezone: 'Europe/Berlin' }],
  [
    'PATCH /segments/2',
    { external_id: 'gold' },
    409,
    'external_id: segment 1 of this database has it already',
  ],
  [
    'PATCH /segments/2',
    { condition: { field: 'shoe', operator: 'exists' } },
    400,
    expect.stringMatching(/^condition\.field: "shoe" is unknown: expected one of email, phones, _fname, /),
  ],
  ['PATCH /segments/9', { name: 'X' }, 404, 'Segment 9 not found'],
  [
    'PATCH /databases/1/fields/level',
    { type: 'int', enum_values: null },
    409,
    'segment 1 ("gold") asks about it: expected a number such as 10 or "10.50", got "gold"',
  ],
  [
    'PATCH /databases/1/fields/level',
    { enum_values: ['basic', 'gold'] },
    409,
    'segment 1 ("gold") asks about it: expected "basic" or "gold", got "black"',
  ],
  [
    'DELETE /databases/1/fields/level',
    undefined,
    409,
    expect.stringMatching(/^segment 1 \("gold"\) asks about it: "level" is unknown/),
  ],
  ['GET /segments/9/count', undefined, 404, 'Segment 9 not found'],
  ['GET /segments/9/profiles', undefined, 404, 'Segment 9 not found'],
  ['GET /segments/1/count', undefined, 200, { count: 0, searched: 0, next_after: null }],
  ['GET /segments/1/profiles', undefined, 200, { items: [], searched: 0, next_after: null }],
  ['DELETE /segments/2', undefined, 200, { ...second, timezone: 'Europe/Berlin' }],
  ['DELETE /segments/2', undefined, 404, 'Segment 2 not found'],
];

test('segments are made, read, changed and deleted', async () => {
  for (const [line, body, status, expected] of steps) {
    const [method = '', path = ''] = line.split(' ');
    const answer = await bench.ask(method, path, body);
    const isText = typeof expected === 'string' || 'asymmetricMatch' in expected;
    const whole = isText ? { status, error: status, error_text: expected } : { status, ...expected };
    expect({ line, ...answer, fields: undefined }).toEqual({ line, ...whole, fields: undefined });
  }
});

test('a database takes its segments along', async () => {
  await bench.ask('POST', '/databases', { name: 'Brief' });
  const { id } = await bench.ask('POST', '/databases/3/segments', {
    ...wanted,
    condition: { field: 'email', operator: 'exists' },
  });
  expect(await bench.ask('DELETE', '/databases/3')).toMatchObject({ status: 200 });
  expect(await bench.ask('GET', `/segments/${id}`)).toMatchObject({ status: 404 });
});

describe('of 5,000 profiles, of which every seventh is gold', () => {
  const idOf = (number: number) => number.toString(16).padStart(24, '0');
  const golden = Array.from({ length: 5_000 }, (_, index) => index + 1).filter((number) => number % 7 === 0);

  beforeAll(async () => {
    await bench.pool.query(`
      insert into directory.profiles (profile_id, database_id, email, fields)
      select lpad(to_hex(n), 24, '0'), 1, 'p' || n || '@example.com',
        jsonb_build_object('level', case when n % 7 = 0 then 'gold' else 'basic' end, 'visits', n)
      from generate_series(1, 5000) n`);
    await bench.pool.query(`
      insert into directory.profile_keys (database_id, field, value, profile_id, is_unique)
      select 1, 'email', email, profile_id, true from directory.profiles where database_id = 1`);
    await bench.pool.query(`
      insert into directory.profiles (profile_id, database_id, fields)
      values (repeat('f', 24), 2, '{"level": "gold"}')`);
  });

  test('they are counted', async () => {
    const answer = await bench.ask('GET', '/segments/1/count');
    expect(answer).toEqual({ status: 200, count: golden.length, searched: 5_000, next_after: null });
    expect(await bench.ask('GET', `/segments/1/count?after=${idOf(4_999)}`)).toEqual({
      status: 200,
      count: 0,
      searched: 1,
      next_after: null,
    });
  });

  test('they are listed, page by page', async () => {
    const problemsOf = answerChecker(adminSegments.profiles);
    const found: string[] = [];
    let after: string | null = '';
    do {
      const query = after === '' ? '' : `&after=${after}`;
      const { status, ...page } = await bench.ask('GET', `/segments/1/profiles?limit=300${query}`);
      expect(status).toBe(200);
      expect(problemsOf(page)).toEqual([]);
      found.push(...(page.items as { profile_id: string }[]).map(({ profile_id }) => profile_id));
      after = page.next_after as string | null;
    } while (after !== null);
    expect(found).toEqual(golden.map(idOf));
  });

  test.each<[string, Json, number, Json]>([
    [
      'is in it',
      { matching: 'email', email: 'P7@example.com' },
      200,
      { profile_id: idOf(7), is_in: true, unmet: [] },
    ],
    [
      'is not in it',
      { matching: 'profile_id', profile_id: idOf(8) },
      200,
      { profile_id: idOf(8), is_in: false, unmet: [{ ...isGold, fact: 'basic' }] },
    ],
    [
      'is of another database',
      { matching: 'profile_id', profile_id: 'f'.repeat(24) },
      404,
      { error_text: `Profile not found by profile_id "${'f'.repeat(24)}"` },
    ],
    ['is nobody', { matching: 'email', email: 'x@example.com' }, 404, { error: 404 }],
    ['is named by no field', { matching: 'custom', field_name: 'shoe', field_value: 1 }, 400, { error: 400 }],
    ['is not named', {}, 400, { error_text: 'matching: is required' }],
  ])('a test says that a profile %s', async (_, body, expected, answer) => {
    expect(await bench.ask('POST', '/segments/1/test', body)).toMatchObject({ status: expected, ...answer });
  });

  test('a test of no segment is refused, and so is a profile found twice', async () => {
    const body = { matching: 'profile_id', profile_id: idOf(7) };
    expect(await bench.ask('POST', '/segments/9/test', body)).toMatchObject({ status: 404 });
    await bench.pool.query(`
      insert into directory.profile_keys (database_id, field, value, profile_id)
      values (1, 'phone', '+12025550100', '${idOf(1)}'), (1, 'phone', '+12025550100', '${idOf(2)}')`);
    const twice = { matching: 'phone', phone: '+12025550100' };
    expect(await bench.ask('POST', '/segments/1/test', twice)).toMatchObject({ status: 409 });
  });
});
