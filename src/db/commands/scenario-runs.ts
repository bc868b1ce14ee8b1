import { z } from 'zod';
import { dueRunRow } from '../queries/scenarios';
import { command, query, queryOne } from '../query';

/** Starts runs, but none twice for the same cause: [{scenario_id, version_id, member_id, cause}], at $2. */
export const insertRuns = query({
  name: 'scenario-runs-insert',
  parameters: [z.string(), z.string()],
  row: z.object({ run_id: z.string() }),
  text: `
    insert into scenarios.runs (scenario_id, version_id, member_id, cause, wakes_at, started_at)
    select i.scenario_id, i.version_id, i.member_id, i.cause, $2::timestamptz, $2::timestamptz
    from jsonb_to_recordset($1::jsonb) as i(scenario_id int, version_id int, member_id bigint, cause text)
    on conflict (scenario_id, member_id, cause) do nothing
    returning run_id::text as run_id`,
});

export const findRunId = queryOne({
  name: 'scenario-run-find',
  parameters: [z.int(), z.string(), z.string()],
  row: z.object({ run_id: z.string() }),
  text: `
    select run_id::text as run_id from scenarios.runs
    where scenario_id = $1 and member_id = $2::bigint and cause = $3`,
});

/** Moves on how far events were looked at, if nobody else has meanwhile: 1, or 0 then. */
export const moveScenarios = command({
  name: 'scenarios-move',
  parameters: [z.string(), z.string(), z.string(), z.string()],
  text: `
    update scenarios.position set turn = $3::text::xid8, event_id = $4::bigint
    where turn = $1::text::xid8 and event_id = $2::bigint`,
});

/** The workflows of these runs were just asked to go on. */
export const noteCalled = command({
  name: 'scenario-runs-called',
  parameters: [z.array(z.string())],
  text: `
    update scenarios.runs set called_at = now()
    where run_id = any($1::bigint[]) and wakes_at is not null`,
});

/** The run goes on with a step at a moment. */
export const moveRun = queryOne({
  name: 'scenario-run-move',
  parameters: [z.string(), z.int(), z.string()],
  row: z.object({ wakes_at: z.string() }),
  text: `
    update scenarios.runs set step = $2, wakes_at = $3::timestamptz, called_at = now()
    where run_id = $1::bigint and wakes_at is not null returning wakes_at`,
});

/** As moveRun, so much later than $3, by the calendar of the program. */
export const putRunToSleep = queryOne({
  name: 'scenario-run-sleep',
  parameters: [z.string(), z.int(), z.string(), z.string(), z.boolean()],
  row: z.object({ wakes_at: z.string() }),
  text: `
    update scenarios.runs r set step = $2, called_at = null, wakes_at = case
      when $5::boolean then
        ($3::timestamptz at time zone p.timezone + $4::text::interval) at time zone p.timezone
      else $3::timestamptz + $4::text::interval end
    from scenarios.definitions d join catalog.programs p on p.id = d.program_id
    where r.run_id = $1::bigint and r.wakes_at is not null and d.id = r.scenario_id
    returning r.wakes_at`,
});

/** Ends a run that is under way: 1, or 0 if it had ended. */
export const endRun = command({
  name: 'scenario-run-end',
  parameters: [z.string(), z.string(), z.string()],
  text: `
    update scenarios.runs set outcome = $2, ended_at = $3::timestamptz, wakes_at = null, called_at = null
    where run_id = $1::bigint and wakes_at is not null`,
});

/** Ends the runs of members who have left; answers which. */
export const endRunsOf = query({
  name: 'scenario-runs-end-of-members',
  parameters: [z.array(z.string()), z.string()],
  row: dueRunRow,
  text: `
    with ended as (
      update scenarios.runs r
      set outcome = 'member_left', ended_at = $2::timestamptz, wakes_at = null, called_at = null
      from ledger.members m
      where m.member_id = any ($1::bigint[]) and m.removed_at is not null
        and r.member_id = m.member_id and r.wakes_at is not null
      returning r.run_id, r.scenario_id, r.version_id, r.member_id, m.profile_id, r.cause
    )
    select r.run_id::text as run_id, r.scenario_id, d.external_id as scenario_eid, r.version_id,
      g.external_id as program_eid, r.member_id::text as member_id, r.profile_id, r.cause
    from ended r
    join scenarios.definitions d on d.id = r.scenario_id
    join catalog.programs g on g.id = d.program_id`,
});

/** An event that a scenario tells of a member, for others to hear. */
export const insertScenarioEvent = command({
  name: 'scenario-event-insert',
  parameters: [z.int(), z.string(), z.string(), z.string()],
  text: `
    insert into feed.events (type, happened_at, program_id, member_id, data)
    values ('loyalty_scenario_event', $3::timestamptz, $1, $2::bigint, $4::jsonb)`,
});

/** Birthdays were looked for up to a day. */
export const noteBirthdays = command({
  name: 'scenario-birthdays-note',
  parameters: [z.int(), z.string()],
  text: 'update scenarios.definitions set birthdays_on = $2::date where id = $1',
});
