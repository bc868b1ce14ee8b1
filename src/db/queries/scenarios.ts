import { z } from 'zod';
import { query, queryFirst, queryOne } from '../query';

export const scenarioRow = z.object({
  id: z.int(),
  program_id: z.int(),
  external_id: z.string(),
  name: z.string(),
  description: z.string(),
  is_active: z.boolean(),
  version_id: z.int(),
  /** JSON, as text: its keys stay in our order. */
  trigger: z.string(),
  steps: z.string(),
  since: z.string(),
  birthdays_on: z.string().nullable(),
  created_at: z.string(),
  updated_at: z.string(),
});

/** All scenarios with the versions of today, in order of id. */
export const listScenarioRows = query({
  name: 'scenarios-list',
  parameters: [],
  row: scenarioRow,
  text: `
    select d.id, d.program_id, d.external_id, d.name, d.description, d.is_active, d.version_id,
      v.trigger::text as trigger, v.steps::text as steps, d.since::text as since, d.birthdays_on,
      d.created_at, d.updated_at
    from scenarios.definitions d join scenarios.versions v on v.version_id = d.version_id
    order by d.id`,
});

/** The steps of a version: it never changes. */
export const readVersion = queryOne({
  name: 'scenario-version',
  parameters: [z.int()],
  row: z.object({ steps: z.string() }),
  text: 'select steps::text as steps from scenarios.versions where version_id = $1',
});

/** Whether anything may have to be done for scenarios: one is switched on, or a run is under way. */
export const findScenarioWork = queryOne({
  name: 'scenarios-work',
  parameters: [],
  row: z.object({ is_there: z.boolean() }),
  text: `
    select exists (select from scenarios.definitions where is_active)
      or exists (select from scenarios.runs where wakes_at is not null) as is_there`,
});

export const readScenarioPosition = queryOne({
  name: 'scenarios-position',
  parameters: [],
  row: z.object({ turn: z.string(), event_id: z.string() }),
  text: 'select turn::text as turn, event_id::text as event_id from scenarios.position',
});

export const dueRunRow = z.object({
  run_id: z.string(),
  scenario_id: z.int(),
  scenario_eid: z.string(),
  version_id: z.int(),
  program_eid: z.string(),
  member_id: z.string(),
  profile_id: z.string(),
  cause: z.string(),
});

const dueColumns = `
  r.run_id::text as run_id, r.scenario_id, d.external_id as scenario_eid, r.version_id,
  g.external_id as program_eid, r.member_id::text as member_id, m.profile_id, r.cause`;
const dueTables = `
  join scenarios.definitions d on d.id = r.scenario_id
  join catalog.programs g on g.id = d.program_id
  join ledger.members m on m.member_id = r.member_id`;

/** Runs that are to go on at $1, and that nobody has called in the last $2 seconds of the machine's time. */
export const listDueRuns = query({
  name: 'scenario-runs-due',
  parameters: [z.string(), z.int(), z.int()],
  row: dueRunRow,
  text: `
    select ${dueColumns}
    from (
      select * from scenarios.runs
      where wakes_at <= $1::timestamptz
        and (called_at is null or called_at < now() - make_interval(secs => $2::int))
      order by wakes_at limit $3::int
    ) r ${dueTables}`,
});

/** What a run is about, as it is labelled in the Temporal UI. */
export const findRunLabels = queryFirst({
  name: 'scenario-run-labels',
  parameters: [z.string()],
  row: dueRunRow,
  text: `select ${dueColumns} from scenarios.runs r ${dueTables} where r.run_id = $1::bigint`,
});

/** A run as a step of it finds it; `removed`: they are no member any more. */
export const lockRun = queryFirst({
  name: 'scenario-run-lock',
  parameters: [z.string()],
  row: z.object({
    run_id: z.string(),
    scenario_id: z.int(),
    scenario_eid: z.string(),
    version_id: z.int(),
    program_id: z.int(),
    member_id: z.string(),
    profile_id: z.string(),
    registered_at: z.string(),
    removed: z.boolean(),
    step: z.int(),
    wakes_at: z.string().nullable(),
    outcome: z.string().nullable(),
  }),
  text: `
    select r.run_id::text as run_id, r.scenario_id, d.external_id as scenario_eid, r.version_id, d.program_id,
      r.member_id::text as member_id, m.profile_id, m.registered_at, m.removed_at is not null as removed,
      r.step::int as step, r.wakes_at, r.outcome
    from scenarios.runs r
    join scenarios.definitions d on d.id = r.scenario_id
    join ledger.members m on m.member_id = r.member_id
    where r.run_id = $1::bigint for update of r`,
});

/** Runs of a scenario after one of them, in order; $3: only those that are under way, or that have ended. */
export const listRuns = query({
  name: 'scenario-runs-list',
  parameters: [z.int(), z.string(), z.boolean().nullable(), z.int()],
  row: z.object({
    run_id: z.string(),
    version_id: z.int(),
    profile_id: z.string(),
    cause: z.string(),
    step: z.int(),
    wakes_at: z.string().nullable(),
    outcome: z.string().nullable(),
    started_at: z.string(),
    ended_at: z.string().nullable(),
  }),
  text: `
    select r.run_id::text as run_id, r.version_id, m.profile_id, r.cause, r.step::int as step, r.wakes_at,
      r.outcome, r.started_at, r.ended_at
    from scenarios.runs r join ledger.members m on m.member_id = r.member_id
    where r.scenario_id = $1 and r.run_id > $2::bigint
      and ($3::boolean is null or (r.wakes_at is not null) = $3::boolean)
    order by r.run_id limit $4::int`,
});

/** The tiers a member holds now, with their groups, from the lowest to the highest of each. */
export const listTiersOf = query({
  name: 'scenario-tiers',
  parameters: [z.string()],
  row: z.object({ group_eid: z.string(), tier_eid: z.string() }),
  text: `
    select g.external_id as group_eid, t.eid as tier_eid
    from ledger.member_tiers h
    join catalog.tiers t on t.id = h.tier_id
    join catalog.tier_groups g on g.id = h.group_id
    where h.member_id = $1::bigint and h.lost_at is null
    order by g.id, t.tier_order`,
});

/** Members of a program after one of them, in order, with the profiles that have a field. */
export const listMembersWithField = query({
  name: 'scenario-members-with-field',
  parameters: [z.int(), z.string(), z.string(), z.int()],
  row: z.object({
    member_id: z.string(),
    profile_id: z.string(),
    email: z.string().nullable(),
    phones: z.array(z.string()),
    fields: z.record(z.string(), z.json()),
  }),
  text: `
    select m.member_id::text as member_id, p.profile_id, p.email, p.phones,
      jsonb_build_object($3::text, p.fields -> $3::text) as fields
    from ledger.members m join directory.profiles p on p.profile_id = m.profile_id
    where m.program_id = $1 and m.removed_at is null and m.member_id > $2::bigint and p.fields ? $3::text
    order by m.member_id limit $4::int`,
});

/** Who profiles are in programs now: pairs side by side. */
export const listMembersNow = query({
  name: 'scenario-members-now',
  parameters: [z.array(z.int()), z.array(z.string())],
  row: z.object({ program_id: z.int(), profile_id: z.string(), member_id: z.string() }),
  text: `
    select m.program_id, m.profile_id, m.member_id::text as member_id
    from unnest($1::int[], $2::text[]) as i(program_id, profile_id)
    join ledger.members m
      on m.program_id = i.program_id and m.profile_id = i.profile_id and m.removed_at is null`,
});
