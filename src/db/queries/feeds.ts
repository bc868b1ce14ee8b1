import { z } from 'zod';
import { query } from '../query';

const runRow = z.object({
  id: z.string(),
  feed: z.string().nullable(),
  source: z.string(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  problem: z.string().nullable(),
  offers: z.int(),
  added: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  refused: z.int(),
  created_at: z.string(),
  ended_at: z.string().nullable(),
});
const columns = `
  id, feed, source, state, problem, offers, added, updated, unchanged, skipped, refused, created_at,
  ended_at`;

/** One run, or those before a position, newest first: ids begin with the time. */
export const listFeedRuns = query({
  name: 'feed-runs',
  parameters: [z.string().nullable(), z.string().nullable(), z.int()],
  row: runRow,
  text: `
    select ${columns} from market.feed_runs
    where id = coalesce($1, id) and ($2::text is null or id < $2)
    order by id desc
    limit $3::int`,
});

export const listFeedRefusals = query({
  name: 'feed-refusals',
  parameters: [z.string(), z.int(), z.int()],
  row: z.object({ position: z.int(), external_id: z.string(), problem: z.string() }),
  text: `
    select position, external_id, problem from market.feed_refusals
    where run_id = $1 and position > $2
    order by position
    limit $3::int`,
});
