import { type AdminBench, openAdmin, type Step, times } from '../support/admin';
import type { Json } from '../support/wire';

let bench: AdminBench;
const play = (title: string, steps: Step[]) => test(title, () => bench.play(steps));

beforeAll(async () => {
  bench = await openAdmin();
  await bench.pool.query(`insert into catalog.databases (id, name) values (1, 'Customers'), (2, 'Others')`);
  await bench.pool.query(
    `insert into directory.profiles (profile_id, database_id) values ('00000000000000000000000a', 1)`,
  );
});

afterAll(() => bench.close());

const spring = {
  id: 1,
  external_id: 'spring',
  name: 'Spring',
  description: '',
  database_id: 1,
  is_multi_use: false,
  is_active: true,
  issue_from: null,
  issue_to: null,
  lifetime: null,
  template: null,
  remote_url: null,
  remote_count: 100,
  max_codes: null,
  max_uses: null,
  max_uses_per_profile: null,
  codes_count: 0,
  ...times,
};
const minimal = { external_id: 'spring', name: 'Spring', database_id: 1 };
const path = '/promo-code-pools';
const season = { issue_from: '2026-03-01T00:00:00Z', issue_to: '2026-05-31T23:59:59Z' };
const changed = {
  ...spring,
  ...season,
  lifetime: { n: 30, unit: 'day' },
  template: 'S-{X:8}',
  max_codes: 12,
};
const shared = { ...spring, id: 2, external_id: 'all', is_multi_use: true, max_uses: 100 };

play('pools', [
  [`POST ${path}`, minimal, 201, spring],
  [
    `POST ${path}`,
    { ...minimal, external_id: 'all', is_multi_use: true, max_uses: 100 },
    201,
    { ...shared, name: 'Spring' },
  ],
  [`GET ${path}`, undefined, 200, { items: [spring, shared], next_after: null }],
  [`GET ${path}?limit=1`, undefined, 200, { items: [spring], next_after: 1 }],
  [`GET ${path}/1`, undefined, 200, spring],
  [`GET ${path}/9`, undefined, 404, 'Promo code pool 9 not found'],
  [
    `PATCH ${path}/1`,
    { ...season, lifetime: { n: 30, unit: 'day' }, template: 'S-{X:8}', max_codes: 12 },
    200,
    changed,
  ],
  [`PATCH ${path}/1`, { lifetime: null }, 200, { ...changed, lifetime: null }],
  [`PATCH ${path}/9`, {}, 404, 'Promo code pool 9 not found'],
]);

const refused = (body: Json, status: number, text: string): Step => [
  `POST ${path}`,
  { ...minimal, external_id: 'x', ...body },
  status,
  text,
];

play('what is wrong with a pool', [
  refused({ external_id: 'spring' }, 409, 'external_id: promo code pool 1 has it already'),
  refused({ database_id: 9 }, 400, 'database_id: profile database 9 does not exist'),
  refused(
    { issue_from: season.issue_to, issue_to: season.issue_from },
    400,
    'issue_to: expected a time not before issue_from, 2026-05-31T23:59:59Z, got 2026-03-01T00:00:00Z',
  ),
  refused(
    { template: 'SPRING' },
    400,
    'template: expected text with places such as {X:8}: L for letters, D for digits, X for both, ' +
      'got "SPRING"',
  ),
  refused({ max_uses: 5 }, 400, 'max_uses: expected null: a code of this pool is used once'),
  refused(
    { max_uses_per_profile: 5 },
    400,
    'max_uses_per_profile: expected null: a code of this pool is used once',
  ),
  refused({ max_codes: 0 }, 400, 'max_codes: expected an integer from 1 to 2147483647, got 0'),
  refused(
    { lifetime: { n: 1, unit: 'week' } },
    400,
    'lifetime.unit: expected one of "day", "month", "year", got "week"',
  ),
  [`PATCH ${path}/1`, { database_id: 2 }, 409, 'database_id: is for good: it is 1'],
  [`PATCH ${path}/1`, { is_multi_use: true }, 409, 'is_multi_use: is for good: it is false'],
  [`PATCH ${path}/2`, { external_id: 'spring' }, 409, 'external_id: promo code pool 1 has it already'],
]);

test('codes are generated, listed page by page and by state, and keep their pool', async () => {
  const { items, ...counts } = await bench.ask('POST', `${path}/1/generate`, { count: 10 });
  expect(counts).toEqual({ status: 200, generated: 10, discarded_by_limit: 0 });
  const codes = (items as Json[]).map(({ code }) => String(code));
  expect(codes.filter((code) => !/^S-\w{8}$/.test(code))).toEqual([]);
  expect(await bench.ask('POST', `${path}/1/generate`, { count: 5 })).toMatchObject({
    generated: 2,
    discarded_by_limit: 3,
  });

  const first = await bench.ask('GET', `${path}/1/codes?limit=7`);
  expect(first.next_after).toEqual(expect.stringMatching(/^\d+$/));
  const second = await bench.ask('GET', `${path}/1/codes?limit=7&after=${first.next_after}`);
  expect(second.next_after).toBeNull();
  const all = [...(first.items as Json[]), ...(second.items as Json[])];
  expect(all.slice(0, 10).map(({ code }) => code)).toEqual(codes);
  expect(all[0]).toEqual({
    code: codes[0],
    created_at: times.created_at,
    expires_at: null,
    holders: 0,
    attached_at: null,
    profile_id: null,
    uses: 0,
    activated_at: null,
  });

  await bench.pool.query(
    `with code as (select code_id from codes.codes where code = $1),
       holder as (insert into codes.holders select code_id, '00000000000000000000000a', now() from code),
       used as (insert into codes.activations (code_id, activated_at) select code_id, now() from code)
     update codes.codes set holders = 1, uses = 1, attached_at = now(), activated_at = now() where code = $1`,
    [codes[0]],
  );
  await bench.pool.query(`update codes.codes set expires_at = '2020-01-01' where code = $1`, [codes[1]]);
  const inState = async (state: string) =>
    ((await bench.ask('GET', `${path}/1/codes?state=${state}`)).items as Json[]).map(({ code }) => code);
  expect(await inState('attached')).toEqual([codes[0]]);
  expect(await inState('activated')).toEqual([codes[0]]);
  expect(await inState('expired')).toEqual([codes[1]]);
  expect(await inState('free')).toHaveLength(10);

  await bench.play([
    [`PATCH ${path}/1`, { max_codes: 11 }, 409, 'max_codes: the pool has 12 codes already'],
    [`PATCH ${path}/1`, { max_codes: 12 }, 200, { ...changed, lifetime: null, codes_count: 12 }],
    [`DELETE ${path}/1`, undefined, 409, 'promo code pool 1 has codes: switch it off instead'],
    [`DELETE ${path}/2`, undefined, 200, shared],
    [`DELETE ${path}/2`, undefined, 404, 'Promo code pool 2 not found'],
  ]);
});

test('generated codes come as CSV, too', async () => {
  await bench.ask('PATCH', `${path}/1`, { max_codes: 20 });
  const response = await fetch(`${bench.api.url}/admin/v1${path}/1/generate?format=csv`, {
    method: 'POST',
    headers: { Authorization: 'Bearer r00t', 'Content-Type': 'application/json' },
    body: JSON.stringify({ count: 3 }),
  });
  expect(response.headers.get('content-type')).toMatch(/^text\/csv/);
  expect(await response.text()).toMatch(/^code\r\n(S-\w{8}\r\n){3}$/);
});

play('what cannot be generated or listed', [
  [`POST ${path}/9/generate`, { count: 1 }, 404, 'Promo code pool 9 not found'],
  [`POST ${path}/1/generate`, {}, 400, 'count: is required'],
  [
    `POST ${path}/1/generate`,
    { count: 100_001 },
    400,
    'count: expected an integer from 1 to 100000, got 100001',
  ],
  [
    `PATCH ${path}/1`,
    { template: null },
    200,
    { ...changed, lifetime: null, template: null, max_codes: 20, codes_count: 15 },
  ],
  [`POST ${path}/1/generate`, { count: 1 }, 409, 'promo code pool 1 has no template'],
  [`GET ${path}/9/codes`, undefined, 404, 'Promo code pool 9 not found'],
  [`GET ${path}/1/codes?after=x`, undefined, 400, 'after: expected next_after of the page before, got "x"'],
  [
    `GET ${path}/1/codes?state=gone`,
    undefined,
    400,
    'state: expected one of "free", "attached", "activated", "expired", got "gone"',
  ],
]);
