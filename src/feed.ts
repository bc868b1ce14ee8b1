import { createReadStream } from 'node:fs';
import { access } from 'node:fs/promises';
import { basename } from 'node:path';
import { parseArgs } from 'node:util';
import type { Logger } from 'pino';
import { uuidv7 } from 'uuidv7';
import { findServers, withServers } from './command';
import { ConfigError, filePlace, type ServiceConfig } from './config';
import { loadSnapshot } from './db/catalog-snapshot';
import { addFeedRun } from './db/commands/feeds';
import { listFeedRefusals, listFeedRuns } from './db/queries/feeds';
import type { Queryable } from './db/query';
import {
  checkMapping,
  type FeedOptions,
  type FeedTask,
  feedModes,
  feedParams,
  UnfitFeed,
} from './domain/feed';
import { sourceOf } from './domain/secret-url';
import { createFetcher } from './feeds/fetch';
import { openFileStore } from './file-store';
import { runTask } from './process';

const usage = `Usage: npm run feed -- FILE|URL [options]

  --entity ENTITY     product (the default), or sku: all offers are SKUs of products there are
  --mode MODE         add_and_update (the default), add_only or update_only
  --params HOW        ignore characteristics (the default), store them, or create fields for them
  --keep-categories   goods that have categories keep them
  --map FIELD=SOURCE  fill a field of goods, or custom_fields.NAME, from an element, an attribute as @bid,
                      or a characteristic as param.NAME; any number of times`;

const lookIntervalMs = 500;
const refusalsShown = 20;
const never = new AbortController().signal;

/**
 * `npm run feed -- FILE|URL`: imports a feed of goods into the service of the environment, or the one started
 * here; a worker of it does the work. Prints how far it has come and what was refused; exits with 1 if the
 * feed could not be read.
 */
export function main(): Promise<void> {
  return runTask(async (config, log) => {
    const asked = readArguments();
    await importFeed(asked, await findServers(config), log);
  });
}

type Asked = { from: string; options: FeedOptions };

function readArguments(): Asked {
  const value = { type: 'string' } as const;
  const flag = { type: 'boolean', default: false } as const;
  const several = { type: 'string', multiple: true, default: [] as string[] } as const;
  const options = { entity: value, mode: value, params: value, 'keep-categories': flag, map: several };
  try {
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [from, ...others] = positionals;
    const entity_type = (['product', 'sku'] as const).find((it) => it === (values.entity ?? 'product'));
    const mode = feedModes.find((it) => it === (values.mode ?? 'add_and_update'));
    const params = feedParams.find((it) => it === (values.params ?? 'ignore'));
    const mapping = Object.fromEntries(
      values.map.map((it) => /^([^=]+)=(.+)$/s.exec(it)?.slice(1) ?? ['', '']),
    );
    if (!from || others.length > 0 || !entity_type || !mode || !params || '' in mapping) {
      throw new ConfigError(usage);
    }
    const overwrite_categories = !values['keep-categories'];
    return { from, options: { entity_type, mode, params, overwrite_categories, mapping } };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${error instanceof Error ? error.message : error}\n\n${usage}`);
  }
}

async function importFeed({ from, options }: Asked, config: ServiceConfig, log: Logger): Promise<void> {
  const isUrl = /^https?:\/\//.test(from);
  const content = isUrl ? await fetched(from, config) : await opened(from);
  await withServers(config, log, async ({ pool, gateway }) => {
    const wrong = checkMapping(options, (await loadSnapshot(pool)).market.customFields);
    if (wrong) throw new ConfigError(`--map ${wrong.target}: ${wrong.problem}`);
    const run_id = uuidv7();
    const file = await openFileStore(filePlace(config)).write(run_id, content, never);
    const source = isUrl ? sourceOf(from) : basename(from);
    const task: FeedTask = { run_id, feed: null, file, source, options };
    await addFeedRun(pool, task);
    await gateway.startFeed(run_id, { task });
    await watch(pool, run_id);
  });
}

async function opened(path: string): Promise<AsyncIterable<Uint8Array>> {
  await access(path).catch(() => {
    throw new ConfigError(`${path} cannot be read`);
  });
  return createReadStream(path);
}

/** Under the same rule as feeds of the settings. */
async function fetched(url: string, config: ServiceConfig): Promise<AsyncIterable<Uint8Array>> {
  try {
    return await createFetcher(config.webhooksAllowPrivate ?? false)(url, never);
  } catch (error) {
    throw error instanceof UnfitFeed ? new ConfigError(error.message) : error;
  }
}

/** Prints how far a run has come, until it has ended. */
async function watch(db: Queryable, runId: string): Promise<void> {
  let shown = '';
  for (;;) {
    const [run] = await listFeedRuns(db, runId, null, 1);
    if (!run) throw new Error('The run vanished');
    const { offers, added, updated, unchanged, skipped, refused, state, problem } = run;
    const counts = `${added} added, ${updated} updated, ${unchanged} unchanged, ${skipped} skipped`;
    const line = `${offers} offers: ${counts}, ${refused} refused`;
    if (line !== shown) process.stdout.write(`${line}\n`);
    shown = line;
    if (state === 'done' || state === 'failed') {
      for (const refusal of await listFeedRefusals(db, runId, -2_147_483_648, refusalsShown)) {
        process.stdout.write(`offer ${refusal.position} "${refusal.external_id}": ${refusal.problem}\n`);
      }
      if (problem !== null) throw new ConfigError(problem);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, lookIntervalMs));
  }
}
