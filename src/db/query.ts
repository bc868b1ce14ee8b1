import { escapeLiteral, type QueryConfig } from 'pg';
import { z } from 'zod';
import { asFault } from './faults';

/** A pool, or one connection of it inside a transaction. */
export interface Queryable {
  query(config: QueryConfig): Promise<{ rows: unknown[]; rowCount: number | null }>;
}

/** What a statement takes, in the order of its $1, $2, … */
type Parameters = readonly z.ZodType[];
type Values<P extends Parameters> = { -readonly [I in keyof P]: z.output<P[I]> };

export interface Statement<P extends Parameters = Parameters, R extends z.ZodObject = z.ZodObject> {
  /** Unique; the name it is prepared under on each connection, and seen under in pg_stat_statements. */
  name: string;
  parameters: P;
  row: R;
  text: string;
}

/**
 * Every statement of the program. Rows come from our own SQL, so they are not parsed one by one:
 * a test has Postgres describe each statement and compares parameters and columns with these schemas.
 */
export const statements = new Map<string, Statement>();

/** Makes of a statement the function that runs it: (db, …values) → all rows. Throws DatabaseUnavailable. */
export function query<const P extends Parameters, R extends z.ZodObject>(statement: Statement<P, R>) {
  register(statement);
  return async (db: Queryable, ...values: Values<P>): Promise<z.output<R>[]> => {
    const { rows } = await run(db, statement, values);
    return rows as z.output<R>[];
  };
}

/** As query, for statements that answer at most one row: (db, …values) → row or undefined. */
export function queryFirst<const P extends Parameters, R extends z.ZodObject>(statement: Statement<P, R>) {
  const all = query(statement);
  return async (db: Queryable, ...values: Values<P>): Promise<z.output<R> | undefined> =>
    (await all(db, ...values))[0];
}

/** As query, for statements that always answer one row; anything else is a bug and throws. */
export function queryOne<const P extends Parameters, R extends z.ZodObject>(statement: Statement<P, R>) {
  const all = query(statement);
  return async (db: Queryable, ...values: Values<P>): Promise<z.output<R>> => {
    const rows = await all(db, ...values);
    if (rows.length !== 1 || !rows[0])
      throw new Error(`${statement.name} answered ${rows.length} rows, not 1`);
    return rows[0];
  };
}

/** For statements without rows: (db, …values) → how many rows were written. */
export function command<const P extends Parameters>(statement: Omit<Statement<P>, 'row'>) {
  register({ ...statement, row: noRow });
  return async (db: Queryable, ...values: Values<P>): Promise<number> =>
    (await run(db, statement, values)).rowCount ?? 0;
}

/** For COPY, which takes no parameters: (…values) → the statement with its values in place. */
export function writtenOut<const P extends Parameters, R extends z.ZodObject>(statement: Statement<P, R>) {
  register(statement);
  return (...values: Values<P>): string =>
    statement.text.replace(/\$(\d+)/g, (_, place) => literal(values[Number(place) - 1]));
}

function literal(value: unknown): string {
  return value === null ? 'null' : escapeLiteral(String(value));
}

const noRow = z.object({});

function register(statement: Statement): void {
  if (statements.has(statement.name)) throw new Error(`Two statements are called ${statement.name}`);
  statements.set(statement.name, statement);
}

async function run(
  db: Queryable,
  { name, text }: { name: string; text: string },
  values: readonly unknown[],
) {
  try {
    return await db.query({ name, text, values: [...values] });
  } catch (error) {
    throw asFault(error);
  }
}
