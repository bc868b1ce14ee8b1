import { readHeader, readRow } from '../../src/contract/import-file';
import type { Currency, Database, Program } from '../../src/domain/catalog';
import type { ImportTask } from '../../src/domain/import';

const field = { title: '', isRequired: false, isUnique: false, enumValues: null };
const database: Database = {
  id: 1,
  name: 'Shop',
  emailIsUnique: true,
  fields: new Map([
    ['crm_id', { ...field, name: 'crm_id', type: 'string', isUnique: true }],
    ['level', { ...field, name: 'level', type: 'int' }],
    ['amount', { ...field, name: 'amount', type: 'int' }],
  ]),
};
const program: Program = {
  ...{ id: 1, externalId: 'shop', name: 'Shop', databaseId: 1, isActive: true, timezone: 'Europe/Berlin' },
  ...{ tempDefaultTimeoutSec: 1, tempMaxTimeoutSec: 1, ruleMode: 'strict' },
} as Program;
const currency = (iid: number, eid: string, more: Partial<Currency> = {}): Currency =>
  ({ iid, eid, programId: 1, name: eid, type: 'standard', isActive: true, scale: 2, ...more }) as Currency;
const currencies = [
  currency(1, 'stars'),
  currency(2, 'status', { type: 'qualification' }),
  currency(3, 'old', { isActive: false, type: 'qualification' }),
];
const tier = (tier_id: number, eid: string, threshold: string, group_eid = 'levels') => ({
  ...{ tier_id, eid, group_eid, threshold, currency_iid: 2 },
});
const tiers = [tier(1, 'bronze', '0'), tier(2, 'silver', '500.0000'), tier(3, 'silver', '7', 'season')];
const setting = { program, database, currencies, tiers, now: '2026-06-01T12:00:00Z' };
type Asked = Pick<ImportTask, 'matching' | 'field_name' | 'create_profiles'>;
const usual: Asked = { matching: null, field_name: null, create_profiles: true };

const header = (names: string, asked: Partial<Asked> = {}) =>
  readHeader(names.split(','), setting, { ...usual, ...asked });

describe('the line of names', () => {
  test.each<[string, Partial<Asked>, string, string]>([
    ['email,amount', {}, 'email', 'email'],
    ['amount,phone,email,profile_id', {}, 'profile_id', 'profile_id'],
    ['phone,email', {}, 'email', 'email'],
    [' phone ,amount', {}, 'phone', 'phone'],
    ['phones,amount', {}, 'phone', 'phones'],
    ['phone,email', { matching: 'phone' }, 'phone', 'phone'],
    ['email,crm_id', { matching: 'custom', field_name: 'crm_id' }, 'custom', 'crm_id'],
    ['email,data.amount,amount', { matching: 'custom', field_name: 'amount' }, 'custom', 'data.amount'],
  ])('%s %j: found by %s, in column %s', (names, asked, matching, keyColumn) => {
    expect(header(names, asked)).toMatchObject({ matching, keyColumn });
  });

  test.each<[string, Partial<Asked>, string | RegExp]>([
    ['amount,level', {}, 'nothing says who the members are: expected a column profile_id, email or phone'],
    ['email,amount', { matching: 'phone' }, 'matching by phone needs a column phone'],
    ['email', { matching: 'custom', field_name: 'crm_id' }, 'matching by custom needs a column crm_id'],
    ['email,,amount', {}, 'column 2 has no name'],
    ['email,amount,amount', {}, 'there are two columns "amount"'],
    ['email,points', {}, /^unknown column "points": expected registration_date, .*, amount, .*crm_id/],
    ['email,Points,x y', {}, /^unknown columns "Points", "x y": expected/],
    ['email,data.registration_date', {}, /^unknown column "data.registration_date"/],
  ])('%s %j is refused', (names, asked, problem) => {
    expect(header(names, asked)).toEqual({ problem: expect.stringMatching(problem) });
  });

  test('without create_profiles, other fields of profiles are not read, and told', () => {
    const plan = header('email,level,_fname,amount', { create_profiles: false });
    expect(plan).toMatchObject({ ignored: ['level', '_fname'] });
  });
});

function row(names: string, cells: string, asked: Partial<Asked> = {}) {
  const plan = header(names, asked);
  if ('problem' in plan) throw new Error(plan.problem);
  return readRow(plan, cells.split('|'));
}

const all = 'email,amount,points_currency_eid,registration_date,created_at,activation_date,expiration_date';

describe('a row', () => {
  test('says who, since when, and which points', () => {
    expect(
      row(
        `${all},transaction_eid,description,level,data.amount`,
        ' Ann@Example.com |0100.50|stars|2020-02-29|2025-01-01T00:00:00+01:00|2026-07-01|2027-03-31' +
          '|old-1|Hi|7|3',
      ),
    ).toEqual({
      search: expect.objectContaining({ criteria: [{ field: 'email', values: ['ann@example.com'] }] }),
      change: { email: 'ann@example.com', set: { level: 7, amount: 3 }, removed: [] },
      registered_at: '2020-02-28T23:00:00Z',
      points: {
        currency: currencies[0],
        amount: '100.5',
        created_at: '2024-12-31T23:00:00Z',
        activates_at: '2026-06-30T22:00:00Z',
        expires_at: '2027-03-31T21:59:59Z',
        transaction_eid: 'old-1',
        description: 'Hi',
      },
    });
  });

  test.each(['', '0', '0.00', '000'])('amount "%s" is no points', (amount) => {
    expect(row(all, `ann@example.com|${amount}||||`.concat('|'))).not.toHaveProperty('points');
  });

  test('points may never lapse, and are of the only standard currency unless it says otherwise', () => {
    expect(row('email,amount,expiration_date', 'a@b.c|1|never')).toMatchObject({
      points: { currency: { eid: 'stars' }, expires_at: 'infinity' },
    });
    expect(row('email,amount,points_currency_eid', 'a@b.c|1|status')).toMatchObject({
      points: { currency: { eid: 'status' } },
    });
  });

  test.each<[string, string, Partial<Asked>, string, string | RegExp]>([
    ['email,amount', 'ann@example.com', {}, '', 'expected 2 fields, got 1'],
    ['email,amount', '|5', {}, 'email', 'is required'],
    ['email,amount', 'ann|5', {}, 'email', 'expected an e-mail address'],
    ['phone,amount', '0555-1234|5', {}, 'phone', /^expected an international phone number/],
    ['level,amount', 'x|5', { matching: 'custom', field_name: 'level' }, 'level', 'expected a whole number'],
    ['email,level', 'a@b.c|high', {}, 'level', 'expected a whole number'],
    ['email,phone', 'a@b.c|0555', {}, 'phone', /^expected phones such as "\+12025550123"$/],
    ['email,amount', 'a@b.c|-5', {}, 'amount', /^expected a positive decimal string .*, got "-5"$/],
    ['email,amount', 'a@b.c|1.234,50', {}, 'amount', /got "1\.234,50"$/],
    ['email,amount', 'a@b.c|=1+1', {}, 'amount', /got "=1\+1"$/],
    ['email,amount', 'a@b.c|1.005', {}, 'amount', 'expected at most 2 decimals, as "stars" has, got "1.005"'],
    ['email,amount,points_currency_eid', 'a@b.c|1|gems', {}, 'points_currency_eid', /"gems" not found/],
    ['email,amount,points_currency_eid', 'a@b.c|1|old', {}, 'points_currency_eid', /"old" is switched off$/],
    ['email,registration_date', 'a@b.c|01.02.2020', {}, 'registration_date', /^expected a day such as/],
    ['email,registration_date', 'a@b.c|2025-02-29', {}, 'registration_date', /got "2025-02-29"$/],
    ['email,registration_date', 'a@b.c|2027-01-01', {}, 'registration_date', /not in the future/],
    ['email,amount,created_at', 'a@b.c|1|2027-01-01', {}, 'created_at', /not in the future/],
    ['email,amount,expiration_date', 'a@b.c|1|2026-05-31', {}, 'expiration_date', /in the future, got/],
    [
      'email,amount,activation_date,expiration_date',
      'a@b.c|1|2027-02-01|2027-01-01',
      {},
      'expiration_date',
      /^expected a time after activation_date/,
    ],
  ])('%s: %s is refused', (names, cells, asked, column, reason) => {
    expect(row(names, cells, asked)).toEqual({ field: column, reason: expect.stringMatching(reason) });
  });

  test.each<[string, string, object]>([
    [
      '||silver',
      'a tier of two groups',
      { field: 'tier_eid', reason: /several groups .*: expected GROUP\/TIER$/ },
    ],
    ['||platinum', 'no tier', { field: 'tier_eid', reason: /^there is no tier "platinum"$/ }],
    [
      '499|status|levels/silver',
      'too few points',
      { reason: /^"levels\/silver" begins at 500 status, got 499$/ },
    ],
    ['500|status|levels/silver', 'enough points', { points: { amount: '500', reached_tier_id: 2 } }],
    ['5|stars|levels/silver', 'other points', { points: { amount: '5' }, tier: { amount: '500' } }],
    ['||levels/silver', 'no points', { tier: { reached_tier_id: 2, expires_at: 'infinity' } }],
    ['||bronze', 'a tier that begins at 0', { search: expect.anything() }],
  ])('%s: %s', (cells, _, expected) => {
    const read = row('email,amount,points_currency_eid,tier_eid', `a@b.c|${cells}`);
    const { reason, ...rest } = expected as { reason?: RegExp };
    expect(read).toMatchObject({ ...rest, ...(reason && { reason: expect.stringMatching(reason) }) });
  });

  test('lots of points may lapse today', () => {
    expect(row('email,amount,expiration_date', 'a@b.c|1|2026-06-01')).toHaveProperty('points');
  });
});
