import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { startPostgres } from '../../src/embedded/postgres';

let dataDir: string;
let started: Awaited<ReturnType<typeof startPostgres>>[] = [];

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'loyalty-postgres-'));
  await chmod(dataDir, 0o755);
});

afterEach(async () => {
  await Promise.all(started.map((server) => server.stop()));
  started = [];
  await rm(dataDir, { recursive: true });
});

async function start(options: { port?: number } = {}) {
  const server = await startPostgres({ dataDir, port: 0, progress: () => {}, ...options });
  started.push(server);
  return server;
}

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query({ text: sql, rowMode: 'array' });
  await client.end();
  return rows.flat();
}

async function serverPid(): Promise<number> {
  return Number((await readFile(join(dataDir, 'postgres/postmaster.pid'), 'utf8')).split('\n')[0]);
}

test('data outlive a restart, and the server is Postgres 18, durable, on this machine only', async () => {
  const first = await start();
  await query(first.url, "create table kept as select 'naïve ☕' as text");
  await first.stop();
  const second = await start();
  expect(await query(second.url, 'select text from kept')).toEqual(['naïve ☕']);
  const settings = ['server_encoding', 'fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses'];
  const shown = settings.map((name) => `current_setting('${name}')`).join();
  expect(await query(second.url, `select ${shown}`)).toEqual(['UTF8', 'on', 'on', 'on', '127.0.0.1']);
  expect(await query(second.url, "select current_setting('server_version_num')::int / 10000")).toEqual([18]);
});

test('the password is needed, and nobody else may read it', async () => {
  const { url } = await start();
  const wrong = new URL(url);
  wrong.password = 'postgres';
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  expect((await stat(join(dataDir, 'postgres.password'))).mode & 0o777).toBe(0o600);
});

test('a server that was killed starts again with what had been committed', async () => {
  const first = await start();
  await query(first.url, 'create table kept as select 1 as number');
  process.kill(await serverPid(), 'SIGKILL');
  await first.ended;
  const second = await start();
  expect(await query(second.url, 'select number from kept')).toEqual([1]);
});

test('a lock left behind does not stop it, even if its process id is in use by another program', async () => {
  const first = await start();
  process.kill(await serverPid(), 'SIGKILL');
  await first.ended;
  const lock = join(dataDir, 'postgres/postmaster.pid');
  const [, ...rest] = (await readFile(lock, 'utf8')).split('\n');
  await writeFile(lock, [process.pid, ...rest].join('\n'));
  const second = await start();
  expect(await query(second.url, 'select 1')).toEqual([1]);
});

test('a taken port is refused, naming it and the variable that moves it', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as { port: number };
  await expect(start({ port })).rejects.toThrow(
    `Port ${port} is taken. Stop what uses it, or set POSTGRES_PORT to another port (0 takes any free one).`,
  );
  other.close();
});

test('a second server on the same data is refused, naming the folder', async () => {
  await start();
  await expect(start()).rejects.toThrow(
    `Another Postgres uses ${join(dataDir, 'postgres')}. Stop it, or set DATA_DIR to another folder.`,
  );
});

test('data of another major version are refused, not touched', async () => {
  const first = await start();
  await first.stop();
  await writeFile(join(dataDir, 'postgres/PG_VERSION'), '17\n');
  await expect(start()).rejects.toThrow(/belong to Postgres 17, and this is Postgres 18/);
});

const asRoot = process.getuid?.() === 0 ? test : test.skip;

asRoot('when root starts it in a folder its user cannot enter, it says where the data are', async () => {
  await chmod(dataDir, 0o700);
  const messages: string[] = [];
  const server = await startPostgres({ dataDir, port: 0, progress: (message) => messages.push(message) });
  started.push(server);
  const folder = /Its data are in (\S+)\. /.exec(messages.join('\n'))?.[1] ?? '';
  expect(await query(server.url, "select current_setting('data_directory')")).toEqual([
    join(folder, 'postgres'),
  ]);
  await server.stop();
  await rm(folder, { recursive: true });
});

test('the server does not outlive the process that started it, however that ends', async () => {
  const keeper = join(__dirname, '../../src/embedded/keeper.cjs');
  const script = `
    const { spawn } = require('node:child_process');
    const server = 'console.log(process.pid); setInterval(() => {}, 1000)';
    const args = ['SIGTERM', '-', '-', process.execPath, '-e', server];
    const kept = spawn(process.execPath, [${JSON.stringify(keeper)}, ...args], { detached: true });
    kept.stdout.on('data', (pid) => { process.stdout.write(pid); process.kill(process.pid, 'SIGKILL'); });`;
  const shell = `"$0" -e "$1" || true`;
  const pid = Number(
    execFileSync('sh', ['-c', shell, process.execPath, script], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }),
  );
  await expect(gone(pid)).resolves.toBe(true);
});

async function gone(pid: number): Promise<boolean> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return true;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
