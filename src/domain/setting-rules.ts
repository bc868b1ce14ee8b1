/** The rules of settings that no single field can tell. */

import { decimal, fitsScale } from './amount';
import type { Currency, Direction, Field } from './catalog';
import { reservedNames } from './profile';
import { readStored } from './promotion/pricing';
import type { Terms } from './promotion/terms';
import { moneyScale } from './promotion/whole';
import { checkScenarioDefinition, type ScenarioSurroundings } from './scenario';
import { checkSegmentCondition } from './segment';
import {
  type CurrencyValues,
  type FieldValues,
  isObjection,
  type Objection,
  type OrderPointsValues,
  type PartnerProductValues,
  type PartnerValues,
  type ProgramValues,
  type PromotionGroupValues,
  type PromotionValues,
  type RuleValues,
  type ScenarioValues,
  type SegmentValues,
  type TierGroupValues,
  type TierPeriod,
  type TokenValues,
} from './settings';

const wrong = (path: Objection['path'], problem: string): Objection => ({
  objection: 'bad_request',
  path,
  problem,
});
const conflict = (path: Objection['path'], problem: string): Objection => ({
  objection: 'conflict',
  path,
  problem,
});

export function checkField(field: FieldValues): Objection | null {
  if (!/^[A-Za-z]\w{0,63}$/.test(field.name)) {
    return wrong(
      ['name'],
      `expected a letter, then at most 63 letters, digits or _, got ${JSON.stringify(field.name)}`,
    );
  }
  if (reservedNames.includes(field.name)) {
    return wrong(['name'], `"${field.name}" means something else in a profile: choose another name`);
  }
  if (field.type !== 'enum') {
    return field.enum_values ? wrong(['enum_values'], 'only fields of type "enum" have them') : null;
  }
  if (!field.enum_values?.length) return wrong(['enum_values'], 'is required when type is "enum"');
  const isDouble = new Set(field.enum_values).size < field.enum_values.length;
  return isDouble ? wrong(['enum_values'], 'expected values that differ from each other') : null;
}

/** `fields`: the custom fields of its database; `others`: the other segments of it. */
export function checkSegment(
  segment: SegmentValues,
  fields: readonly Pick<Field, 'name' | 'type' | 'enumValues'>[],
  others: readonly { id: number; external_id: string }[],
): Objection | null {
  const namesake = others.find((other) => other.external_id === segment.external_id);
  if (namesake) return conflict(['external_id'], `segment ${namesake.id} of this database has it already`);
  const problem = checkSegmentCondition(segment.condition, fields);
  if (problem) return wrong(['condition', ...problem.path], problem.problem);
  return checkTimezone(segment.timezone);
}

/** Whether a segment would still make sense with other custom fields. */
export function checkSegmentStays(
  segment: SegmentValues & { id: number },
  fields: readonly Pick<Field, 'name' | 'type' | 'enumValues'>[],
): Objection | null {
  const problem = checkSegmentCondition(segment.condition, fields);
  if (!problem) return null;
  return conflict([], `segment ${segment.id} ("${segment.external_id}") asks about it: ${problem.problem}`);
}

/** `around`: what there is in its program; `others`: the other scenarios of it. */
export function checkScenario(
  scenario: ScenarioValues,
  around: ScenarioSurroundings,
  others: readonly { id: number; external_id: string }[],
): Objection | null {
  const namesake = others.find((other) => other.external_id === scenario.external_id);
  if (namesake) return conflict(['external_id'], `scenario ${namesake.id} of this program has it already`);
  const problem = checkScenarioDefinition(scenario, around);
  return problem && wrong(problem.path, problem.problem);
}

type KnownProgram = Pick<ProgramValues, 'external_id' | 'is_active' | 'database_id'> & { id: number };

/** `others`: every other program; `segments`: those of its database; `statuses`: those of orders. */
export function checkProgram(
  program: ProgramValues,
  others: readonly KnownProgram[],
  segments: readonly { id: number }[],
  statuses: readonly { external_id: string }[],
): Objection | null {
  const objection = checkTimezone(program.timezone) ?? checkOrderPoints(program.order_points, statuses);
  if (objection) return objection;
  if (program.temp_max_timeout_sec < program.temp_default_timeout_sec) {
    const least = program.temp_default_timeout_sec;
    return wrong(['temp_max_timeout_sec'], `expected at least temp_default_timeout_sec, which is ${least}`);
  }
  const { participation, segment_id, database_id } = program;
  if (participation === 'segment' && segment_id === null) {
    return wrong(['segment_id'], 'is required when participation is "segment"');
  }
  if (segment_id !== null && !segments.some(({ id }) => id === segment_id)) {
    return wrong(['segment_id'], `profile database ${database_id} has no segment ${segment_id}`);
  }
  const namesake = others.find((other) => other.external_id === program.external_id);
  if (namesake) return conflict(['external_id'], `program ${namesake.id} has it already`);
  const rival = others.find((other) => other.is_active && other.database_id === program.database_id);
  if (!program.is_active || !rival) return null;
  const named = `${rival.id} ("${rival.external_id}")`;
  return conflict(
    ['is_active'],
    `profile database ${program.database_id} has an active program already: ${named}`,
  );
}

function checkOrderPoints(
  rule: OrderPointsValues | null,
  statuses: readonly { external_id: string }[],
): Objection | null {
  for (const key of ['activated_by', 'canceled_by'] as const) {
    for (const [index, status] of (rule?.[key] ?? []).entries()) {
      if (statuses.some(({ external_id }) => external_id === status)) continue;
      return wrong(['order_points', key, index], `the market has no order status "${status}"`);
    }
  }
  const both = rule?.canceled_by.findIndex((status) => rule.activated_by?.includes(status)) ?? -1;
  if (both < 0) return null;
  return wrong(['order_points', 'canceled_by', both], 'a status cannot both activate and cancel points');
}

function checkTimezone(name: string): Objection | null {
  if (isTimezone(name)) return null;
  return wrong(['timezone'], `expected a name such as "Europe/Berlin", got ${JSON.stringify(name)}`);
}

/** Names only: an offset such as +03:00 means its opposite to Postgres. */
export function isTimezone(name: string): boolean {
  if (!/^[A-Z]/i.test(name)) return false;
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

type KnownCurrency = Pick<Currency, 'iid' | 'eid' | 'type' | 'scale'>;

/**
 * `others`: the other currencies of the program; `moneyCodes`: ISO codes of the market's. `before`: the
 * currency as it is, if it is to be changed, and whether there are accounts, promotion rules or tiers of it.
 */
export function checkCurrency(
  currency: CurrencyValues,
  others: readonly KnownCurrency[],
  moneyCodes: ReadonlySet<string>,
  before?: KnownCurrency & { isUsed: boolean },
): Objection | null {
  const namesake = others.find((other) => other.eid === currency.eid);
  if (namesake) return conflict(['eid'], `currency ${namesake.iid} of this program has it already`);
  if (before?.isUsed) {
    for (const key of ['type', 'scale'] as const) {
      if (currency[key] === before[key]) continue;
      return conflict(
        [key],
        `cannot change from ${JSON.stringify(before[key])}: there are accounts or rules`,
      );
    }
  }
  for (const key of ['expiration', 'expires_on', 'expiring_soon_days'] as const) {
    if (currency[key] === null || currency.type === 'standard') continue;
    return wrong([key], 'points of a qualification currency do not expire: expected null');
  }
  if (currency.expiration && currency.expires_on !== null) {
    return wrong(['expires_on'], 'expected null, because expiration says already when points expire');
  }
  return (
    checkScale(['initial_balance'], currency.initial_balance, currency) ?? checkRatio(currency, moneyCodes)
  );
}

function checkRatio(currency: CurrencyValues, moneyCodes: ReadonlySet<string>): Objection | null {
  if (!currency.ratio) return null;
  const { points, money, money_currency: code } = currency.ratio;
  if (!fitsScale(money, moneyScale)) {
    return wrong(['ratio', 'money'], `"${money}" has more than ${moneyScale} decimals`);
  }
  if (code !== null && !moneyCodes.has(code)) {
    return wrong(['ratio', 'money_currency'], `the market has no currency "${code}"`);
  }
  return checkScale(['ratio', 'points'], points, currency);
}

/** What a promotion is held against: what is around it, and its kind, if it is there already. */
interface PromotionContext {
  readonly currencies: readonly KnownCurrency[];
  /** The other promotions of the program, those of partners included. */
  readonly others: readonly { id: number; external_id: string }[];
  readonly groups: readonly { external_id: string }[];
  readonly terms: Terms;
  readonly kind?: PromotionValues['kind'];
}

export function checkPromotion(promotion: PromotionValues, context: PromotionContext): Objection | null {
  const { others, kind } = context;
  const namesake = others.find((other) => other.external_id === promotion.external_id);
  if (namesake) return conflict(['external_id'], `promotion ${namesake.id} of this program has it already`);
  const { start_date, end_date } = promotion;
  if (start_date !== null && end_date !== null && new Date(end_date) < new Date(start_date)) {
    return wrong(['end_date'], `expected a time not before start_date, ${start_date}, got ${end_date}`);
  }
  if (kind && promotion.kind !== kind) return conflict(['kind'], `cannot change: it is "${kind}" for good`);
  return promotion.kind === 'trigger'
    ? checkTrigger(promotion, context)
    : checkAtCheckout({ ...promotion, kind: promotion.kind }, context);
}

function checkTrigger(promotion: PromotionValues, { currencies }: PromotionContext): Objection | null {
  const only = 'only promotions of kind "discount" or "points" have it';
  for (const key of ['conditions', 'effects'] as const) {
    if (promotion[key].length > 0) return wrong([key], `${only}: expected []`);
  }
  for (const key of ['limits', 'group'] as const) {
    if (promotion[key] !== null) return wrong([key], `${only}: expected null`);
  }
  return (
    checkRules('accrual', promotion.accrual_rules, currencies) ??
    checkRules('redeem', promotion.redeem_rules, currencies)
  );
}

function checkAtCheckout(
  promotion: PromotionValues & { kind: 'discount' | 'points' },
  { groups, terms }: PromotionContext,
): Objection | null {
  for (const key of ['accrual_rules', 'redeem_rules'] as const) {
    if (promotion[key].length > 0) {
      return wrong([key], 'only promotions of kind "trigger" have them: expected []');
    }
  }
  if (promotion.effects.length === 0) return wrong(['effects'], 'expected at least one');
  const { group } = promotion;
  if (group !== null && !groups.some(({ external_id }) => external_id === group)) {
    return wrong(['group'], `the program has no promotion group "${group}"`);
  }
  const read = readStored(promotion, terms);
  return 'problem' in read ? wrong(read.path, read.problem) : null;
}

type KnownGroup = PromotionGroupValues & { id: number };

/** `others`: the other promotion groups of the program. */
export function checkPromotionGroup(
  group: PromotionGroupValues & { id?: number | undefined },
  others: readonly KnownGroup[],
): Objection | null {
  const namesake = others.find((other) => other.external_id === group.external_id);
  if (namesake) {
    return conflict(['external_id'], `promotion group ${namesake.id} of this program has it already`);
  }
  const above = new Map(others.map(({ external_id, parent }) => [external_id, parent]));
  for (let it = group.parent; it !== null; it = above.get(it) ?? null) {
    if (it === group.external_id) return wrong(['parent'], `"${group.parent}" is in this group itself`);
    if (!above.has(it)) return wrong(['parent'], `the program has no promotion group "${it}"`);
  }
  return null;
}

/** `others`: the other partners of the program. */
export function checkPartner(
  partner: PartnerValues,
  others: readonly { id: number; eid: string }[],
): Objection | null {
  const namesake = others.find(({ eid }) => eid === partner.eid);
  return namesake ? conflict(['eid'], `partner ${namesake.id} of this program has it already`) : null;
}

/** `partners`: those of the program. What the promotion it is kept as must be is checked as of any other. */
export function checkPartnerProduct(
  { partner_eid, product, sku, effect }: PartnerProductValues,
  partners: readonly { eid: string }[],
): Objection | null {
  if (!partners.some(({ eid }) => eid === partner_eid)) {
    return wrong(['partner_eid'], `the program has no partner "${partner_eid}"`);
  }
  if ((product === null) === (sku === null)) return wrong(['product'], 'expected either product or sku');
  const { scope } = effect as { scope?: string };
  return scope === 'order' ? wrong(['effect', 'scope'], 'expected "matching": it is for these goods') : null;
}

function checkRules(
  direction: Direction,
  rules: readonly RuleValues[],
  currencies: readonly KnownCurrency[],
): Objection | null {
  const key = `${direction}_rules`;
  const ruled = new Set<number>();
  for (const [index, rule] of rules.entries()) {
    const path = [key, index];
    const currency = currencyOfRule(rule, currencies, path);
    if (isObjection(currency)) return currency;
    if (ruled.has(currency.iid)) return wrong(path, `a second rule for currency "${currency.eid}"`);
    ruled.add(currency.iid);
    if (direction === 'redeem' && currency.type === 'qualification') {
      return wrong(path, `"${currency.eid}" is a qualification currency: it cannot be redeemed`);
    }
    const objection = checkAmounts(rule, currency, path);
    if (objection) return objection;
  }
  return null;
}

/** The currency a rule means, of those of its program. */
export function currencyOfRule<C extends KnownCurrency>(
  { points_currency_iid: iid, points_currency_eid: eid }: RuleValues,
  currencies: readonly C[],
  path: Objection['path'],
): C | Objection {
  if (iid === undefined && eid === undefined) {
    return wrong([...path, 'points_currency_eid'], 'is required, or points_currency_iid');
  }
  const key = eid === undefined ? 'points_currency_iid' : 'points_currency_eid';
  const currency = currencies.find((it) => (iid ?? it.iid) === it.iid && (eid ?? it.eid) === it.eid);
  const named = eid === undefined ? `${iid}` : `"${eid}"${iid === undefined ? '' : ` with iid ${iid}`}`;
  return currency ?? wrong([...path, key], `the program has no currency ${named}`);
}

function checkAmounts(rule: RuleValues, currency: KnownCurrency, path: Objection['path']): Objection | null {
  for (const key of ['static_amount', 'min_amount', 'max_amount'] as const) {
    const amount = rule[key];
    const objection = amount === null ? null : checkScale([...path, key], amount, currency);
    if (objection) return objection;
  }
  const { static_amount: fixed, min_amount: least, max_amount: most } = rule;
  if (least !== null && most !== null && decimal(most).lessThan(least)) {
    return wrong([...path, 'max_amount'], `expected at least min_amount, which is ${least}, got ${most}`);
  }
  const isOutside =
    fixed !== null &&
    ((least !== null && decimal(fixed).lessThan(least)) ||
      (most !== null && decimal(fixed).greaterThan(most)));
  return isOutside
    ? wrong([...path, 'static_amount'], `expected ${least ?? 'any'} to ${most ?? 'any'}, got ${fixed}`)
    : null;
}

function checkScale(
  path: Objection['path'],
  amount: string,
  { eid, scale }: { eid: string; scale: number },
): Objection | null {
  if (fitsScale(amount, scale)) return null;
  return wrong(path, `"${amount}" has more decimals than "${eid}" allows (${scale})`);
}

/** `programs`: every program; `others`: the other tokens that are valid. */
export function checkToken(
  token: TokenValues,
  programs: readonly { id: number }[],
  others: readonly { id: number; name: string }[],
): Objection | null {
  const namesake = others.find(({ name }) => name === token.name);
  if (namesake) return conflict(['name'], `token ${namesake.id} has it already`);
  if (token.program_ids === null) return null;
  const known = new Set(programs.map(({ id }) => id));
  const unknown = token.program_ids.findIndex((id) => !known.has(id));
  if (unknown >= 0) {
    return wrong(['program_ids', unknown], `program ${token.program_ids[unknown]} does not exist`);
  }
  return token.scopes.includes('admin')
    ? wrong(['program_ids'], 'scope "admin" concerns every program: expected null')
    : null;
}

/**
 * `currencies`: those of the program; `others`: its other tier groups; `before`: the group as it is, if it is
 * to be changed, and whether anybody has ever held a tier of it.
 */
export function checkTierGroup(
  group: TierGroupValues,
  currencies: readonly KnownCurrency[],
  others: readonly { id: number; external_id: string }[],
  before?: { values: TierGroupValues; isUsed: boolean },
): Objection | null {
  const namesake = others.find((other) => other.external_id === group.external_id);
  if (namesake) return conflict(['external_id'], `tier group ${namesake.id} of this program has it already`);
  if (before?.isUsed) {
    for (const key of ['type', 'points_currency_eid'] as const) {
      if (group[key] === before.values[key]) continue;
      return conflict([key], `cannot change from ${JSON.stringify(before.values[key])}: members hold tiers`);
    }
  }
  const currency = currencies.find(({ eid }) => eid === group.points_currency_eid);
  if (!currency) {
    return wrong(['points_currency_eid'], `the program has no currency "${group.points_currency_eid}"`);
  }
  if (currency.type !== 'qualification') {
    return wrong(['points_currency_eid'], `"${currency.eid}" is not a qualification currency`);
  }
  return checkPeriod(group) ?? checkTiers(group, currency, currencies);
}

function checkPeriod({ type, period, downgrade, grace_days: grace }: TierGroupValues): Objection | null {
  if (type === 'cumulative') {
    const only = 'only groups of type "periodic" have it';
    if (period) return wrong(['period'], `${only}: expected null`);
    if (downgrade !== 'none') return wrong(['downgrade'], `${only}: expected "none"`);
    return grace > 0 ? wrong(['grace_days'], `${only}: expected 0`) : null;
  }
  if (!period) return wrong(['period'], 'is required when type is "periodic"');
  const most = shortestDays(period) - 1;
  return grace > most
    ? wrong(['grace_days'], `expected fewer days than a period has, at most ${most}, got ${grace}`)
    : null;
}

function shortestDays({ n, unit }: TierPeriod): number {
  return n * { day: 1, month: 28, year: 365 }[unit];
}

function checkTiers(
  { tiers }: TierGroupValues,
  currency: KnownCurrency,
  currencies: readonly KnownCurrency[],
): Objection | null {
  for (const [index, { eid, threshold, reward }] of tiers.entries()) {
    const path = ['tiers', index];
    if (tiers.findIndex((tier) => tier.eid === eid) < index) {
      return wrong([...path, 'eid'], `a second tier "${eid}"`);
    }
    const below = tiers[index - 1];
    if (below && decimal(threshold).lessThanOrEqualTo(below.threshold)) {
      const least = `more than that of "${below.eid}", which is ${below.threshold}`;
      return wrong([...path, 'threshold'], `expected ${least}, got ${threshold}`);
    }
    const objection =
      checkScale([...path, 'threshold'], threshold, currency) ??
      checkReward([...path, 'reward'], reward, currencies);
    if (objection) return objection;
  }
  return null;
}

function checkReward(
  path: Objection['path'],
  reward: TierGroupValues['tiers'][number]['reward'],
  currencies: readonly KnownCurrency[],
): Objection | null {
  if (!reward) return null;
  const currency = currencies.find(({ eid }) => eid === reward.points_currency_eid);
  const key = [...path, 'points_currency_eid'];
  if (!currency) return wrong(key, `the program has no currency "${reward.points_currency_eid}"`);
  if (currency.type !== 'standard') return wrong(key, `"${currency.eid}" is not a standard currency`);
  return checkScale([...path, 'amount'], reward.amount, currency);
}
