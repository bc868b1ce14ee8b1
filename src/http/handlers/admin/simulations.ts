import { uuidv7 } from 'uuidv7';
import type { adminSimulations } from '../../../contract/admin/simulations';
import type { Request } from '../../../contract/endpoint';
import { addSimulation } from '../../../db/commands/simulations';
import { listPromotions, type PromotionRow } from '../../../db/queries/catalog';
import { findSimulation, listSimulations, type SimulationRow } from '../../../db/queries/simulations';
import { isRefusal, refuse } from '../../../domain/refusal';
import type { SimulationOptions, SimulationReport, SimulationTask } from '../../../domain/simulation';
import type { Handlers } from '../../handler';
import { refuseFuture } from '../moment';
import type { Dependencies } from '../target';
import { found } from './change';

type SimulationRequest = Request<typeof adminSimulations.start>;

const resource = 'Simulation';
const uuidForm = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const usualOrders = 10_000;
const defaultLimit = 100;

export function createAdminSimulationHandlers(dependencies: Dependencies): Handlers<typeof adminSimulations> {
  const { db, catalog, gateway } = dependencies;
  const find = async (id: string) => (uuidForm.test(id) ? (await findSimulation(db, id))[0] : undefined);

  return {
    async start(input, { access, now }) {
      const promotions = await listPromotions(db);
      const promotion = promotions.find(({ id }) => id === input.id);
      const program = promotion && catalog.program(promotion.program_id);
      if (!promotion || !program) return found(undefined, 'Promotion', input.id);
      if (promotion.kind === 'trigger') {
        const problem = `id: "${promotion.external_id}" is a trigger promotion, which no order is priced by`;
        return refuse('conflict', { problem });
      }
      const others = promotions.filter((it) => it.program_id === program.id && it !== promotion);
      const options = optionsOf(dependencies, input, { databaseId: program.databaseId, others, now });
      if (isRefusal(options)) return options;
      const simulation_id = uuidv7();
      const task: SimulationTask = {
        ...{ simulation_id, program_id: program.id, promotion_id: promotion.id, options },
        ...{ requested_at: now, requested_by: access.tokenName },
      };
      const labels = { program: program.externalId, promotion: promotion.external_id };
      await gateway.startSimulation(task, labels);
      await addSimulation(db, task);
      const row = await find(simulation_id);
      return row ? shownWhole(row) : found(row, 'Promotion', input.id);
    },

    async list({ id, after, limit = defaultLimit }) {
      if (after !== undefined && !uuidForm.test(after)) {
        return refuse('bad_request', { problem: 'after: expected next_after of the page before' });
      }
      if (!(await listPromotions(db)).some((promotion) => promotion.id === id)) {
        return found(undefined, 'Promotion', id);
      }
      const rows = await listSimulations(db, id, after ?? null, limit + 1);
      const page = rows.slice(0, limit);
      const next = rows.length > limit ? (page.at(-1)?.simulation_id ?? null) : null;
      return { items: page.map(shown), next_after: next };
    },

    async read({ id }) {
      const row = await find(id);
      return row ? shownWhole(row) : found(row, resource, id);
    },
  };
}

/** What is asked, with what was left out; refusals: resource_not_found, bad_request. */
function optionsOf(
  { catalog }: Pick<Dependencies, 'catalog'>,
  input: SimulationRequest,
  { databaseId, others, now }: { databaseId: number; others: readonly PromotionRow[]; now: string },
): SimulationOptions | ReturnType<typeof refuse<'resource_not_found' | 'bad_request'>> {
  const { touchpoints, channels, orderStatuses } = catalog.market();
  const own = [...touchpoints.values()]
    .filter(({ channel }) => channels.get(channel)?.database_id === databaseId)
    .map(({ external_id }) => external_id);
  const { endpoints = own, except_statuses = ['canceled'], drafts = [], without = [] } = input;
  const future = refuseFuture('until', input.until, now);
  if (future) return future;
  const known = new Set(others.filter(({ kind }) => kind !== 'trigger').map((it) => it.external_id));
  const missing =
    unknownOf('Touchpoint', endpoints, new Set(own)) ??
    (input.except_statuses && unknownOf('Order status', except_statuses, orderStatuses)) ??
    unknownOf('Promotion', [...drafts, ...without], known);
  if (missing) return missing;
  return {
    ...{ orders: input.orders ?? usualOrders, since: input.since ?? null, until: input.until ?? now },
    ...{ endpoints, except_statuses, keep_dates: input.keep_dates ?? false, drafts, without },
  };
}

function unknownOf(resourceName: string, names: readonly string[], known: { has(name: string): boolean }) {
  const unknown = names.find((name) => !known.has(name));
  return unknown === undefined
    ? undefined
    : refuse('resource_not_found', { resource: resourceName, id: `"${unknown}"` });
}

function shown({ simulation_id, promotion_eid, options, state, problem, ...row }: SimulationRow) {
  const { program_id, promotion_id, requested_at, requested_by, orders_read, orders_total, ended_at } = row;
  return {
    ...{ id: simulation_id, program_id, promotion_id, promo_eid: promotion_eid },
    ...(options as unknown as SimulationOptions),
    ...{ requested_at, requested_by, status: state, orders_read, orders_total, ended_at },
    error_text: problem,
  };
}

function shownWhole({ report, ...row }: SimulationRow & { report: string | null }) {
  return { ...shown(row), report: report === null ? null : (JSON.parse(report) as SimulationReport) };
}
