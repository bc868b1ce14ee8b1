import { connect } from 'node:net';
import { DatabaseError, Pool } from 'pg';
import { asFault, DatabaseUnavailable, isTransient, violatedUniqueConstraint } from '../../src/db/faults';
import { inTransaction } from '../../src/db/transaction';
import { createDatabase } from '../support/database';

let pool: Pool;
let drop: () => Promise<void>;

beforeAll(async () => {
  const database = await createDatabase();
  drop = database.drop;
  pool = new Pool({ connectionString: database.url, max: 2 });
  pool.on('error', () => undefined);
});

afterAll(async () => {
  await pool.end();
  await drop();
});

function stateError(code: string): DatabaseError {
  return Object.assign(new DatabaseError('x', 1, 'error'), { code });
}

test.each([
  ['08006', true],
  ['40001', true],
  ['40P01', true],
  ['53300', true],
  ['55P03', true],
  ['57014', true],
  ['57P01', true],
  ['23505', false],
  ['42P01', false],
  ['LP001', false],
])('SQLSTATE %s may pass: %s', (code, expected) => {
  expect(isTransient(stateError(code))).toBe(expected);
  expect(asFault(stateError(code)) instanceof DatabaseUnavailable).toBe(expected);
});

test('what the driver says of lost connections is a fault, bugs stay what they are', async () => {
  const refused = await new Promise((resolve) => connect(1, '127.0.0.1').on('error', resolve));
  expect(asFault(refused)).toBeInstanceOf(DatabaseUnavailable);
  expect(asFault(new Error('timeout exceeded when trying to connect'))).toBeInstanceOf(DatabaseUnavailable);
  const bug = new TypeError('x is not a function');
  expect(asFault(bug)).toBe(bug);
  const known = new DatabaseUnavailable(refused);
  expect(asFault(known)).toBe(known);
  expect(isTransient(known)).toBe(true);
  expect(isTransient(new Error('anything'))).toBe(false);
  expect(isTransient('anything')).toBe(false);
});

describe('inTransaction', () => {
  const count = async () =>
    (await pool.query('select count(*)::int as count from catalog.databases')).rows[0].count;
  const insert = `insert into catalog.databases (name) values ('x')`;

  test('commits what succeeds', async () => {
    const before = await count();
    expect(await inTransaction(pool, '', async (db) => (await db.query(insert)).rowCount)).toBe(1);
    expect(await count()).toBe(before + 1);
  });

  test('undoes what throws, and throws it', async () => {
    const before = await count();
    const reason = new Error('no');
    const work = inTransaction(pool, '', async (db) => {
      await db.query(insert);
      throw reason;
    });
    await expect(work).rejects.toBe(reason);
    expect(await count()).toBe(before);
  });

  test('survives the loss of its connection, and does not give it back', async () => {
    const work = inTransaction(pool, '', async (db) => {
      const { rows } = await db.query('select pg_backend_pid() as pid');
      const ended = new Promise<void>((resolve) => db.once('end', () => resolve()));
      await pool.query('select pg_terminate_backend($1)', [rows[0].pid]);
      await ended;
    });
    await expect(work).rejects.toBeInstanceOf(DatabaseUnavailable);
    expect(await inTransaction(pool, '', async (db) => (await db.query('select 1 as one')).rows)).toEqual([
      { one: 1 },
    ]);
  });

  test('names the unique constraint that was violated', async () => {
    const twice = inTransaction(pool, '', (db) =>
      db.query(`insert into catalog.databases (id, name) values (77, 'x'), (77, 'x')`),
    );
    expect(violatedUniqueConstraint(await twice.catch((error: unknown) => error))).toBe('databases_pkey');
    expect(violatedUniqueConstraint(new Error('x'))).toBeUndefined();
  });
});
