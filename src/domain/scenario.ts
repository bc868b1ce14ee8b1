import type { Field } from './catalog';
import {
  type Comparison,
  type Condition,
  type ConditionProblem,
  checkCondition,
  conditionHolds,
  type FactType,
  type FactTypes,
} from './condition';
import { profileFactTypes } from './profile-facts';

/** What starts a run of a scenario; anything but `manual` starts it by itself. */
export const triggerKinds = [
  'registered',
  'points_accrued',
  'points_expiring_soon',
  'tier_reached',
  'order_created',
  'birthday',
  'manual',
] as const;
export type TriggerKind = (typeof triggerKinds)[number];

export interface Trigger {
  kind: TriggerKind;
  /** Of a birthday: the profile field with the date. */
  field?: string | undefined;
  /** What must be so of the event. */
  if?: Condition | undefined;
}

export const waitUnits = ['minute', 'hour', 'day', 'week', 'month', 'year'] as const;

/** Where a run goes on when a step comes to a "no"; absent, the run ends with it. */
interface MayFail {
  otherwise?: string | undefined;
}

/** What a trigger promotion is to do. */
interface Pointed {
  promotion_id: string;
  points_currency_eid?: string | undefined;
  /** Absent: the static amount of the rule. */
  amount?: string | undefined;
}

export type Step = { id: string } & (
  | { kind: 'wait'; n: number; unit: (typeof waitUnits)[number] }
  | ({ kind: 'check'; if: Condition } & MayFail)
  | ({ kind: 'accrue' | 'redeem' } & Pointed & MayFail)
  | ({
      kind: 'open_hold';
      operation: 'accrue' | 'redeem';
      /** Seconds until it is rolled back; absent, as the program says. */
      timeout_sec?: number | undefined;
    } & Pointed &
      MayFail)
  | ({ kind: 'commit_hold' | 'roll_back_hold'; hold: string } & MayFail)
  | { kind: 'emit'; name: string; data?: Record<string, unknown> | undefined }
);

export interface ScenarioDefinition {
  trigger: Trigger;
  steps: Step[];
}

/** Events that start runs, by trigger. Of tiers, only those that were reached. */
const startingEvents: Partial<Record<TriggerKind, string>> = {
  registered: 'loyalty_member_added',
  points_accrued: 'loyalty_points_accrued',
  points_expiring_soon: 'loyalty_points_expiring_soon',
  tier_reached: 'loyalty_tier_changed',
  order_created: 'market_order_created',
};

export const startingEventTypes: readonly string[] = Object.values(startingEvents);

/** What a trigger's condition can ask of its event. */
const eventFacts = {
  registered: {},
  points_accrued: { amount: 'number', currency: 'text', promotion: 'text', source: 'text' },
  points_expiring_soon: { amount: 'number', currency: 'text' },
  tier_reached: { tier: 'text', group: 'text' },
  order_created: { total: 'number' },
  birthday: {},
  manual: {},
} as const satisfies Record<TriggerKind, Record<string, FactType>>;

interface TellingEvent {
  event_type: string;
  event_data: Readonly<Record<string, unknown>>;
}

/**
 * Whether an event starts a scenario. What scenarios of ours have posted starts none: two of them could
 * otherwise start each other for ever.
 */
export function isStartedBy({ kind, if: condition }: Trigger, { event_type, event_data }: TellingEvent) {
  if (startingEvents[kind] !== event_type) return false;
  if (kind === 'tier_reached' && event_data.direction !== 'up') return false;
  if (isOurs(event_data.transaction_eid)) return false;
  if (!condition) return true;
  const facts = {
    amount: text(event_data.amount),
    currency: text(event_data.points_currency_eid),
    promotion: text(event_data.promo_eid),
    source: text(event_data.source_type),
    tier: text(event_data.tier_eid),
    group: text(event_data.tiers_group_eid),
    total: text(event_data.final_total_price ?? event_data.total_price),
  };
  return conditionHolds(condition, triggerFactTypes(kind), facts);
}

function text(value: unknown): string | null {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : null;
}

function triggerFactTypes(kind: TriggerKind): FactTypes {
  return new Map(Object.entries(eventFacts[kind]));
}

/** The transaction_eid under which a step of a run posts. */
export function stepKey(scenarioId: number, runId: string, stepId: string): string {
  return `scenario/${scenarioId}/${runId}/${stepId}`;
}

function isOurs(transactionEid: unknown): boolean {
  return typeof transactionEid === 'string' && transactionEid.startsWith('scenario/');
}

/** What scenarios of a program refer to. */
export interface ScenarioSurroundings {
  fields: readonly Pick<Field, 'name' | 'type'>[];
  currencies: readonly { eid: string }[];
  tierGroups: readonly { external_id: string }[];
  promotions: readonly { id: number; external_id: string }[];
  tempMaxTimeoutSec: number;
}

/**
 * What steps can ask of a member: `profile.` with what segments can ask, `balance.` with a currency, `tiers`
 * for all that are held, `tier.` with a group for the highest of it, and since when they are a member.
 */
export function memberFactTypes({
  fields,
  currencies,
  tierGroups,
}: Pick<ScenarioSurroundings, 'fields' | 'currencies' | 'tierGroups'>): FactTypes {
  return new Map<string, FactType>([
    ['member.registered_at', 'time'],
    ['member.days', 'number'],
    ['tiers', 'texts'],
    ...tierGroups.map(({ external_id }): [string, FactType] => [`tier.${external_id}`, 'text']),
    ...currencies.map(({ eid }): [string, FactType] => [`balance.${eid}`, 'number']),
    ...[...profileFactTypes(fields)].map(([name, type]): [string, FactType] => [`profile.${name}`, type]),
  ]);
}

/** The facts that a condition asks about. */
export function askedFacts(condition: Condition): string[] {
  const comparisons = (it: Condition): Comparison[] =>
    'field' in it ? [it] : ('all' in it ? it.all : it.any).flatMap(comparisons);
  return [...new Set(comparisons(condition).map(({ field }) => field))];
}

/** What is wrong with a scenario beside what there is in its program; null if nothing is. */
export function checkScenarioDefinition(
  { trigger, steps }: ScenarioDefinition,
  around: ScenarioSurroundings,
): ConditionProblem | null {
  const problem = checkTrigger(trigger, around);
  if (problem) return problem;
  const types = memberFactTypes(around);
  for (const [index, step] of steps.entries()) {
    const wrong = checkStep(step, steps, index, around, types);
    if (wrong) return { path: ['steps', index, ...wrong.path], problem: wrong.problem };
  }
  return null;
}

function checkTrigger({ kind, field, if: condition }: Trigger, { fields }: ScenarioSurroundings) {
  if (kind === 'birthday') {
    if (field === undefined) return { path: ['trigger', 'field'], problem: 'is required, such as "_bdate"' };
    if (profileFactTypes(fields).get(field) !== 'time') {
      const problem = `expected a field of the profiles with a date, got "${field}"`;
      return { path: ['trigger', 'field'], problem };
    }
  } else if (field !== undefined) {
    return { path: ['trigger', 'field'], problem: 'only a birthday has it' };
  }
  if (!condition) return null;
  const types = triggerFactTypes(kind);
  if (types.size === 0) return { path: ['trigger', 'if'], problem: `there is nothing to ask of ${kind}` };
  return checkCondition(condition, types, ['trigger', 'if']);
}

function checkStep(
  step: Step,
  steps: readonly Step[],
  index: number,
  around: ScenarioSurroundings,
  types: FactTypes,
): ConditionProblem | null {
  const wrong = (key: string, problem: string) => ({ path: [key], problem });
  if (steps.findIndex(({ id }) => id === step.id) < index) return wrong('id', `a second step "${step.id}"`);
  if ('otherwise' in step && step.otherwise !== undefined) {
    const target = steps.findIndex(({ id }) => id === step.otherwise);
    if (target <= index)
      return wrong('otherwise', `expected the id of a later step, got "${step.otherwise}"`);
  }
  if (step.kind === 'check') return checkCondition(step.if, types, ['if']);
  if ('hold' in step) {
    const opened = steps.slice(0, index).some(({ id, kind }) => id === step.hold && kind === 'open_hold');
    return opened ? null : wrong('hold', `expected the id of an earlier open_hold, got "${step.hold}"`);
  }
  if (!('promotion_id' in step)) return null;
  const { promotion_id: name, points_currency_eid: eid } = step;
  if (!around.promotions.some(({ id, external_id }) => external_id === name || String(id) === name)) {
    return wrong('promotion_id', `the program has no promotion "${name}"`);
  }
  if (eid !== undefined && !around.currencies.some((currency) => currency.eid === eid)) {
    return wrong('points_currency_eid', `the program has no currency "${eid}"`);
  }
  const most = around.tempMaxTimeoutSec;
  if (step.kind !== 'open_hold' || (step.timeout_sec ?? 0) <= most) return null;
  return wrong('timeout_sec', `expected at most ${most}, got ${step.timeout_sec}`);
}
