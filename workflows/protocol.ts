/**
 * What anyone outside may know of our workflows: names, ids, queues, signals, search attributes.
 * It is a public interface, like the HTTP API: operators and other workflows use it too.
 */
import type { Amount } from '../src/domain/amount';
import type { CommitOrder, CommitOutcome } from '../src/domain/checkout';
import type { ExportTask, WrittenExport } from '../src/domain/export';
import type { FeedResult, FeedTask } from '../src/domain/feed';
import type { ImportTask, UnfitFile } from '../src/domain/import';
import type { CalculatedSegment } from '../src/domain/market';
import type { Participated, PointsManaged } from '../src/domain/node';
import type { Settle, Wish } from '../src/domain/operation';
import type { SettledOrderPoints } from '../src/domain/order-points';
import type { Settled } from '../src/domain/outcome';
import type { Simulated, SimulationTask } from '../src/domain/simulation';

/** The workflow of one temporary transaction. */
export const holdType = 'hold';

/** The standalone activity that carries a batch of postings. */
export const postType = 'post';

export function holdWorkflowId(transactionId: string): string {
  return `hold/${transactionId}`;
}

/**
 * Postings, temporary transactions, long jobs, webhooks and scenarios have a queue each: none waits behind
 * another.
 */
export function taskQueues(name: string) {
  return {
    ledger: `${name}-ledger`,
    holds: `${name}-holds`,
    jobs: `${name}-jobs`,
    webhooks: `${name}-webhooks`,
    scenarios: `${name}-scenarios`,
  };
}

/** Signals a hold takes from anyone; none has arguments. */
export const holdSignals = ['commit', 'rollback', 'cancel'] as const satisfies Wish[];
export type HoldSignal = (typeof holdSignals)[number];

/** Sent by the API alone: the transaction was refused after its workflow had been started. */
export const discardSignal = 'discard';

export interface HoldInput extends Omit<Settle, 'verb' | 'wish'> {
  /** RFC 3339; when nobody has decided by then, the hold times out. */
  temp_until: string;
  /** How long that is from the start, by the clock of the API; absent in holds of earlier versions. */
  waits_ms?: number;
  kind: 'accrue' | 'redeem';
  amount: Amount;
}

/** `discarded`: refused before it was opened; `member_gone`: nothing left to settle. */
export type HoldResult = Settled | { state: 'discarded' | 'member_gone' };

/** The workflow of one export: writes its file, keeps it for a while, removes it; cancelled, at once. */
export const exportType = 'export';

export function exportWorkflowId(taskId: string): string {
  return `export/${taskId}`;
}

export type ExportInput = ExportTask;
export type ExportResult = WrittenExport;

/** The workflow that removes expired exports, and erases persons from the files of others. */
export const cleanExportsType = 'cleanExports';

export interface CleanExportsResult {
  expired: number;
  rewritten: number;
}

/** Its schedule; one that is running already goes on. */
export function cleanExportsStart(taskQueue: string) {
  return {
    workflowId: `${taskQueue}/clean-exports`,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue: taskQueues(taskQueue).jobs,
    staticSummary: 'expired files, and persons who were deleted',
  };
}

/** The workflow of one import: reads its file, writes members and points, keeps its report for a while. */
export const importType = 'importMembers';

export function importWorkflowId(importId: string): string {
  return `import/${importId}`;
}

export type ImportInput = ImportTask;
export type ImportResult = { rows: number; refused: number } | UnfitFile;

/** The workflow of one simulation: prices past orders without a promotion and with it, and only reads. */
export const simulatePromotionType = 'simulatePromotion';

export function simulationWorkflowId(simulationId: string): string {
  return `simulation/${simulationId}`;
}

export type SimulationInput = SimulationTask;
export type SimulationResult = Simulated;

/** The workflow that confirms one order; its result says of which request it is the outcome. */
export const commitOrderType = 'commitOrder';

/** Found by the external id of the order in the Temporal UI. */
export function commitOrderWorkflowId(externalId: string): string {
  return `order/${externalId}`;
}

export type CommitOrderInput = CommitOrder;

export interface CommitOrderResult {
  request_hash: string;
  outcome: CommitOutcome;
}

/** The workflow that has the points of an order become what its statuses say. */
export const orderPointsType = 'orderPoints';

/** Found by the external id of the order in the Temporal UI. */
export function orderPointsWorkflowId(externalId: string): string {
  return `order-points/${externalId}`;
}

/** Sent when a status has changed, and starts the workflow where none is running. */
export const lookSignal = 'look';

export interface OrderPointsInput {
  order_id: number;
  external_id: string;
}

/** Transactions activated and cancelled, and those that were refused in the end. */
export type OrderPointsResult = SettledOrderPoints;

/** Search attributes; amounts are for searching only, exact ones are in the input. */
export const searchAttributes = {
  LoyaltyProgram: 'KEYWORD',
  LoyaltyMember: 'KEYWORD',
  LoyaltyCurrency: 'KEYWORD',
  LoyaltyKind: 'KEYWORD',
  LoyaltyAmount: 'DOUBLE',
  LoyaltyTransactionEid: 'KEYWORD',
  LoyaltyScenario: 'KEYWORD',
} as const;

/** The workflow that writes off the lapsed points of one program. */
export const expirePointsType = 'expirePoints';

export interface ExpirePointsInput {
  program_id: number;
  /** Lots written off by the runs before, when there were too many for one. */
  lots?: number;
}

export interface ExpirePointsResult {
  lots: number;
}

/** The schedule of a program, and the workflow it starts: found by this id in the Temporal UI. */
export function expireScheduleId(taskQueue: string, programId: number): string {
  return `${taskQueue}/expire-points/${programId}`;
}

/** The workflow that deletes old events. */
export const deleteEventsType = 'deleteEvents';

export interface DeleteEventsInput {
  keep_days: number;
  /** Deleted by the runs before, when there were too many for one. */
  events?: number;
}

export interface DeleteEventsResult {
  events: number;
}

/** The schedule that deletes old events, and the workflow it starts. */
export function deleteEventsScheduleId(taskQueue: string): string {
  return `${taskQueue}/delete-events`;
}

/** The workflow that calculates which goods are in an updatable segment. */
export const calculateSegmentType = 'calculateSegment';

export interface CalculateSegmentInput {
  /** External id. */
  segment: string;
}

export type CalculateSegmentResult = CalculatedSegment;

/** The schedule of a segment, and the workflow it starts. */
export function segmentScheduleId(taskQueue: string, segment: string): string {
  return `${taskQueue}/calculate-segment/${segment}`;
}

/** The workflow that imports a feed of goods. */
export const importFeedType = 'importFeed';

/** A feed of the settings, by external id, under a run id if there is one already; or a file. */
export type ImportFeedInput = { feed: string; run_id?: string } | { task: FeedTask };

/** null: there is no such feed. */
export type ImportFeedResult = FeedResult | null;

/** The schedule of a feed, and the workflow it starts. */
export function feedScheduleId(taskQueue: string, feed: string): string {
  return `${taskQueue}/import-feed/${feed}`;
}

export function feedRunWorkflowId(runId: string): string {
  return `feed-run/${runId}`;
}

/** The workflow that registers the profiles that a program takes in by itself. */
export const enrolMembersType = 'enrolMembers';

export interface EnrolMembersInput {
  program_id: number;
  /** Of the runs before, when there were too many profiles for one. */
  considered?: number;
  registered?: number;
  position?: { rule: string; after: string };
}

/** Profiles that were looked at, and those that became members. */
export interface EnrolMembersResult {
  considered: number;
  registered: number;
}

/** The schedule of a program, and the workflow it starts: found by this id in the Temporal UI. */
export function enrolScheduleId(taskQueue: string, programId: number): string {
  return `${taskQueue}/enrol-members/${programId}`;
}

/** The workflow that delivers events to one webhook. */
export const deliverEventsType = 'deliverEvents';

/** The standalone activity that fetches promo codes for a pool; one at a time for each. */
export const fetchPromoCodesType = 'fetchPromoCodes';

/** The standalone activity that sends a webhook an event about nobody. */
export const tryWebhookType = 'tryWebhook';

export interface DeliverEventsInput {
  webhook_id: number;
  /** Of the runs before. */
  delivered?: number;
  failed?: number;
}

export interface DeliverEventsResult {
  delivered: number;
  /** Attempts, not events: most of these were delivered later. */
  failed: number;
}

/** How the workflow of a webhook is started; one that is running already goes on. */
export function deliverEventsStart(taskQueue: string, webhookId: number) {
  return {
    workflowId: `${taskQueue}/webhook/${webhookId}`,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue: taskQueues(taskQueue).webhooks,
    args: [{ webhook_id: webhookId }] satisfies [DeliverEventsInput],
    staticSummary: `events for webhook ${webhookId}`,
  };
}

/**
 * The workflow that evaluates the tiers of a program's members where time or settings may have changed them.
 */
export const evaluateTiersType = 'evaluateTiers';

export interface EvaluateTiersInput {
  program_id: number;
  /** Members evaluated by the runs before, when there were too many for one. */
  members?: number;
}

export interface EvaluateTiersResult {
  members: number;
}

/** As expireScheduleId, for tiers. */
export function tierScheduleId(taskQueue: string, programId: number): string {
  return `${taskQueue}/evaluate-tiers/${programId}`;
}

/** The nodes that scenarios elsewhere start, as docs/scenarios.md tells. */
export const pointsManagementType = 'loyaltyPointsManagement';
export const participationType = 'loyaltyParticipation';

/** Who does it, and to whom: a run does what a node says once. */
interface NodeInput {
  loyalty_program_id: number;
  scenario_id: number;
  run_id: number;
  node_id: string;
  matching: 'email' | 'phone' | 'profile_id' | 'custom';
  email?: string;
  phone?: string;
  profile_id?: string;
  field_name?: string;
  field_value?: string | number;
}

export interface PointsManagementInput extends NodeInput {
  operation: 'accrue' | 'redeem';
  promotion_id: string;
  points_currency_iid?: number;
  points_currency_eid?: string;
  /** Absent: the static amount of the rule. */
  amount?: Amount;
}

export type PointsManagementResult = PointsManaged;

export interface ParticipationInput extends NodeInput {
  operation: 'add' | 'remove';
}

export type ParticipationResult = Participated;

/** The workflow of one run of a scenario for one member. */
export const scenarioRunType = 'scenarioRun';

/** Sent to a run whose time may have come. */
export const callSignal = 'call';

export interface ScenarioRunInput {
  run_id: string;
  /** What the run does is a version of its scenario, which never changes. */
  version_id: number;
}

/** Asleep, its row is all there is of a run until it is called. */
export type ScenarioRunResult = { state: 'sleeps'; until: string } | { state: 'ended'; outcome: string };

/** One id per scenario, member and cause, so that a run has one workflow at a time. */
export function scenarioRunId(
  taskQueue: string,
  { scenario_id, member_id, cause }: { scenario_id: number; member_id: string; cause: string },
): string {
  return `${taskQueue}/scenario/${scenario_id}/${member_id}/${cause}`;
}

/** The workflow that starts runs of scenarios and calls those that are due. */
export const dispatchScenariosType = 'dispatchScenarios';

export interface DispatchScenariosInput {
  /** Of the runs before. */
  started?: number;
  called?: number;
}

export interface DispatchScenariosResult {
  started: number;
  called: number;
}

/** How it is started; one that is running already goes on. */
export function dispatchScenariosStart(taskQueue: string) {
  return {
    workflowId: `${taskQueue}/scenarios`,
    workflowIdConflictPolicy: 'USE_EXISTING' as const,
    taskQueue: taskQueues(taskQueue).scenarios,
    args: [{}] satisfies [DispatchScenariosInput],
    staticSummary: 'starts and calls runs of scenarios',
  };
}
