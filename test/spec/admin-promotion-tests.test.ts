import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type RunningApi, startApi } from '../../src/api';
import { adminPromotionTests } from '../../src/contract/admin/promotion-tests';
import { kioskOrder, workedAnswer, workedBalance, workedOrder } from '../support/checkout';
import { answerChecker } from '../support/openapi';
import { enrol, makePerson, type Person } from '../support/people';
import { type Backend, silent, startBackend } from '../support/service';
import { type Json, send } from '../support/wire';

let backend: Backend;
let api: RunningApi;
let ann: Person;

beforeAll(async () => {
  backend = await startBackend();
  await backend.pool.query(readFileSync(join(__dirname, '../support/world.sql'), 'utf8'));
  await backend.pool.query(`
    insert into catalog.tier_groups (id, program_id, external_id, name, type, currency_iid)
    values (19, 7, 'ranks', 'Ranks', 'cumulative', 21);
    insert into catalog.tiers (id, group_id, eid, name, tier_order, threshold)
    values (191, 19, 'high', 'High', 0, 1000);
    insert into catalog.promotions (id, program_id, external_id, name, kind, is_active, conditions, effects)
    values
      (81, 7, 'draft', 'Draft', 'discount', false, '[{"kind": "goods", "products": ["P1"]}]',
       '[{"kind": "percent_off", "percent": "30"}]'),
      (82, 7, 'high', 'For the high', 'discount', true,
       '[{"kind": "audience", "tiers": ["high"], "where":
          {"field": "level", "operator": "gte", "value": 5}}]',
       '[{"kind": "percent_off", "percent": "90"}]'),
      (83, 7, 'later', 'Later', 'discount', true, '[]', '[{"kind": "percent_off", "percent": "60"}]');
    update catalog.promotions set start_date = '2999-01-01' where id = 83`);
  api = await startApi(backend.config, { log: silent });
  ann = await makePerson(backend, 7);
  await enrol(backend, ann, 7);
  const accrue = { token: 't0k', loyalty_program_id: 7, matching: 'email', email: ann.email };
  await send(`${api.url}/api/v1.1/loyalty/accrue_points`, 'json', { ...accrue, ...workedBalance });
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

const problemsOf = answerChecker(adminPromotionTests.test);

async function ask(body: Json): Promise<Json> {
  const response = await fetch(`${api.url}/admin/v1/promotions/test`, {
    method: 'POST',
    headers: { Authorization: 'Bearer t0k', 'Content-Type': 'application/json' },
    body: JSON.stringify(body),
  });
  const answer = (await response.json()) as Json;
  if (response.ok) expect(problemsOf(answer)).toEqual([]);
  return { status: response.status, ...answer };
}

const orders: Record<string, Json> = {
  'the worked case': workedOrder,
  'a promo code': kioskOrder({ promo_codes: ['HELLO'] }),
  'points as many as possible': {
    ...workedOrder,
    points_payment: [{ points_currency_iid: 20, amount: 'max' }],
  },
};

test.each(Object.entries(orders))('%s comes to what preorder answers', async (_, data) => {
  const identity = { token: 't0k', external_id: 'test', explain: true, matching: 'email', email: ann.email };
  const real = await send(`${api.url}/api/v1.1/market/orders/preorder`, 'json', { ...identity, data });
  const tested = await ask({ profile_id: ann.profile_id, order: data });
  expect(tested).toEqual({ status: 200, ...(real.data as Json) });
});

test('an invented member is as good as a real one', async () => {
  const real = await ask({ profile_id: ann.profile_id, order: workedOrder });
  const invented = await ask({ member: { balances: [workedBalance] }, order: workedOrder });
  expect(invented).toEqual(real);
  const { lines: _, rejected_promotions: __, ...totals } = workedAnswer('test');
  expect(invented).toMatchObject(totals);
});

const applied = (answer: Json) => (answer.promotions as Json[]).map(({ promo_eid }) => promo_eid);

test('an invented member may be of any tier and have any field', async () => {
  const member = { tiers: ['high'], fields: { level: 7 } };
  expect(applied(await ask({ member, order: kioskOrder() }))).toEqual(['high']);
  expect(applied(await ask({ member: { ...member, fields: { level: 4 } }, order: kioskOrder() }))).toEqual(
    [],
  );
});

test('drafts apply if they are asked for, and only then', async () => {
  const member = {};
  const without = await ask({ member, order: kioskOrder() });
  expect(applied(without)).toEqual([]);
  expect(without.rejected_promotions).toContainEqual(
    expect.objectContaining({ promo_eid: 'draft', reason: 'inactive' }),
  );
  expect(applied(await ask({ member, drafts: ['draft'], order: kioskOrder() }))).toEqual(['draft']);
});

test('promotions are judged at the moment asked for', async () => {
  const order = kioskOrder();
  expect(applied(await ask({ member: {}, at: '2999-06-01T00:00:00Z', order }))).toEqual(['later']);
  expect(applied(await ask({ profile_id: ann.profile_id, at: '2999-06-01T00:00:00Z', order }))).toEqual([
    'later',
  ]);
  expect(applied(await ask({ member: {}, at: '2998-12-31T23:59:59Z', order }))).toEqual([]);
});

test('nothing is written', async () => {
  const count = async () =>
    (
      await backend.pool.query(`
        select
          (select count(*) from market.orders) as orders, (select count(*) from ledger.postings) as postings,
          (select count(*) from market.promotion_uses) as uses,
          (select count(*) from directory.profiles) as people`)
    ).rows;
  const before = await count();
  await ask({ profile_id: ann.profile_id, order: workedOrder });
  expect(await count()).toEqual(before);
});

const points = (wish: Json) => ({ order: kioskOrder({ points_payment: [wish] }) });
const refused: [string, Json, number, string][] = [
  [
    'neither a profile nor a member',
    { order: kioskOrder() },
    400,
    'profile_id: is required, or member, but not both',
  ],
  ['an unknown draft', { member: {}, drafts: ['x'], order: kioskOrder() }, 404, 'Promotion "x" not found'],
  ['an unknown tier', { member: { tiers: ['x'] }, order: kioskOrder() }, 404, 'Tier "x" not found'],
  [
    'an unknown balance',
    { member: { balances: [{ points_currency_eid: 'x', amount: '1' }] }, order: kioskOrder() },
    404,
    'Points currency "x" not found',
  ],
  [
    'an unknown field',
    { member: { fields: { shoe: 42 } }, order: kioskOrder() },
    400,
    'member.fields.shoe: the profile database has no such field',
  ],
  [
    'a value that does not fit',
    { member: { fields: { level: 'high' } }, order: kioskOrder() },
    400,
    'member.fields.level: expected a whole number, got "high"',
  ],
  [
    'an unknown profile',
    { profile_id: 'nobody', order: kioskOrder() },
    404,
    'Profile not found by profile_id "nobody"',
  ],
  [
    'an unknown touchpoint',
    { member: {}, order: kioskOrder({ endpoint: 'x' }) },
    404,
    'Touchpoint "x" not found',
  ],
  [
    'a total that is no sum',
    { member: {}, order: kioskOrder({ total_price: '1' }) },
    400,
    'order.total_price: expected 100, the base prices of all lines and delivery_cost, got 1',
  ],
  [
    'an unknown currency of points',
    { member: {}, ...points({ points_currency_eid: 'gems', amount: '1' }) },
    404,
    'Points currency "gems" not found in loyalty program 7',
  ],
  [
    'two currencies in one',
    { member: {}, ...points({ points_currency_eid: 'stars', points_currency_iid: 21, amount: '1' }) },
    400,
    'points_currency_iid 21 and points_currency_eid "stars" denote different currencies',
  ],
  [
    'paying with rank',
    { member: {}, ...points({ points_currency_eid: 'rank', amount: '1' }) },
    422,
    'Points currency "rank" is a qualification currency: it cannot be redeemed',
  ],
  [
    'more points than there are',
    { member: {}, ...points({ points_currency_eid: 'stars', amount: '1' }) },
    422,
    'Insufficient active points',
  ],
];

test.each(refused)('refuses %s', async (_, body, status, text) => {
  const { fields: __, ...answer } = await ask(body);
  expect(answer).toEqual({ status, error: status, error_text: text });
});
