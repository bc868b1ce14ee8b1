import { Client, type Pool } from 'pg';
import { loadSnapshot, type Snapshot } from './db/catalog-snapshot';
import type {
  Access,
  Currency,
  CurrencySelector,
  Database,
  Program,
  Promotion,
  TierGroup,
} from './domain/catalog';
import type { Market } from './domain/market';
import type { Misfit, Pricing } from './domain/promotion/pricing';
import type { Segment } from './domain/segment';

type Log = { warn(details: object, message: string): void; info(details: object, message: string): void };

/** What operators set up, market included, in memory and never older than about a second. */
export interface Catalog {
  databases(): readonly Database[];
  database(id: number): Database | undefined;
  segment(id: number): Segment | undefined;
  programs(): readonly Program[];
  program(id: number): Program | undefined;
  /** In order of iid. */
  currencies(programId: number): readonly Currency[];
  currency(programId: number, selector: CurrencySelector): Currency | undefined;
  /** Trigger promotions, in order of id. */
  promotions(programId: number): readonly Promotion[];
  /** By external id first; then, if it is all digits, by id (C-20). */
  promotion(programId: number, promotionId: string): Promotion | undefined;
  tierGroup(programId: number, id: number): TierGroup | undefined;
  /** Discount and points promotions made ready, and how the program decides between them. */
  pricing(programId: number): Pricing | undefined;
  /** Why a promotion of orders counts as switched off, since what it names is gone; null: it does not. */
  misfit(promotion: { program_id: number; external_id: string }): string | null;
  /** What a token may do, found by its SHA-256 in hex; undefined if there is none or it was revoked. */
  access(tokenHash: string): Access | undefined;
  /** Sales channels, touchpoints, money, regions, statuses and custom fields. */
  market(): Market;
  /** Resolves when everything committed before the call is visible. Throws DatabaseUnavailable. */
  refresh(): Promise<void>;
  close(): Promise<void>;
}

const tickMs = 1_000;

/**
 * Loads the catalogue and keeps it fresh: it listens for changes on a connection of its own, and reads the
 * catalogue every second while that connection is lost. Throws DatabaseUnavailable if the first load fails.
 */
export async function openCatalog(pool: Pool, log: Log): Promise<Catalog> {
  const catalog = new LiveCatalog(pool, log, await loadSnapshot(pool));
  await catalog.start();
  return catalog;
}

class LiveCatalog implements Catalog {
  #snapshot: Snapshot;
  #running: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;
  #listener: Client | undefined;
  #timer: NodeJS.Timeout | undefined;
  #ticking: Promise<void> = Promise.resolve();
  #isClosed = false;
  #isTroubled = false;
  #told: ReadonlySet<string> = new Set();
  readonly #pool: Pool;
  readonly #log: Log;

  constructor(pool: Pool, log: Log, snapshot: Snapshot) {
    this.#pool = pool;
    this.#log = log;
    this.#snapshot = snapshot;
    this.#tellMisfits();
  }

  databases() {
    return [...this.#snapshot.databases.values()];
  }

  database(id: number) {
    return this.#snapshot.databases.get(id);
  }

  segment(id: number) {
    return this.#snapshot.segments.get(id);
  }

  programs() {
    return [...this.#snapshot.programs.values()];
  }

  program(id: number) {
    return this.#snapshot.programs.get(id);
  }

  currencies(programId: number) {
    return this.#snapshot.currencies.get(programId) ?? [];
  }

  currency(programId: number, { iid, eid }: CurrencySelector) {
    return this.currencies(programId).find(
      (currency) => (iid ?? currency.iid) === currency.iid && (eid ?? currency.eid) === currency.eid,
    );
  }

  promotions(programId: number) {
    return this.#snapshot.promotions.get(programId) ?? [];
  }

  promotion(programId: number, promotionId: string) {
    const promotions = this.promotions(programId);
    const byExternalId = promotions.find((promotion) => promotion.externalId === promotionId);
    if (byExternalId || !/^\d+$/.test(promotionId)) return byExternalId;
    return promotions.find((promotion) => promotion.id === Number(promotionId));
  }

  tierGroup(programId: number, id: number) {
    const group = this.#snapshot.tierGroups.get(id);
    return group?.programId === programId ? group : undefined;
  }

  pricing(programId: number) {
    return this.#snapshot.pricings.get(programId);
  }

  misfit({ program_id, external_id }: { program_id: number; external_id: string }) {
    const isIt = (misfit: Misfit) => misfit.programId === program_id && misfit.promotion === external_id;
    return this.#snapshot.misfits.find(isIt)?.problem ?? null;
  }

  access(tokenHash: string) {
    return this.#snapshot.tokens.get(tokenHash);
  }

  market() {
    return this.#snapshot.market;
  }

  /**
   * A load under way may have read before the caller's change, so whoever asks now shares the one after it.
   */
  refresh(): Promise<void> {
    this.#next ??= this.#running
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#running = this.#load();
        return this.#running;
      });
    return this.#next;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#ticking;
    await this.#next?.catch(() => undefined);
    await this.#running.catch(() => undefined);
    await this.#listener?.end();
  }

  /** Now and then once a second: makes sure that somebody listens, and reads the catalogue if nobody does. */
  async start(): Promise<void> {
    this.#ticking = this.#tick();
    await this.#ticking;
    if (!this.#isClosed) this.#timer = setTimeout(() => void this.start(), tickMs).unref();
  }

  async #tick(): Promise<void> {
    try {
      if (this.#listener) await this.#listener.query(heartbeat);
      else await Promise.all([this.#listen(), this.refresh()]);
      if (this.#isTroubled) this.#log.info({}, 'the catalogue is fresh again');
      this.#isTroubled = false;
    } catch (error) {
      if (!this.#isTroubled)
        this.#log.warn({ err: error }, 'changes of the catalogue cannot be seen: retrying');
      this.#isTroubled = true;
      this.#drop(this.#listener);
    }
  }

  async #listen(): Promise<void> {
    const client = new Client({ ...this.#pool.options, connectionTimeoutMillis: tickMs });
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    client.on('notification', () => void this.refresh().catch(() => this.#drop(client)));
    try {
      await client.connect();
      await client.query('listen catalog_changed');
      this.#listener = client;
      await this.refresh();
    } catch (error) {
      this.#drop(client);
      throw error;
    }
  }

  #drop(client: Client | undefined): void {
    if (this.#listener === client) this.#listener = undefined;
    void client?.end().catch(() => undefined);
  }

  /** Each once, and again when something else is wrong with it. */
  #tellMisfits(): void {
    const told = this.#told;
    this.#told = new Set(this.#snapshot.misfits.map((misfit) => JSON.stringify(misfit)));
    for (const misfit of this.#snapshot.misfits) {
      if (told.has(JSON.stringify(misfit))) continue;
      this.#log.warn({ misfit }, 'a promotion does not fit the settings any more: it counts as switched off');
    }
  }

  async #load(): Promise<void> {
    this.#snapshot = await loadSnapshot(this.#pool);
    this.#tellMisfits();
  }
}

// A dead peer is noticed within a second, not when TCP gives up.
const heartbeat = { text: 'select', query_timeout: tickMs };
