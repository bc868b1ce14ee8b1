import { z } from 'zod';
import type { SimulationReport, SimulationTask } from '../../domain/simulation';
import { command, type Queryable } from '../query';

const insertSimulation = command({
  name: 'simulation-insert',
  // The task as one object.
  parameters: [z.string()],
  text: `
    insert into market.simulations
      (simulation_id, program_id, promotion_id, options, requested_at, requested_by)
    select t.simulation_id, t.program_id, t.promotion_id, t.options, t.requested_at, t.requested_by
    from jsonb_populate_record(null::market.simulations, $1::jsonb) t
    where exists (select from catalog.promotions p where p.id = t.promotion_id)
    on conflict do nothing`,
});

/** Makes a simulation known; once, however often it is called, and not without its promotion. */
export function addSimulation(db: Queryable, task: SimulationTask): Promise<number> {
  return insertSimulation(db, JSON.stringify(task));
}

/** Says that a simulation begins, or begins again, with so many orders; 0 if it has ended or is gone. */
export const startSimulation = command({
  name: 'simulation-start',
  parameters: [z.string(), z.int()],
  text: `
    update market.simulations set state = 'running', orders_total = $2::int, orders_read = 0
    where simulation_id = $1::uuid and ended_at is null`,
});

/** Says how many orders have been read; 0 if the simulation has ended or is gone. */
export const advanceSimulation = command({
  name: 'simulation-advance',
  parameters: [z.string(), z.int()],
  text: `
    update market.simulations set orders_read = $2::int
    where simulation_id = $1::uuid and ended_at is null`,
});

const storeReport = command({
  name: 'simulation-finish',
  parameters: [z.string(), z.string(), z.int(), z.string()],
  text: `
    update market.simulations set
      state = 'done', ended_at = $2::timestamptz, orders_read = $3::int, orders_total = $3::int,
      report = $4::text::json
    where simulation_id = $1::uuid and ended_at is null`,
});

/** Ends a simulation with its report, at a moment (RFC 3339). */
export function finishSimulation(
  db: Queryable,
  id: string,
  at: string,
  report: SimulationReport,
): Promise<number> {
  return storeReport(db, id, at, report.orders.read, JSON.stringify(report));
}

/** Ends a simulation that has no report ($2: when), and says why. */
export const failSimulation = command({
  name: 'simulation-fail',
  parameters: [z.string(), z.string(), z.string()],
  text: `
    update market.simulations set state = 'failed', ended_at = $2::timestamptz, problem = $3::text
    where simulation_id = $1::uuid and ended_at is null`,
});
