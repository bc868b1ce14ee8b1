import { decimal, fitsScale, toTrimmed } from '../domain/amount';
import type { Currency, Database, Program } from '../domain/catalog';
import { chooseCurrency } from '../domain/catalog';
import type { ImportMatching, ImportTask, ImportTier } from '../domain/import';
import { type Match, type Search, searchFor } from '../domain/matching';
import { type ProfileChange, readProfileData, systemFields } from '../domain/profile';
import { isRefusal, refusalText } from '../domain/refusal';
import { momentOfDay } from '../domain/zoned-day';
import { amount, day, email, type Field, opaqueId, phone, text, timestamp } from './fields';

/** The files that members are imported from: their columns, and what a row says. */

/** Columns that are no fields of profiles. */
export const importColumns = {
  registration_date: 'since when they are a member',
  points_currency_eid: 'which points',
  amount: 'how many points: one lot for each row',
  transaction_eid: 'your id of the accrual, so that it is posted once',
  created_at: 'when the points were earned',
  activation_date: 'when they become active',
  expiration_date: 'when they lapse, or "never"',
  description: 'what the history says of them',
  tier_eid: 'the best tier they hold',
} as const;
type OwnColumn = keyof typeof importColumns;

/** What the rows of a file are read by. */
export interface ImportPlan {
  program: Program;
  database: Database;
  currencies: readonly Currency[];
  tiers: readonly ImportTier[];
  /** RFC 3339 UTC: what must not lie in the past or in the future does not from here. */
  now: string;
  matching: ImportMatching;
  /** The column that members are found by. */
  keyColumn: string;
  columns: readonly Column[];
  /** Fields of profiles that are there and not read. */
  ignored: readonly string[];
}

type Column = { name: string; own: OwnColumn } | { name: string; field: string } | { name: string };

/** Points of a row; times are RFC 3339 UTC. */
export interface ImportedPoints {
  currency: Currency;
  amount: string;
  transaction_eid?: string;
  created_at?: string;
  activates_at?: string;
  /** infinity: they never lapse. */
  expires_at?: string;
  description?: string;
  /** A tier they are enough for that the member held already. */
  reached_tier_id?: number;
}

/** What a row says: who, since when, and which points if any. */
export interface ImportedMember {
  search: Search;
  /** What a new profile is made from. */
  change: ProfileChange;
  registered_at?: string;
  points?: ImportedPoints;
  /** Qualification points that make up for a tier, if those of the row do not. */
  tier?: ImportedPoints & { reached_tier_id: number };
}

/** What is wrong with a row. */
export interface RowProblem {
  field: string;
  reason: string;
}

type Setting = Pick<ImportPlan, 'program' | 'database' | 'currencies' | 'tiers' | 'now'>;
type Asked = Pick<ImportTask, 'matching' | 'field_name' | 'create_profiles'>;

const ownColumns = Object.keys(importColumns) as OwnColumn[];
const contacts = ['profile_id', 'email', 'phone', 'phones'];
const prefix = 'data.';

/** Reads the line of names: how the rows below it are to be read, or why the file cannot be. */
export function readHeader(
  names: readonly string[],
  setting: Setting,
  { matching: asked, field_name, create_profiles }: Asked,
): ImportPlan | { problem: string } {
  const trimmed = names.map((name) => name.trim());
  const problem = problemWith(trimmed, setting.database);
  if (problem !== undefined) return { problem };
  const fields = new Set(trimmed.map(fieldOf));
  const matching = asked ?? contactIn(fields);
  if (matching === undefined) {
    return { problem: 'nothing says who the members are: expected a column profile_id, email or phone' };
  }
  const keyField =
    matching === 'custom' ? field_name : matching === 'phone' ? (phoneIn(fields) ?? 'phone') : matching;
  const keyColumn = trimmed.find((name) => fieldOf(name) === keyField && !isOwn(name));
  if (keyColumn === undefined) return { problem: `matching by ${matching} needs a column ${keyField}` };
  const ignored = create_profiles ? [] : trimmed.filter((name) => !isOwn(name) && name !== keyColumn);
  const columns = trimmed.map((name): Column => {
    if (isOwn(name)) return { name, own: name };
    return ignored.includes(name) ? { name } : { name, field: fieldOf(name) };
  });
  return { ...setting, matching, keyColumn, columns, ignored };
}

function problemWith(names: readonly string[], database: Database): string | undefined {
  const nameless = names.indexOf('');
  if (nameless >= 0) return `column ${nameless + 1} has no name`;
  const double = names.find((name, index) => names.indexOf(name) !== index);
  if (double !== undefined) return `there are two columns ${shown(double)}`;
  const known = new Set([...contacts, ...systemFields.keys(), ...database.fields.keys()]);
  const unknown = names.filter((name) => !isOwn(name) && !known.has(fieldOf(name)));
  if (unknown.length === 0) return undefined;
  const listed = unknown.slice(0, 20).map(shown).join(', ');
  const expected = [...ownColumns, ...contacts, ...database.fields.keys()].join(', ');
  return `unknown ${unknown.length === 1 ? 'column' : 'columns'} ${listed}: expected ${expected}`;
}

function isOwn(name: string): name is OwnColumn {
  return (ownColumns as string[]).includes(name);
}

/** A field of profiles that is called like a column of ours is written data.NAME. */
function fieldOf(name: string): string {
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

function contactIn(fields: ReadonlySet<string>): ImportMatching | undefined {
  if (fields.has('profile_id')) return 'profile_id';
  if (fields.has('email')) return 'email';
  return phoneIn(fields) ? 'phone' : undefined;
}

function phoneIn(fields: ReadonlySet<string>): string | undefined {
  return ['phone', 'phones'].find((name) => fields.has(name));
}

const shown = (name: string) => JSON.stringify(name.length > 60 ? `${name.slice(0, 60)}…` : name);

/** Reads one row. Reasons never say what was in a field of a profile: reports are no place for it. */
export function readRow(plan: ImportPlan, cells: readonly string[]): ImportedMember | RowProblem {
  if (cells.length !== plan.columns.length) {
    return { field: '', reason: `expected ${plan.columns.length} fields, got ${cells.length}` };
  }
  const own: Partial<Record<OwnColumn, string>> = {};
  const data: Record<string, string> = {};
  for (const [index, column] of plan.columns.entries()) {
    const cell = cells[index]?.trim() ?? '';
    if (cell === '') continue;
    if ('own' in column) own[column.own] = cell;
    else if ('field' in column) data[dataKey(column.field)] = cell;
  }
  try {
    const search = readKey(plan, data[dataKey(fieldOf(plan.keyColumn))]);
    const change = readChange(plan, data);
    const registered = readMoment(plan, 'registration_date', own.registration_date, '00:00:00');
    refuseFuture(plan, 'registration_date', registered);
    const points = readPoints(plan, own);
    return {
      ...{ search, change },
      ...(registered && { registered_at: registered }),
      ...(own.tier_eid === undefined ? points && { points } : withTier(plan, own.tier_eid, points)),
    };
  } catch (error) {
    if (error instanceof Complaint) return { field: error.field, reason: error.message };
    throw error;
  }
}

/** Ends the reading of a row; never leaves this file. */
class Complaint extends Error {
  constructor(
    readonly field: string,
    reason: string,
  ) {
    super(reason);
  }
}

function readKey({ database, matching, keyColumn }: ImportPlan, cell: string | undefined): Search {
  if (cell === undefined) throw new Complaint(keyColumn, 'is required');
  const search = searchFor(database, matchOf(matching, keyColumn, cell));
  if (isRefusal(search)) throw new Complaint(keyColumn, withoutValue(refusalText(search)));
  return { ...search, shown: keyColumn };
}

function matchOf(matching: ImportMatching, keyColumn: string, cell: string): Match {
  switch (matching) {
    case 'profile_id':
      return { by: matching, profile_id: readField(opaqueId(), keyColumn, cell) };
    case 'email':
      return { by: matching, email: readField(email(), keyColumn, cell) };
    case 'phone':
      return { by: matching, phone: readField(phone(), keyColumn, cell) };
    case 'custom':
      return { by: matching, field_name: fieldOf(keyColumn), field_value: cell };
  }
}

function readChange({ database, columns }: ImportPlan, data: Record<string, string>): ProfileChange {
  const change = readProfileData(database, data, '');
  if (!isRefusal(change)) return change;
  const [field = '', ...rest] = refusalText(change).split(': ');
  const column = columns.find((it) => 'field' in it && dataKey(it.field) === field);
  throw new Complaint(column?.name ?? field, withoutValue(rest.join(': ')));
}

/** What a profile calls a field: a column phone is for one of its phones. */
function dataKey(field: string): string {
  return field === 'phone' ? 'phones' : field;
}

/** As another field of the API reads it, without what came. */
function readField<T>(field: Field<T>, column: string, cell: string): T {
  const result = field.safeParse(cell);
  if (result.success) return result.data;
  throw new Complaint(column, withoutValue(result.error.issues[0]?.message ?? ''));
}

function withoutValue(problem: string): string {
  return problem.replace(/^field_value: /, '').replace(/, got .*$/s, '');
}

function readPoints(plan: ImportPlan, own: Partial<Record<OwnColumn, string>>): ImportedPoints | undefined {
  if (own.amount === undefined || /^0+([.]0*)?$/.test(own.amount)) return undefined;
  const currency = readCurrency(plan, own.points_currency_eid);
  const created = readMoment(plan, 'created_at', own.created_at, '00:00:00');
  refuseFuture(plan, 'created_at', created);
  const activates = readMoment(plan, 'activation_date', own.activation_date, '00:00:00');
  const expires =
    own.expiration_date === 'never'
      ? 'infinity'
      : readMoment(plan, 'expiration_date', own.expiration_date, '23:59:59');
  refuseLapsed(plan, expires, activates);
  return {
    currency,
    amount: readAmount(currency, own.amount),
    ...(own.transaction_eid && { transaction_eid: readOwn(opaqueId(), 'transaction_eid', own) }),
    ...(created && { created_at: created }),
    ...(activates && { activates_at: activates }),
    ...(expires && { expires_at: expires }),
    ...(own.description && { description: readOwn(text(1_000), 'description', own) }),
  };
}

/** The points of a row and its tier: points of the tier's own currency must be enough for it. */
function withTier(
  plan: ImportPlan,
  cell: string,
  points: ImportedPoints | undefined,
): Pick<ImportedMember, 'points' | 'tier'> {
  const { tier_id, threshold, currency_iid } = readTier(plan, cell);
  const begins = toTrimmed(threshold);
  if (points?.currency.iid === currency_iid) {
    if (decimal(points.amount).lessThan(begins)) {
      const reason = `${shown(cell)} begins at ${begins} ${points.currency.eid}, got ${points.amount}`;
      throw new Complaint('tier_eid', reason);
    }
    return { points: { ...points, reached_tier_id: tier_id } };
  }
  const currency = plan.currencies.find(({ iid }) => iid === currency_iid);
  if (!currency?.isActive) throw new Complaint('tier_eid', 'its points currency is switched off');
  if (begins === '0') return { ...(points && { points }) };
  const tier = { currency, amount: begins, expires_at: 'infinity', reached_tier_id: tier_id };
  return { ...(points && { points }), tier };
}

function readTier({ tiers }: ImportPlan, cell: string): ImportTier {
  const [tier, ...others] = tiers.filter(
    ({ eid, group_eid }) => cell === eid || cell === `${group_eid}/${eid}`,
  );
  if (!tier) throw new Complaint('tier_eid', `there is no tier ${shown(cell)}`);
  if (others.length === 0) return tier;
  throw new Complaint('tier_eid', `several groups have a tier ${shown(cell)}: expected GROUP/TIER`);
}

function readCurrency({ program, currencies }: ImportPlan, eid: string | undefined): Currency {
  const currency = chooseCurrency(program, currencies, { eid });
  if (isRefusal(currency)) throw new Complaint('points_currency_eid', refusalText(currency));
  if (currency.isActive) return currency;
  throw new Complaint('points_currency_eid', `points currency "${currency.eid}" is switched off`);
}

function readAmount({ scale, eid }: Currency, cell: string): string {
  const points = readOwn(amount(), 'amount', { amount: cell });
  if (fitsScale(points, scale)) return points;
  throw new Complaint('amount', `expected at most ${scale} decimals, as "${eid}" has, got ${shown(cell)}`);
}

/** A time, or a day by the clock of the program. */
function readMoment({ program }: ImportPlan, column: OwnColumn, cell: string | undefined, time: string) {
  if (cell === undefined) return undefined;
  const asDay = day().safeParse(cell);
  if (asDay.success) return momentOfDay(asDay.data, time, program.timezone);
  const moment = timestamp().safeParse(cell);
  if (moment.success) return moment.data;
  const expected = 'a day such as "2025-03-01" or an RFC 3339 time such as "2025-03-01T08:00:00Z"';
  throw new Complaint(column, `expected ${expected}, got ${shown(cell)}`);
}

function readOwn<T>(field: Field<T>, column: OwnColumn, own: Partial<Record<OwnColumn, string>>): T {
  const result = field.safeParse(own[column]);
  if (result.success) return result.data;
  throw new Complaint(column, result.error.issues[0]?.message ?? '');
}

function refuseFuture({ now }: ImportPlan, column: OwnColumn, moment: string | undefined): void {
  if (moment === undefined || Date.parse(moment) <= Date.parse(now)) return;
  throw new Complaint(column, `expected a time not in the future, got ${moment}`);
}

function refuseLapsed({ now }: ImportPlan, expires: string | undefined, activates = now): void {
  if (expires === undefined || expires === 'infinity') return;
  if (Date.parse(expires) <= Date.parse(now)) {
    throw new Complaint('expiration_date', `expected a time in the future, got ${expires}`);
  }
  if (Date.parse(expires) > Date.parse(activates)) return;
  throw new Complaint(
    'expiration_date',
    `expected a time after activation_date ${activates}, got ${expires}`,
  );
}
