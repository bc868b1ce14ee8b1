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
import { lookAgain } from './look-again';
import { temporalConnection } from './temporal-connection';

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
  const calendars = await madeBefore(client, config);
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
  const looking = await lookAgain(look, log, 'schedules cannot be kept: retrying');
  return {
    async stop() {
      await looking.stop();
      await connection.close();
    },
  };
}

/** What a schedule starts on the queue of long jobs, at one time under its id. */
interface Job {
  id: string;
  type: string;
  args?: unknown[];
  summary?: string;
}

/** A schedule of a job; one that is due while the last is running is skipped. */
function scheduleOf(
  { temporalTaskQueue }: ServiceConfig,
  { id, type, args = [], summary }: Job,
  spec: ScheduleOptions['spec'],
  catchupWindow: '1 minute' | '1 hour',
): ScheduleOptions {
  return {
    scheduleId: id,
    spec,
    policies: { overlap: ScheduleOverlapPolicy.SKIP, catchupWindow },
    action: {
      type: 'startWorkflow',
      workflowType: type,
      workflowId: id,
      taskQueue: taskQueues(temporalTaskQueue).jobs,
      args,
      ...(summary !== undefined && { staticSummary: summary }),
    },
  };
}

function everySoOften(config: ServiceConfig, everyMs: number, job: Job): ScheduleOptions {
  return scheduleOf(config, job, { intervals: [{ every: everyMs }] }, '1 minute');
}

function cleaningSchedule(config: ServiceConfig): ScheduleOptions {
  const { workflowId: id, staticSummary: summary } = cleanExportsStart(config.temporalTaskQueue);
  const job = { id, type: cleanExportsType, summary };
  return everySoOften(config, config.exportCleanIntervalSec * 1000, job);
}

function deletionSchedule(config: ServiceConfig): ScheduleOptions {
  const { temporalTaskQueue, eventsKeepDays: keep_days } = config;
  return everySoOften(config, deletionIntervalMs, {
    id: deleteEventsScheduleId(temporalTaskQueue),
    type: deleteEventsType,
    args: [{ keep_days }],
    summary: `events older than ${keep_days} days`,
  });
}

/** Schedules of segments and feeds that are there: what they are for may be gone since, or have no time. */
async function madeBefore(
  client: Client,
  { temporalTaskQueue }: ServiceConfig,
): Promise<Map<string, string>> {
  const prefixes = [segmentScheduleId(temporalTaskQueue, ''), feedScheduleId(temporalTaskQueue, '')];
  const made = new Map<string, string>();
  for await (const { scheduleId } of client.schedule.list()) {
    if (prefixes.some((prefix) => scheduleId.startsWith(prefix))) made.set(scheduleId, '');
  }
  return made;
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
    const job = { id, type: calculateSegmentType, args: [{ segment: segment.external_id }] };
    const schedule = calendarSchedule(config, segment, job);
    if (schedule) wanted.set(id, schedule);
  }
  for (const feed of (await listFeeds(db)) as Feed[]) {
    const id = feedScheduleId(config.temporalTaskQueue, feed.external_id);
    const job = { id, type: importFeedType, args: [{ feed: feed.external_id }] };
    const schedule = calendarSchedule(config, feed, job);
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
  config: ServiceConfig,
  { days, time_of_day, timezone, active_until = null }: Calendar,
  job: Job,
): ScheduleOptions | undefined {
  if (time_of_day === null) return undefined;
  const [hour = 0, minute = 0] = time_of_day.split(':').map(Number);
  const dayOfWeek = days.length > 0 ? days.map((day) => weekdays[day]) : '*';
  const spec: ScheduleOptions['spec'] = {
    calendars: [{ hour, minute, dayOfWeek }],
    timezone,
    ...(active_until !== null && { endAt: new Date(active_until) }),
  };
  return scheduleOf(config, job, spec, '1 hour');
}

/** The schedules of a program; an interval of 0 makes none. */
function schedulesOf(config: ServiceConfig, { id: programId, participation }: ProgramRow): ScheduleOptions[] {
  const { temporalTaskQueue, expiryIntervalSec, tierIntervalSec, enrolIntervalSec } = config;
  const jobs = [
    {
      id: expireScheduleId(temporalTaskQueue, programId),
      type: expirePointsType,
      everySec: expiryIntervalSec,
      summary: `lapsed points of program ${programId}`,
    },
    {
      id: tierScheduleId(temporalTaskQueue, programId),
      type: evaluateTiersType,
      everySec: tierIntervalSec,
      summary: `tiers of program ${programId}`,
    },
    {
      id: enrolScheduleId(temporalTaskQueue, programId),
      type: enrolMembersType,
      everySec: participation === 'manual' ? 0 : enrolIntervalSec,
      summary: `members of program ${programId}`,
    },
  ];
  return jobs
    .filter(({ everySec }) => everySec > 0)
    .map(({ everySec, ...job }) =>
      everySoOften(config, everySec * 1000, { ...job, args: [{ program_id: programId }] }),
    );
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
