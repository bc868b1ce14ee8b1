import type { Pool } from 'pg';
import { deleteProfile } from '../../src/db/commands/profiles';
import { createPool as createPromoPool } from '../../src/db/commands/promo-code-pools';
import {
  activateCode,
  activateCodes,
  attachCode,
  generateCodes,
  importCodes,
  releaseCode,
  updateCode,
} from '../../src/db/commands/promo-codes';
import { createPool } from '../../src/db/pool';
import { findPool, type PoolRow } from '../../src/db/queries/promo-code-pools';
import { promoCodesOf } from '../../src/db/queries/promo-codes';
import { inTransaction } from '../../src/db/transaction';
import { judgeCode } from '../../src/domain/promo-code';
import type { PoolValues } from '../../src/domain/promo-code-pool';
import { isObjection } from '../../src/domain/settings';
import { createDatabase } from '../support/database';

const at = '2026-03-15T12:00:00Z';
const later = '2026-03-20T12:00:00Z';

let db: Pool;
let drop: () => Promise<void>;
let made = 0;

beforeAll(async () => {
  const database = await createDatabase();
  drop = database.drop;
  db = createPool(
    { databaseUrl: database.url, databasePoolSize: 40, requestTimeoutMs: 120_000 },
    { warn: () => undefined },
  );
  await db.query(`insert into catalog.databases (id, name) values (1, 'Customers'), (2, 'Others')`);
});

afterAll(async () => {
  await expectCountsToAgree();
  await db.end();
  await drop();
});

/** What is counted on codes and pools is what there is. */
async function expectCountsToAgree(): Promise<void> {
  const { rows } = await db.query(`
    select c.code, c.holders, c.uses from codes.codes c
    where c.holders <> (select count(*) from codes.holders h where h.code_id = c.code_id)
      or c.uses <> (select count(*) from codes.activations a where a.code_id = c.code_id)
    union all
    select p.external_id, p.codes_count, 0 from codes.pools p
    where p.codes_count <> (select count(*) from codes.codes c where c.pool_id = p.id)`);
  expect(rows).toEqual([]);
}

async function pool(values: Partial<PoolValues> = {}, codes: readonly string[] = []): Promise<PoolRow> {
  made += 1;
  const row = await createPromoPool(db, {
    external_id: `pool-${made}`,
    name: 'Pool',
    description: '',
    database_id: 1,
    is_multi_use: false,
    is_active: true,
    remote_url: null,
    remote_count: 100,
    issue_from: null,
    issue_to: null,
    lifetime: null,
    template: null,
    max_codes: null,
    max_uses: null,
    max_uses_per_profile: null,
    ...values,
  });
  if (isObjection(row)) throw new Error(row.problem);
  if (codes.length > 0) await importCodes(db, row, codes, at);
  return row;
}

async function profiles(count: number, databaseId = 1): Promise<string[]> {
  const ids = Array.from({ length: count }, () => (++made).toString(16).padStart(24, '0'));
  await db.query(
    'insert into directory.profiles (profile_id, database_id) select unnest($1::text[]), $2::int',
    [ids, databaseId],
  );
  return ids;
}

async function somebody(): Promise<string> {
  const [one = ''] = await profiles(1);
  return one;
}

const names = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
const to = (profile_id: string) => ({ profile_id, shown: profile_id });
const attach = (row: PoolRow, profileId: string, code?: string, when = at) =>
  attachCode(db, row, code, to(profileId), when);
const use = (profileId: string, codes: string[], orderExternalId = 'order', when = at) =>
  inTransaction(db, '', async (client) => {
    const failed = await activateCodes(client, { codes, profileId, orderExternalId, at: when });
    if (failed.length > 0) await client.query('rollback');
    return failed;
  });

async function told(code: string, profileId: string | null = null) {
  const [found] = await promoCodesOf(db, { codes: [code], databaseId: 1, profileId });
  if (!found?.code_id) throw new Error(`${code} is not there`);
  return found;
}

const count = <T>(all: readonly T[], is: (one: T) => boolean) => all.filter(is).length;

describe('whoever comes at once', () => {
  test('200 who want any free code get 200 different ones, and the next gets none', async () => {
    const row = await pool({}, names('FREE', 200));
    const people = await profiles(200);
    const answers = await Promise.all(people.map((id) => attach(row, id)));
    const codes = answers.map((answer) => ('code' in answer ? answer.code : answer.refusal));
    expect(new Set(codes)).toEqual(new Set(names('FREE', 200)));
    expect(await attach(row, people[0] ?? '')).toMatchObject({ refusal: 'promo_pool_empty' });
  });

  test('of 50 who want the same code one gets it', async () => {
    const row = await pool({}, ['WANTED']);
    const answers = await Promise.all((await profiles(50)).map((id) => attach(row, id, 'WANTED')));
    expect(count(answers, (it) => 'code' in it)).toBe(1);
    expect(count(answers, (it) => 'refusal' in it && it.refusal === 'promo_code_attached')).toBe(49);
  });

  test('of 50 who want a code that nobody knows one gets it, and it is there once', async () => {
    const row = await pool();
    const answers = await Promise.all((await profiles(50)).map((id) => attach(row, id, 'UNKNOWN')));
    expect(count(answers, (it) => 'code' in it)).toBe(1);
    expect((await findPool(db, row.id))?.codes_count).toBe(1);
  });

  test('a personal code is activated once, whichever way', async () => {
    const row = await pool({}, ['ONCE']);
    const owner = await somebody();
    await attach(row, owner, 'ONCE');
    const named = { pool: row, code: 'ONCE' };
    const answers = await Promise.all([
      ...Array.from({ length: 20 }, () => activateCode(db, named, at)),
      ...Array.from({ length: 20 }, () => use(owner, ['ONCE'])),
    ]);
    expect(count(answers, (it) => (Array.isArray(it) ? it.length === 0 : !('refusal' in it)))).toBe(1);
    expect((await told('ONCE')).uses).toBe(1);
  });

  test('of 50 orders of 50 people with one free code one gets it', async () => {
    await pool({}, ['RACE']);
    const people = await profiles(50);
    const answers = await Promise.all(people.map((id) => use(id, ['RACE'], `order-${id}`)));
    expect(count(answers, (it) => it.length === 0)).toBe(1);
    const reasons = new Set(answers.flatMap((failed) => failed.map(({ reason }) => reason)));
    expect(reasons).toEqual(new Set(['attached_elsewhere']));
  });

  test('a universal code with 30 uses is used 30 times by 100 orders', async () => {
    await pool({ is_multi_use: true, max_uses: 30 }, ['THIRTY']);
    const people = await profiles(100);
    const answers = await Promise.all(people.map((id) => use(id, ['THIRTY'])));
    expect(count(answers, (it) => it.length === 0)).toBe(30);
    expect(await told('THIRTY')).toMatchObject({ uses: 30, holders: 30 });
  });

  test('a universal code that each may use twice is used twice by each', async () => {
    await pool({ is_multi_use: true, max_uses_per_profile: 2 }, ['TWICE']);
    const people = await profiles(10);
    const answers = await Promise.all(
      people.flatMap((id) => Array.from({ length: 5 }, (_, index) => use(id, ['TWICE'], `order-${index}`))),
    );
    expect(count(answers, (it) => it.length === 0)).toBe(20);
    expect(await told('TWICE')).toMatchObject({ uses: 20, holders: 10 });
  });

  test('orders that share codes in any order do not wait for each other in a circle', async () => {
    await pool({ is_multi_use: true }, names('CROSS', 5));
    const people = await profiles(40);
    const answers = await Promise.all(
      people.map((id, index) => {
        const codes = names('CROSS', 5);
        return use(id, index % 2 === 0 ? codes : codes.reverse());
      }),
    );
    expect(answers.flat()).toEqual([]);
  });

  test('a pool never has more codes than it takes, and codes are never there twice', async () => {
    const row = await pool({ max_codes: 100 });
    const other = await pool();
    const answers = await Promise.all(
      names('batch', 10).flatMap((_, index) => [
        importCodes(db, row, names('FULL', 20 + index * 10), at),
        importCodes(db, other, names('FULL', 60), at),
      ]),
    );
    const { rows } = await db.query(
      `select count(*)::int as there from codes.codes where code like 'FULL-%'`,
    );
    expect(count(answers.flat(), (it) => it === 'inserted')).toBe(rows[0].there);
    expect((await findPool(db, row.id))?.codes_count).toBeLessThanOrEqual(100);
  });

  test('whoever attaches codes to somebody who is being deleted fails, or they lapse', async () => {
    for (let round = 0; round < 10; round += 1) {
      const code = `DELETED-${round}`;
      const row = await pool({}, [code]);
      const person = await somebody();
      const [answer] = await Promise.all([attach(row, person, code), deleteProfile(db, person, later)]);
      const found = await told(code);
      expect(found.holders).toBe(0);
      expect(found.expires_at).toBe('refusal' in answer ? null : later);
    }
  });
});

describe('an order', () => {
  test('attaches and activates what the profile does not have yet, and notes the order', async () => {
    await pool({ lifetime: { n: 1, unit: 'month' } }, ['ORDER']);
    const person = await somebody();
    expect(await use(person, ['ORDER', 'ORDER'], 'order-9')).toEqual([]);
    expect(await told('ORDER', person)).toMatchObject({
      holder: person,
      attached_at: at,
      activated_at: at,
      expires_at: '2026-04-15T12:00:00Z',
      uses: 1,
      uses_by_profile: 1,
    });
    const { rows } = await db.query(
      'select profile_id, order_external_id, activated_at from codes.activations where profile_id = $1',
      [person],
    );
    expect(rows).toEqual([{ profile_id: person, order_external_id: 'order-9', activated_at: at }]);
  });

  test('rewrites the row of a universal code in place, without touching an index', async () => {
    await pool({ is_multi_use: true }, ['IN-PLACE']);
    const [one = '', other = ''] = await profiles(2);
    await use(one, ['IN-PLACE']);
    const [before, after] = await inTransaction(db, '', async (client) => {
      const updates = async () => {
        const { rows } = await client.query(
          `select pg_stat_get_xact_tuples_hot_updated('codes.codes'::regclass)::int as in_place,
             pg_stat_get_xact_tuples_updated('codes.codes'::regclass)::int as all`,
        );
        return rows[0];
      };
      const first = await updates();
      const asked = { codes: ['IN-PLACE'], profileId: other, orderExternalId: 'order', at };
      expect(await activateCodes(client, asked)).toEqual([]);
      return [first, await updates()];
    });
    expect(after).toEqual({ in_place: before.in_place + 1, all: before.all + 1 });
  });

  test('is told of each code that cannot be activated, and rolls back', async () => {
    const row = await pool({}, ['GOOD', 'SPENT', 'TAKEN', 'OLD']);
    const closed = await pool({ issue_to: '2026-01-01T00:00:00Z' }, ['CLOSED']);
    const person = await somebody();
    await attach(row, await somebody(), 'TAKEN');
    await attach(row, person, 'SPENT');
    await activateCode(db, { pool: row, code: 'SPENT' }, at);
    await updateCode(db, { pool: row, code: 'OLD' }, { expire_date: at }, at);
    const codes = ['NEVER', 'GOOD', 'SPENT', 'TAKEN', 'OLD', 'CLOSED'];
    expect(await use(person, codes)).toEqual([
      { code: 'NEVER', reason: 'unknown' },
      { code: 'SPENT', reason: 'activated' },
      { code: 'TAKEN', reason: 'attached_elsewhere' },
      { code: 'OLD', reason: 'expired' },
      { code: 'CLOSED', reason: 'pool_closed' },
    ]);
    expect(await told('GOOD')).toMatchObject({ holders: 0, uses: 0 });
    expect(closed.codes_count).toBe(0);
  });

  test('of somebody who is not there has no codes', async () => {
    await pool({}, ['NOBODYS']);
    const gone = 'f'.repeat(24);
    expect(await use(gone, ['NOBODYS'])).toEqual([{ code: 'NOBODYS', reason: 'unknown' }]);
    expect(await use(gone, [])).toEqual([]);
  });

  test('knows only the codes of its own database', async () => {
    const row = await pool({ database_id: 2 }, ['FOREIGN']);
    expect(await use(await somebody(), ['FOREIGN'])).toEqual([{ code: 'FOREIGN', reason: 'unknown' }]);
    const [stranger = ''] = await profiles(1, row.database_id);
    expect(await use(stranger, ['FOREIGN'])).toEqual([]);
  });
});

test('a hundred thousand codes come at once, and are known the second time', async () => {
  const row = await pool();
  const codes = names('MANY', 100_000);
  expect(count(await importCodes(db, row, codes, at), (it) => it === 'inserted')).toBe(100_000);
  expect(count(await importCodes(db, await pool(), codes, at), (it) => it === 'duplicated')).toBe(100_000);
  expect(await told('MANY-99999')).toMatchObject({ pool_id: row.id, created_at: at });
});

test('duplicates are found, and a limit holds, over the whole of a long list', async () => {
  const row = await pool({ max_codes: 10_500 });
  const codes = [...names('LONG', 10_499), 'LONG-0', 'LAST', 'TOO-MANY'];
  const outcomes = await importCodes(db, row, codes, at);
  expect(outcomes.slice(-3)).toEqual(['duplicated', 'inserted', 'discarded']);
  expect(count(outcomes, (it) => it === 'inserted')).toBe(10_500);
  await expectCountsToAgree();
});

test('codes are told in the order asked, each once, unknown ones too, and judged', async () => {
  const row = await pool({}, ['ASK-1', 'ASK-2']);
  const person = await somebody();
  await attach(row, person, 'ASK-2');
  const codes = ['ASK-2', 'ASK-0', 'ASK-1', 'ASK-2'];
  const found = await promoCodesOf(db, { codes, databaseId: 1, profileId: person });
  expect(found.map(({ code, code_id }) => [code, code_id !== null])).toEqual([
    ['ASK-2', true],
    ['ASK-0', false],
    ['ASK-1', true],
  ]);
  expect(found[0]).toMatchObject({ pool_id: row.id, pool_external_id: row.external_id, is_held: true });
  expect(found.map((code) => judgeCode(code, person, at))).toEqual(['usable', 'unknown', 'usable']);
  expect(found.map((code) => judgeCode(code, null, at))).toEqual(['attached_elsewhere', 'unknown', 'usable']);
});

describe('a template', () => {
  test('makes as many codes as are wanted, all different and none that is there already', async () => {
    const row = await pool({ template: 'GEN-{X:8}' });
    const codes = (await generateCodes(db, row.id, 20_000, at)) as string[];
    expect(new Set(codes).size).toBe(20_000);
    expect(codes.filter((code) => !/^GEN-[A-HJ-NP-RTVWXY2-9]{8}$/.test(code))).toEqual([]);
    const { rows } = await db.query('select count(*)::int as there from codes.codes where pool_id = $1', [
      row.id,
    ]);
    expect(rows).toEqual([{ there: 20_000 }]);
  });

  test('makes codes that are not foreseeable: of many, each place takes each character', async () => {
    const row = await pool({ template: 'ALL-{X:6}' });
    const codes = (await generateCodes(db, row.id, 2_000, at)) as string[];
    for (let place = 4; place < 10; place += 1) {
      expect(new Set(codes.map((code) => code[place])).size).toBe(27);
    }
  });

  test('makes no more than the pool takes', async () => {
    const row = await pool({ template: 'LIMIT-{X:8}', max_codes: 5 }, ['LIMIT-1', 'LIMIT-2']);
    expect(await generateCodes(db, row.id, 10, at)).toHaveLength(3);
    expect(await generateCodes(db, row.id, 10, at)).toHaveLength(0);
  });

  test('makes none that could be guessed', async () => {
    const row = await pool({ template: 'FEW-{D:4}' });
    expect(await generateCodes(db, row.id, 5, at)).toEqual({
      objection: 'conflict',
      path: [],
      problem:
        'template: FEW-{D:4} is safe from guessing for at most 4 codes, the pool has 0 and is to get 5',
    });
    expect(await generateCodes(db, row.id, 4, at)).toHaveLength(4);
  });

  test('is needed', async () => {
    const row = await pool();
    expect(await generateCodes(db, row.id, 1, at)).toMatchObject({
      problem: `promo code pool ${row.id} has no template`,
    });
    expect(await generateCodes(db, 999_999, 1, at)).toBeUndefined();
  });
});

describe('time is an argument', () => {
  test('a personal code lives from when it is attached', async () => {
    const row = await pool({ lifetime: { n: 2, unit: 'day' } }, ['LIVES']);
    const person = await somebody();
    expect((await told('LIVES')).expires_at).toBeNull();
    await attach(row, person, 'LIVES');
    expect(await told('LIVES')).toMatchObject({ attached_at: at, expires_at: '2026-03-17T12:00:00Z' });
    const named = { pool: row, code: 'LIVES' };
    expect(await activateCode(db, named, later)).toMatchObject({ refusal: 'promo_code_expired' });
    expect(await activateCode(db, named, '2026-03-17T11:59:59.999Z')).toEqual({});
  });

  test('a universal code lives from when it is made; months are those of the calendar', async () => {
    await pool({ is_multi_use: true, lifetime: { n: 1, unit: 'month' } });
    const row = await pool({ is_multi_use: true, lifetime: { n: 1, unit: 'month' } });
    await importCodes(db, row, ['MONTH'], '2026-01-31T10:00:00Z');
    expect((await told('MONTH')).expires_at).toBe('2026-02-28T10:00:00Z');
  });

  test('what is free expires first goes first, and what has expired is not free', async () => {
    const row = await pool({}, ['FIRST-1', 'FIRST-2', 'FIRST-3']);
    await updateCode(db, { pool: row, code: 'FIRST-1' }, { expire_date: at }, at);
    await updateCode(db, { pool: row, code: 'FIRST-3' }, { expire_date: later }, at);
    const people = await profiles(3);
    const answers = [];
    for (const id of people) answers.push(await attach(row, id));
    expect(answers).toMatchObject([
      { code: 'FIRST-3' },
      { code: 'FIRST-2' },
      { refusal: 'promo_pool_empty' },
    ]);
  });

  test('a pool issues from its first moment to its last', async () => {
    const row = await pool({ issue_from: at, issue_to: later }, names('PERIOD', 4));
    const person = await somebody();
    const moments = ['2026-03-15T11:59:59.999Z', at, later, '2026-03-20T12:00:00.001Z'];
    const answers = [];
    for (const when of moments) answers.push(await attach(row, person, undefined, when));
    expect(answers.map((answer) => 'code' in answer)).toEqual([false, true, true, false]);
    expect(await use(person, ['PERIOD-0'], 'order', '2026-12-31T00:00:00Z')).toEqual([]);
  });
});

test('whoever is deleted has no codes; what he had not used lapses, what is shared stays', async () => {
  const row = await pool({}, ['MINE', 'MINE-USED', 'MINE-GIVEN']);
  const shared = await pool({ is_multi_use: true }, ['OURS']);
  const [person = '', other = ''] = await profiles(2);
  for (const code of ['MINE', 'MINE-USED', 'MINE-GIVEN']) await attach(row, person, code);
  await attach(shared, person, 'OURS');
  await use(person, ['MINE-USED', 'OURS'], 'last-1');
  await use(other, ['OURS'], 'last-2');
  await releaseCode(db, { pool: row, code: 'MINE-GIVEN' }, person);
  await deleteProfile(db, person, later);
  expect(await told('MINE')).toMatchObject({ holders: 0, attached_at: null, expires_at: later, uses: 0 });
  expect(await told('MINE-USED')).toMatchObject({ holders: 0, uses: 1, expires_at: null });
  expect(await told('MINE-GIVEN')).toMatchObject({ holders: 0, expires_at: null });
  expect(await told('OURS')).toMatchObject({ holders: 1, holder: other, uses: 2, expires_at: null });
  const { rows } = await db.query(
    `select profile_id, order_external_id from codes.activations
     where order_external_id in ('last-1', 'last-2') order by activation_id`,
  );
  expect(rows).toEqual([
    { profile_id: null, order_external_id: 'last-1' },
    { profile_id: null, order_external_id: 'last-1' },
    { profile_id: other, order_external_id: 'last-2' },
  ]);
});
