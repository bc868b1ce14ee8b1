import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Pool } from 'pg';
import { isMigrated, MigrationError, migrate } from '../../src/db/migrate';
import { createDatabase } from '../support/database';

const oneMigration = { 'migrations/0001-numbers.sql': 'create table number (value integer primary key);' };
const twoMigrations = { ...oneMigration, 'migrations/0002-one.sql': 'insert into number values (1);' };
const oneFunction = { 'functions/answer.sql': answers(41) };

function answers(number: number): string {
  return `create or replace function answer() returns int language sql as $$ select ${number} $$;`;
}

let database: Awaited<ReturnType<typeof createDatabase>>;
let pool: Pool;
let folder: string;

beforeEach(async () => {
  database = await createDatabase({ migrated: false });
  pool = new Pool({ connectionString: database.url, max: 20 });
  pool.on('error', () => {}); // its last connections may still be closing when the database is dropped
  folder = await mkdtemp(join(tmpdir(), 'loyalty-sql-'));
  await mkdir(join(folder, 'migrations'));
  await mkdir(join(folder, 'functions'));
});

afterEach(async () => {
  await pool.end();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
}

async function values(sql: string): Promise<unknown[]> {
  const { rows } = await pool.query({ text: sql, rowMode: 'array' });
  return rows.flat();
}

test('the migrations of the service apply to an empty database, once', async () => {
  expect(await isMigrated(pool)).toBe(false);
  const first = await migrate(database.url);
  expect(first.applied.length).toBeGreaterThan(0);
  expect(first.replacedFunctions).toBe(true);
  expect(await migrate(database.url)).toEqual({ applied: [], replacedFunctions: false });
  expect(await isMigrated(pool)).toBe(true);
});

test('twenty processes may migrate at once, and each migration is applied by one of them', async () => {
  await write({ ...twoMigrations, ...oneFunction });
  const results = await Promise.all(Array.from({ length: 20 }, () => migrate(database.url, { folder })));
  expect(results.flatMap((result) => result.applied).sort()).toEqual(['0001-numbers.sql', '0002-one.sql']);
  expect(await values('select value from number')).toEqual([1]);
  expect(await values('select answer()')).toEqual([41]);
});

test('migrations apply in order, each told to the log, and later ones when they come', async () => {
  const told: object[] = [];
  const log = { info: (details: object) => told.push(details) };
  await write(oneMigration);
  await migrate(pool, { folder, log });
  await write(twoMigrations);
  expect(await isMigrated(pool, { folder })).toBe(false);
  await migrate(pool, { folder, log });
  expect(told).toContainEqual({ migration: '0001-numbers.sql' });
  expect(told).toContainEqual({ migration: '0002-one.sql' });
  expect(await isMigrated(pool, { folder })).toBe(true);
});

test('a file that was changed after it was applied is refused by name', async () => {
  await write(oneMigration);
  await migrate(pool, { folder });
  await write({ 'migrations/0001-numbers.sql': 'create table number (value bigint);' });
  await expect(migrate(pool, { folder })).rejects.toThrow(
    new MigrationError(
      '0001-numbers.sql is not the file that was applied as 0001-numbers.sql; ' +
        'restore it and add a new migration instead',
    ),
  );
});

test('a database that is ahead of the program is refused, but counts as ready', async () => {
  await write(twoMigrations);
  await migrate(pool, { folder });
  await rm(join(folder, 'migrations/0002-one.sql'));
  await expect(migrate(pool, { folder })).rejects.toThrow(/older than the database.*0002-one\.sql/);
  expect(await isMigrated(pool, { folder })).toBe(true);
});

test('a migration numbered below one already applied is refused', async () => {
  await write({ 'migrations/0002-later.sql': 'select 1;' });
  await migrate(pool, { folder });
  await write(oneMigration);
  await expect(migrate(pool, { folder })).rejects.toThrow('0001-numbers.sql comes before migration 2');
});

test('a failing migration leaves nothing behind and names file and line', async () => {
  await write({
    ...oneMigration,
    'migrations/0002-bad.sql': 'create table b ();\ninsert into nowhere\nvalues (1);',
  });
  await expect(migrate(pool, { folder })).rejects.toThrow(
    '0002-bad.sql:2: relation "nowhere" does not exist',
  );
  expect(await values("select to_regclass('number')::text, to_regclass('b')::text")).toEqual([
    'number',
    null,
  ]);
  expect(await values('select name from loyalty_meta.migration')).toEqual(['0001-numbers.sql']);
});

test('functions are replaced when one of them changed, and again when the old text comes back', async () => {
  await write({ ...oneMigration, ...oneFunction });
  await migrate(pool, { folder });
  for (const number of [42, 41]) {
    await write({ 'functions/answer.sql': answers(number) });
    expect((await migrate(pool, { folder })).replacedFunctions).toBe(true);
    expect(await values('select answer()')).toEqual([number]);
    expect((await migrate(pool, { folder })).replacedFunctions).toBe(false);
  }
});

test('functions are replaced after a migration that dropped them', async () => {
  await write({ ...oneMigration, ...oneFunction });
  await migrate(pool, { folder });
  await write({ 'migrations/0002-drop.sql': 'drop function answer();' });
  await migrate(pool, { folder });
  expect(await values('select answer()')).toEqual([41]);
});

test.each([
  ['numbers.sql', 'numbers.sql is not named as a migration; expected NNNN-what-it-does.sql'],
  ['0001-two.sql', '0001-numbers.sql and 0001-two.sql have the same number'],
])('a file called %s is refused', async (name, message) => {
  await write({ ...oneMigration, [`migrations/${name}`]: 'select 1;' });
  await expect(migrate(pool, { folder })).rejects.toThrow(message);
});

test('line ends as Windows checks them out make no difference', async () => {
  await write({ 'migrations/0001-numbers.sql': 'create table\nnumber ();' });
  await migrate(pool, { folder });
  await write({ 'migrations/0001-numbers.sql': 'create table\r\nnumber ();' });
  expect(await migrate(pool, { folder })).toEqual({ applied: [], replacedFunctions: false });
});
