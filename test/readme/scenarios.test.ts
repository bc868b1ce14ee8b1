import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readConfig } from '../../src/config';
import { findTemporal } from '../../src/embedded/temporal-cli';
import { applyProgramFile } from '../../src/program-file/apply';
import { taskQueues } from '../../workflows/protocol';
import { type Backend, startBackend } from '../support/service';

const project = join(__dirname, '../..');
const page = readFileSync(join(project, 'docs/scenarios.md'), 'utf8');

/** Every command with temporal, and what is printed below it: a result, or the text of a failure. */
const examples = [
  ...page.matchAll(/```sh\ntemporal (workflow execute [^`]*?)```\n\n```(json)?\n(.*?)\n```/gs),
];

let backend: Backend;
let cli: string;

beforeAll(async () => {
  const before = (pool: Backend['pool']) =>
    applyProgramFile(pool, join(project, 'demo/program.yaml'), { env: {} });
  backend = await startBackend({}, { beforeWorker: async (pool) => void (await before(pool)) });
  const cacheDir = join(project, '.data');
  cli = await findTemporal({ cliPath: readConfig().temporalCli, cacheDir, progress: () => {} });
});
afterAll(() => backend.close());

/** What the workflow answered, or the message of its failure. */
async function play(command: string): Promise<unknown> {
  const { temporalAddress, temporalTaskQueue } = backend.config;
  const here = command.trim().replaceAll('loyalty-scenarios', taskQueues(temporalTaskQueue).scenarios);
  const line = `'${cli}' ${here} --address ${temporalAddress} --output json`;
  const { stdout } = await promisify(execFile)('bash', ['-c', line]).catch((error) => error);
  const { result, closeEvent } = JSON.parse(stdout);
  return result ?? closeEvent.workflowExecutionFailedEventAttributes.failure.message;
}

const withoutIds = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value)
      .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
      .replace(/\b[0-9a-f]{24}\b/g, 'PROFILE'),
  );

test('the examples of docs/scenarios.md, one after the other, give exactly what is printed', async () => {
  expect(examples.length).toBeGreaterThan(5);
  for (const [, command = '', format, printed = ''] of examples) {
    const expected = format === 'json' ? JSON.parse(printed) : printed;
    expect(withoutIds(await play(command))).toEqual(withoutIds(expected));
  }
});

test('the table of outcomes has all there are', () => {
  for (const outcome of ['done', 'insufficient', 'not_member', 'promotion_unavailable']) {
    expect(page).toContain(`| \`${outcome}\` |`);
  }
});
