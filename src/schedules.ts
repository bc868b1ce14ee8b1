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
  calculateSegmentType,
  cleanExportsStart,
  cleanExportsType,
  deleteEventsScheduleId,
  deleteEventsType,
  enrolMembersType,
  enrolScheduleId,
  evaluateTiersType,
  expirePointsType,
  expireScheduleId,
  feedScheduleId,
  importFeedType,
  segmentScheduleId,
  taskQueues,
  tierScheduleId,
} from '../workflows/protocol';
import type { ServiceConfig } from './config';
import { listPrograms, type ProgramRow } from './db/queries/catalog';
import { listFeeds, listGoodsSegments } from './db/queries/market-settings';
import type { Feed } from './domain/feed';
import type { GoodsSegment } from './domain/market';
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
  const known = new Set<string>();
  const calendars = new Map<string, string>();
  if (exportCleanIntervalSec > 0) await ensureSchedule(client, cleaningSchedule(config));
  if (eventsKeepDays > 0) await ensureSchedule(client, deletionSchedule(config));
  const look = async () => {
    const schedules = (await listPrograms(db)).flatMap((program) => schedulesOf(config, program));
    for (const schedule of schedules) {
      if (!known.has(schedule.scheduleId)) await ensureSchedule(client, schedule);
      known.add(schedule.scheduleId);
    }
    await lookAtCalendars(client, config, db, calendars);
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

/** `known`: schedules of segments and feeds made so far, as text. One that is not wanted any more goes. */
async function lookAtCalendars(
  client: Client,
  config: ServiceConfig,
  db: Pool,
  known: Map<string, string>,
): Promise<void> {
  const wanted = new Map<string, ScheduleOptions>();
  for (const segment of (await listGoodsSegments(db)) as GoodsSegment[]) {
    if (segment.type !== 'updatable') continue;
    const id = segmentScheduleId(config.temporalTaskQueue, segment.external_id);
    const action = { type: calculateSegmentType, input: { segment: segment.external_id } };
    const schedule = calendarSchedule(config, id, segment, action);
    if (schedule) wanted.set(id, schedule);
  }
  for (const feed of (await listFeeds(db)) as Feed[]) {
    const id = feedScheduleId(config.temporalTaskQueue, feed.external_id);
    const action = { type: importFeedType, input: { feed: feed.external_id } };
    const schedule = calendarSchedule(config, id, feed, action);
    if (schedule) wanted.set(id, schedule);
  }
  for (const [id, schedule] of wanted) {
    const text = JSON.stringify(schedule);
    if (known.get(id) === text) continue;
    await ensureSchedule(client, schedule);
    known.set(id, text);
  }
  for (const id of [...known.keys()].filter((it) => !wanted.has(it))) {
    await client.schedule
      .getHandle(id)
      .delete()
      .catch(() => undefined);
    known.delete(id);
  }
}

const weekdays = {
  mon: 'MONDAY',
  tue: 'TUESDAY',
  wed: 'WEDNESDAY',
  thu: 'THURSDAY',
  fri: 'FRIDAY',
  sat: 'SATURDAY',
  sun: 'SUNDAY',
} as const;

interface Calendar {
  days: (keyof typeof weekdays)[];
  time_of_day: string | null;
  timezone: string;
  active_until?: string | null;
}

/** On some days or on all, at a time of the day; undefined if it is done only when it is asked for. */
function calendarSchedule(
  { temporalTaskQueue }: ServiceConfig,
  id: string,
  { days, time_of_day, timezone, active_until = null }: Calendar,
  { type: workflowType, input }: { type: string; input: object },
): ScheduleOptions | undefined {
  if (time_of_day === null) return undefined;
  const [hour = 0, minute = 0] = time_of_day.split(':').map(Number);
  const dayOfWeek = days.length > 0 ? days.map((day) => weekdays[day]) : '*';
  return {
    scheduleId: id,
    spec: {
      calendars: [{ hour, minute, dayOfWeek }],
      timezone,
      ...(active_until !== null && { endAt: new Date(active_until) }),
    },
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow: '1 hour' },
    action: {
      type: 'startWorkflow',
      workflowType,
      workflowId: id,
      taskQueue: taskQueues(temporalTaskQueue).jobs,
      args: [input],
    },
  };
}

/** The schedules of a program; an interval of 0 makes none. */
function schedulesOf(config: ServiceConfig, { id: programId, participation }: ProgramRow): ScheduleOptions[] {
  const { temporalTaskQueue, expiryIntervalSec, tierIntervalSec, enrolIntervalSec } = config;
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
    {
      id: enrolScheduleId(temporalTaskQueue, programId),
      workflowType: enrolMembersType,
      everySec: participation === 'manual' ? 0 : enrolIntervalSec,
      summary: `members of program ${programId}`,
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
