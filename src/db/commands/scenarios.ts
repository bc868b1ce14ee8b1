import { z } from 'zod';
import type { Step, Trigger } from '../../domain/scenario';
import { checkScenario } from '../../domain/setting-rules';
import type { Objection, ScenarioValues } from '../../domain/settings';
import { listCurrencies, listFields, listPrograms, listPromotions, listTierGroups } from '../queries/catalog';
import { listScenarioRows, type scenarioRow } from '../queries/scenarios';
import { command, type Queryable, queryOne } from '../query';

type Row = z.output<typeof scenarioRow>;

/** A scenario as it is stored and as it may be set. */
export type ScenarioRecord = Omit<Row, 'trigger' | 'steps'> & ScenarioValues;

const json = z.string();

const insertDefinition = queryOne({
  name: 'scenario-insert',
  parameters: [z.int().nullable(), z.int(), z.string(), z.string(), z.string(), z.boolean()],
  row: z.object({ id: z.int() }),
  text: `
    insert into scenarios.definitions (id, program_id, external_id, name, description, is_active, version_id)
    values (coalesce($1, nextval('scenarios.definitions_id_seq')::int), $2, $3, $4, $5, $6, 0)
    returning id`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'scenario-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('scenarios.definitions_id_seq', greatest(last_value, $1::int)) as last
    from scenarios.definitions_id_seq`,
});

/** Makes a new version the one by which runs are started from now on. */
const writeVersion = command({
  name: 'scenario-write-version',
  parameters: [z.int(), json, json],
  text: `
    with version as (
      insert into scenarios.versions (scenario_id, trigger, steps) values ($1, $2::text::json, $3::text::json)
      returning version_id
    )
    update scenarios.definitions set version_id = (select version_id from version) where id = $1`,
});

/** Switched on again, it is not started by what happened meanwhile. */
const updateDefinition = command({
  name: 'scenario-update',
  parameters: [z.int(), z.string(), z.string(), z.string(), z.boolean()],
  text: `
    update scenarios.definitions
    set external_id = $2, name = $3, description = $4, updated_at = now(),
      since = case when $5 and not is_active then pg_current_xact_id() else since end,
      birthdays_on = case when is_active then birthdays_on end, is_active = $5
    where id = $1`,
});

const deleteDefinition = command({
  name: 'scenario-delete',
  parameters: [z.int()],
  text: `
    delete from scenarios.definitions where id = $1
      and not exists (select from scenarios.runs where scenario_id = $1)`,
});

/** Every scenario, of one program if one is given, in order of id. */
export async function readScenarios(db: Queryable, programId?: number): Promise<ScenarioRecord[]> {
  return (await listScenarioRows(db))
    .filter((row) => (programId ?? row.program_id) === row.program_id)
    .map(({ trigger, steps, ...row }) => ({
      ...row,
      trigger: JSON.parse(trigger) as Trigger,
      steps: JSON.parse(steps) as Step[],
    }));
}

/** Makes a scenario, with an id of the caller's choice if one is given; undefined without its program. */
export async function createScenario(
  db: Queryable,
  programId: number,
  values: ScenarioValues & { id?: number | undefined },
): Promise<ScenarioRecord | Objection | undefined> {
  const around = await surroundingsOf(db, programId);
  if (!around) return undefined;
  const objection = checkScenario(values, around, await readScenarios(db, programId));
  if (objection) return objection;
  const { external_id, name, description, is_active, trigger, steps } = values;
  const own = [external_id, name, description, is_active] as const;
  const { id } = await insertDefinition(db, values.id ?? null, programId, ...own);
  if (values.id !== undefined) await keepAhead(db, id);
  await writeVersion(db, id, JSON.stringify(trigger), JSON.stringify(steps));
  return readScenario(db, id);
}

/** Changes what is given of a scenario; undefined if there is none. Runs under way keep their steps. */
export async function changeScenario(
  db: Queryable,
  id: number,
  change: Partial<ScenarioValues>,
): Promise<ScenarioRecord | Objection | undefined> {
  const before = await readScenario(db, id);
  const around = before && (await surroundingsOf(db, before.program_id));
  if (!around) return undefined;
  const after = { ...before, ...change };
  const others = (await readScenarios(db, before.program_id)).filter((scenario) => scenario.id !== id);
  const objection = checkScenario(after, around, others);
  if (objection) return objection;
  await updateDefinition(db, id, after.external_id, after.name, after.description, after.is_active);
  const [trigger, steps] = [JSON.stringify(after.trigger), JSON.stringify(after.steps)];
  if (trigger !== JSON.stringify(before.trigger) || steps !== JSON.stringify(before.steps)) {
    await writeVersion(db, id, trigger, steps);
  }
  return readScenario(db, id);
}

/** Deletes a scenario that never ran; undefined if there is none. */
export async function deleteScenario(
  db: Queryable,
  id: number,
): Promise<ScenarioRecord | Objection | undefined> {
  const before = await readScenario(db, id);
  if (!before || (await deleteDefinition(db, id)) > 0) return before;
  return { objection: 'conflict', path: [], problem: `scenario ${id} has runs: switch it off instead` };
}

export async function readScenario(db: Queryable, id: number): Promise<ScenarioRecord | undefined> {
  return (await readScenarios(db)).find((scenario) => scenario.id === id);
}

async function surroundingsOf(db: Queryable, programId: number) {
  const program = (await listPrograms(db)).find(({ id }) => id === programId);
  if (!program) return undefined;
  const ofProgram = (row: { program_id: number }) => row.program_id === programId;
  return {
    fields: (await listFields(db)).filter((row) => row.database_id === program.database_id),
    currencies: (await listCurrencies(db)).filter(ofProgram),
    tierGroups: (await listTierGroups(db)).filter(ofProgram),
    promotions: (await listPromotions(db)).filter(ofProgram),
    tempMaxTimeoutSec: program.temp_max_timeout_sec,
  };
}
