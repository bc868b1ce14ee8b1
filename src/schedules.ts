import {
  Client,
  Connection,
  ScheduleAlreadyRunning,
  type ScheduleOptions,
  ScheduleOverlapPolicy,
} from '@temporalio/client';
import type { Pool } from 'pg';
import type { Logger } from 'pino';
import {
  cleanExportsStart,
  cleanExportsType,
  expirePointsType,
  expireScheduleId,
  taskQueues,
} from '../workflows/protocol';
import type { ServiceConfig } from './config';
import { listPrograms } from './db/queries/catalog';
import { temporalConnection } from './temporal-connection';

/** A program made while workers run has its schedule within this time. */
const lookIntervalMs = 60_000;

/**
 * Keeps one Temporal schedule for exports and one per program: made or brought up to date now, and for new
 * programs once a minute. What operators did to a schedule in the Temporal UI (a pause, a note) stays. Any
 * number of workers may do it at once.
 */
export async function keepSchedules(config: ServiceConfig, db: Pool, log: Logger) {
  const { expiryIntervalSec, exportCleanIntervalSec } = config;
  if (expiryIntervalSec === 0 && exportCleanIntervalSec === 0) return { stop: async () => {} };
  const connection = await Connection.connect(temporalConnection(config));
  const client = new Client({ connection, namespace: config.temporalNamespace });
  const known = new Set<number>();
  if (exportCleanIntervalSec > 0) await ensureSchedule(client, cleaningSchedule(config));
  const look = async () => {
    if (expiryIntervalSec === 0) return;
    for (const { id } of await listPrograms(db)) {
      if (!known.has(id)) await ensureSchedule(client, expirySchedule(config, id));
      known.add(id);
    }
  };
  await look();
  let looking = Promise.resolve();
  const timer = setInterval(() => {
    looking = look().catch((error: unknown) =>
      log.warn({ err: error }, 'schedules cannot be kept: retrying'),
    );
  }, lookIntervalMs).unref();
  return {
    async stop() {
      clearInterval(timer);
      await looking;
      await connection.close();
    },
  };
}

function cleaningSchedule(config: ServiceConfig): ScheduleOptions {
  const { workflowId, taskQueue, staticSummary } = cleanExportsStart(config.temporalTaskQueue);
  return {
    scheduleId: workflowId,
    spec: { intervals: [{ every: config.exportCleanIntervalSec * 1000 }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    action: { type: 'startWorkflow', workflowType: cleanExportsType, workflowId, taskQueue, staticSummary },
  };
}

function expirySchedule(config: ServiceConfig, programId: number): ScheduleOptions {
  const id = expireScheduleId(config.temporalTaskQueue, programId);
  return {
    scheduleId: id,
    spec: { intervals: [{ every: config.expiryIntervalSec * 1000 }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    action: {
      type: 'startWorkflow',
      workflowType: expirePointsType,
      workflowId: id,
      taskQueue: taskQueues(config.temporalTaskQueue).jobs,
      args: [{ program_id: programId }],
      staticSummary: `lapsed points of program ${programId}`,
    },
  };
}

async function ensureSchedule(client: Client, schedule: ScheduleOptions): Promise<void> {
  try {
    await client.schedule.create(schedule);
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    const { spec, policies, action } = schedule;
    await client.schedule
      .getHandle(schedule.scheduleId)
      .update((known) => ({ ...known, spec, policies: { ...known.policies, ...policies }, action }) as never);
  }
}
