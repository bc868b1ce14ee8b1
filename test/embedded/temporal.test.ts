import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client, Connection } from '@temporalio/client';
import { startTemporal } from '../../src/embedded/temporal';
import { findTemporal } from '../../src/embedded/temporal-cli';

let dataDir: string;
const cacheDir = join(__dirname, '../../.data');
const silent = () => {};

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'loyalty-temporal-'));
});

afterEach(async () => {
  await rm(dataDir, { recursive: true });
});

async function start() {
  const searchAttributes = { LoyaltyTest: 'KEYWORD' } as const;
  const server = await startTemporal({
    dataDir,
    cacheDir,
    port: 0,
    uiPort: 0,
    searchAttributes,
    progress: silent,
  });
  const connection = await Connection.connect({ address: server.address });
  return { server, connection, client: new Client({ connection }) };
}

test('workflows and search attributes outlive a restart, and the UI answers', async () => {
  const first = await start();
  await first.client.workflow.start('waits', { workflowId: 'kept', taskQueue: 'nobody' });
  const ui = await fetch(first.server.uiUrl ?? '');
  expect(ui.headers.get('content-type')).toContain('text/html');
  await first.connection.close();
  await first.server.stop();

  const second = await start();
  const { status } = await second.client.workflow.getHandle('kept').describe();
  expect(status.name).toBe('RUNNING');
  const known = await second.connection.operatorService.listSearchAttributes({ namespace: 'default' });
  expect(Object.keys(known.customAttributes)).toContain('LoyaltyTest');
  await second.connection.close();
  await second.server.stop();
});

/** A program that prints what the CLI would print as its version. */
async function fakeCli(version: string): Promise<string> {
  const path = join(dataDir, 'temporal');
  await writeFile(path, `#!/bin/sh\necho '${version}'\n`);
  await chmod(path, 0o755);
  return path;
}

test('TEMPORAL_CLI is taken when it is new enough', async () => {
  const cliPath = await fakeCli('temporal version 2.0.0 (Server 1.40.1, UI 3.0.0)');
  await expect(findTemporal({ cliPath, cacheDir, progress: silent })).resolves.toBe(cliPath);
});

test.each([
  ['temporal version 1.5.0 (Server 1.29.1, UI 2.40.0)', 'has server 1.29; 1.32 is needed'],
  ['hello', 'says "hello" instead of its version'],
])('TEMPORAL_CLI that answers "%s" is refused', async (version, problem) => {
  const cliPath = await fakeCli(version);
  await expect(findTemporal({ cliPath, cacheDir, progress: silent })).rejects.toThrow(
    `TEMPORAL_CLI is ${cliPath}, which ${problem}.`,
  );
});

test('TEMPORAL_CLI that names nothing is refused', async () => {
  const cliPath = join(dataDir, 'nothing');
  await expect(findTemporal({ cliPath, cacheDir, progress: silent })).rejects.toThrow('which is not there.');
});
