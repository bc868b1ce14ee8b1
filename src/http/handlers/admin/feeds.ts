import { uuidv7 } from 'uuidv7';
import type { adminFeeds } from '../../../contract/admin/feeds';
import { addFeedRun } from '../../../db/commands/feeds';
import { feeds } from '../../../db/commands/market-settings';
import { listFeedRefusals, listFeedRuns } from '../../../db/queries/feeds';
import { checkMapping, type FeedTask, taskOf } from '../../../domain/feed';
import { refuse } from '../../../domain/refusal';
import { withoutPassword, withPassword } from '../../../domain/secret-url';
import type { Handlers } from '../../handler';
import type { Dependencies } from '../target';
import { found } from './change';
import { handlersOf } from './market-settings';

const defaultLimit = 100;
const firstPosition = -2_147_483_648;
const never = new AbortController().signal;

export function createAdminFeedHandlers(dependencies: Dependencies): Handlers<typeof adminFeeds> {
  const { db, catalog, gateway, files } = dependencies;
  const readRun = async (id: string) =>
    found((await listFeedRuns(db, id, null, 1))[0], 'Import of a feed', id);
  const shown = <F extends { url: string }>(feed: F): F => ({ ...feed, url: withoutPassword(feed.url) });
  const settings = handlersOf(
    dependencies,
    feeds,
    ({ external_id }: { external_id: string }) => external_id,
    shown,
  );
  return {
    ...settings,

    async change({ url, ...input }) {
      if (url === undefined) return settings.change(input);
      const before = (await feeds.list(db)).find((row) => row.external_id === input.external_id);
      return settings.change({ ...input, url: withPassword(url, before?.url) });
    },

    async start({ external_id }) {
      const feed = (await feeds.list(db)).find((row) => row.external_id === external_id);
      if (!feed) return found(undefined, feeds.noun, external_id);
      const task = taskOf(feed, uuidv7());
      await addFeedRun(db, task);
      await gateway.startFeed(task.run_id, { feed: external_id, run_id: task.run_id });
      return { run_id: task.run_id };
    },

    async upload({ file_name = 'feed', ...options }, { upload }) {
      const wrong = checkMapping(options, catalog.market().customFields);
      if (wrong) return refuse('bad_request', { problem: `mapping.${wrong.target}: ${wrong.problem}` });
      const run_id = uuidv7();
      try {
        const file = await files.write(run_id, upload, never);
        const task: FeedTask = { run_id, feed: null, file, source: file_name, options };
        await addFeedRun(db, task);
        await gateway.startFeed(run_id, { task });
      } catch (error) {
        await files.removeGroup(run_id);
        throw error;
      }
      return { run_id };
    },

    async runs({ after, limit = defaultLimit }) {
      const rows = await listFeedRuns(db, null, after ?? null, limit + 1);
      const items = rows.slice(0, limit);
      return { items, next_after: rows.length > limit ? (items.at(-1)?.id ?? null) : null };
    },

    readRun: ({ id }) => readRun(id),

    async refusals({ id, after = firstPosition, limit = defaultLimit }) {
      const run = await readRun(id);
      if ('refusal' in run) return run;
      const rows = await listFeedRefusals(db, id, after, limit + 1);
      const items = rows.slice(0, limit);
      return { items, next_after: rows.length > limit ? (items.at(-1)?.position ?? null) : null };
    },
  };
}
