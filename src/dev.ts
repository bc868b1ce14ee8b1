import { join } from 'node:path';
import type { Logger } from 'pino';
import { searchAttributes } from '../workflows/protocol';
import { startApi } from './api';
import { machineClock } from './clock';
import { type Config, readConfig, type ServiceConfig } from './config';
import { migrate } from './db/migrate';
import { createPool } from './db/pool';
import { claimPort } from './embedded/ports';
import { startPostgres } from './embedded/postgres';
import { startTemporal } from './embedded/temporal';
import { openTestClock } from './embedded/test-clock';
import { forgetWhereabouts, noteWhereabouts } from './embedded/whereabouts';
import { createLogger } from './log';
import { type Running, runUntilSignal } from './process';
import { applyProgramFile } from './program-file/apply';
import { registerSearchAttributes } from './search-attributes';
import { startWorker } from './worker';

const demoFile = join(__dirname, '../demo/program.yaml');

/** What has been started, in order; it ends in the opposite order. */
type Started = { stop(): Promise<void>; failed: Promise<never> };

type Servers = { config: ServiceConfig; notes: string[] };

/** `npm start`: everything on one machine, with servers of its own where the environment names none. */
async function main(): Promise<void> {
  try {
    const config = readConfig();
    const log = createLogger({ level: config.logLevel ?? 'warn' });
    await runUntilSignal(() => startEverything(config, log));
    say('Stopped.');
    process.exit(0);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

async function startEverything(config: Config, log: Logger): Promise<Running> {
  await refuseTakenPorts(config);
  const started: Started[] = [];
  const stop = async () => {
    say('Stopping…');
    for (const part of started.reverse()) await part.stop();
  };
  try {
    const servers = await startServers(config, started);
    const hasDemo = await prepareDatabase(config, servers.config, log);
    const testClock = config.databaseUrl ? undefined : await openTestClock(config.dataDir);
    started.push(await startWorker(servers.config, { log, clock: testClock ?? machineClock }));
    const api = await startApi(servers.config, { log, testClock });
    started.push(api);
    const { dataDir, databaseUrl, temporalAddress } = servers.config;
    await noteWhereabouts(dataDir, { apiUrl: api.url, databaseUrl, temporalAddress });
    started.push({ stop: () => forgetWhereabouts(dataDir), failed: new Promise<never>(() => {}) });
    say(banner(api.url, servers, hasDemo));
    return { stop, failed: Promise.race(started.map((part) => part.failed)) };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** All of them at once, before anything is started. */
async function refuseTakenPorts(config: Config): Promise<void> {
  const claims = await Promise.allSettled([
    claimPort(config.port, 'PORT', config.host),
    ...(config.databaseUrl ? [] : [claimPort(config.postgresPort, 'POSTGRES_PORT')]),
    ...(config.temporalAddress
      ? []
      : [
          claimPort(config.temporalPort, 'TEMPORAL_PORT'),
          claimPort(config.temporalUiPort, 'TEMPORAL_UI_PORT'),
        ]),
  ]);
  const complaints = claims.flatMap((claim) => (claim.status === 'rejected' ? [claim.reason.message] : []));
  if (complaints.length > 0) throw new Error(complaints.join('\n'));
}

/** The servers of the environment, or our own; Postgres first, which refuses data that another start uses. */
async function startServers(config: Config, started: Started[]): Promise<Servers> {
  const { databaseUrl, temporalAddress } = config;
  const postgres = databaseUrl ? { databaseUrl, notes: [] } : await startOwnPostgres(config, started);
  const temporal = temporalAddress
    ? await useTemporal({ ...config, temporalAddress })
    : await startOwnTemporal(config, started);
  const addresses = { databaseUrl: postgres.databaseUrl, temporalAddress: temporal.temporalAddress };
  const webhooksAllowPrivate = config.webhooksAllowPrivate ?? true;
  const own = { ...addresses, webhooksAllowPrivate };
  return { config: { ...config, ...own }, notes: [...temporal.notes, ...postgres.notes] };
}

async function startOwnPostgres(config: Config, started: Started[]) {
  say('Starting Postgres');
  const { dataDir, postgresPort } = config;
  const postgres = await startPostgres({ dataDir, port: postgresPort, progress: say });
  started.push(watched('Postgres', postgres));
  return { databaseUrl: postgres.url, notes: [`Postgres data  ${postgres.folder}`] };
}

async function startOwnTemporal(config: Config, started: Started[]) {
  const temporal = await startTemporal({
    dataDir: config.dataDir,
    port: config.temporalPort,
    uiPort: config.temporalUiPort,
    cliPath: config.temporalCli,
    namespace: config.temporalNamespace,
    searchAttributes,
    progress: say,
  });
  started.push(watched('Temporal', temporal));
  return { temporalAddress: temporal.address, notes: [`Temporal UI    ${temporal.uiUrl}`] };
}

async function useTemporal(config: Config & { readonly temporalAddress: string }) {
  await registerSearchAttributes(config);
  return { temporalAddress: config.temporalAddress, notes: [`Temporal       ${config.temporalAddress}`] };
}

/**
 * Migrations and the demo data; but no token that everybody knows in a database of somebody's own, unless it
 * was empty. Says whether the demo data are there.
 */
async function prepareDatabase(given: Config, config: ServiceConfig, log: Logger): Promise<boolean> {
  const { applied } = await migrate(config.databaseUrl, { log });
  const wasEmpty = applied[0]?.startsWith('0001-') ?? false;
  if (given.databaseUrl && !wasEmpty) return false;
  const pool = createPool(config, log);
  try {
    await applyProgramFile(pool, demoFile, { env: { DEMO_TOKEN: config.demoToken } });
  } finally {
    await pool.end();
  }
  return true;
}

/** A server of ours that ends unasked takes everything with it: data would go nowhere. */
function watched(name: string, server: { stop(): Promise<void>; ended: Promise<unknown> }): Started {
  const failed = server.ended.then(() => {
    throw new Error(`${name} has ended, so everything stops.`);
  });
  failed.catch(() => {}); // heard by whoever waits for it, and by nobody while still starting
  return { stop: server.stop, failed };
}

function banner(url: string, { config, notes }: Servers, hasDemo: boolean): string {
  const request = JSON.stringify({ loyalty_program_id: 1, matching: 'email', email: 'ann@example.com' });
  const lines = [
    'Loyalty points are ready.',
    '',
    `  API            ${url}`,
    `  API docs       ${url}/docs`,
    ...notes.map((note) => `  ${note}`),
    ...(hasDemo ? [`  Demo token     ${config.demoToken}`, '', 'Make Ann a member:', ''] : []),
    ...(hasDemo ? curl(`${url}/api/v1.1/loyalty/register_member`, config.demoToken, request) : []),
    '',
    'Ctrl-C stops everything.',
  ];
  return `\n${lines.join('\n')}\n`;
}

function curl(url: string, token: string, json: string): string[] {
  return [
    `  curl ${url} \\`,
    `    -H 'Authorization: Bearer ${token}' -H 'Content-Type: application/json' \\`,
    `    -d '${json}'`,
  ];
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

main();
