import type { Json } from './wire';
import { send } from './wire';

const path = '/api/v1.1/loyalty/transactions_export';

/** Asks for the status of an export until it is done or has failed. */
export async function untilEnded(url: string, task_id: unknown, token = 't0k'): Promise<Json> {
  for (;;) {
    const { data } = await send(`${url}${path}/status`, 'json', { token, task_id });
    const status = data as Json;
    if (status.status === 'done' || status.status === 'failed') return status;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** Waits for an export and reads its file. */
export async function fetchExport(url: string, taskId: unknown): Promise<string> {
  const { status, file_url } = await untilEnded(url, taskId);
  if (status !== 'done') throw new Error(`The export has ${status}`);
  const response = await fetch(url + file_url, { headers: { Authorization: 'Bearer t0k' } });
  if (response.status !== 200) throw new Error(`HTTP ${response.status}: ${await response.text()}`);
  return response.text();
}

/** Reads CSV to the letter of RFC 4180: the fields of each record, the header's too. Throws at all else. */
function parseCsv(text: string): string[][] {
  const records: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let record: string[] = [];
  while (field.lastIndex < text.length) {
    const from = field.lastIndex;
    const match = field.exec(text);
    if (!match) throw new Error(`No CSV at ${from}: ${JSON.stringify(text.slice(from, from + 80))}`);
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
  }
  return records;
}

/** The rows of an export, as objects with the names of the header. */
export function rowsOf(text: string): Record<string, string>[] {
  const [header = [], ...records] = parseCsv(text);
  return records.map((record) => {
    if (record.length !== header.length) throw new Error(`A record has ${record.length} fields: ${record}`);
    return Object.fromEntries(header.map((name, index) => [name, record[index] as string]));
  });
}
