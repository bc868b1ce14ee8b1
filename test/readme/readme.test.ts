import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { withPartsTables } from '../../scripts/parts-table';
import { withSettingsTable } from '../../scripts/settings-table';
import { type RunningApi, startApi } from '../../src/api';
import { applyProgramFile } from '../../src/program-file/apply';
import { type Backend, silent, startBackend } from '../support/service';

const project = join(__dirname, '../..');
const readme = readFileSync(join(project, 'README.md'), 'utf8');

/** The pages that the README names, in its order: each goes on where the ones before it ended. */
const pages = [
  ...new Set([...readme.matchAll(/^\| \[[^\]]+\]\((docs\/[^)]+\.md)\)/gm)].map(([, page = '']) => page)),
];
const texts = [readme, ...pages.map((page) => readFileSync(join(project, page), 'utf8'))];

/** Every command with curl, or of npm, and what is printed below it: of npm, the end of it. */
const examples = texts
  .flatMap((text) => [
    ...text.matchAll(/```sh\n([^`]*\b(?:curl|npm run) [^`]*)```\n\n```(json|xml|text)\n(.*?)\n```/gs),
  ])
  .map(([, command = '', format = '', answer = '']) => ({ command, format, answer }));

let backend: Backend;
let api: RunningApi;

beforeAll(async () => {
  backend = await startBackend();
  await applyProgramFile(backend.pool, join(project, 'demo/program.yaml'), { env: {} });
  api = await startApi(backend.config, { log: silent });
});
afterAll(async () => {
  await api.stop();
  await backend.close();
});

/** Ids and times are others each time; all else must be as printed. */
const withoutIdsAndTimes = (text: string) =>
  text
    .trim()
    .replace(/^<\?xml.*\?>\n/, '')
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, 'UUID')
    .replace(/\b[0-9a-f]{24}\b/g, 'PROFILE')
    .replace(/(?<="xxh":")[0-9a-f]{16}/g, 'XXH')
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"TIME"');

/** `npm run NAME -- …` without what a build makes of it. */
function asBuilt(command: string): string {
  const hook = join(project, 'test/support/typescript.cjs');
  return command.replaceAll(
    /\bnpm run (\w+) --/g,
    (_, name) => `node --require '${hook}' -e 'require("./src/${name}.ts").main()' --`,
  );
}

function env(): NodeJS.ProcessEnv {
  const { databaseUrl, temporalAddress, temporalTaskQueue, exportDir = '' } = backend.config;
  return {
    ...process.env,
    ...{
      DATABASE_URL: databaseUrl,
      TEMPORAL_ADDRESS: temporalAddress,
      TEMPORAL_TASK_QUEUE: temporalTaskQueue,
    },
    EXPORT_DIR: exportDir,
  };
}

/** Runs a command; again, while it answers that something is not done yet that is printed as done. */
async function play(command: string, answer: string): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', asBuilt(command)], {
    cwd: project,
    env: env(),
  });
  const isEarly =
    /"stat(us|e)":"done"/.test(answer) && /"stat(us|e)":"(queued|checking|running)"/.test(stdout);
  return isEarly ? play(command, answer) : stdout;
}

test('the examples, one after the other, give exactly what is printed', async () => {
  expect(examples.length).toBeGreaterThan(5);
  let task = '';
  for (const { command, format, answer } of examples) {
    const here = command.replaceAll('http://127.0.0.1:3000', api.url).replaceAll(/task_[0-9a-f-]+/g, task);
    const whole = await play(here, answer);
    const printed = format === 'text' ? whole.trim().slice(-answer.length) : whole;
    expect(withoutIdsAndTimes(printed)).toBe(withoutIdsAndTimes(answer));
    task = /task_[0-9a-f-]+/.exec(printed)?.[0] ?? task;
  }
});

test('the examples cover both formats, and commands', () => {
  expect(new Set(examples.map(({ format }) => format))).toEqual(new Set(['json', 'xml', 'text']));
});

test('the table of settings is fresh', () => {
  expect(withSettingsTable(readme)).toBe(readme);
});

test('the tables of conditions and effects are fresh', () => {
  const text = readFileSync(join(__dirname, '../../docs/promotions.md'), 'utf8');
  expect(withPartsTables(text)).toBe(text);
});
