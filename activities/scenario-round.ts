import type { Pool } from 'pg';
import {
  endRunsOf,
  insertRuns,
  moveScenarios,
  noteBirthdays,
  noteCalled,
} from '../src/db/commands/scenario-runs';
import { readScenarios, type ScenarioRecord } from '../src/db/commands/scenarios';
import { findReadableEnd, listEvents } from '../src/db/queries/events';
import {
  listDueRuns,
  listMembersNow,
  listMembersWithField,
  readScenarioPosition,
} from '../src/db/queries/scenarios';
import { inTransaction } from '../src/db/transaction';
import { type EventRow, tellEvent } from '../src/domain/event';
import { dayIn, pickFacts } from '../src/domain/profile-facts';
import { isStartedBy, startingEventTypes } from '../src/domain/scenario';
import type { ActivityContext } from './index';

/** Events that are looked through, and acted on, at once. */
const mostSearched = 10_000;
const eventsAtOnce = 500;

/** Runs that are called in one round, so many side by side. */
const callsPerRound = 200;
const callsAtOnce = 20;

/** A run that was called and has not moved on is called again after so long. */
const callAgainSec = 30;

const membersAtOnce = 2_000;
const dayMs = 86_400_000;
const mostDays = 366;

const leaving = 'loyalty_member_removed';

interface Round {
  started: number;
  called: number;
  /** There is more to do at once. */
  isFull: boolean;
}

type NewRun = { scenario_id: number; version_id: number; member_id: string; cause: string };

/** One look at what has happened, whose birthday it is, and who is due. */
export async function dispatchRound(context: ActivityContext): Promise<Round> {
  const { db } = context;
  const scenarios = (await readScenarios(db)).filter(({ is_active }) => is_active);
  const events = await startForEvents(context, scenarios);
  let started = events.started;
  for (const scenario of scenarios) started += await startForBirthdays(context, scenario);
  const called = await callDue(context);
  return { started, called, isFull: events.isFull || called === callsPerRound };
}

/** Reads on in the feed: starts runs, and ends those of members who have left. */
async function startForEvents(
  { db, clock, gateway }: ActivityContext,
  scenarios: readonly ScenarioRecord[],
): Promise<{ started: number; isFull: boolean }> {
  const position = await readScenarioPosition(db);
  const { turn, event_id } = position;
  const end = await findReadableEnd(db, turn, event_id, mostSearched);
  if (!end) return { started: 0, isFull: false };
  const types = [...startingEventTypes, leaving];
  const rows = await listEvents(db, turn, event_id, end.turn, end.event_id, types, null, eventsAtOnce);
  const last = rows.length === eventsAtOnce ? rows.at(-1) : undefined;
  const to = last ?? end;
  const runs = (await withMembers(db, rows)).flatMap((row) => runsFor(row, scenarios));
  const left = rows.filter(({ type }) => type === leaving).map(({ member_id }) => member_id);
  const ended = await inTransaction(db, '', async (tx) => {
    if ((await moveScenarios(tx, turn, event_id, to.turn, to.event_id)) === 0)
      return { started: 0, runs: [] };
    const started = runs.length > 0 ? await insertRuns(tx, JSON.stringify(runs), clock()) : [];
    const members = left.filter((id) => id !== null);
    return { started: started.length, runs: members.length > 0 ? await endRunsOf(tx, members, clock()) : [] };
  });
  await Promise.all(ended.runs.map((run) => gateway.callScenarioRun(run, { mayStart: false })));
  return { started: ended.started, isFull: last !== undefined || end.count === mostSearched };
}

/** Events of orders name the profile only: the member is who they are now. */
async function withMembers(db: Pool, rows: readonly EventRow[]): Promise<EventRow[]> {
  const named = rows.filter(({ member_id, program_id }) => member_id === null && program_id !== null);
  if (named.length === 0) return [...rows];
  const members = await listMembersNow(
    db,
    named.map(({ program_id }) => program_id ?? 0),
    named.map(({ profile_id }) => profile_id),
  );
  const known = new Map(members.map((it) => [`${it.program_id} ${it.profile_id}`, it.member_id]));
  return rows.map((row) => ({
    ...row,
    member_id: row.member_id ?? known.get(`${row.program_id} ${row.profile_id}`) ?? null,
  }));
}

function runsFor(row: EventRow, scenarios: readonly ScenarioRecord[]): NewRun[] {
  const { member_id, turn, program_id } = row;
  if (member_id === null) return [];
  const event = tellEvent(row);
  return scenarios
    .filter((it) => it.program_id === program_id && BigInt(turn) >= BigInt(it.since))
    .filter(({ trigger }) => isStartedBy(trigger, event))
    .map(({ id, version_id }) => ({ scenario_id: id, version_id, member_id, cause: event.event_id }));
}

/** Once a day in the zone of the program; days that were missed, or that the clock jumped over, too. */
async function startForBirthdays(
  { db, catalog, clock }: ActivityContext,
  { id, version_id, program_id, trigger, birthdays_on }: ScenarioRecord,
): Promise<number> {
  const program = catalog.program(program_id);
  if (trigger.kind !== 'birthday' || trigger.field === undefined || !program) return 0;
  const now = clock();
  const { timezone } = program;
  const today = dayIn(timezone, now);
  if (birthdays_on === today) return 0;
  const missed = birthdays_on === null ? 1 : (Date.parse(today) - Date.parse(birthdays_on)) / dayMs;
  const since = `${trigger.field}.days_since_anniversary`;
  let started = 0;
  for (let after = '0'; ; ) {
    const members = await listMembersWithField(db, program_id, after, trigger.field, membersAtOnce);
    const runs = members.flatMap(({ member_id, ...profile }): NewRun[] => {
      const days = Number(pickFacts(profile, [since], { day: today, timezone })[since] ?? mostDays);
      if (days >= Math.min(missed, mostDays)) return [];
      const birthday = new Date(Date.parse(today) - days * dayMs).toISOString().slice(0, 10);
      return [{ scenario_id: id, version_id, member_id, cause: `birthday-${birthday}` }];
    });
    if (runs.length > 0) started += (await insertRuns(db, JSON.stringify(runs), now)).length;
    const last = members.at(-1);
    if (!last || members.length < membersAtOnce) break;
    after = last.member_id;
  }
  await noteBirthdays(db, id, today);
  return started;
}

/** Calls the workflows of runs that are due; noted only then, so that none is forgotten. */
async function callDue({ db, clock, gateway }: ActivityContext): Promise<number> {
  const due = await listDueRuns(db, clock(), callAgainSec, callsPerRound);
  const waiting = [...due];
  const work = async () => {
    for (let run = waiting.shift(); run; run = waiting.shift()) {
      await gateway.callScenarioRun(run, { mayStart: true });
    }
  };
  await Promise.all(Array.from({ length: callsAtOnce }, work));
  if (due.length > 0)
    await noteCalled(
      db,
      due.map(({ run_id }) => run_id),
    );
  return due.length;
}
