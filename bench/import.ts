import { Readable } from 'node:stream';
import { round } from './load';
import { makeCurrency, makeProgram } from './seed';
import { allowToken, peakMiB, type Stack, startStack } from './stack';

const token = 'bench-token';
const headers = { Authorization: `Bearer ${token}` };

const tell = (line: string) => process.stderr.write(`${line}\n`);

/**
 * Imports 10,000 members with a lot each from a CSV file, or as many as the first argument says, whose
 * profiles are made on the way; then the same file again. Rows per second, and the most memory that the
 * worker took before and during.
 */
async function main(members: number): Promise<void> {
  const stack = await startStack(tell);
  try {
    await seed(stack);
    await allowToken(stack, token, ['admin']);
    await importAll(stack, 100, 'warm'); // warms everything up
    const before = await peakMiB(stack.workerPid);
    const first = await importAll(stack, members, 'member');
    const after = await peakMiB(stack.workerPid);
    const again = await importAll(stack, members, 'member');
    if (first.refused + again.refused !== 0 || again.repeated !== members) {
      throw new Error(`Not what was expected: ${JSON.stringify([first, again])}`);
    }
    const result = {
      members,
      upload_seconds: round(first.uploadSeconds),
      import_seconds: round(first.seconds),
      rows_per_second: Math.round(members / first.seconds),
      again_rows_per_second: Math.round(members / again.seconds),
      worker_peak_mib: { before, after },
    };
    process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
  } finally {
    await stack.close();
  }
}

async function seed({ pool }: Stack): Promise<void> {
  await makeProgram(pool);
  await makeCurrency(pool);
}

async function* fileOf(members: number, name: string): AsyncIterable<Buffer> {
  let lines = 'email,phone,registration_date,amount,created_at,expiration_date\r\n';
  for (let index = 0; index < members; index += 1) {
    const phone = `+4915${String(10_000_000 + index).padStart(9, '0')}`;
    lines += `${name}${index}@example.com,${phone},2020-03-0${(index % 9) + 1},${index % 1000}.50,`;
    lines += '2025-01-01,2999-12-31\r\n';
    if (lines.length < 65_536) continue;
    yield Buffer.from(lines);
    lines = '';
  }
  yield Buffer.from(lines);
}

interface Status {
  id: string;
  status: string;
  rows: number;
  rows_total: number | null;
  refused: number;
  repeated: number;
  error_text: string | null;
}

async function importAll({ url }: Stack, members: number, name: string) {
  const path = `${url}/admin/v1/imports`;
  const begin = performance.now();
  const response = await fetch(`${path}?program_id=1&create_profiles=true`, {
    method: 'POST',
    headers: { ...headers, 'Content-Type': 'text/csv' },
    body: Readable.toWeb(Readable.from(fileOf(members, name))),
    duplex: 'half',
  } as RequestInit);
  const { id, error_text } = (await response.json()) as Status;
  if (response.status !== 201) throw new Error(error_text ?? `HTTP ${response.status}`);
  const started = performance.now();
  let told = started;
  for (;;) {
    const found = (await (await fetch(`${path}/${id}`, { headers })).json()) as Status;
    const now = performance.now();
    if (found.status === 'failed') throw new Error(found.error_text ?? 'The import failed');
    if (found.status === 'done') {
      return { ...found, uploadSeconds: (started - begin) / 1000, seconds: (now - started) / 1000 };
    }
    if (now - told > 5_000) {
      tell(`${found.status}: ${found.rows} of ${found.rows_total ?? '?'} rows`);
      told = now;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

main(Number(process.argv[2] ?? 10_000)).catch((error: unknown) => {
  tell(error instanceof Error ? (error.stack ?? error.message) : String(error));
  process.exitCode = 1;
});
