import { cancellationSignal } from '@temporalio/activity';
import type { Pool } from 'pg';
import { loadSnapshot } from '../src/db/catalog-snapshot';
import { changeCatalog } from '../src/db/commands/catalog-change';
import { type CategoryChange, writeCategories } from '../src/db/commands/categories';
import {
  addFeedRun,
  endFeedRun,
  type FeedRefusal,
  noteFeedProgress,
  setFeedFile,
  startFeedRun,
} from '../src/db/commands/feeds';
import { type GoodsItem, writeGoodsBatch } from '../src/db/commands/goods';
import { marketFields } from '../src/db/commands/market-settings';
import { listFeeds } from '../src/db/queries/market-settings';
import { inTransaction } from '../src/db/transaction';
import {
  checkMapping,
  createOfferReader,
  type Feed,
  type FeedProgress,
  type FeedResult,
  type FeedTask,
  type Offer,
  type ReadOffer,
  taskOf,
  UnfitFeed,
} from '../src/domain/feed';
import type { GoodsChange, GoodsEntity } from '../src/domain/goods';
import type { Market } from '../src/domain/market';
import { isRefusal, refusalText } from '../src/domain/refusal';
import { isObjection } from '../src/domain/settings';
import { beating } from './beating';
import type { ActivityContext } from './index';

const offersAtOnce = 500;
const mostCategories = 100_000;
const mostFields = 1_000;

type OpenInput = { feed: string; run_id?: string } | { task: FeedTask };
const nothing: FeedProgress = { offers: 0, added: 0, updated: 0, unchanged: 0, skipped: 0, refused: 0 };

/** The activities of an import. What was written is recorded with it, so that others go on behind. */
export function createImportFeed({ db, files, feeds }: ActivityContext) {
  return {
    /** Notes the run; null if there is no such feed. */
    async openFeedRun(input: OpenInput, runId: string): Promise<FeedTask | null> {
      const task = 'task' in input ? input.task : await taskOfFeed(db, input.feed, input.run_id ?? runId);
      if (task) await addFeedRun(db, task);
      return task;
    },

    /** Fetches the feed into a file; answers why that cannot be, or null. */
    async fetchFeed({ run_id, feed }: FeedTask): Promise<string | null> {
      return beating(
        () => ({}),
        () =>
          orUnfit(async () => {
            const settings = (await listFeeds(db)).find(({ external_id }) => external_id === feed);
            if (!settings) return 'the feed was deleted';
            const content = await feeds.fetch(settings.url, cancellationSignal());
            const file = await files.write(run_id, content, cancellationSignal());
            await setFeedFile(db, run_id, file);
            return null;
          }),
      );
    },

    /** Reads the file and writes its goods, going on behind what was recorded. */
    async readFeed(task: FeedTask, problem: string | null): Promise<FeedResult> {
      const start = await startFeedRun(db, task.run_id);
      if (!start) throw new Error('The run is unknown');
      const { file, state, ...progress } = start;
      if (problem !== null || state !== 'running') return { ...progress, problem };
      const run = new Run(db, task, progress);
      const failure = await beating(
        () => run.progress,
        () =>
          orUnfit(async () => {
            try {
              for await (const document of feeds.unpack(files.read(file ?? ''))) {
                for await (const parts of feeds.read(document)) {
                  cancellationSignal().throwIfAborted();
                  for (const part of parts)
                    await ('offer' in part ? run.offer(part.offer) : run.category(part.category));
                }
              }
              await run.flush();
            } finally {
              await run.written();
            }
            return null;
          }),
      );
      return { ...run.progress, problem: failure };
    },

    /** Ends a run, and removes its file. */
    async endFeedRun(runId: string, problem: string | null): Promise<void> {
      await endFeedRun(db, runId, problem === null ? 'done' : 'failed', problem);
      await files.removeGroup(runId);
    },
  };
}

/** A feed that cannot be read is answered as text. */
async function orUnfit(work: () => Promise<string | null>): Promise<string | null> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof UnfitFeed) return error.message;
    throw error;
  }
}

async function taskOfFeed(db: Pool, externalId: string, runId: string): Promise<FeedTask | null> {
  const feed = ((await listFeeds(db)) as Feed[]).find(({ external_id }) => external_id === externalId);
  return feed ? taskOf(feed, runId) : null;
}

/**
 * One reading of a feed from its beginning; what was recorded before is read and not written again. While a
 * batch is written, the next one is read.
 */
class Run {
  progress: FeedProgress;
  #read = 0;
  #offers: Offer[] = [];
  #categories: CategoryChange[] = [];
  #refusals: FeedRefusal[] = [];
  #strayCategories = 0;
  #market: Market | undefined;
  #readOffer: ReadOffer | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(
    readonly db: Pool,
    readonly task: FeedTask,
    progress: FeedProgress,
  ) {
    this.progress = { ...nothing, ...progress };
  }

  async category(category: CategoryChange): Promise<void> {
    if (category.external_id !== '' && category.external_id.length <= 255) this.#categories.push(category);
    if (this.#categories.length > mostCategories) {
      throw new UnfitFeed(`expected at most ${mostCategories} categories`);
    }
  }

  async offer(offer: Offer): Promise<void> {
    if (this.#categories.length > 0) await this.#writeCategories();
    this.#read += 1;
    if (this.#read <= this.progress.offers) return;
    this.#offers.push(offer);
    if (this.#offers.length === offersAtOnce) await this.#send();
  }

  /** Writes the rest. */
  async flush(): Promise<void> {
    if (this.#categories.length > 0) await this.#writeCategories();
    await this.#send();
  }

  /** Waits for the batch that is being written. Throws what it came to. */
  written(): Promise<void> {
    return this.#writing;
  }

  async #send(): Promise<void> {
    const offers = this.#offers;
    const refusals = this.#refusals;
    this.#offers = [];
    this.#refusals = [];
    await this.written();
    this.#writing = this.#write(offers, refusals);
    this.#writing.catch(() => undefined); // whoever waits next is told
  }

  async #write(offers: readonly Offer[], refusals: FeedRefusal[]): Promise<void> {
    const { options, run_id } = this.task;
    const before = this.progress;
    const read = await this.#offerReader();
    const items = offers.map(read);
    const valid = items.flatMap((item): GoodsItem[] => (typeof item === 'string' ? [] : [item]));
    const market = await this.#marketFor(valid);
    const counts = { ...before, offers: before.offers + items.length };
    await inTransaction(this.db, '', async (db) => {
      const mode = { mode: options.mode, keepCategories: !options.overwrite_categories };
      const outcomes = (await writeGoodsBatch(db, market, valid, mode)).values();
      for (const [index, item] of items.entries()) {
        const outcome = typeof item === 'string' ? item : outcomes.next().value;
        if (typeof outcome === 'object' && 'done' in outcome) {
          counts[outcome.done] += 1;
          continue;
        }
        counts.refused += 1;
        const problem =
          typeof outcome === 'object' && isRefusal(outcome) ? refusalText(outcome) : String(outcome);
        const external_id = (offers[index]?.attributes.id ?? '').slice(0, 255);
        refusals.push({ position: before.offers + index + 1, external_id, problem });
      }
      if (await noteFeedProgress(db, run_id, before, counts, refusals)) return;
      throw new Error('Somebody else reads this feed, or it has ended');
    });
    this.progress = counts;
  }

  /** Categories that cannot be are left out, and reported below zero. */
  async #writeCategories(): Promise<void> {
    let rest = this.#categories.map(({ name, ...it }) => ({
      ...it,
      name: name.slice(0, 255) || it.external_id,
    }));
    this.#categories = [];
    for (;;) {
      const wanted = rest;
      const problem = await inTransaction(this.db, '', (db) => writeCategories(db, wanted));
      if (!problem) return;
      this.#strayCategories += 1;
      const position = -this.#strayCategories;
      const { external_id = '' } = rest[problem.index] ?? {};
      this.#refusals.push({ position, external_id, problem: `category: ${problem.problem}` });
      rest = rest.filter((_, index) => index !== problem.index);
    }
  }

  async #offerReader(): Promise<ReadOffer> {
    if (this.#readOffer) return this.#readOffer;
    const { customFields } = await this.#loadMarket();
    const wrong = checkMapping(this.task.options, customFields);
    if (wrong) throw new UnfitFeed(`mapping.${wrong.target}: ${wrong.problem}`);
    this.#readOffer = createOfferReader(this.task.options, customFields);
    return this.#readOffer;
  }

  async #loadMarket(): Promise<Market> {
    this.#market ??= (await loadSnapshot(this.db)).market;
    return this.#market;
  }

  /** The market, with the custom fields that these goods need. */
  async #marketFor(items: readonly GoodsItem[]): Promise<Market> {
    const market = await this.#loadMarket();
    const missing = new Map<string, [GoodsEntity, string]>();
    for (const { product, skus } of items) {
      for (const [entity, goods] of [
        ['product', product] as const,
        ...skus.map((sku): [GoodsEntity, GoodsChange] => ['sku', sku]),
      ]) {
        for (const name of Object.keys(goods?.custom_fields ?? {})) {
          if (!market.customFields[entity].has(name)) missing.set(`${entity}/${name}`, [entity, name]);
        }
      }
    }
    if (missing.size > 0) await this.#makeFields([...missing.values()], market);
    return this.#loadMarket();
  }

  async #makeFields(missing: readonly [GoodsEntity, string][], market: Market): Promise<void> {
    const [first] = missing;
    if (this.task.options.params !== 'create') {
      throw new UnfitFeed(
        `there is no custom field "${first?.[1]}" of ${first?.[0]}: make it, or let params create`,
      );
    }
    if (missing.length + market.customFields.product.size + market.customFields.sku.size > mostFields) {
      throw new UnfitFeed(`the characteristics need more than ${mostFields} custom fields`);
    }
    await changeCatalog(this.db, async (db) => {
      for (const [entity_type, external_id] of missing) {
        const rest = { required: false, default_value: null, enum_values: null };
        const field = {
          entity_type,
          external_id,
          name: external_id,
          value_type: 'unicode' as const,
          ...rest,
        };
        const made = await marketFields.create(db, field);
        if (isObjection(made) && made.objection !== 'conflict') throw new UnfitFeed(made.problem);
      }
    });
    this.#market = undefined;
  }
}
