import { randomUUID } from 'node:crypto';
import type { adminScenarios } from '../../../contract/admin/scenarios';
import { endRun, findRunId, insertRuns } from '../../../db/commands/scenario-runs';
import {
  changeScenario,
  createScenario,
  deleteScenario,
  readScenario,
  readScenarios,
  type ScenarioRecord,
} from '../../../db/commands/scenarios';
import { listPrograms } from '../../../db/queries/catalog';
import { findRunLabels, listRuns } from '../../../db/queries/scenarios';
import { isRefusal, type Refusal, refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { type Dependencies, findActiveProgram, findMemberOf } from '../target';
import { change, found, given, pageOf } from './change';

const resource = 'Scenario';
const defaultLimit = 100;

export function createAdminScenarioHandlers(dependencies: Dependencies): Handlers<typeof adminScenarios> {
  const { db, catalog, gateway } = dependencies;
  return {
    async list(input) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, 'Loyalty program', program_id);
      return pageOf(await readScenarios(db, program_id), ({ id }) => id, input, answer);
    },
    async create({ program_id, ...values }) {
      const row = await change(dependencies, (tx) => createScenario(tx, program_id, values));
      if (!isRefusal(row)) await gateway.startScenarios();
      return answerOr(isRefusal(row) ? row : found(row, 'Loyalty program', program_id));
    },
    async read({ id }) {
      return answerOr(found(await readScenario(db, id), resource, id));
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, (tx) => changeScenario(tx, id, given(values)));
      if (!isRefusal(row)) await gateway.startScenarios();
      return answerOr(isRefusal(row) ? row : found(row, resource, id));
    },
    async remove({ id }) {
      const row = await change(dependencies, (tx) => deleteScenario(tx, id));
      return answerOr(isRefusal(row) ? row : found(row, resource, id));
    },

    async start({ id, key, matching }, { access, now }) {
      const scenario = await readScenario(db, id);
      if (!scenario) return refuse('resource_not_found', { resource, id });
      const program = findActiveProgram(catalog, access, scenario.program_id);
      if (isRefusal(program)) return program;
      if (!scenario.is_active) return refuse('conflict', { problem: `scenario ${id} is switched off` });
      const member = await findMemberOf(dependencies, program, matching);
      if (isRefusal(member)) return member;
      const { member_id } = member;
      const cause = `start-${key ?? randomUUID()}`;
      const run = { scenario_id: id, version_id: scenario.version_id, member_id, cause };
      const started = await insertRuns(db, JSON.stringify([run]), now);
      await gateway.startScenarios();
      const { run_id } = started[0] ?? (await findRunId(db, id, member_id, cause));
      return { run_id, started: started.length > 0 };
    },

    async runs({ id, state, after = '0', limit = defaultLimit }) {
      if (!(await readScenario(db, id))) return refuse('resource_not_found', { resource, id });
      if (!/^\d{1,18}$/.test(after)) {
        return refuse('bad_request', { problem: 'after: expected next_after of the page before' });
      }
      const rows = await listRuns(db, id, after, state === undefined ? null : state === 'waiting', limit + 1);
      const items = rows.slice(0, limit);
      return { items, next_after: rows.length > limit ? (items.at(-1)?.run_id ?? null) : null };
    },

    async cancelRun({ run_id }, { now }) {
      const run = await findRunLabels(db, String(run_id));
      if (!run) return refuse('resource_not_found', { resource: 'Run', id: run_id });
      const canceled = (await endRun(db, run.run_id, 'canceled', now)) > 0;
      if (canceled) await gateway.callScenarioRun(run, { mayStart: false }).catch(() => undefined);
      return { canceled };
    },
  };
}

function answerOr<R extends Refusal>(row: ScenarioRecord | R) {
  return 'refusal' in row ? row : answer(row);
}

function answer({ since: _, birthdays_on: __, ...row }: ScenarioRecord) {
  const { id, program_id, external_id, name, description, is_active, trigger, steps } = row;
  const { version_id, created_at, updated_at } = row;
  const values = { external_id, name, description, is_active, trigger, steps };
  return { id, program_id, ...values, version_id, created_at, updated_at };
}
