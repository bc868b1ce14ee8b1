import { type RunningApi, startApi } from '../../src/api';
import { readConfig, type ServiceConfig } from '../../src/config';
import { createToken } from '../../src/db/commands/tokens';
import { createPool } from '../../src/db/pool';
import { createDatabase } from './database';
import { testServers } from './servers';
import { silent } from './service';
import type { Json } from './wire';

/** Method and path, body, status, and the answer: whole, or the text of the refusal. */
export type Step = [string, Json | undefined, number, Json | string];

export const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
export const times = { created_at: time, updated_at: time };

/** An API with a database of its own and nothing in it, for what needs no worker. */
export interface AdminBench {
  api: RunningApi;
  pool: ReturnType<typeof createPool>;
  /** Sends a management request; answers the HTTP status and the body. */
  ask(method: string, path: string, body?: Json): Promise<Json & { status: number }>;
  /** Each step builds on those before it, as an operator's work does. */
  play(steps: readonly Step[]): Promise<void>;
  close(): Promise<void>;
}

export async function openAdmin(): Promise<AdminBench> {
  const database = await createDatabase();
  const { temporalAddress } = testServers();
  const config: ServiceConfig = { ...readConfig({}), databaseUrl: database.url, temporalAddress, port: 0 };
  const pool = createPool(config, silent);
  await createToken(pool, { name: 'root', scopes: ['admin'], program_ids: null }, 'r00t');
  const api = await startApi(config, { log: silent });
  const ask = async (method: string, path: string, body?: Json) => {
    const response = await fetch(`${api.url}/admin/v1${path}`, {
      method,
      headers: { Authorization: 'Bearer r00t', 'Content-Type': 'application/json' },
      ...(body && { body: JSON.stringify(body) }),
    });
    return { status: response.status, ...((await response.json()) as Json) };
  };
  return {
    api,
    pool,
    ask,
    async play(steps) {
      for (const [line, body, status, expected] of steps) {
        const [method = '', path = ''] = line.split(' ');
        const answer = await ask(method, path, body);
        const whole =
          typeof expected === 'string' || '$$typeof' in expected
            ? { status, error: status, error_text: expected }
            : { status, ...expected };
        expect({ line, ...answer, fields: undefined }).toEqual({ line, ...whole, fields: undefined });
      }
    },
    async close() {
      await api.stop();
      await pool.end();
      await database.drop();
    },
  };
}
