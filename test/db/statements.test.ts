import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Client } from 'pg';
import type { z } from 'zod';
import { type Statement, statements } from '../../src/db/query';
import { createDatabase } from '../support/database';
import { type Description, describeStatement } from '../support/describe-statement';

const folder = join(__dirname, '../../src/db');
for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (/^(queries|commands)\/.*\.ts$/.test(name)) require(join(folder, name));
}

/** What a value is in JavaScript, by the Postgres type of its column: see db/pool.ts. */
const kinds: Record<string, string> = {
  int2: 'number',
  int4: 'number',
  int8: 'string',
  numeric: 'string',
  text: 'string',
  uuid: 'string',
  timestamptz: 'string',
  pg_snapshot: 'string',
  date: 'string',
  bytea: 'unknown',
  bool: 'boolean',
  jsonb: 'json',
  void: 'unknown',
};

let client: Client;
let drop: () => Promise<void>;
let types: Map<number, { name: string; isEnum: boolean; element: number }>;

beforeAll(async () => {
  const database = await createDatabase();
  client = new Client({ connectionString: database.url });
  await client.connect();
  drop = database.drop;
  const { rows } = await client.query<{ oid: number; typname: string; typtype: string; typelem: number }>(
    'select oid, typname, typtype, typelem from pg_type',
  );
  types = new Map(
    rows.map((row) => [row.oid, { name: row.typname, isEnum: row.typtype === 'e', element: row.typelem }]),
  );
});

afterAll(async () => {
  await client.end();
  await drop();
});

test('statements were found', () => {
  expect(statements.size).toBeGreaterThan(10);
});

test.each([...statements.values()].map((statement) => [statement.name, statement] as const))(
  '%s takes and answers what its schemas say',
  async (_, statement) => {
    expect(await described(statement)).toEqual(declared(statement));
  },
);

function declared({ parameters, row }: Statement) {
  return {
    parameters: parameters.map(kindOfSchema),
    columns: Object.entries(row.shape).map(([name, schema]) => [name, kindOfSchema(schema as z.ZodType)]),
  };
}

async function described(statement: Statement) {
  const description: Description = await describeStatement(client, statement.text);
  return {
    parameters: description.parameters.map(kindOfType).map((kind) => (kind === 'json' ? 'string' : kind)),
    columns: description.columns.map(({ name, type }) => {
      const schema = statement.row.shape[name] as z.ZodType | undefined;
      const kind = kindOfType(type);
      // Of a json column Postgres knows no more than that, so the schema decides what is in it.
      return [name, kind === 'json' && schema ? kindOfSchema(schema) : kind];
    }),
  };
}

function kindOfType(oid: number): string {
  const type = types.get(oid);
  if (type?.isEnum) return 'string';
  const kind = kinds[type?.name ?? ''];
  if (kind) return kind;
  if (type?.name.startsWith('_')) return `${kindOfType(type.element)}[]`;
  throw new Error(`No kind is known for Postgres type ${type?.name ?? oid}`);
}

function kindOfSchema(schema: z.ZodType): string {
  const { def } = (schema as unknown as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case 'nullable':
      return kindOfSchema(def.innerType as z.ZodType);
    case 'array':
      return `${kindOfSchema(def.element as z.ZodType)}[]`;
    case 'enum':
      return 'string';
    default:
      return def.type;
  }
}
