import { z } from 'zod';
import { query } from '../query';

const row = z.object({
  simulation_id: z.string(),
  program_id: z.int(),
  promotion_id: z.int(),
  promotion_eid: z.string(),
  options: z.json(),
  requested_at: z.string(),
  requested_by: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  orders_total: z.int().nullable(),
  orders_read: z.int(),
  problem: z.string().nullable(),
  ended_at: z.string().nullable(),
});
export type SimulationRow = z.output<typeof row>;

const columns = `
  s.simulation_id, s.program_id, s.promotion_id, p.external_id as promotion_eid, s.options, s.requested_at,
  s.requested_by, s.state, s.orders_total, s.orders_read, s.problem, s.ended_at`;
const tables = 'market.simulations s join catalog.promotions p on p.id = s.promotion_id';

/** One simulation with its report, which is JSON; none or one. */
export const findSimulation = query({
  name: 'simulation-find',
  parameters: [z.string()],
  row: row.extend({ report: z.string().nullable() }),
  text: `
    select ${columns}, s.report::text as report from ${tables} where s.simulation_id = $1::uuid`,
});

/** The simulations of a promotion, those older than $2, newest first: ids begin with the time. */
export const listSimulations = query({
  name: 'simulations-list',
  parameters: [z.int(), z.string().nullable(), z.int()],
  row,
  text: `
    select ${columns} from ${tables}
    where s.promotion_id = $1::int and ($2::uuid is null or s.simulation_id < $2::uuid)
    order by s.simulation_id desc
    limit $3::int`,
});
