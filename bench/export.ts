import { round } from './load';
import { makePostings } from './many-postings';
import { makeCurrency, makeProgram, makeToken } from './seed';
import { peakMiB, type Stack, startStack } from './stack';

const token = 'bench-token';
const path = '/api/v1.1/loyalty/transactions_export';
const postingsOfMember = 100;

const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Exports a ledger of 1,000,000 postings, or as many as the first argument says, and downloads the file: rows
 * per second, and the most memory that worker and API took before and during.
 */
async function main(rowCount: number): Promise<void> {
  const stack = await startStack(tell);
  try {
    tell(`Making ${rowCount} postings …`);
    await seed(stack, rowCount);
    await exportAll(stack, '1999-01-01T00:00:00Z', '1999-12-31T00:00:00Z'); // nothing: warms everything up
    const before = { worker: await peakMiB(stack.workerPid), api: await peakMiB(stack.apiPid) };
    const { file_url, seconds, rows } = await exportAll(
      stack,
      '2025-01-01T00:00:00Z',
      '2025-12-31T00:00:00Z',
    );
    const download = await fetchAll(stack.url + file_url);
    if (rows !== rowCount || download.lines !== rowCount + 1) {
      throw new Error(`${rowCount} postings, but ${rows} rows and ${download.lines} lines`);
    }
    const after = { worker: await peakMiB(stack.workerPid), api: await peakMiB(stack.apiPid) };
    const result = {
      rows,
      megabytes: round(download.bytes / 1_000_000),
      export_seconds: round(seconds),
      export_rows_per_second: Math.round(rows / seconds),
      download_seconds: round(download.seconds),
      worker_peak_mib: { before: before.worker, after: after.worker },
      api_peak_mib: { before: before.api, after: after.api },
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await stack.close();
  }
}

async function seed({ pool }: Stack, rowCount: number): Promise<void> {
  await makeProgram(pool);
  await makeCurrency(pool);
  await makeToken(pool, token, ['loyalty_read']);
  await makePostings(pool, rowCount / postingsOfMember, postingsOfMember);
}

interface Status {
  status: string;
  rows: number;
  rows_total: number | null;
  file_url: string;
}

async function exportAll({ url }: Stack, date_from: string, date_to: string) {
  const begin = performance.now();
  const period = { loyalty_program_id: 1, points_currency_eid: 'stars', date_from, date_to };
  const { task_id } = await ask<{ task_id: string }>(url + path, period);
  let told = begin;
  for (;;) {
    const status = await ask<Status>(`${url}${path}/status`, { task_id });
    const now = performance.now();
    if (status.status === 'done') return { ...status, seconds: (now - begin) / 1000 };
    if (status.status === 'failed') throw new Error('The export failed');
    if (now - told > 1_000) {
      tell(`${status.rows} of ${status.rows_total ?? '?'} rows`);
      told = now;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

async function ask<T>(url: string, body: object): Promise<T> {
  const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` };
  const response = await fetch(url, { method: 'POST', headers, body: JSON.stringify(body) });
  const answer = (await response.json()) as { error: number; data: T };
  if (answer.error !== 0) throw new Error(JSON.stringify(answer));
  return answer.data;
}

async function fetchAll(url: string) {
  const begin = performance.now();
  const response = await fetch(url, { headers: { Authorization: `Bearer ${token}` } });
  let bytes = 0;
  let lines = 0;
  for await (const chunk of response.body ?? []) {
    const data = Buffer.from(chunk as Uint8Array);
    bytes += data.length;
    for (let at = data.indexOf(10); at >= 0; at = data.indexOf(10, at + 1)) lines += 1;
  }
  return { bytes, lines, seconds: (performance.now() - begin) / 1000 };
}

main(Number(process.argv[2] ?? 1_000_000)).catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
