import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { uuidv7 } from 'uuidv7';
import { openCatalog } from './catalog';
import { findServers, withServers } from './command';
import { ConfigError, filePlace, type ServiceConfig } from './config';
import { addImport } from './db/commands/imports';
import { listImports, listRefusals } from './db/queries/imports';
import type { Queryable } from './db/query';
import type { Program } from './domain/catalog';
import { type ImportTask, importMatchings } from './domain/import';
import { openFileStore } from './file-store';
import { runTask } from './process';

const usage = `Usage: npm run import -- FILE [options]

  --program ID             whose members these are; needed if there are several programs
  --matching HOW           profile_id, email, phone, or custom; absent: by the columns of the file
  --field NAME             the custom field, for --matching custom
  --create-profiles        make profiles that are not found
  --grant-initial-balance  new members get the initial balances of the currencies, too
  --batch NAME             rows that are alike are posted once in a batch (members)
  --dry-run                only tell what would be`;

const lookIntervalMs = 500;
const refusalsShown = 20;

/**
 * `npm run import -- FILE`: imports members and their points from a CSV file into the service of the
 * environment, or the one started here; a worker of it does the work. Prints how far it has come, and what
 * was refused; exits with 1 if the file could not be read.
 */
export function main(): Promise<void> {
  return runTask(async (config, log) => {
    const asked = readArguments();
    await access(asked.path).catch(() => {
      throw new ConfigError(`${asked.path} cannot be read`);
    });
    await importFile(asked, await findServers(config), log);
  });
}

type Asked = Pick<ImportTask, 'matching' | 'field_name' | 'create_profiles' | 'dry_run' | 'batch'> &
  Pick<ImportTask, 'grant_initial_balance'> & { path: string; program: number | undefined };

function readArguments(): Asked {
  const flag = { type: 'boolean', default: false } as const;
  const value = { type: 'string' } as const;
  const options = {
    ...{ program: value, matching: value, field: value, batch: value },
    ...{ 'create-profiles': flag, 'grant-initial-balance': flag, 'dry-run': flag },
  };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [path, ...others] = positionals;
    const matching = importMatchings.find((name) => name === values.matching) ?? null;
    const isFit =
      path !== undefined &&
      others.length === 0 &&
      (matching !== null || values.matching === undefined) &&
      (matching === 'custom') === (values.field !== undefined) &&
      /^\d{1,9}$/.test(values.program ?? '1');
    if (!isFit) throw new ConfigError(usage);
    return {
      path,
      program: values.program === undefined ? undefined : Number(values.program),
      matching,
      field_name: values.field ?? null,
      create_profiles: values['create-profiles'],
      grant_initial_balance: values['grant-initial-balance'],
      dry_run: values['dry-run'],
      batch: values.batch ?? 'members',
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

async function importFile(asked: Asked, config: ServiceConfig, log: Logger): Promise<void> {
  const { path, program: programId, ...options } = asked;
  await withServers(config, log, async ({ pool, gateway }) => {
    const catalog = await openCatalog(pool, log);
    const program = chooseProgram(catalog.programs(), programId);
    await catalog.close();
    const import_id = uuidv7();
    const file = await openFileStore(filePlace(config)).write(
      import_id,
      createReadStream(path),
      new AbortController().signal,
    );
    const task: ImportTask = {
      import_id,
      program_id: program.id,
      file,
      file_name: basename(path).slice(0, 255),
      ...options,
      requested_at: new Date().toISOString(),
      requested_by: 'npm run import',
    };
    await addImport(pool, task);
    await gateway.startImport(task, { program: program.externalId });
    await follow(pool, import_id);
  });
}

function chooseProgram(programs: readonly Program[], id: number | undefined): Program {
  const fit = programs.filter((program) => program.isActive && (id === undefined || program.id === id));
  const [program, ...others] = fit;
  if (program && others.length === 0) return program;
  if (id !== undefined) throw new ConfigError(`There is no program ${id} that is switched on`);
  const known = fit.map((one) => `${one.id} (${one.externalId})`).join(', ');
  throw new ConfigError(`--program is needed: expected one of ${known || 'none, for there is none'}`);
}

/** Tells how far an import has come, until it has ended, and what it has come to. */
async function follow(db: Queryable, importId: string): Promise<void> {
  say(`Import ${importId}`);
  let told = '';
  for (;;) {
    const [row] = await listImports(db, importId, null, 1);
    if (!row) throw new Error('The import is gone');
    const line = `${row.state}: ${row.rows_done} of ${row.rows_total ?? '?'} rows, ${row.refused} refused`;
    if (line !== told) say(line);
    told = line;
    if (row.state === 'failed') throw new ConfigError(row.problem ?? '');
    if (row.state === 'done') return tell(db, row);
    await new Promise((resolve) => setTimeout(resolve, lookIntervalMs));
  }
}

async function tell(db: Queryable, row: Awaited<ReturnType<typeof listImports>>[number]): Promise<void> {
  const points = row.points as { points_currency_eid: string; lots: number; points: string }[];
  const would = row.dry_run ? 'would be ' : '';
  say(`${row.members_added} members ${would}added; ${row.repeated} rows had been imported before`);
  for (const one of points)
    say(`${one.points} ${one.points_currency_eid} ${would}posted, in ${one.lots} lots`);
  if (row.ignored_columns.length > 0) say(`Not read: ${row.ignored_columns.join(', ')}`);
  const refused = await listRefusals(db, row.import_id, 0, refusalsShown);
  for (const { line, field, reason } of refused) say(`line ${line}: ${field && `${field}: `}${reason}`);
  if (Number(row.refused) > refused.length) {
    say(`… and more: GET /admin/v1/imports/${row.import_id}/report`);
  }
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
