import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readConfig } from '../../src/config';
import { findTemporal } from '../../src/embedded/temporal-cli';
import { createDatabase } from '../support/database';
import { testServers } from '../support/servers';

const root = join(__dirname, '../..');
const build = join(root, '.data/test-build');

let dataDir: string;
let cli: string;
const running: ChildProcess[] = [];

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'loyalty-start-'));
  await chmod(dataDir, 0o755);
  const built = spawnSync(process.execPath, ['scripts/build.mjs', build], { cwd: root, encoding: 'utf8' });
  if (built.status !== 0) throw new Error(built.stdout + built.stderr);
  const cacheDir = join(root, '.data');
  cli = await findTemporal({ cliPath: readConfig().temporalCli, cacheDir, progress: () => {} });
});

afterEach(async () => {
  for (const program of running.splice(0)) {
    if (program.exitCode === null && program.kill('SIGTERM')) await once(program, 'exit');
  }
});

afterAll(async () => {
  await rm(dataDir, { recursive: true });
  await rm(build, { recursive: true, force: true });
});

/** Runs an entry of the build with no variables but these. */
function run(entry: string, env: Record<string, string>, ...args: string[]) {
  const { PATH = '', HOME = '' } = process.env;
  const program = spawn(process.execPath, [join(build, entry), ...args], { env: { PATH, HOME, ...env } });
  running.push(program);
  let output = '';
  const printed = new Set<() => void>();
  for (const stream of [program.stdout, program.stderr]) {
    stream.on('data', (chunk) => {
      output += chunk;
      for (const listener of printed) listener();
    });
  }
  const closed = once(program, 'close').then(([code]) => Number(code));
  return {
    output: () => output,
    closed,
    signal: (name: NodeJS.Signals) => program.kill(name),
    /** Resolves with what the pattern found, once it is printed. */
    async prints(pattern: RegExp): Promise<string> {
      const found = new Promise<string>((resolve) => {
        const look = () => {
          const match = pattern.exec(output);
          if (match) resolve(match[1] ?? match[0]);
        };
        printed.add(look);
        look();
      });
      const ended = closed.then((code) => Promise.reject(new Error(`ended with ${code}:\n${output}`)));
      return Promise.race([found, ended]);
    },
  };
}

function start(env: Record<string, string> = {}) {
  const anyPort = { PORT: '0', TEMPORAL_PORT: '0', TEMPORAL_UI_PORT: '0', POSTGRES_PORT: '0' };
  const ownCli = cli === 'temporal' ? {} : { TEMPORAL_CLI: cli };
  return run('src/dev.js', { DATA_DIR: dataDir, ...ownCli, ...anyPort, ...env });
}

test('one command starts everything, the curl line of the banner works, and a signal stops it', async () => {
  const service = start();
  const url = await service.prints(/API {2,}(http\S+)/);
  const uiUrl = await service.prints(/Temporal UI {2,}(http\S+)/);
  await service.prints(/Ctrl-C stops everything/);
  const ready = await fetch(`${url}/health/ready`);
  expect(await ready.json()).toMatchObject({ status: 'ready' });
  expect((await fetch(uiUrl)).status).toBe(200);
  const command = await service.prints(/(curl[\s\S]*)\n\nCtrl-C/);
  const answer = spawnSync('sh', ['-c', command], { encoding: 'utf8' }).stdout;
  expect(JSON.parse(answer)).toMatchObject({ error: 0, error_text: 'Successful operation' });
  service.signal('SIGINT');
  expect(await service.closed).toBe(0);
  expect(service.output()).toMatch(/Stopped\.\n$/);
});

/** Servers outlive a killed process by the moment they take to stop. */
async function gone(path: string): Promise<void> {
  while (existsSync(path)) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('a second start names every taken port with its variable, or the folder in use', async () => {
  const service = start();
  const url = await service.prints(/API {2,}(http\S+)/);
  const uiUrl = await service.prints(/Temporal UI {2,}(http\S+)/);
  const [port = '', uiPort = ''] = [url, uiUrl].map((address) => new URL(address).port);

  const samePorts = start({ PORT: port, TEMPORAL_UI_PORT: uiPort });
  expect(await samePorts.closed).toBe(1);
  expect(samePorts.output()).toBe(
    `Port ${port} is taken. Stop what uses it, or set PORT to another port (0 takes any free one).\n` +
      `Port ${uiPort} is taken. Stop what uses it, or set TEMPORAL_UI_PORT to another port ` +
      '(0 takes any free one).\n',
  );

  const sameData = start();
  expect(await sameData.closed).toBe(1);
  expect(sameData.output()).toContain(`Another Postgres uses ${join(dataDir, 'postgres')}.`);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
});

test('a start after a crash goes on with the same data', async () => {
  const first = start();
  await first.prints(/Ctrl-C stops everything/);
  first.signal('SIGKILL');
  await first.closed;
  await gone(join(dataDir, 'postgres/postmaster.pid'));
  const second = start();
  const url = await second.prints(/API {2,}(http\S+)/);
  expect((await fetch(`${url}/health/ready`)).status).toBe(200);
});

test('members are imported from the command line, and what was refused is printed', async () => {
  const service = start();
  await service.prints(/Ctrl-C stops everything/);
  const file = join(root, 'demo/members.csv');
  const importing = (...args: string[]) => run('import.js', { DATA_DIR: dataDir }, ...args);
  const first = importing(file, '--create-profiles');
  expect(await first.closed).toBe(0);
  expect(first.output()).toMatch(/^Import [0-9a-f-]{36}\n/);
  expect(first.output()).toMatch(/\ndone: 4 of 4 rows, 1 refused\n2 members added; 0 rows had been imported/);
  expect(first.output()).toMatch(
    /\n350\.5 stars posted, in 3 lots\nline 5: amount: expected a positive .*\n$/,
  );
  const again = importing(file);
  expect(await again.closed).toBe(0);
  expect(again.output()).toContain('\n0 members added; 3 rows had been imported before\nNot read: crm_id\n');
  const bad = importing(join(root, 'README.md'));
  expect(await bad.closed).toBe(1);
  expect(bad.output()).toMatch(/\nfailed: 0 of \? rows, 0 refused\nline \d+: expected quotes around/);
  const unasked = importing(file, '--matching', 'name');
  expect(await unasked.closed).toBe(1);
  expect(unasked.output()).toMatch(/^Usage: npm run import -- FILE/);
});

test('bad variables are named, and nothing is started', async () => {
  const service = start({ PORT: 'many', LOG_LEVEL: 'loud' });
  expect(await service.closed).toBe(1);
  expect(service.output()).toBe(
    'PORT is "many"; expected a whole number\n' +
      'LOG_LEVEL is "loud"; expected one of fatal, error, warn, info, debug, trace, silent\n',
  );
});

describe('production', () => {
  let database: Awaited<ReturnType<typeof createDatabase>>;
  let env: Record<string, string>;

  beforeAll(async () => {
    database = await createDatabase({ migrated: false });
    env = { DATABASE_URL: database.url, TEMPORAL_ADDRESS: testServers().temporalAddress, PORT: '0' };
  });

  afterAll(() => database.drop());

  test.each(['api.js', 'worker.js'])('%s says which servers it was not told', async (entry) => {
    const program = run(entry, {});
    expect(await program.closed).toBe(1);
    expect(program.output()).toBe('DATABASE_URL is required here\nTEMPORAL_ADDRESS is required here\n');
  });

  test('migrate.js prepares both servers, twice if need be', async () => {
    for (const _time of [1, 2]) {
      const program = run('migrate.js', env);
      expect(await program.closed).toBe(0);
      expect(program.output()).toContain('"up to date"');
    }
  });

  test('api.js and worker.js serve until they are told to stop, without demo data', async () => {
    const worker = run('worker.js', env);
    const api = run('api.js', { ...env, DEMO_TOKEN: 'demo-token' });
    const url = await api.prints(/"url":"([^"]+)"/);
    await worker.prints(/"taskQueue":"loyalty-holds".*"state":"RUNNING"|"state":"RUNNING".*"loyalty-holds"/);
    expect(await (await fetch(`${url}/health/ready`)).json()).toMatchObject({ status: 'ready' });
    const answer = await fetch(`${url}/api/v1.1/loyalty/account/balance`, {
      method: 'POST',
      headers: { authorization: 'Bearer demo-token', 'content-type': 'application/json' },
      body: '{}',
    });
    expect(await answer.json()).toMatchObject({ error: 403 });
    for (const program of [api, worker]) program.signal('SIGTERM');
    expect(await Promise.all([api.closed, worker.closed])).toEqual([0, 0]);
  });
});
