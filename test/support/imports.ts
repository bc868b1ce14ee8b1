import { setTimeout } from 'node:timers/promises';
import type { Json } from './wire';

/** Starts imports of a service, with a token of scope admin, and waits for what becomes of them. */
export function importsAt(url: () => string, token = 't0k') {
  const headers = { Authorization: `Bearer ${token}` };
  const path = () => `${url()}/admin/v1/imports`;

  async function get(rest: string): Promise<Json> {
    const response = await fetch(path() + rest, { headers });
    return { http: response.status, ...((await response.json()) as Json) };
  }

  async function start(csv: string | Uint8Array, query: Json = {}): Promise<Json> {
    const asked = new URLSearchParams({ program_id: '1', ...(query as Record<string, string>) });
    const response = await fetch(`${path()}?${asked}`, {
      method: 'POST',
      headers: { ...headers, 'Content-Type': 'text/csv' },
      body: csv,
    });
    return { http: response.status, ...((await response.json()) as Json) };
  }

  async function untilEnded(id: unknown): Promise<Json> {
    for (;;) {
      const found = await get(`/${id}`);
      if (found.status === 'done' || found.status === 'failed') return found;
      await setTimeout(20);
    }
  }

  /** The import once it has ended, with the rows it refused as `LINE FIELD: REASON`. */
  async function run(csv: string | Uint8Array, query: Json = {}): Promise<Json & { report: string[] }> {
    const { id, ...rest } = await start(csv, query);
    if (id === undefined) throw new Error(JSON.stringify(rest));
    const ended = await untilEnded(id);
    const { items } = await get(`/${id}/refused?limit=1000`);
    const report = (items as Json[]).map(({ line, field, reason }) => `${line} ${field}: ${reason}`);
    return { ...ended, report };
  }

  return { get, start, untilEnded, run };
}
