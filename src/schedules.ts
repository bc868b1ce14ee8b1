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
  deleteEventsScheduleId,
  deleteEventsType,
  evaluateTiersType,
  expirePointsType,
  expireScheduleId,
  taskQueues,
  tierScheduleId,
} from '../workflows/protocol';
import type { ServiceConfig } from './config';
import { listPrograms } from './db/queries/catalog';
import { temporalConnection } from './temporal-connection';

/** A program made while workers run has its schedule within this time. */
const lookIntervalMs = 60_000;

const deletionIntervalMs = 3_600_000;

/**
 * Keeps one Temporal schedule for exports, one for old events and some per program: made or brought up to
 * date now, and for new programs once a minute. What operators did to a schedule in the Temporal UI (a pause,
 * a note) stays. Any number of workers may do it at once.
 */
export async function keepSchedules(config: ServiceConfig, db: Pool, log: Logger) {
  const { exportCleanIntervalSec, eventsKeepDays } = config;
  const connection = await Connection.connect(temporalConnection(config));
  const client = new Client({ connection, namespace: config.temporalNamespace });
  const known = new Set<number>();
  if (exportCleanIntervalSec > 0) await ensureSchedule(client, cleaningSchedule(config));
  if (eventsKeepDays > 0) await ensureSchedule(client, deletionSchedule(config));
  const look = async () => {
    for (const { id } of await listPrograms(db)) {
      if (known.has(id)) continue;
      for (const schedule of schedulesOf(config, id)) await ensureSchedule(client, schedule);
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

/** The schedules of a program; an interval of 0 makes none. */
function schedulesOf(config: ServiceConfig, programId: number): ScheduleOptions[] {
  const { temporalTaskQueue, expiryIntervalSec, tierIntervalSec } = config;
  const jobs = [
    {
      id: expireScheduleId(temporalTaskQueue, programId),
      workflowType: expirePointsType,
      everySec: expiryIntervalSec,
      summary: `lapsed points of program ${programId}`,
    },
    {
      id: tierScheduleId(temporalTaskQueue, programId),
      workflowType: evaluateTiersType,
      everySec: tierIntervalSec,
      summary: `tiers of program ${programId}`,
    },
  ];
  return jobs
    .filter(({ everySec }) => everySec > 0)
    .map(({ id, workflowType, everySec, summary }) => ({
      scheduleId: id,
      spec: { intervals: [{ every: everySec * 1000 }] },
      policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
      action: {
        type: 'startWorkflow',
        workflowType,
        workflowId: id,
        taskQueue: taskQueues(temporalTaskQueue).jobs,
        args: [{ program_id: programId }],
        staticSummary: summary,
      },
    }));
}

function deletionSchedule(config: ServiceConfig): ScheduleOptions {
  const id = deleteEventsScheduleId(config.temporalTaskQueue);
  return {
    scheduleId: id,
    spec: { intervals: [{ every: deletionIntervalMs }] },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 minute' },
    action: {
      type: 'startWorkflow',
      workflowType: deleteEventsType,
      workflowId: id,
      taskQueue: taskQueues(config.temporalTaskQueue).jobs,
      args: [{ keep_days: config.eventsKeepDays }],
      staticSummary: `events older than ${config.eventsKeepDays} days`,
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
