import { randomBytes } from 'node:crypto';
import { Client } from 'pg';
import { templateDatabase, testServers } from './servers';

type TestDatabase = {
  /** Connects as superuser to a database that is the caller's alone. */
  url: string;
  name: string;
  /** Removes it, whoever may still be connected. */
  drop(): Promise<void>;
};

/** A database of the caller's own: migrated and empty, or not even migrated. */
export async function createDatabase({ migrated = true } = {}): Promise<TestDatabase> {
  const { postgresUrl } = testServers();
  const name = `test_${randomBytes(8).toString('hex')}`;
  await execute(postgresUrl, `create database ${name}${migrated ? ` template ${templateDatabase}` : ''}`);
  const url = connectTo(postgresUrl, name);
  await refuseOtherDatabase(url, name);
  return { url, name, drop: () => execute(postgresUrl, `drop database ${name} with (force)`) };
}

/** The URL of another database of the same server. */
export function connectTo(url: string, database: string): string {
  const other = new URL(url);
  other.pathname = `/${database}`;
  return other.href;
}

/** Runs statements without results on a connection of their own. */
export async function execute(url: string, sql: string): Promise<void> {
  await withClient(url, (client) => client.query(sql));
}

/** Tests create and drop at will, so they must never have been sent anywhere else. */
async function refuseOtherDatabase(url: string, name: string): Promise<void> {
  const { rows } = await withClient(url, (client) => client.query('select current_database() as name'));
  if (rows[0]?.name !== name) throw new Error(`Expected to be in ${name}, and this is ${rows[0]?.name}`);
}

async function withClient<T>(url: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
