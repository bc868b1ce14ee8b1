import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import { readConfig } from '../../src/config';
import { migrate } from '../../src/db/migrate';
import { startPostgres } from '../../src/embedded/postgres';
import { startTemporal } from '../../src/embedded/temporal';
import { searchAttributes } from '../../workflows/protocol';
import { connectTo, execute } from './database';
import { type Running, running, shareServers, templateDatabase } from './servers';

const project = resolve(__dirname, '../..');

/** A crash of the test database loses nothing of value, and tests must not wait for disks. */
const forgetfulSettings = {
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
  max_connections: '300',
};

/**
 * Starts one Postgres and one Temporal for the whole run, and prepares what every test file needs of them.
 */
export default async function globalSetup(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'loyalty-test-'));
  await chmod(folder, 0o755); // Postgres may run as another user
  const [postgres, temporal, workflowBundlePath] = await Promise.all([
    startDatabase(folder),
    startTemporal({
      dataDir: folder,
      cacheDir: join(project, '.data'),
      cliPath: readConfig().temporalCli,
      port: 0,
      inMemory: true,
      searchAttributes,
      progress: tell,
    }),
    bundleWorkflows(folder),
  ]);
  Object.assign(running, { postgres, temporal, folder } satisfies Running);
  shareServers({ postgresUrl: postgres.url, temporalAddress: temporal.address, workflowBundlePath });
}

async function startDatabase(dataDir: string) {
  const postgres = await startPostgres({ dataDir, port: 0, settings: forgetfulSettings, progress: () => {} });
  await execute(postgres.url, `create database ${templateDatabase}`);
  await migrate(connectTo(postgres.url, templateDatabase));
  await execute(
    postgres.url,
    `alter database ${templateDatabase} with is_template true allow_connections false`,
  );
  return postgres;
}

async function bundleWorkflows(folder: string): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(project, 'workflows/index.ts'),
    logger: new DefaultLogger('WARN'),
  });
  const path = join(folder, 'workflow-bundle.js');
  await writeFile(path, code);
  return path;
}

function tell(message: string): void {
  process.stderr.write(`${message}\n`);
}
