import { z } from 'zod';
import { command, queryOne } from '../query';

/** Program, scenario, run (bigint text) and node. */
const key = [z.int(), z.string(), z.string(), z.string()] as const;
const isOfNode = 'program_id = $1 and scenario_id = $2::bigint and run_id = $3::bigint and node_id = $4';

/** 1 if the node of the run has done nothing yet; whoever claims it at the same time waits, and gets 0. */
export const claimParticipation = command({
  name: 'participation-claim',
  parameters: [...key, z.string()],
  text: `
    insert into scenarios.participations (program_id, scenario_id, run_id, node_id, request_hash)
    values ($1, $2::bigint, $3::bigint, $4, $5) on conflict do nothing`,
});

export const readParticipation = queryOne({
  name: 'participation-read',
  parameters: key,
  row: z.object({ request_hash: z.string(), changed: z.boolean() }),
  text: `select request_hash, changed from scenarios.participations where ${isOfNode}`,
});

/** Notes that the node changed the membership. */
export const noteParticipation = command({
  name: 'participation-note',
  parameters: key,
  text: `update scenarios.participations set changed = true where ${isOfNode}`,
});

/** What was refused may be asked for again. */
export const releaseParticipation = command({
  name: 'participation-release',
  parameters: key,
  text: `delete from scenarios.participations where ${isOfNode}`,
});
