import { z } from 'zod';
import type { FeedProgress, FeedTask } from '../../domain/feed';
import { command, type Queryable, queryFirst } from '../query';

const progressRow = z.object({
  file: z.string().nullable(),
  state: z.enum(['queued', 'running', 'done', 'failed']),
  offers: z.int(),
  added: z.int(),
  updated: z.int(),
  unchanged: z.int(),
  skipped: z.int(),
  refused: z.int(),
});
const counts = 'offers, added, updated, unchanged, skipped, refused';

const insertRun = command({
  name: 'feed-run-insert',
  parameters: [z.string(), z.string().nullable(), z.string(), z.string(), z.string().nullable()],
  text: `
    insert into market.feed_runs (id, feed, source, options, file) values ($1, $2, $3, $4::jsonb, $5)
    on conflict (id) do nothing`,
});

/** Notes a run; does nothing if it is known. */
export async function addFeedRun(db: Queryable, task: FeedTask): Promise<void> {
  await insertRun(db, task.run_id, task.feed, task.source, JSON.stringify(task.options), task.file);
}

/** Where a run stands that begins or is taken over; what has ended stays as it is. */
export const startFeedRun = queryFirst({
  name: 'feed-run-start',
  parameters: [z.string()],
  row: progressRow,
  text: `
    update market.feed_runs set state = case when state = 'queued' then 'running' else state end
    where id = $1
    returning file, state, ${counts}`,
});

export const setFeedFile = command({
  name: 'feed-run-file',
  parameters: [z.string(), z.string()],
  text: 'update market.feed_runs set file = $2 where id = $1',
});

const addCounts = command({
  name: 'feed-run-progress',
  parameters: [z.string(), z.int(), z.string()],
  text: `
    update market.feed_runs r set (${counts}) = (
      select n.offers, n.added, n.updated, n.unchanged, n.skipped, n.refused
      from jsonb_to_record($3::jsonb) as n(
        offers int, added int, updated int, unchanged int, skipped int, refused int
      )
    )
    where r.id = $1 and r.offers = $2 and r.state = 'running'`,
});

const insertRefusals = command({
  name: 'feed-refusals-insert',
  parameters: [z.string(), z.string()],
  text: `
    insert into market.feed_refusals (run_id, position, external_id, problem)
    select $1, n.position, n.external_id, n.problem
    from jsonb_to_recordset($2::jsonb) as n(position int, external_id text, problem text)
    on conflict do nothing`,
});

export interface FeedRefusal {
  position: number;
  external_id: string;
  problem: string;
}

/**
 * Notes what was read since `before`, in the transaction that writes the goods; false if somebody else has
 * gone on from there, or the run has ended.
 */
export async function noteFeedProgress(
  db: Queryable,
  runId: string,
  before: FeedProgress,
  after: FeedProgress,
  refusals: readonly FeedRefusal[],
): Promise<boolean> {
  const isMine = (await addCounts(db, runId, before.offers, JSON.stringify(after))) === 1;
  if (isMine && refusals.length > 0) await insertRefusals(db, runId, JSON.stringify(refusals));
  return isMine;
}

/** Ends a run, once: done, or failed with what is wrong. */
export const endFeedRun = command({
  name: 'feed-run-end',
  parameters: [z.string(), z.string(), z.string().nullable()],
  text: `
    update market.feed_runs set state = $2, problem = $3, ended_at = now(), file = null
    where id = $1 and ended_at is null`,
});
