import { z } from 'zod';
import {
  currencyTypes,
  downgrades,
  expirationOrigins,
  expirationUnits,
  fieldTypes,
  participations,
  periodKinds,
  periodUnits,
  promotionKinds,
  type Ratio,
  ruleModes,
  scopes,
  tierGroupTypes,
} from '../domain/catalog';
import { discountModes } from '../domain/promotion/arbitrate';
import type { Part } from '../domain/promotion/kinds';
import { pointsModes } from '../domain/promotion/price';
import { roundings } from '../domain/promotion/whole';
import type { ArbitrationValues, OrderPointsValues } from '../domain/settings';
import {
  amount,
  calendarDay,
  choice,
  condition,
  flag,
  integer,
  list,
  nullable,
  optional,
  text,
  timestamp,
} from './fields';
import { effect, limits, condition as promotionCondition } from './promotion-parts';
import { complaint } from './values';

/** What operators may set up, field by field: the management API and program files are made of these. */

/** One setting; `initial` is what it is if nobody says, undefined if somebody must. */
export interface Setting<T> {
  readonly field: z.ZodType<T>;
  readonly description: string;
  readonly initial: T | undefined;
}

type Settings = Readonly<Record<string, Setting<unknown>>>;
export type ValuesOf<S extends Settings> = {
  -readonly [K in keyof S]: S[K] extends Setting<infer T> ? T : never;
};
type ShapeOf<S extends Settings> = { [K in keyof S]: z.ZodType<ValuesOf<S>[K]> };
type ChangeShapeOf<S extends Settings> = { [K in keyof S]: z.ZodType<ValuesOf<S>[K] | undefined> };

export function setting<T>(description: string, field: z.ZodType<T>, initial?: T): Setting<T> {
  return { field, description, initial };
}

/** The fields to make something from: those with an initial value may be left out. */
export function creationFields<S extends Settings>(settings: S): ShapeOf<S> {
  return mapFields(settings, ({ field, initial, description }) => {
    if (initial === undefined) return field.describe(description);
    const note = `${description} Absent: ${JSON.stringify(initial)}.`;
    return optional(field)
      .transform((value) => (value === undefined ? initial : value))
      .describe(note);
  }) as ShapeOf<S>;
}

/** The fields to change something by: what is left out stays. */
export function changeFields<S extends Settings>(settings: S): ChangeShapeOf<S> {
  return mapFields(settings, ({ field, description }) =>
    field.optional().describe(description),
  ) as ChangeShapeOf<S>;
}

/** The fields of an answer. */
export function answerFields<S extends Settings>(settings: S): ShapeOf<S> {
  return mapFields(settings, ({ field, description }) => field.describe(description)) as ShapeOf<S>;
}

function mapFields(settings: Settings, map: (setting: Setting<unknown>) => z.ZodType): z.ZodRawShape {
  return Object.fromEntries(Object.entries(settings).map(([name, it]) => [name, map(it)]));
}

/** An object that refuses keys it does not know: a slip of the pen would otherwise be a setting left out. */
export function closed<F extends z.ZodRawShape>(fields: F) {
  const known = Object.keys(fields).join(', ');
  return z.strictObject(fields, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? `has no ${issue.keys.map((key) => `"${key}"`).join(' or ')}: expected ${known}`
        : complaint('an object', issue.input),
  });
}

const name = setting('Name for people.', text(255));
const description = setting('For people.', text(10_000, { min: 0 }), '');

export const databaseSettings = {
  name,
  email_is_unique: setting('Whether two profiles may not have the same e-mail address.', flag(), true),
};

export const fieldSettings = {
  name: setting('Name in the API: a letter, then letters, digits and _.', text(64)),
  title: setting('Name for people.', text(255, { min: 0 }), ''),
  type: setting('What values it takes.', choice(fieldTypes)),
  is_required: setting('Whether every profile must have it.', flag(), false),
  is_unique: setting('Whether two profiles may not have the same value.', flag(), false),
  enum_values: setting<string[] | null>(
    'The values of a field of type enum; null for other types.',
    nullable(list(text(255), { max: 1_000 })),
    null,
  ),
};

export const segmentSettings = {
  external_id: setting('Your id of the segment.', text(255)),
  name,
  description,
  timezone: setting('Where days begin and end, such as "Europe/Berlin".', text(64), 'UTC'),
  condition: setting(
    'Who is in it: {"field", "operator", "value"}, or {"all": […]} or {"any": […]} of such. field: email, ' +
      'phones, a built-in or custom field, or of a date its .years, .days, .days_to_anniversary and ' +
      '.days_since_anniversary. operator: eq, ne, in, not_in, gt, gte, lt, lte, exists.',
    condition(),
  ),
};

const orElse = <T>(field: z.ZodType<T>, initial: T) =>
  optional(field).transform((value) => (value === undefined ? initial : value));

export const programSettings = {
  external_id: setting('Your id of the program.', text(255)),
  name,
  description,
  database_id: setting('Profile database of its members; for good.', integer({ min: 1 })),
  is_active: setting('Switched on. A database has one active program at most.', flag(), true),
  timezone: setting('Where days begin and end, such as "Europe/Berlin".', text(64), 'UTC'),
  temp_default_timeout_sec: setting(
    'Seconds until a temporary transaction is rolled back, if the request does not say.',
    integer({ min: 1 }),
    86_400,
  ),
  temp_max_timeout_sec: setting('The most seconds a request may say.', integer({ min: 1 }), 2_592_000),
  allow_negative_balance: setting(
    'Whether cancelling an accrual that is spent makes a debt; otherwise it is refused.',
    flag(),
    false,
  ),
  regrant_initial_balance: setting(
    'Whether a former member who registers again gets initial balances again.',
    flag(),
    false,
  ),
  rule_mode: setting(
    'strict: a rule with static_amount takes that amount only. bounds: only min_amount and max_amount count.',
    choice(ruleModes),
    'strict',
  ),
  participation: setting(
    'Who becomes a member without being registered, once: nobody (manual), all profiles of the database, ' +
      'or those in the segment, from when they are in it.',
    choice(participations),
    'manual',
  ),
  segment_id: setting<number | null>(
    'The segment of the database for participation "segment".',
    nullable(integer({ min: 1 })),
    null,
  ),
  arbitration: setting<ArbitrationValues>(
    'How it decides between promotions at checkout; docs/promotions.md explains each mode by examples.',
    closed({
      discounts: orElse(choice(discountModes), 'best'),
      points: orElse(choice(pointsModes), 'stack'),
      discount_with_points: orElse(flag(), true),
    }),
    { discounts: 'best', points: 'stack', discount_with_points: true },
  ),
  order_points: setting<OrderPointsValues | null>(
    'What the statuses of an order do to the points of preorder_commit; null: nothing. activated_by: they ' +
      'wait until the order has one of these; null: they do not wait. canceled_by: the order loses its ' +
      'points, and those it was paid with are given back, for good. refunded_lines: a line whose status is ' +
      'of type refunded or canceled takes back its share.',
    nullable(
      closed({
        activated_by: orElse(nullable(list(text(255), { min: 1, max: 100 })), null),
        canceled_by: orElse(list(text(255), { max: 100 }), []),
        refunded_lines: orElse(flag(), false),
      }),
    ),
    null,
  ),
};

const delayFields = { n: integer({ min: 1, max: 10_000 }), unit: choice(expirationUnits) };
const delay = closed(delayFields);
const expiration = closed({
  ...delayFields,
  from: optional(choice(expirationOrigins)).transform((from) => from ?? ('accrual' as const)),
});

export const currencySettings = {
  eid: setting('Your id of the currency.', text(255)),
  name,
  type: setting(
    'standard: accrued and redeemed. qualification: accrued only.',
    choice(currencyTypes),
    'standard',
  ),
  is_active: setting('Switched on: can be accrued and redeemed.', flag(), true),
  scale: setting('Decimals of an amount; for good once it is used.', integer({ max: 4 }), 2),
  initial_balance: setting('Points a new member gets.', amount({ zero: true }), '0'),
  expiration: setting<z.output<typeof expiration> | null>(
    'How long points live: n units from accrual or activation, to the end of that day. null: for ever.',
    nullable(expiration),
    null,
  ),
  expires_on: setting<string | null>(
    'The day at whose end points lapse, instead of expiration: MM-DD for every year, or YYYY-MM-DD.',
    nullable(calendarDay()),
    null,
  ),
  activation: setting<z.output<typeof delay> | null>(
    'How long points wait before they can be spent, unless the API accrues them.',
    nullable(delay),
    null,
  ),
  expiring_soon_days: setting<number | null>(
    'How many days before points lapse there is an event of it. null: there is none.',
    nullable(integer({ min: 1, max: 366 })),
    null,
  ),
  rounding: setting('How points that are a percentage of something are rounded.', choice(roundings), 'down'),
  ratio: setting<Ratio | null>(
    'So many points are worth so much money: when they pay, and when a percentage of money is earned in ' +
      'them. money_currency: ISO code; orders in other money neither take nor give such points. null: one ' +
      'point is worth one of whatever money the order is in.',
    nullable(closed({ points: amount(), money: amount(), money_currency: orElse(nullable(text(3)), null) })),
    null,
  ),
};

const bound = () => optional(nullable(amount({ zero: true }))).transform((value) => value ?? null);
const rule = closed({
  points_currency_iid: optional(integer({ min: 1 })),
  points_currency_eid: optional(text(255)),
  static_amount: optional(nullable(amount())).transform((value) => value ?? null),
  min_amount: bound(),
  max_amount: bound(),
});

const whole = { min: -1_000_000, max: 1_000_000 };
const priority = setting('The lower comes first; of equal ones the lower id.', integer(whole), 0);
const combinable = setting('Whether other promotions may apply to the same lines.', flag(), true);
const runs = {
  is_active: setting('Switched on.', flag(), true),
  start_date: setting<string | null>('When it begins. null: it has begun.', nullable(timestamp()), null),
  end_date: setting<string | null>(
    'The last moment of it. null: it does not end.',
    nullable(timestamp()),
    null,
  ),
};

export const promotionSettings = {
  external_id: setting('Your id of the promotion.', text(255)),
  name,
  description,
  ...runs,
  kind: setting(
    'trigger: moves points when a scenario or the API says so, by its rules. discount, points: take part ' +
      'in the price of orders, by conditions and effects. For good.',
    choice(promotionKinds),
    'trigger',
  ),
  priority,
  combinable,
  group: setting<string | null>(
    'External id of the promotion group that decides between it and others. null: the program does.',
    nullable(text(255)),
    null,
  ),
  limits: setting<object | null>(
    'How often it may be used, and what it may cost. null: without limit.',
    nullable(limits()),
    null,
  ),
  conditions: setting<Part[]>(
    'All that must be so for it to apply; those on goods pick lines.',
    list(promotionCondition(), { max: 50 }),
    [],
  ),
  effects: setting<Part[]>('What it does, one after the other.', list(effect(), { max: 50 }), []),
  accrual_rules: setting<z.output<typeof rule>[]>(
    'Of kind trigger: how many points of which currencies it may accrue, one rule each.',
    list(rule, { max: 1_000 }),
    [],
  ),
  redeem_rules: setting<z.output<typeof rule>[]>(
    'Of kind trigger: how many points of which currencies it may redeem, one rule each.',
    list(rule, { max: 1_000 }),
    [],
  ),
};

export const promotionGroupSettings = {
  external_id: setting('Your id of the group.', text(255)),
  name,
  parent: setting<string | null>('External id of the group it is in. null: none.', nullable(text(255)), null),
  mode: setting('How it decides between what is in it.', choice(discountModes), 'best'),
  priority,
};

export const partnerSettings = {
  eid: setting('Your id of the partner.', text(255)),
  name,
};

export const partnerProductSettings = {
  external_id: setting('Your id of it, in one row with those of promotions.', text(255)),
  name,
  description,
  ...runs,
  priority,
  combinable,
  partner_eid: setting('External id of the partner.', text(255)),
  product: setting<string | null>(
    'External id of a product, which stands for its SKUs, too. null: it is for an SKU.',
    nullable(text(255)),
    null,
  ),
  sku: setting<string | null>('External id of an SKU.', nullable(text(255)), null),
  effect: setting<Part>(
    'What it does for these goods: an effect of a discount or points promotion.',
    effect(),
  ),
};

const period = closed({
  kind: choice(periodKinds),
  n: integer({ min: 1, max: 10_000 }),
  unit: choice(periodUnits),
});

const tier = closed({
  eid: text(255),
  name: text(255),
  threshold: amount({ zero: true }),
  reward: optional(nullable(closed({ points_currency_eid: text(255), amount: amount() }))).transform(
    (reward) => reward ?? null,
  ),
});

export const tierGroupSettings = {
  external_id: setting('Your id of the tier group.', text(255)),
  name,
  type: setting(
    'cumulative: points count for ever, and all tiers reached are held. periodic: points count for a ' +
      'period, and the highest tier earned is held.',
    choice(tierGroupTypes),
    'cumulative',
  ),
  points_currency_eid: setting('The qualification currency that tiers are earned in.', text(255)),
  period: setting<z.output<typeof period> | null>(
    'Periodic groups only. calendar: periods of n units, such as years or quarters, of which the current ' +
      'and the last one count, each by itself. rolling: points count for n units, to the end of that day.',
    nullable(period),
    null,
  ),
  downgrade: setting(
    'What becomes of a tier that is not earned any more. none: it stays. one_step: the next lower one ' +
      'follows, for one period at least. to_earned: what is earned follows.',
    choice(downgrades),
    'none',
  ),
  grace_days: setting(
    'Days for which a tier that is not earned any more is kept.',
    integer({ max: 10_000 }),
    0,
  ),
  tiers: setting<z.output<typeof tier>[]>(
    'From the lowest to the highest: the points it takes, and points of a standard currency that reward a ' +
      'member who reaches it for the first time. A threshold of 0 is reached at registration.',
    list(tier, { min: 1, max: 100 }),
  ),
};

export const tokenSettings = {
  name: setting('Whose token it is; transactions name it as their source.', text(255)),
  scopes: setting('What it may do.', list(choice(scopes), { min: 1, max: scopes.length })),
  program_ids: setting<number[] | null>(
    'The programs it may use. null: all.',
    nullable(list(integer({ min: 1 }), { max: 1_000 })),
    null,
  ),
};
