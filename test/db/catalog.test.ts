import type { AddressInfo } from 'node:net';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Pool } from 'pg';
import { type Catalog, openCatalog } from '../../src/catalog';
import { hashToken } from '../../src/db/commands/tokens';
import { createPool } from '../../src/db/pool';
import { channelOf } from '../../src/domain/market';
import { createDatabase } from '../support/database';

let url: string;
let drop: () => Promise<void>;
let direct: Pool;

beforeAll(async () => {
  const database = await createDatabase();
  ({ url, drop } = database);
  direct = poolOf(url);
  await direct.query(`
    insert into catalog.databases (id, name) values (1, 'Customers');
    insert into catalog.database_fields (database_id, name, type, enum_values) values
      (1, 'size', 'enum', '["S", "M"]');
    insert into catalog.programs (id, external_id, name, database_id) values (1, 'demo', 'Demo', 1);
    insert into catalog.currencies (iid, program_id, eid, name, type) values
      (2, 1, 'status', 'Status', 'qualification'), (1, 1, 'stars', 'Stars', 'standard');
    insert into catalog.promotions (id, program_id, external_id, name) values
      (1, 1, 'welcome', 'Welcome'), (2, 1, '1', 'Named as an id'), (3, 1, 'gift', 'Gift');
    insert into catalog.promotion_rules values (1, 'accrual', 1, 50, null, null);
    update catalog.currencies set ratio_points = 10, ratio_money = 1 where iid = 1;
    insert into catalog.promotion_groups (id, program_id, external_id, name, mode) values
      (1, 1, 'shop', 'Shop', 'stack_additive');
    insert into catalog.promotions
      (id, program_id, external_id, name, kind, priority, combinable, group_id, conditions, effects) values
      (11, 1, 'ten', 'Ten', 'discount', 3, false, 1, '[]', '[{"kind": "percent_off", "percent": 10}]'),
      (12, 1, 'stale', 'Stale', 'discount', 0, true, null, '[{"kind": "promo_code", "pool": "gone"}]',
        '[{"kind": "percent_off", "percent": 10}]');
    insert into catalog.tokens (name, token_hash, scopes, program_ids, revoked_at) values
      ('Till', sha256('till'), '{loyalty_read}', '{1}', null),
      ('Lost', sha256('lost'), '{loyalty_read}', null, now());
    insert into market.channels (external_id, database_id, name, type) values ('web', 1, 'Web', 'online');
    insert into market.touchpoints (external_id, channel, name) values ('website', 'web', 'Website');
    insert into market.currencies (code, name) values ('RUB', 'Rouble');
    insert into market.regions (external_id, name) values ('north', 'North');
    insert into market.custom_fields (entity_type, external_id, name, value_type, default_value) values
      ('product', 'colour', 'Colour', 'unicode', '"red"'), ('order', 'gift', 'Gift', 'bool', null)`);
});

afterAll(async () => {
  await direct.end();
  await drop();
});

function poolOf(databaseUrl: string): Pool {
  return createPool({ databaseUrl, databasePoolSize: 3, requestTimeoutMs: 2_000 }, { warn: () => undefined });
}

const quiet = { warn: () => undefined, info: () => undefined };

/** Waits until something is so; the test's own timeout is the limit. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await isSo())) await new Promise(setImmediate);
}

async function rename(name: string): Promise<void> {
  await direct.query('update catalog.programs set name = $1 where id = 1', [name]);
}

describe('what is known', () => {
  let catalog: Catalog;
  const warnings: object[] = [];
  let pool: Pool;

  beforeAll(async () => {
    pool = poolOf(url);
    const warn = (details: object) => void warnings.push((details as { misfit: object }).misfit);
    catalog = await openCatalog(pool, { ...quiet, warn });
  });

  afterAll(async () => {
    await catalog.close();
    await pool.end();
  });

  test('databases with their fields', () => {
    expect(catalog.database(1)).toMatchObject({ id: 1, name: 'Customers', emailIsUnique: true });
    expect(catalog.database(1)?.fields.get('size')).toMatchObject({ type: 'enum', enumValues: ['S', 'M'] });
    expect(catalog.database(2)).toBeUndefined();
    expect(catalog.databases()).toEqual([catalog.database(1)]);
  });

  test('programs and their currencies, in order', () => {
    expect(catalog.program(1)).toMatchObject({ externalId: 'demo', databaseId: 1, ruleMode: 'strict' });
    expect(catalog.programs()).toEqual([catalog.program(1)]);
    expect(catalog.program(2)).toBeUndefined();
    expect(catalog.currencies(1).map(({ eid }) => eid)).toEqual(['stars', 'status']);
    expect(catalog.currencies(2)).toEqual([]);
  });

  test('the market', () => {
    const market = catalog.market();
    expect(channelOf(market, 'website')).toMatchObject({ external_id: 'web', database_id: 1, tags: [] });
    expect(channelOf(market, 'kiosk')).toBeUndefined();
    expect(market.currencies.get('RUB')).toMatchObject({ scale: 2 });
    expect(market.regions.get('north')?.name).toBe('North');
    expect([...market.orderStatuses.keys()].sort()).toEqual([
      'canceled',
      'confirmed',
      'delivered',
      'new',
      'paid',
      'part_refunded',
    ]);
    expect(market.lineStatuses.get('refunded')?.type).toBe('refunded');
    expect(market.customFields.product.get('colour')).toMatchObject({ default_value: 'red' });
    expect(market.customFields.order.get('gift')).toMatchObject({ value_type: 'bool', default_value: null });
    expect(market.customFields.sku.size).toBe(0);
  });

  test('promotions by external id, else by id', () => {
    expect(catalog.promotions(1).map(({ id }) => id)).toEqual([1, 2, 3]);
    expect(catalog.promotion(1, 'welcome')?.id).toBe(1);
    expect(catalog.promotion(1, '1')?.id).toBe(2);
    expect(catalog.promotion(1, '3')?.externalId).toBe('gift');
    expect(catalog.promotion(1, '4')).toBeUndefined();
    expect(catalog.promotion(2, 'welcome')).toBeUndefined();
    const [rule] = catalog.promotion(1, 'welcome')?.rules ?? [];
    expect(rule).toMatchObject({ direction: 'accrual', currencyIid: 1, minAmount: null, maxAmount: null });
    expect(rule?.staticAmount?.toFixed()).toBe('50');
  });

  test('discounts and points promotions apart from triggers, ready to price orders', () => {
    const { promotions, policy, segments } = catalog.pricing(1) ?? {};
    expect(promotions?.map(({ externalId, isActive }) => [externalId, isActive])).toEqual([
      ['ten', true],
      ['stale', false],
    ]);
    expect(promotions?.[0]).toMatchObject({ priority: 3, isCombinable: false, groupId: 1 });
    expect(promotions?.[0]?.discounts).toHaveLength(1);
    expect(policy?.arbitration).toEqual({ discounts: 'best', points: 'stack', discountWithPoints: true });
    expect(policy?.groups).toEqual([
      { id: 1, externalId: 'shop', parentId: null, mode: 'stack_additive', priority: 0 },
    ]);
    expect(policy?.currencies.map(({ eid, points, money }) => [eid, points, money])).toEqual([
      ['stars', 100_000n, 10_000n],
      ['status', 10_000n, 10_000n],
    ]);
    expect(segments).toEqual([]);
    expect(catalog.promotion(1, 'ten')).toBeUndefined();
    expect(catalog.pricing(2)).toBeUndefined();
    expect(warnings).toEqual([
      {
        programId: 1,
        promotion: 'stale',
        problem: 'conditions[0].pool: there is no pool of promo codes "gone"',
      },
    ]);
  });

  test('tokens that are not revoked, by their hash', () => {
    const access = catalog.access(hashToken('till'));
    expect(access).toMatchObject({ tokenName: 'Till' });
    expect([...(access?.scopes ?? [])]).toEqual(['loyalty_read']);
    expect([...(access?.programIds ?? [])]).toEqual([1]);
    expect(catalog.access(hashToken('lost'))).toBeUndefined();
    expect(catalog.access('till')).toBeUndefined();
  });

  test('cannot be changed by whoever looks', () => {
    const program = catalog.program(1) as { name: string };
    expect(() => {
      program.name = 'Mine';
    }).toThrow(TypeError);
  });
});

describe('changes', () => {
  test('are seen as soon as they are announced', async () => {
    const pool = poolOf(url);
    const catalog = await openCatalog(pool, quiet);
    for (const name of ['First', 'Second']) {
      await rename(name);
      await until(() => catalog.program(1)?.name === name);
    }
    await direct.query(`update catalog.tokens set revoked_at = now() where name = 'Till'`);
    await until(() => catalog.access(hashToken('till')) === undefined);
    await catalog.close();
    await pool.end();
  });

  test('of promotions are seen as well, and what does not fit is told once', async () => {
    const pool = poolOf(url);
    const warnings: object[] = [];
    const catalog = await openCatalog(pool, { ...quiet, warn: (details) => void warnings.push(details) });
    await direct.query(`update catalog.promotions set priority = 9 where external_id = 'ten'`);
    await until(() => catalog.pricing(1)?.promotions[0]?.priority === 9);
    await direct.query(`update catalog.promotion_groups set mode = 'priority_first'`);
    await until(() => catalog.pricing(1)?.policy.groups[0]?.mode === 'priority_first');
    expect(warnings).toHaveLength(1);
    await direct.query(`delete from catalog.promotions where external_id = 'stale'`);
    await until(() => catalog.pricing(1)?.promotions.length === 1);
    await catalog.close();
    await pool.end();
  });

  test('are seen by whoever refreshed after them, even while another load is under way', async () => {
    const pool = poolOf(url);
    const catalog = await openCatalog(pool, quiet);
    for (let round = 0; round < 20; round += 1) {
      const early = catalog.refresh();
      await rename(`Round ${round}`);
      await catalog.refresh();
      expect(catalog.program(1)?.name).toBe(`Round ${round}`);
      await early;
    }
    await catalog.close();
    await pool.end();
  });
});

describe('when the connection is lost', () => {
  /** Stands between the service and Postgres, and can cut the line. */
  let proxy: Server;
  const lines = new Set<Socket>();
  let isDown = false;
  let pool: Pool;
  let catalog: Catalog;
  const warnings: string[] = [];

  beforeAll(async () => {
    const { hostname, port } = new URL(url);
    proxy = createServer((client) => {
      if (isDown) {
        client.destroy();
        return;
      }
      const server = connect(Number(port), hostname);
      for (const end of [client, server]) {
        lines.add(end);
        end.on('error', () => undefined);
        end.on('close', () => {
          client.destroy();
          server.destroy();
        });
      }
      client.pipe(server).pipe(client);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const through = new URL(url);
    through.hostname = '127.0.0.1';
    through.port = String((proxy.address() as AddressInfo).port);
    pool = poolOf(through.href);
    catalog = await openCatalog(pool, { ...quiet, warn: (_, message) => void warnings.push(message) });
  });

  afterAll(async () => {
    await catalog.close();
    await pool.end();
    await new Promise((resolve) => proxy.close(resolve));
  });

  function cut(): void {
    isDown = true;
    for (const line of lines) line.destroy();
    lines.clear();
  }

  test('it answers as before, and knows of changes once the line is back', async () => {
    const before = catalog.program(1)?.name;
    cut();
    await rename('Changed meanwhile');
    await until(() => warnings.length > 0);
    expect(catalog.program(1)?.name).toBe(before);
    await expect(catalog.refresh()).rejects.toThrow('The database cannot be reached');
    isDown = false;
    await until(() => catalog.program(1)?.name === 'Changed meanwhile');
    await rename('Announced again');
    await until(() => catalog.program(1)?.name === 'Announced again');
    expect(warnings).toEqual(['changes of the catalogue cannot be seen: retrying']);
  });

  test('a server that ends the connection is asked again', async () => {
    const { rowCount } = await direct.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
       where datname = current_database() and query in ('listen catalog_changed', 'select')`,
    );
    expect(rowCount).toBe(1);
    await rename('After the end');
    await until(() => catalog.program(1)?.name === 'After the end');
  });
});

test('it does not open without a database', async () => {
  const pool = poolOf('postgres://127.0.0.1:1/none');
  await expect(openCatalog(pool, quiet)).rejects.toThrow('The database cannot be reached');
  await pool.end();
});
