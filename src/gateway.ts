import {
  ActivityExecutionFailedError,
  Client,
  Connection,
  type ConnectionOptions,
  isGrpcServiceError,
  ServiceError,
  WorkflowFailedError,
} from '@temporalio/client';
import {
  ApplicationFailure,
  defineSearchAttributeKey,
  type SearchAttributePair,
  WorkflowNotFoundError,
} from '@temporalio/common';
import { uuidv7 } from 'uuidv7';
import {
  type CalculateSegmentResult,
  type CommitOrderInput,
  type CommitOrderResult,
  calculateSegmentType,
  callSignal,
  cleanExportsStart,
  cleanExportsType,
  commitOrderType,
  commitOrderWorkflowId,
  deliverEventsStart,
  deliverEventsType,
  discardSignal,
  dispatchScenariosStart,
  dispatchScenariosType,
  type EnrolMembersResult,
  type EvaluateTiersResult,
  type ExpirePointsResult,
  type ExportInput,
  enrolMembersType,
  enrolScheduleId,
  evaluateTiersType,
  expirePointsType,
  expireScheduleId,
  exportType,
  exportWorkflowId,
  feedRunWorkflowId,
  fetchPromoCodesType,
  type HoldInput,
  type HoldResult,
  type HoldSignal,
  holdType,
  holdWorkflowId,
  type ImportFeedInput,
  type ImportInput,
  importFeedType,
  importType,
  importWorkflowId,
  lookSignal,
  type OrderPointsInput,
  type OrderPointsResult,
  orderPointsType,
  orderPointsWorkflowId,
  postType,
  type ScenarioRunInput,
  type SimulationInput,
  scenarioRunId,
  scenarioRunType,
  searchAttributes,
  segmentScheduleId,
  simulatePromotionType,
  simulationWorkflowId,
  taskQueues,
  tierScheduleId,
  tryWebhookType,
} from '../workflows/protocol';
import { coalesce } from './coalesce';
import type { CommitOutcome } from './domain/checkout';
import type { Accrue, Operation, Redeem, Remove } from './domain/operation';
import type { NotedOrder } from './domain/order-points';
import { type Fault, faultyOperations, type Outcome, type Settled } from './domain/outcome';
import { type CodesToFetch, type FetchedCodes, fetchAttempts } from './domain/promo-code-pool';
import { isRefusal } from './domain/refusal';
import { Unavailable } from './domain/unavailable';
import type { Attempt } from './domain/webhook';

/** Thrown when Temporal or a worker cannot be asked right now; what was asked may still be carried out. */
export class TemporalUnavailable extends Unavailable {
  override readonly name = 'TemporalUnavailable';
}

/** Thrown for an operation that the ledger could not carry out for a reason nobody foresaw. */
export class OperationFault extends Error {
  override readonly name = 'OperationFault';
}

export interface GatewayOptions {
  connection: ConnectionOptions;
  namespace: string;
  taskQueue: string;
  /** Longest a batch occupies a lane, and a request waits for its outcome. */
  requestTimeoutMs: number;
  now?: () => Date;
  log: { warn(fields: object, message: string): void };
}

/** What operators read about a hold in the Temporal UI. No contact data: these travel in plain text. */
export interface HoldLabels {
  program: string;
  member: string;
  currency: string;
  /** In the decimals of the currency. */
  amount: string;
}

/** What operators read about the confirming of an order. */
export interface OrderLabels {
  program: string | undefined;
  member: string;
}

/** What operators read about a simulation. */
export interface SimulationLabels {
  program: string;
  promotion: string;
}

/** What operators read about a run of a scenario, and what its workflow is known by. */
export interface ScenarioRunLabels {
  run_id: string;
  scenario_id: number;
  scenario_eid: string;
  version_id: number;
  program_eid: string;
  member_id: string;
  profile_id: string;
  cause: string;
}

type Temporary<O extends Accrue | Redeem> = O & { temp_until: string };
type Opening = Temporary<Accrue | Redeem>;

/** The only way to write: every operation travels through Temporal. */
export interface Gateway {
  /** Carries out one operation; travels with others. Throws TemporalUnavailable after the request timeout. */
  post<O extends Operation>(operation: O): Promise<Outcome<O>>;
  /** Opens a temporary transaction: its workflow first, then its row. */
  openHold<O extends Accrue | Redeem>(operation: Temporary<O>, labels: HoldLabels): Promise<Outcome<O>>;
  /** Signals a hold and waits for how it ended; undefined if its workflow is gone. */
  signalHold(transactionId: string, signal: HoldSignal): Promise<Settled | undefined>;
  /** Ends a membership, and tells the workflows of the holds this rolled back. */
  removeMember(programId: number, memberId: string): Promise<Outcome<Remove>>;
  /** Writes off the lapsed points of a program now. */
  expirePoints(programId: number): Promise<ExpirePointsResult>;
  /** Evaluates the members of a program whose tiers time or settings may have changed, now. */
  evaluateTiers(programId: number): Promise<EvaluateTiersResult>;
  /** Calculates an updatable segment of goods, by external id, now. */
  calculateSegment(segment: string): Promise<CalculateSegmentResult>;
  /** Starts the workflow of a run that imports a feed. */
  startFeed(runId: string, input: ImportFeedInput): Promise<void>;
  /** Registers everybody whom a program takes in by itself now. */
  enrolMembers(programId: number): Promise<EnrolMembersResult>;
  /** Begins with that, and does not wait for it; if Temporal is away, the schedule does it. */
  startEnrolment(programId: number): Promise<void>;
  /** Starts the workflow that writes an export. */
  startExport(task: ExportInput, labels: Pick<HoldLabels, 'program' | 'currency'>): Promise<void>;
  /** Starts the workflow that carries an import out. */
  startImport(task: ImportInput, labels: Pick<HoldLabels, 'program'>): Promise<void>;
  /** Starts the workflow of a simulation and gives it a moment: a short one has ended then. */
  startSimulation(task: SimulationInput, labels: SimulationLabels): Promise<void>;
  /** Has persons who were deleted erased from files of exports; if Temporal is away, a schedule does it. */
  cleanExports(): Promise<void>;
  /** Confirms an order by a workflow that is found by the order's external id. */
  commitOrder(order: CommitOrderInput, labels: OrderLabels): Promise<CommitOutcome>;
  /** Has the workflow of an order's points look at them now, and does not wait for it. */
  startOrderPoints(order: NotedOrder): Promise<void>;
  /** The same, and waits for what came of it. */
  settleOrderPoints(order: NotedOrder): Promise<OrderPointsResult>;
  /** Whether the workflow of a temporary transaction is running. */
  isHoldLive(transactionId: string): Promise<boolean>;
  /** Has events delivered to a webhook from now on; if Temporal is away, workers do so within a minute. */
  startDelivery(webhookId: number): Promise<void>;
  /** Sends a webhook an event about nobody; undefined if there is no such webhook. */
  tryWebhook(webhookId: number): Promise<Attempt | undefined>;
  /**
   * Fetches promo codes for a pool; whoever asks while that is under way gets the same outcome. undefined if
   * there is no such pool.
   */
  fetchPromoCodes(poolId: number, count: number): Promise<FetchedCodes | undefined>;
  /** Has scenarios run from now on; if Temporal is away, workers do so within a minute. */
  startScenarios(): Promise<void>;
  /** Has a run of a scenario look where it stands: by its workflow, which is started where it may be. */
  callScenarioRun(run: ScenarioRunLabels, how: { mayStart: boolean }): Promise<void>;
  isReachable(): Promise<boolean>;
  close(): Promise<void>;
}

/** Temporal refuses payloads of 2 MB; half of that leaves room for the envelope. */
const maxBatchBytes = 1_000_000;

/** So long the start of a simulation waits for its end. */
const simulationMs = 2_000;

const batches = {
  lanes: 2,
  maxItems: 500,
  maxBytes: maxBatchBytes,
  maxWaiting: 20_000,
  bytesOf: (operation: Operation) => Buffer.byteLength(JSON.stringify(operation)),
};

export function openGateway(options: GatewayOptions): Gateway {
  const { namespace, taskQueue: queue, requestTimeoutMs, now = () => new Date(), log } = options;
  const connection = Connection.lazy(options.connection);
  const client = new Client({ connection, namespace });
  const queues = taskQueues(queue);

  const { outliving, ended } = trackCalls();
  const carry = (operations: Operation[]) =>
    outliving(
      within(client, requestTimeoutMs, () =>
        client.activity.execute<Outcome[]>(postType, {
          id: `${postType}/${uuidv7()}`,
          taskQueue: queues.ledger,
          args: [operations],
          startToCloseTimeout: '10s',
          retry: { initialInterval: '100ms', maximumInterval: '10s' },
          summary: summarise(operations),
        }),
      ),
    ).catch(outcomesOfFault);

  const enqueue = coalesce<Operation, Outcome | Fault>({ carry, ...batches });

  async function post<O extends Operation>(operation: O): Promise<Outcome<O>> {
    const outcome = await beforeDeadline(enqueue(operation), requestTimeoutMs);
    if ('fault' in outcome) throw new OperationFault(outcome.fault);
    return outcome as Outcome<O>;
  }

  async function openHold<O extends Accrue | Redeem>(
    operation: Temporary<O>,
    labels: HoldLabels,
  ): Promise<Outcome<O>> {
    const handle = await within(client, requestTimeoutMs, () =>
      client.workflow.start(holdType, {
        workflowId: holdWorkflowId(operation.transaction_id),
        taskQueue: queues.holds,
        args: [holdInput(operation, now())],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        workflowTaskTimeout: '3s',
        staticSummary: describeHold(operation, labels),
        typedSearchAttributes: attributesOf(operation, labels),
      }),
    );
    const outcome = await post<O>(operation);
    if (isRefusal(outcome) || wasRepeated(outcome, operation)) {
      handle.signal(discardSignal).catch((error: unknown) => {
        log.warn({ err: error, workflow: handle.workflowId }, 'A refused hold ends at its timeout only');
      });
    }
    return outcome;
  }

  async function signalHold(transactionId: string, signal: HoldSignal): Promise<Settled | undefined> {
    const handle = client.workflow.getHandle(holdWorkflowId(transactionId));
    try {
      const result = await within(client, requestTimeoutMs, async () => {
        await handle.signal(signal);
        return (await handle.result()) as HoldResult;
      });
      return 'transaction_id' in result ? result : undefined;
    } catch (error) {
      if (error instanceof WorkflowNotFoundError || error instanceof WorkflowFailedError) return undefined;
      throw error;
    }
  }

  async function removeMember(programId: number, memberId: string): Promise<Outcome<Remove>> {
    const outcome = await post({
      verb: 'remove',
      transaction_id: uuidv7(),
      program_id: programId,
      member_id: memberId,
    });
    if ('holds' in outcome) {
      for (const transactionId of outcome.holds) {
        signalHold(transactionId, 'rollback').catch((error: unknown) => {
          log.warn({ err: error, transactionId }, 'A rolled back hold ends at its timeout only');
        });
      }
    }
    return outcome;
  }

  /** Does now what a schedule would do later. */
  async function startFeed(runId: string, input: ImportFeedInput): Promise<void> {
    await within(client, requestTimeoutMs, () =>
      client.workflow.start(importFeedType, {
        workflowId: feedRunWorkflowId(runId),
        taskQueue: queues.jobs,
        args: [input],
        staticSummary: `feed ${'feed' in input ? input.feed : input.task.source}`,
      }),
    );
  }

  async function startExport(task: ExportInput, labels: Pick<HoldLabels, 'program' | 'currency'>) {
    const { task_id, date_from, date_to } = task;
    await within(client, requestTimeoutMs, () =>
      client.workflow.start(exportType, {
        workflowId: exportWorkflowId(task_id),
        taskQueue: queues.jobs,
        args: [task],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${labels.currency} of ${labels.program}, ${date_from} to ${date_to}`,
        typedSearchAttributes: attributePairs({
          LoyaltyProgram: labels.program,
          LoyaltyCurrency: labels.currency,
        }),
      }),
    );
  }

  async function startImport(task: ImportInput, { program }: Pick<HoldLabels, 'program'>) {
    await within(client, requestTimeoutMs, () =>
      client.workflow.start(importType, {
        workflowId: importWorkflowId(task.import_id),
        taskQueue: queues.jobs,
        args: [task],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${task.file_name} into ${program}${task.dry_run ? ', dry run' : ''}`,
        typedSearchAttributes: attributePairs({ LoyaltyProgram: program }),
      }),
    );
  }

  async function cleanExports(): Promise<void> {
    try {
      await within(client, requestTimeoutMs, () =>
        client.workflow.start(cleanExportsType, cleanExportsStart(queue)),
      );
    } catch (error) {
      log.warn({ err: error }, 'Files of exports are cleaned by their schedule only');
    }
  }

  async function isHoldLive(transactionId: string): Promise<boolean> {
    try {
      const { status } = await client.workflow.getHandle(holdWorkflowId(transactionId)).describe();
      return status.name === 'RUNNING';
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return false;
      throw error;
    }
  }

  async function startDelivery(webhookId: number): Promise<void> {
    try {
      await within(client, requestTimeoutMs, () =>
        client.workflow.start(deliverEventsType, deliverEventsStart(queue, webhookId)),
      );
    } catch (error) {
      log.warn({ err: error, webhookId }, 'Workers start the delivery to a webhook, within a minute');
    }
  }

  function tryWebhook(webhookId: number): Promise<Attempt | undefined> {
    return within(client, requestTimeoutMs, () =>
      client.activity.execute<Attempt | undefined>(tryWebhookType, {
        id: `${tryWebhookType}/${uuidv7()}`,
        taskQueue: queues.webhooks,
        args: [{ webhook_id: webhookId }],
        startToCloseTimeout: '10s',
        retry: { maximumAttempts: 1 },
        summary: `webhook ${webhookId}`,
      }),
    );
  }

  function fetchPromoCodes(poolId: number, count: number): Promise<FetchedCodes | undefined> {
    const input: CodesToFetch = { pool_id: poolId, count, request_id: uuidv7() };
    return within(client, requestTimeoutMs, () =>
      client.activity.execute<FetchedCodes | undefined>(fetchPromoCodesType, {
        id: `${fetchPromoCodesType}/${poolId}`,
        idConflictPolicy: 'USE_EXISTING',
        taskQueue: queues.webhooks,
        args: [input],
        startToCloseTimeout: '30s',
        retry: { initialInterval: '200ms', maximumAttempts: fetchAttempts },
        summary: `${count} codes for pool ${poolId}`,
      }),
    );
  }

  return {
    ...scenarioCalls(client, options),
    ...orderPointsCalls(client, options),
    ...simulationCalls(client, options),
    post,
    openHold,
    signalHold,
    removeMember,
    ...createJobs(client, options, outliving),
    startFeed,
    startExport,
    startImport,
    cleanExports,
    commitOrder: (order, labels) => {
      const run = () => confirm(client, queues.holds, order, labels);
      return within(client, requestTimeoutMs, () => confirmed(run, order));
    },
    isHoldLive,
    startDelivery,
    tryWebhook,
    fetchPromoCodes,
    isReachable: () => answersSoon(client, connection),
    async close() {
      await ended();
      await connection.close();
    },
  };
}

type Outliving = <T>(call: Promise<T>) => Promise<T>;

/** Some calls outlive whoever made them; a connection that is closed under them ends the process. */
function trackCalls() {
  const underWay = new Set<Promise<unknown>>();
  const outliving: Outliving = async (call) => {
    underWay.add(call);
    try {
      return await call;
    } finally {
      underWay.delete(call);
    }
  };
  const ended = async () => {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  };
  return { outliving, ended };
}

/** Starts simulations. */
function simulationCalls(client: Client, { taskQueue, requestTimeoutMs }: GatewayOptions) {
  async function startSimulation(task: SimulationInput, { program, promotion }: SimulationLabels) {
    const handle = await within(client, requestTimeoutMs, () =>
      client.workflow.start(simulatePromotionType, {
        workflowId: simulationWorkflowId(task.simulation_id),
        taskQueue: taskQueues(taskQueue).jobs,
        args: [task],
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        staticSummary: `${promotion} of ${program} on the last ${task.options.orders} orders`,
        typedSearchAttributes: attributePairs({ LoyaltyProgram: program }),
      }),
    );
    // Whatever comes of it, and be it nothing yet, is told by its row.
    await within(client, simulationMs, () => handle.result()).catch(() => undefined);
  }

  return { startSimulation };
}

/** What schedules do now and then, done now. */
function createJobs(
  client: Client,
  { taskQueue, requestTimeoutMs, log }: GatewayOptions,
  outliving: Outliving,
): Pick<Gateway, 'expirePoints' | 'evaluateTiers' | 'calculateSegment' | 'enrolMembers' | 'startEnrolment'> {
  const start = <I, R>(type: string, scheduleId: string, input: I) =>
    client.workflow.start<(input: I) => Promise<R>>(type, {
      workflowId: `${scheduleId}/now-${uuidv7()}`,
      taskQueue: taskQueues(taskQueue).jobs,
      args: [input],
    });
  const run = <I, R>(type: string, scheduleId: string, input: I): Promise<R> =>
    within(client, requestTimeoutMs, async () => (await start<I, R>(type, scheduleId, input)).result());
  const enrolment = (id: number) =>
    [enrolMembersType, enrolScheduleId(taskQueue, id), { program_id: id }] as const;
  return {
    expirePoints: (id) => run(expirePointsType, expireScheduleId(taskQueue, id), { program_id: id }),
    evaluateTiers: (id) => run(evaluateTiersType, tierScheduleId(taskQueue, id), { program_id: id }),
    calculateSegment: (segment) =>
      run(calculateSegmentType, segmentScheduleId(taskQueue, segment), { segment }),
    enrolMembers: (id) => run(...enrolment(id)),
    async startEnrolment(id) {
      try {
        await outliving(within(client, requestTimeoutMs, () => start(...enrolment(id))));
      } catch (error) {
        log.warn({ err: error, program: id }, 'Members are taken in by the next run of the schedule only');
      }
    },
  };
}

/** Whether Temporal says within two seconds that it is well. */
function answersSoon(client: Client, connection: Connection): Promise<boolean> {
  return client
    .withDeadline(Date.now() + 2_000, () => connection.healthService.check({}))
    .then(() => true)
    .catch(() => false);
}

/** Starts the workflow of an order, or joins the one there is, and waits for its result. */
async function confirm(client: Client, taskQueue: string, order: CommitOrderInput, labels: OrderLabels) {
  const { external_id, final_total_price, currency } = order.order;
  const handle = await client.workflow.start(commitOrderType, {
    workflowId: commitOrderWorkflowId(external_id),
    taskQueue,
    args: [order],
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowTaskTimeout: '3s',
    staticSummary: `order ${external_id}: ${final_total_price} ${currency}`,
    typedSearchAttributes: attributePairs({
      LoyaltyProgram: labels.program,
      LoyaltyMember: labels.member,
      LoyaltyKind: 'order',
      LoyaltyAmount: Number(final_total_price),
    }),
  });
  return (await handle.result()) as CommitOrderResult;
}

/** A workflow that was there already may be another request's; after it, ours has its turn. */
async function confirmed(run: () => Promise<CommitOrderResult>, { request_hash }: CommitOrderInput) {
  for (;;) {
    const { request_hash: answered, outcome } = await run();
    if (answered === request_hash) return outcome;
  }
}

/** What has to do with the points of orders: one workflow for an order at a time, and no call is missed. */
function orderPointsCalls(client: Client, { taskQueue, requestTimeoutMs }: GatewayOptions) {
  const call = ({ order_id, external_id, program, profile_id }: NotedOrder) =>
    client.workflow.signalWithStart(orderPointsType, {
      workflowId: orderPointsWorkflowId(external_id),
      taskQueue: taskQueues(taskQueue).holds,
      args: [{ order_id, external_id }] satisfies [OrderPointsInput],
      signal: lookSignal,
      signalArgs: [],
      workflowTaskTimeout: '3s',
      staticSummary: `points of order ${external_id}`,
      typedSearchAttributes: attributePairs({
        LoyaltyProgram: program,
        LoyaltyMember: profile_id,
        LoyaltyKind: 'order_points',
      }),
    });
  return {
    async startOrderPoints(order: NotedOrder): Promise<void> {
      await within(client, requestTimeoutMs, () => call(order));
    },
    settleOrderPoints: (order: NotedOrder) =>
      within(client, requestTimeoutMs, async () => (await (await call(order)).result()) as OrderPointsResult),
  };
}

/** What has to do with scenarios. */
function scenarioCalls(client: Client, { taskQueue, requestTimeoutMs, log }: GatewayOptions) {
  async function startScenarios(): Promise<void> {
    try {
      await within(client, requestTimeoutMs, () =>
        client.workflow.start(dispatchScenariosType, dispatchScenariosStart(taskQueue)),
      );
    } catch (error) {
      log.warn({ err: error }, 'Workers start the dispatcher of scenarios, within a minute');
    }
  }

  async function callScenarioRun(run: ScenarioRunLabels, { mayStart }: { mayStart: boolean }) {
    const workflowId = scenarioRunId(taskQueue, run);
    if (!mayStart) {
      await within(client, requestTimeoutMs, () =>
        client.workflow.getHandle(workflowId).signal(callSignal),
      ).catch((error: unknown) => {
        if (!(error instanceof WorkflowNotFoundError)) throw error;
      });
      return;
    }
    const { run_id, version_id, scenario_eid, profile_id, cause } = run;
    await within(client, requestTimeoutMs, () =>
      client.workflow.signalWithStart(scenarioRunType, {
        workflowId,
        taskQueue: taskQueues(taskQueue).scenarios,
        args: [{ run_id, version_id }] satisfies [ScenarioRunInput],
        signal: callSignal,
        signalArgs: [],
        staticSummary: `scenario ${scenario_eid}, since ${cause}`,
        typedSearchAttributes: attributePairs({
          LoyaltyProgram: run.program_eid,
          LoyaltyMember: profile_id,
          LoyaltyScenario: scenario_eid,
        }),
      }),
    );
  }

  return { startScenarios, callScenarioRun };
}

/** gRPC status codes that say the call itself is wrong: trying again cannot help. */
const finalCodes = new Set(
  Object.values({
    invalidArgument: 3,
    notFound: 5,
    permissionDenied: 7,
    failedPrecondition: 9,
    unimplemented: 12,
    unauthenticated: 16,
  }),
);

/**
 * Runs a call with a deadline; what Temporal cannot answer in time, or at all, becomes TemporalUnavailable.
 */
async function within<T>(client: Client, timeoutMs: number, call: () => Promise<T>): Promise<T> {
  try {
    return await client.withDeadline(Date.now() + timeoutMs, call);
  } catch (error) {
    if (isAnswer(error)) throw error;
    throw new TemporalUnavailable('Temporal did not answer in time', { cause: error });
  }
}

/** Whether Temporal did answer, if only to say no. */
function isAnswer(error: unknown): boolean {
  if (error instanceof ServiceError) {
    return isGrpcServiceError(error.cause) && finalCodes.has(error.cause.code);
  }
  return (
    error instanceof ActivityExecutionFailedError ||
    error instanceof WorkflowFailedError ||
    error instanceof WorkflowNotFoundError
  );
}

/** An item may wait for a lane longer than its caller does. */
async function beforeDeadline<T>(promise: Promise<T>, timeoutMs: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TemporalUnavailable('No outcome in time')), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** A failed batch carries the outcomes of those operations that did not fail. */
function outcomesOfFault(error: unknown): (Outcome | Fault)[] {
  const cause = error instanceof ActivityExecutionFailedError ? error.cause : undefined;
  if (cause instanceof ApplicationFailure && cause.type === faultyOperations) {
    return cause.details?.[0] as (Outcome | Fault)[];
  }
  throw error;
}

/** Such as "37 operations: 20 accrue, 15 redeem, 2 cancel". */
function summarise(operations: readonly Operation[]): string {
  const counts = new Map<string, number>();
  for (const { verb } of operations) counts.set(verb, (counts.get(verb) ?? 0) + 1);
  const parts = [...counts].map(([verb, count]) => `${count} ${verb}`);
  return `${operations.length} ${operations.length === 1 ? 'operation' : 'operations'}: ${parts.join(', ')}`;
}

function holdInput(operation: Opening, now: Date): HoldInput {
  const { verb, transaction_id, temp_until, amount, program_id, member_id, currency_iid } = operation;
  const waits_ms = Date.parse(temp_until) - now.getTime();
  const account = { program_id, member_id, currency_iid };
  return { kind: verb, target_id: transaction_id, temp_until, waits_ms, amount, ...account };
}

/** Such as "redeem 40.50 stars, order 123". */
function describeHold({ verb, transaction_eid }: Opening, { amount, currency }: HoldLabels): string {
  return `${verb} ${amount} ${currency}${transaction_eid === undefined ? '' : `, ${transaction_eid}`}`;
}

function attributesOf(operation: Opening, labels: HoldLabels): SearchAttributePair[] {
  return attributePairs({
    LoyaltyProgram: labels.program,
    LoyaltyMember: labels.member,
    LoyaltyCurrency: labels.currency,
    LoyaltyKind: operation.verb,
    LoyaltyAmount: Number(operation.amount),
    LoyaltyTransactionEid: operation.transaction_eid,
  });
}

type AttributeValues = { [Name in keyof typeof searchAttributes]?: string | number | undefined };

function attributePairs(values: AttributeValues): SearchAttributePair[] {
  return Object.entries(searchAttributes).flatMap(([name, type]) => {
    const value = values[name as keyof typeof values];
    return value === undefined ? [] : [{ key: defineSearchAttributeKey(name, type), value }];
  }) as SearchAttributePair[];
}

function wasRepeated(outcome: object, operation: Opening): boolean {
  return 'transaction_id' in outcome && outcome.transaction_id !== operation.transaction_id;
}
