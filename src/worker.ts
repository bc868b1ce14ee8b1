import { join } from 'node:path';
import { DefaultLogger, NativeConnection, Runtime, Worker } from '@temporalio/worker';
import type { Logger } from 'pino';
import { createActivities } from '../activities';
import { taskQueues } from '../workflows/protocol';
import { openCatalog } from './catalog';
import { type Clock, machineClock } from './clock';
import { filePlace, requireServers, type ServiceConfig } from './config';
import { createPool } from './db/pool';
import { keepDeliveries } from './deliveries';
import { createFetcher } from './feeds/fetch';
import { readYml } from './feeds/read';
import { unpack } from './feeds/unpack';
import { openFileStore } from './file-store';
import { openGateway } from './gateway';
import { keepOrderPoints } from './order-points';
import { type Running, runProcess } from './process';
import { keepScenarios } from './scenarios';
import { keepSchedules } from './schedules';
import { gatewayOptions, temporalConnection } from './temporal-connection';
import { createAsker } from './webhooks/ask';
import { createSender } from './webhooks/send';

type WorkerOptions = {
  log: Logger;
  /** The workflows as one JavaScript file; the one of the build unless given. */
  workflowBundlePath?: string;
  clock?: Clock;
};

/** Writers beyond a few only wait for each other's locks. */
const ledgerWriters = 4;

/** Jobs may take their time, and must leave room for everybody else. */
const jobsAtOnce = 4;

/** Each webhook has an activity of its own, which waits most of the time. */
const webhooksAtOnce = 500;

/** `node dist/worker.js` */
export function main(): Promise<void> {
  return runProcess((config, log) => startWorker(requireServers(config), { log }));
}

/**
 * Starts the workers of a process: one carries postings, one runs temporary transactions with their local
 * activities, one does long jobs, one delivers events to webhooks, one runs scenarios. Stopping lets what has
 * begun end, for as long as `shutdownTimeoutMs`. Throws when Temporal cannot be reached.
 */
export async function startWorker(config: ServiceConfig, options: WorkerOptions): Promise<Running> {
  const { log, clock = machineClock } = options;
  configureRuntime(log);
  const connection = await NativeConnection.connect(temporalConnection(config));
  const db = createPool(config, log);
  const catalog = await openCatalog(db, log);
  const gateway = openGateway({ ...gatewayOptions(config), now: () => clock.now(), log });
  const stopping = new AbortController();
  const workers = await createWorkers(config, connection, {
    activities: createActivities({
      db,
      catalog,
      gateway,
      stopping: stopping.signal,
      clock: () => clock.now().toISOString(),
      log,
      send: createSender(config.webhooksAllowPrivate ?? false),
      ask: createAsker(config.webhooksAllowPrivate ?? false),
      files: openFileStore(filePlace(config)),
      feeds: { fetch: createFetcher(config.webhooksAllowPrivate ?? false), unpack, read: readYml },
      exportKeepSec: config.exportKeepSec,
      scenarioOpenWaitSec: config.scenarioOpenWaitSec,
    }),
    codePath: options.workflowBundlePath ?? join(__dirname, '../workflow-bundle.js'),
  });

  const schedules = await keepSchedules(config, db, log);
  const deliveries = await keepDeliveries(config, db, log);
  const scenarios = await keepScenarios(gateway, db, log);
  const orderPoints = await keepOrderPoints(gateway, db, log);
  const runs = workers.map((worker) => worker.run());
  const ended = Promise.allSettled(runs);
  return {
    failed: Promise.all(runs).then(() => new Promise<never>(() => {})),
    async stop() {
      await schedules.stop();
      await deliveries.stop();
      await scenarios.stop();
      await orderPoints.stop();
      stopping.abort();
      for (const worker of workers) if (worker.getState() === 'RUNNING') worker.shutdown();
      await ended;
      await connection.close();
      await gateway.close();
      await catalog.close();
      await db.end();
    },
  };
}

type Code = { activities: ReturnType<typeof createActivities>; codePath: string };

function createWorkers(config: ServiceConfig, connection: NativeConnection, { activities, codePath }: Code) {
  const queues = taskQueues(config.temporalTaskQueue);
  const shared = {
    connection,
    namespace: config.temporalNamespace,
    activities,
    shutdownGraceTime: config.shutdownTimeoutMs / 2,
    shutdownForceTime: config.shutdownTimeoutMs,
  };
  return Promise.all([
    Worker.create({
      ...shared,
      taskQueue: queues.ledger,
      maxConcurrentActivityTaskExecutions: Math.min(ledgerWriters, config.databasePoolSize),
    }),
    Worker.create({
      ...shared,
      taskQueue: queues.holds,
      workflowBundle: { codePath },
      enableNonLocalActivities: false,
      maxConcurrentLocalActivityExecutions: config.databasePoolSize,
      maxConcurrentWorkflowTaskExecutions: 100,
      maxCachedWorkflows: 1000,
      // After a crash, nobody waits longer than this for the worker that is gone.
      stickyQueueScheduleToStartTimeout: '1s',
    }),
    Worker.create({
      ...shared,
      taskQueue: queues.jobs,
      workflowBundle: { codePath },
      maxConcurrentActivityTaskExecutions: jobsAtOnce,
      maxCachedWorkflows: 200,
      // Progress that operators see is at most this old, and so is what a job knows of being cancelled.
      maxHeartbeatThrottleInterval: '1s',
      stickyQueueScheduleToStartTimeout: '1s',
    }),
    Worker.create({
      ...shared,
      taskQueue: queues.webhooks,
      workflowBundle: { codePath },
      maxConcurrentActivityTaskExecutions: webhooksAtOnce,
      maxCachedWorkflows: 200,
    }),
    Worker.create({
      ...shared,
      taskQueue: queues.scenarios,
      workflowBundle: { codePath },
      maxConcurrentActivityTaskExecutions: config.databasePoolSize,
      maxConcurrentWorkflowTaskExecutions: 50,
      maxCachedWorkflows: 500,
      stickyQueueScheduleToStartTimeout: '1s',
    }),
  ]);
}

let isConfigured = false;

/** Once per process, before the first connection. Signals are ours to handle. */
function configureRuntime(log: Logger): void {
  if (isConfigured) return;
  isConfigured = true;
  const logger = new DefaultLogger('INFO', ({ level, message, meta }) => {
    if (message.startsWith('No workflows registered')) return; // true of the ledger's queue, on purpose
    log[level.toLowerCase() as 'info'](meta ?? {}, message);
  });
  Runtime.install({
    logger,
    shutdownSignals: [],
    telemetryOptions: { logging: { forward: {}, filter: { core: 'WARN', other: 'WARN' } } },
  });
}
