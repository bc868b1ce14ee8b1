import type { Pool } from 'pg';
import type { Catalog } from '../src/catalog';
import type { FetchFeed } from '../src/feeds/fetch';
import type { readYml } from '../src/feeds/read';
import type { unpack } from '../src/feeds/unpack';
import type { FileStore } from '../src/file-store';
import type { Gateway } from '../src/gateway';
import type { Ask } from '../src/webhooks/ask';
import type { Send } from '../src/webhooks/send';
import { createCalculateSegment } from './calculate-segment';
import { createCleanExports } from './clean-exports';
import { createCommitOrder } from './commit-order';
import { createDeleteEvents } from './delete-events';
import { createDeliverEvents } from './deliver-events';
import { createDispatchScenarios } from './dispatch-scenarios';
import { createEnrolMembers } from './enrol-members';
import { createEvaluateTiers } from './evaluate-tiers';
import { createExpirePoints } from './expire-points';
import { createExports } from './exports';
import { createFetchPromoCodes } from './fetch-promo-codes';
import { createImportFeed } from './import-feed';
import { createImports } from './imports';
import { createManagePoints } from './manage-points';
import { createParticipate } from './participate';
import { createPost } from './post';
import { createEndScenarioRun, createTakeScenarioStep } from './scenario-step';
import { createSettle } from './settle';
import { createSettleOrderPoints } from './settle-order-points';
import { createSimulatePromotion } from './simulate-promotion';
import { createTryWebhook } from './try-webhook';

/** What activities need from the process they run in. */
export interface ActivityContext {
  db: Pool;
  catalog: Catalog;
  gateway: Gateway;
  /** Aborted when the process is told to stop: what only looks for work stops looking. */
  stopping: AbortSignal;
  /** A run of a scenario that waits longer than this closes its workflow meanwhile. */
  scenarioOpenWaitSec: number;
  /** Now, as RFC 3339 UTC. */
  clock(): string;
  log: Log;
  /** Sends an event to a webhook. */
  send: Send;
  /** Asks a service by POST JSON. */
  ask: Ask;
  files: FileStore;
  feeds: Feeds;
  /** How long the file of an export is kept. */
  exportKeepSec: number;
}

/** How feeds are fetched and read. */
export interface Feeds {
  fetch: FetchFeed;
  unpack: typeof unpack;
  read: typeof readYml;
}

interface Log {
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export function createActivities(context: ActivityContext) {
  return {
    calculateSegment: createCalculateSegment(context),
    cleanExports: createCleanExports(context),
    deleteEvents: createDeleteEvents(context),
    commitOrder: createCommitOrder(context),
    deliverEvents: createDeliverEvents(context),
    dispatchScenarios: createDispatchScenarios(context),
    endScenarioRun: createEndScenarioRun(context),
    takeScenarioStep: createTakeScenarioStep(context),
    evaluateTiers: createEvaluateTiers(context),
    enrolMembers: createEnrolMembers(context),
    expirePoints: createExpirePoints(context),
    ...createExports(context),
    ...createImports(context),
    ...createImportFeed(context),
    fetchPromoCodes: createFetchPromoCodes(context),
    managePoints: createManagePoints(context),
    participate: createParticipate(context),
    post: createPost(context),
    settle: createSettle(context),
    settleOrderPoints: createSettleOrderPoints(context),
    ...createSimulatePromotion(context),
    tryWebhook: createTryWebhook(context),
  };
}

export type Activities = ReturnType<typeof createActivities>;
