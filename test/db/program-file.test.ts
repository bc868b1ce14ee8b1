import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020';
import addFormats from 'ajv-formats';
import type { Pool } from 'pg';
import { parse } from 'yaml';
import { loadSnapshot } from '../../src/db/catalog-snapshot';
import { createPool } from '../../src/db/pool';
import { applyProgramFile, applyProgramText } from '../../src/program-file/apply';
import { programSchemaText } from '../../src/program-file/schema';
import { createDatabase } from '../support/database';

const root = join(__dirname, '../..');
const demo = join(root, 'demo/program.yaml');
const schemaPath = join(root, 'docs/program.schema.json');

let pool: Pool;
let drop: () => Promise<void>;

beforeEach(async () => {
  const database = await createDatabase();
  drop = database.drop;
  pool = createPool(
    { databaseUrl: database.url, databasePoolSize: 4, requestTimeoutMs: 20_000 },
    { warn: () => undefined },
  );
});

afterEach(async () => {
  await pool.end();
  await drop();
});

const apply = (text: string, env = {}) => applyProgramText(pool, text, { name: 'shop.yaml', env });

async function rows(sql: string): Promise<unknown[]> {
  return (await pool.query(sql)).rows;
}

describe('the demo', () => {
  const everything = [
    'currency of money "RUB"',
    'region "region_1"',
    'database 1 "Customers"',
    'field "crm_id" of database 1',
    'promo code pool 1 "spring"',
    'promo code pool 2 "hello"',
    'program 1 "demo"',
    'currency 1 "stars" of program 1',
    'currency 2 "status" of program 1',
    'tier group 1 "levels" of program 1',
    'promotion 1 "welcome" of program 1',
    'promotion 2 "gift" of program 1',
    'promotion 11 "ten" of program 1',
    'promotion 13 "hello15" of program 1',
    'promotion 12 "back5" of program 1',
    'partner 1 "acme" of program 1',
    'partner product 14 "mini10" of program 1',
    'scenario 1 "greeting" of program 1',
    'sales channel "web"',
    'touchpoint "website"',
    'token 1 "Demo"',
    'category "c1"',
    'product "P1"',
    'profile email "ann@example.com"',
    'profile email "bob@example.com"',
  ];

  test('is made the first time and left alone the second', async () => {
    const first = await applyProgramFile(pool, demo, { env: {} });
    expect(first.entries).toEqual(everything.map((what) => ({ action: 'created', what, changed: [] })));
    const announced = jest.fn();
    const client = await pool.connect();
    client.on('notification', announced);
    await client.query('listen catalog_changed');
    const second = await applyProgramFile(pool, demo, { env: {} });
    expect(second.entries).toEqual(everything.map((what) => ({ action: 'unchanged', what, changed: [] })));
    await client.query('select');
    client.release(true);
    expect(announced).not.toHaveBeenCalled();
    expect(String(second).split('\n').at(-1)).toBe(`0 created, 0 changed, ${everything.length} unchanged`);
  });

  test('is what its documentation says', async () => {
    await applyProgramFile(pool, demo, { env: {} });
    expect(
      await rows('select id, external_id, database_id, is_active, rule_mode from catalog.programs'),
    ).toEqual([{ id: 1, external_id: 'demo', database_id: 1, is_active: true, rule_mode: 'strict' }]);
    expect(
      await rows(`
        select iid, eid, type, scale, initial_balance::float8, expiration_n, expiration_unit, expiration_from
        from catalog.currencies order by iid`),
    ).toMatchObject([
      { iid: 1, eid: 'stars', type: 'standard', scale: 2, initial_balance: 0, expiration_n: 12 },
      { iid: 2, eid: 'status', type: 'qualification', expiration_n: null },
    ]);
    expect(
      await rows(`select external_id, direction, currency_iid, static_amount, min_amount, max_amount
        from catalog.promotion_rules join catalog.promotions on id = promotion_id order by 1, 2`),
    ).toEqual([
      rule('gift', 'accrual', { min_amount: '1.0000', max_amount: '1000.0000' }),
      rule('gift', 'redeem', { min_amount: '1.0000', max_amount: '1000.0000' }),
      rule('welcome', 'accrual', { static_amount: '50.0000' }),
    ]);
    expect(
      await rows(`
        select g.external_id, g.type, t.eid, t.tier_order, t.threshold, reward_currency_iid, reward_amount
        from catalog.tier_groups g join catalog.tiers t on t.group_id = g.id order by t.tier_order`),
    ).toEqual([
      tier('bronze', 0, '0.0000'),
      tier('silver', 1, '500.0000', { reward_currency_iid: 1, reward_amount: '100.0000' }),
      tier('gold', 2, '2000.0000'),
    ]);
    expect(await rows('select email, phones, fields from directory.profiles order by email')).toEqual([
      { email: 'ann@example.com', phones: ['+12025550101'], fields: { crm_id: 'A-1' } },
      { email: 'bob@example.com', phones: ['+12025550102'], fields: { crm_id: 'B-2' } },
    ]);
    expect(await rows('select from ledger.members')).toEqual([]);
    expect(await tokens()).toEqual([
      { secret: 'demo-token', scopes: ['loyalty_read', 'loyalty_write', 'market', 'admin'] },
    ]);
  });

  test('takes its token from the environment, and forgets the former one', async () => {
    await applyProgramFile(pool, demo, { env: {} });
    const report = await applyProgramFile(pool, demo, { env: { DEMO_TOKEN: 'another-token' } });
    expect(report.entries).toContainEqual({ action: 'changed', what: 'token 1 "Demo"', changed: ['token'] });
    expect(await tokens()).toMatchObject([{ secret: 'another-token' }]);
    expect(String(report)).not.toContain('another-token');
  });

  test('leaves ids for those who come after', async () => {
    await applyProgramFile(pool, demo, { env: {} });
    const insert = (table: string, columns: string, values: string, id = 'id') =>
      rows(`insert into catalog.${table} (${columns}) values (${values}) returning ${id} as id`);
    expect(await insert('databases', 'name', `'x'`)).toEqual([{ id: 2 }]);
    expect(await insert('programs', 'external_id, name, database_id', `'x', 'x', 2`)).toEqual([{ id: 2 }]);
    expect(
      await insert('currencies', 'program_id, eid, name, type', `1, 'x', 'x', 'standard'`, 'iid'),
    ).toEqual([{ id: 3 }]);
  });

  function tier(eid: string, tier_order: number, threshold: string, reward = {}) {
    const none = { reward_currency_iid: null, reward_amount: null };
    return { external_id: 'levels', type: 'cumulative', eid, tier_order, threshold, ...none, ...reward };
  }

  function rule(external_id: string, direction: string, amounts: object) {
    const none = { static_amount: null, min_amount: null, max_amount: null };
    return { external_id, direction, currency_iid: 1, ...none, ...amounts };
  }

  async function tokens() {
    return rows(`
      select secret, scopes from catalog.tokens
      left join (values ('demo-token'), ('another-token')) known (secret)
        on sha256(secret::bytea) = token_hash
      where revoked_at is null`);
  }
});

const shop = `
databases:
  - name: Shop
    fields: [{ name: size, type: enum, enum_values: [S, M] }]
    programs:
      - external_id: shop
        name: Shop
        timezone: Europe/Berlin
        currencies:
          - { eid: stars, name: Stars, initial_balance: 1.50 }
        promotions:
          - external_id: gift
            name: Gift
            start_date: 2025-01-01T00:00:00+01:00
            accrual_rules: [{ points_currency_eid: stars, max_amount: 12345678901234567890.5 }]
    profiles:
      - { phones: '+12025550101', size: S, _fname: Ann }
tokens:
  - { name: Till, token: s3cret-of-till, scopes: [loyalty_write], programs: [shop] }
`;

test('ids are given where the file gives none, and things are found by name again', async () => {
  expect((await apply(shop)).count('created')).toBe(7);
  expect((await apply(shop)).count('unchanged')).toBe(7);
  expect(await rows('select max_amount from catalog.promotion_rules')).toEqual([
    { max_amount: '12345678901234567890.5000' },
  ]);
});

test('what is written otherwise is changed, and named', async () => {
  await apply(shop);
  const report = await apply(
    shop
      .replace('enum_values: [S, M]', 'enum_values: [S, M, L]')
      .replace('Europe/Berlin', 'Europe/Paris')
      .replace('initial_balance: 1.50', 'initial_balance: "2", is_active: false')
      .replace('name: Gift', 'name: Present')
      .replace('max_amount: 12345678901234567890.5', 'min_amount: 1')
      .replace('_fname: Ann', '_fname: Anna')
      .replace('[loyalty_write]', '[loyalty_read]'),
  );
  expect(String(report)).toBe(`\
unchanged  database 1 "Shop"
changed    field "size" of database 1: enum_values
changed    program 1 "shop": timezone
changed    currency 1 "stars" of program 1: is_active, initial_balance
changed    promotion 1 "gift" of program 1: name, accrual_rules
changed    token 1 "Till": scopes
changed    profile phone "+12025550101": _fname
0 created, 6 changed, 1 unchanged`);
});

describe('segments', () => {
  const withSegment = (value: string) => `
databases:
  - name: Shop
    fields:
      - { name: visits, type: int }
    segments:
      - external_id: regular
        name: Regular
        condition:
          all:
            - { operator: gte, value: ${value}, field: visits }
            - { field: email, operator: exists }
`;

  test('are made, left alone and changed', async () => {
    const segment = 'segment 1 "regular" of database 1';
    expect(String(await apply(withSegment('10.50')))).toContain(`created    ${segment}\n`);
    expect(String(await apply(withSegment('10.5')))).toContain(`unchanged  ${segment}\n`);
    expect(String(await apply(withSegment("'11'")))).toContain(`changed    ${segment}: condition\n`);
  });

  test('are what a program goes by', async () => {
    const program = (segment: string) => `${withSegment('10')}
    programs:
      - { external_id: shop, name: Shop, participation: segment, segment: ${segment} }
`;
    expect(String(await apply(program('regular')))).toContain('created    program 1 "shop"\n');
    expect(await rows('select participation, segment_id from catalog.programs')).toEqual([
      { participation: 'segment', segment_id: 1 },
    ]);
    expect(String(await apply(program('regular')))).toContain('0 created, 0 changed, 4 unchanged');
    await expect(apply(program('often'))).rejects.toThrow(
      'databases[0].programs[0].segment: the database has no segment "often"',
    );
    await expect(apply(program('null'))).rejects.toThrow(
      'databases[0].programs[0].segment: is required when participation is "segment"',
    );
  });

  test('are told where they ask for what is not there', async () => {
    await expect(apply(withSegment('often'))).rejects.toThrow(
      'shop.yaml:11:39: databases[0].segments[0].condition.all[0].value: ' +
        'expected a number such as 10 or "10.50", got "often"',
    );
    await expect(apply(withSegment('[1]'))).rejects.toThrow(
      'databases[0].segments[0].condition.all[0].value: expected text, a number, true or false',
    );
  });
});

describe('pools of promo codes', () => {
  const withPool = (more: string) => `
databases:
  - name: Shop
    promo_code_pools:
      - external_id: spring
        name: Spring
        template: SPRING-{X:8}
        issue_from: 2026-03-01T00:00:00+01:00
        ${more}
`;

  test('are made, left alone and changed', async () => {
    const what = 'promo code pool 1 "spring"';
    expect(String(await apply(withPool('lifetime: { n: 30, unit: day }')))).toContain(`created    ${what}\n`);
    expect(String(await apply(withPool('lifetime: { n: 30, unit: day }')))).toContain(`unchanged  ${what}\n`);
    const report = await apply(withPool('lifetime: { n: 1, unit: month }'));
    expect(String(report)).toContain(`changed    ${what}: lifetime\n`);
  });

  test('are told what is wrong with them', async () => {
    await expect(apply(withPool('max_uses: 5'))).rejects.toThrow(
      'shop.yaml:9:19: databases[0].promo_code_pools[0].max_uses: ' +
        'expected null: a code of this pool is used once',
    );
    await apply(withPool('is_active: true'));
    const moved = `${withPool('is_active: true').replace('name: Shop', 'name: Mall')}  - name: Shop`;
    await expect(apply(moved)).rejects.toThrow(/database_id: is for good: it is \d+$/);
  });
});

test('what the file does not mention stays', async () => {
  await apply(shop);
  expect(String(await apply('databases: []'))).toBe('0 created, 0 changed, 0 unchanged');
  expect(String(await apply('# nothing yet'))).toBe('0 created, 0 changed, 0 unchanged');
  expect(await rows('select name from catalog.databases')).toEqual([{ name: 'Shop' }]);
});

test('a token that was revoked stays so', async () => {
  await apply(shop);
  await pool.query('update catalog.tokens set revoked_at = now()');
  expect(String(await apply(shop))).toContain('unchanged  token 1 "Till", revoked for good\n');
  expect(await rows('select from catalog.tokens where revoked_at is null')).toEqual([]);
});

describe('what is wrong is told with file, line, column and field', () => {
  const edited = (from: string, to: string) => {
    expect(shop).toContain(from);
    return shop.replace(from, to);
  };

  test.each([
    ['not YAML', edited('name: Shop\n    fields', 'name: [Shop\n    fields'), /^shop\.yaml:\d+:\d+: /],
    ['a list', '- a', 'shop.yaml:1:1: expected an object, got a list'],
    [
      'an unknown key',
      edited('timezone: Europe/Berlin', 'timezon: Europe/Berlin'),
      /^shop\.yaml:8:9: databases\[0\]\.programs\[0\]: has no "timezon": expected id, external_id, name, /,
    ],
    [
      'an unknown key of a rule',
      edited('max_amount: 1', 'max: 1'),
      new RegExp(
        String.raw`^shop\.yaml:15:59: \S+\.promotions\[0\]\.accrual_rules\[0\]: ` +
          'has no "max": expected points_currency_iid, ',
      ),
    ],
    [
      'a key twice',
      edited('external_id: shop', 'external_id: shop\n        external_id: shop'),
      'shop.yaml:7:9: Map keys must be unique',
    ],
    [
      'a missing key',
      edited('eid: stars, name: Stars', 'name: Stars'),
      'shop.yaml:10:13: databases[0].programs[0].currencies[0].eid: is required',
    ],
    [
      'a value of the wrong kind',
      edited('initial_balance: 1.50', 'initial_balance: -1.50'),
      'shop.yaml:10:57: databases[0].programs[0].currencies[0].initial_balance: ' +
        'expected a decimal string such as "100.50", got -1.50',
    ],
    [
      'several at once',
      edited('name: size, type: enum', 'name: size, type: list').replace('name: Gift', 'name: 5'),
      'shop.yaml:4:34: databases[0].fields[0].type: expected one of "string", "int", "float", "bool", ' +
        '"date", "datetime", "enum", "tags", "ip", got "list"\n' +
        'shop.yaml:13:19: databases[0].programs[0].promotions[0].name: ' +
        'expected text of 1 to 255 characters, got 5',
    ],
    [
      'what no single field can tell',
      edited('Europe/Berlin', 'Mars/Olympus'),
      'shop.yaml:8:19: databases[0].programs[0].timezone: ' +
        'expected a name such as "Europe/Berlin", got "Mars/Olympus"',
    ],
    [
      'in the middle of a list',
      edited('accrual_rules: [{ points_currency_eid: stars', 'accrual_rules: [{ points_currency_eid: gems'),
      'shop.yaml:15:52: databases[0].programs[0].promotions[0].accrual_rules[0].points_currency_eid: ' +
        'the program has no currency "gems"',
    ],
    [
      'a program that is not there',
      edited('programs: [shop]', 'programs: [mall]'),
      'shop.yaml:19:78: tokens[0].programs[0]: there is no program "mall"',
    ],
    [
      'a variable that is not set',
      edited('s3cret-of-till', `"\${TILL_TOKEN}"`),
      'shop.yaml:19:26: tokens[0].token: the environment variable TILL_TOKEN is not set',
    ],
    [
      'an id of another program',
      `${shop.split('tokens:')[0]}  - name: Mall
    programs:
      - { external_id: mall, name: Mall, currencies: [{ iid: 1, eid: stars, name: Stars }] }`,
      'shop.yaml:20:62: databases[1].programs[0].currencies[0].iid: belongs to program 1 already',
    ],
  ])('%s', async (_, text, message) => {
    await expect(apply(text)).rejects.toThrow(
      expect.objectContaining({
        name: 'ProgramFileError',
        message: message instanceof RegExp ? expect.stringMatching(message) : message,
      }),
    );
    expect(await rows('select from catalog.databases')).toEqual([]);
  });

  test.each([
    [
      'a profile that its database does not take',
      edited('size: S', 'size: XL'),
      'shop.yaml:17:9: databases[0].profiles[0]: size: expected "S" or "M", got "XL"',
    ],
    [
      'a profile nobody can find',
      edited("phones: '+12025550101', ", ''),
      'shop.yaml:17:9: databases[0].profiles[0]: ' +
        'expected an e-mail address or a phone, to find the profile by',
    ],
  ])('%s', async (_, text, message) => {
    await expect(apply(text)).rejects.toThrow(expect.objectContaining({ name: 'ProgramFileError', message }));
  });

  test('a name that several databases have', async () => {
    await pool.query(`insert into catalog.databases (name) values ('Shop'), ('Shop')`);
    await expect(apply(shop)).rejects.toThrow(
      'shop.yaml:3:11: databases[0].name: 2 databases are called so: say which by id',
    );
  });

  test('the secret of another token', async () => {
    await apply(shop);
    await expect(apply(edited('name: Till', 'name: Kiosk'))).rejects.toThrow(
      'shop.yaml:19:27: tokens[0].token: token 1 "Till" has this secret',
    );
  });

  test('a file that is not there', async () => {
    await expect(applyProgramFile(pool, '/nowhere/shop.yaml', { env: {} })).rejects.toThrow(
      '/nowhere/shop.yaml: cannot be read (ENOENT)',
    );
  });
});

describe('promotions', () => {
  const shop = `
databases:
  - name: People
    programs:
      - external_id: main
        name: Main
        arbitration: { discounts: stack_sequential }
        order_points: { activated_by: [shipped], canceled_by: [canceled] }
        currencies:
          - eid: stars
            name: Stars
            rounding: half_up
            ratio: { points: 10, money: '1.00', money_currency: RUB }
        promotion_groups:
          - { external_id: shop, name: Shop, mode: priority_first }
          - { external_id: brand, name: Brand, parent: shop }
        promotions:
          - external_id: ten
            name: Ten
            kind: discount
            group: brand
            limits: { total_uses: 100 }
            conditions:
              - { kind: order, where: { field: custom_fields.gift, operator: eq, value: true } }
              - { kind: promo_code, pool: spring }
            effects: [{ kind: percent_off, percent: 12.50 }]
        partners: [{ eid: acme, name: Acme }]
        partner_products:
          - external_id: cups
            name: Cups
            partner_eid: acme
            product: P1
            effect: { kind: fixed_points, points_currency_eid: stars, amount: 5 }
    promo_code_pools:
      - { external_id: spring, name: Spring, template: 'SPRING-{X:8}' }
market:
  currencies: [{ code: RUB, name: Rouble }]
  order_statuses: [{ external_id: shipped, name: Shipped }]
  custom_fields: [{ entity_type: order, external_id: gift, name: Gift, value_type: bool }]
`;

  test('of all kinds are made, left alone the second time, and changed where they differ', async () => {
    expect((await apply(shop)).entries.map(({ what }) => what)).toEqual([
      'currency of money "RUB"',
      'order status "shipped"',
      'custom field "order/gift"',
      'database 1 "People"',
      'promo code pool 1 "spring"',
      'program 1 "main"',
      'currency 1 "stars" of program 1',
      'promotion group 1 "shop" of program 1',
      'promotion group 2 "brand" of program 1',
      'promotion 1 "ten" of program 1',
      'partner 1 "acme" of program 1',
      'partner product 2 "cups" of program 1',
    ]);
    const { programs, pricings, misfits } = await loadSnapshot(pool);
    expect(misfits).toEqual([]);
    expect(programs.get(1)).toMatchObject({
      orderPoints: { activated_by: ['shipped'], canceled_by: ['canceled'], refunded_lines: false },
    });
    expect(pricings.get(1)).toMatchObject({
      promotions: [
        { externalId: 'ten', groupId: 2, limits: { total_uses: 100 } },
        { externalId: 'cups', kind: 'points' },
      ],
      policy: {
        arbitration: { discounts: 'stack_sequential', points: 'stack', discountWithPoints: true },
        groups: [{ parentId: null }, { parentId: 1 }],
        currencies: [{ points: 100_000n, money: 10_000n, moneyCurrency: 'RUB', rounding: 'half_up' }],
      },
    });
    const second = await apply(shop);
    expect(second.count('unchanged')).toBe(second.entries.length);
    const third = await apply(
      shop.replace('percent: 12.50', 'percent: 13').replace('amount: 5', 'amount: 6'),
    );
    expect(third.entries.filter(({ action }) => action === 'changed')).toEqual([
      { action: 'changed', what: 'promotion 1 "ten" of program 1', changed: ['effects'] },
      { action: 'changed', what: 'partner product 2 "cups" of program 1', changed: ['effect'] },
    ]);
  });

  test.each([
    ['percent: 12.50', 'percent: 101', 'effects[0].percent: expected a percentage above 0 and up to 100'],
    ['value: true', 'value: 1', 'conditions[0].where.value: expected true or false, got 1'],
    ['pool: spring }', 'pool: autumn }', 'conditions[1].pool: there is no pool of promo codes "autumn"'],
    ['group: brand', 'group: none', 'group: the program has no promotion group "none"'],
    ['partner_eid: acme', 'partner_eid: emca', 'partner_eid: the program has no partner "emca"'],
    ['parent: shop', 'parent: brand', 'parent: "brand" is in this group itself'],
    ['discounts: stack_sequential', 'discounts: all', 'arbitration.discounts: expected one of "best"'],
    ['[shipped]', '[lost]', 'order_points.activated_by[0]: the market has no order status "lost"'],
    ['money_currency: RUB', 'money_currency: EUR', 'ratio.money_currency: the market has no currency "EUR"'],
  ])('say where they are wrong: %s → %s', async (right, wrong, problem) => {
    expect(shop).toContain(right);
    await expect(apply(shop.replace(right, wrong))).rejects.toThrow(problem);
  });
});

describe('the schema for editors', () => {
  const validate = () => {
    const ajv = new Ajv2020({ strict: false });
    addFormats(ajv);
    return ajv.compile(JSON.parse(readFileSync(schemaPath, 'utf8')));
  };

  test('is fresh', () => {
    expect(readFileSync(schemaPath, 'utf8')).toBe(programSchemaText());
  });

  test('takes the demo, and finds a slip of the pen', () => {
    const text = readFileSync(demo, 'utf8');
    const isValid = validate();
    expect([isValid(parse(text)), isValid.errors]).toEqual([true, null]);
    expect(isValid(parse(text.replace('scale: 2', 'skale: 2')))).toBe(false);
    expect(isValid(parse(text.replace('external_id: demo', 'description: demo')))).toBe(false);
  });

  test('is where the demo says it is', () => {
    const [first = ''] = readFileSync(demo, 'utf8').split('\n');
    const path = /^# yaml-language-server: \$schema=(.+)$/.exec(first)?.[1] ?? '';
    expect(join(root, 'demo', path)).toBe(schemaPath);
  });
});

describe('a market', () => {
  const shop = `
databases:
  - name: People
    channels:
      - { external_id: web, name: Web, type: online, touchpoints: [{ external_id: site, name: Site }] }
market:
  currencies: [{ code: JPY, name: Yen, scale: 0 }]
  line_statuses: [{ external_id: new, name: New, type: in_process }]
  categories: [{ external_id: c, name: C }]
  products:
    - { external_id: P, name: P, price: 10.50, categories: [c], sku: [{ external_id: S, name: S }] }
  custom_fields:
    - { entity_type: order, external_id: wrap, name: Wrap, value_type: enum, enum_values: { long: 1, ab: 2 } }
    - { entity_type: sku, external_id: size, name: Size, value_type: int, default_value: '5' }`;

  test('is made, left alone the second time, and changed where it differs', async () => {
    await apply(shop);
    expect(await rows('select external_id, channel from market.touchpoints')).toEqual([
      { external_id: 'site', channel: 'web' },
    ]);
    expect(await rows('select default_value from market.custom_fields order by external_id')).toEqual([
      { default_value: 5 },
      { default_value: null },
    ]);
    expect(await rows('select external_id, product_id, price::float8 from market.goods order by id')).toEqual(
      [
        { external_id: 'P', product_id: null, price: 10.5 },
        { external_id: 'S', product_id: 1, price: null },
      ],
    );
    const second = await apply(shop);
    expect(second.count('unchanged')).toBe(second.entries.length);
    const third = await apply(shop.replace('name: Site', 'name: Home').replace('name: Size', 'name: Sizes'));
    expect(third.entries.filter(({ action }) => action === 'changed')).toEqual([
      { action: 'changed', what: 'custom field "sku/size"', changed: ['name'] },
      { action: 'changed', what: 'touchpoint "site"', changed: ['name'] },
    ]);
  });

  test('says where it is wrong', async () => {
    await apply(shop);
    await expect(apply(shop.replace('scale: 0', 'scale: 2'))).rejects.toThrow(
      'shop.yaml:7:47: market.currencies[0].scale: is for good: it is 0',
    );
    await expect(apply(shop.replace('categories: [c]', 'categories: [d]'))).rejects.toThrow(
      'shop.yaml:11:7: market.products[0]: categories: there is no category "d"',
    );
    await expect(apply(shop.replace("'5'", "'L'"))).rejects.toThrow(
      'market.custom_fields[1].default_value: expected a whole number, got "L"',
    );
  });
});
