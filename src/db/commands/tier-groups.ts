import { z } from 'zod';
import { toTrimmed } from '../../domain/amount';
import { checkTierGroup } from '../../domain/setting-rules';
import type { Objection, TierGroupValues, TierValues } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import {
  type CurrencyRow,
  listCurrencies,
  listPrograms,
  listTierGroups,
  listTiers,
  type TierGroupRow,
  tierGroupColumns,
  tierGroupRow,
} from '../queries/catalog';
import { command, type Queryable, queryFirst, queryOne } from '../query';

export interface TierRecord extends TierValues {
  id: number;
  order: number;
}

/** A tier group as it is stored and as it may be set. */
export interface TierGroupRecord extends TierGroupValues {
  id: number;
  program_id: number;
  tiers: TierRecord[];
  created_at: string;
  updated_at: string;
}

const json = z.string();
const settable = `
  external_id, name, type, currency_iid, period_kind, period_n, period_unit, downgrade, grace_days`;

const insertGroup = queryOne({
  name: 'tier-group-insert',
  parameters: [json],
  row: tierGroupRow,
  text: `
    insert into catalog.tier_groups (id, program_id, ${settable})
    select coalesce(id, nextval('catalog.tier_groups_id_seq')::int), program_id, ${settable}
    from jsonb_populate_record(null::catalog.tier_groups, $1::jsonb)
    returning ${tierGroupColumns}`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'tier-group-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('catalog.tier_groups_id_seq', greatest(last_value, $1::int)) as last
    from catalog.tier_groups_id_seq`,
});

const updateGroup = queryOne({
  name: 'tier-group-update',
  parameters: [z.int(), json],
  row: tierGroupRow,
  text: `
    update catalog.tier_groups g set (${settable}, updated_at) =
      (select ${settable}, now() from jsonb_populate_record(g, $2::jsonb))
    where g.id = $1
    returning ${tierGroupColumns}`,
});

const deleteGroup = command({
  name: 'tier-group-delete',
  parameters: [z.int()],
  text: 'delete from catalog.tier_groups where id = $1',
});

const writeTiers = command({
  name: 'tier-group-write-tiers',
  parameters: [z.int(), json],
  text: `
    merge into catalog.tiers t
    using jsonb_populate_recordset(null::catalog.tiers, $2::jsonb) n on t.group_id = $1 and t.eid = n.eid
    when matched then update set
      name = n.name, tier_order = n.tier_order, threshold = n.threshold,
      reward_currency_iid = n.reward_currency_iid, reward_amount = n.reward_amount
    when not matched then insert
      (group_id, eid, name, tier_order, threshold, reward_currency_iid, reward_amount)
      values ($1, n.eid, n.name, n.tier_order, n.threshold, n.reward_currency_iid, n.reward_amount)`,
});

const deleteTier = command({
  name: 'tier-delete',
  parameters: [z.int()],
  text: 'delete from catalog.tiers where id = $1',
});

const findHolder = queryFirst({
  name: 'tier-group-find-holder',
  parameters: [z.int()],
  row: z.object({ member_id: z.string() }),
  text: `
    select member_id::text as member_id from ledger.first_tiers f
    join catalog.tiers t on t.id = f.tier_id
    where t.group_id = $1 limit 1`,
});

/** Every tier group of a program with its tiers, in order of id. */
export async function readTierGroups(db: Queryable, programId?: number): Promise<TierGroupRecord[]> {
  const eids = new Map((await listCurrencies(db)).map(({ iid, eid }) => [iid, eid]));
  const tiers = await listTiers(db);
  const rows = (await listTierGroups(db)).filter((row) => (programId ?? row.program_id) === row.program_id);
  return rows.map((row) => ({
    ...groupValues(row),
    points_currency_eid: eids.get(row.currency_iid) ?? '',
    tiers: tiers
      .filter((tier) => tier.group_id === row.id)
      .map(({ id, eid, name, tier_order: order, threshold, reward_currency_iid: iid, reward_amount }) => ({
        id,
        eid,
        name,
        order,
        threshold: toTrimmed(threshold),
        reward:
          iid === null || reward_amount === null
            ? null
            : { points_currency_eid: eids.get(iid) ?? '', amount: toTrimmed(reward_amount) },
      })),
  }));
}

/**
 * Makes a tier group, with an id of the caller's choice if one is given; undefined if there is no such
 * program.
 */
export async function createTierGroup(
  db: Queryable,
  programId: number,
  values: TierGroupValues & { id?: number | undefined },
): Promise<TierGroupRecord | Objection | undefined> {
  if (!(await listPrograms(db)).some(({ id }) => id === programId)) return undefined;
  const currencies = await currenciesOf(db, programId);
  const objection = checkTierGroup(values, currencies, await readTierGroups(db, programId));
  if (objection) return objection;
  const columns = { ...columnsOf(values, currencies), id: values.id, program_id: programId };
  const { id } = await insertGroup(db, JSON.stringify(columns));
  if (values.id !== undefined) await keepAhead(db, id);
  await writeTiers(db, id, tierColumns(values, currencies));
  return readTierGroup(db, id);
}

/** Changes what is given of a tier group; a list of tiers replaces the former. undefined if there is none. */
export async function changeTierGroup(
  db: Queryable,
  id: number,
  change: Partial<TierGroupValues>,
): Promise<TierGroupRecord | Objection | undefined> {
  const before = await readTierGroup(db, id);
  if (!before) return undefined;
  const after = { ...before, ...change };
  const currencies = await currenciesOf(db, before.program_id);
  const others = (await readTierGroups(db, before.program_id)).filter((group) => group.id !== id);
  const isUsed = (await findHolder(db, id)) !== undefined;
  const objection = checkTierGroup(after, currencies, others, { values: before, isUsed });
  if (objection) return objection;
  const kept = new Set(after.tiers.map(({ eid }) => eid));
  for (const tier of before.tiers.filter(({ eid }) => !kept.has(eid))) {
    const refused = await unlessHeld(
      deleteTier(db, tier.id),
      ['tiers'],
      `members have held tier "${tier.eid}"`,
    );
    if (refused) return refused;
  }
  await updateGroup(db, id, JSON.stringify(columnsOf(after, currencies)));
  await writeTiers(db, id, tierColumns(after, currencies));
  return readTierGroup(db, id);
}

/** Deletes a tier group that nobody has held a tier of; undefined if there is none. */
export async function deleteTierGroup(
  db: Queryable,
  id: number,
): Promise<TierGroupRecord | Objection | undefined> {
  const before = await readTierGroup(db, id);
  return (await unlessHeld(deleteGroup(db, id), [], `members have held tiers of tier group ${id}`)) ?? before;
}

async function unlessHeld(
  deletion: Promise<unknown>,
  path: Objection['path'],
  problem: string,
): Promise<Objection | undefined> {
  try {
    await deletion;
    return undefined;
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    return { objection: 'conflict', path, problem };
  }
}

async function readTierGroup(db: Queryable, id: number): Promise<TierGroupRecord | undefined> {
  return (await readTierGroups(db)).find((group) => group.id === id);
}

async function currenciesOf(db: Queryable, programId: number): Promise<CurrencyRow[]> {
  return (await listCurrencies(db)).filter((currency) => currency.program_id === programId);
}

function groupValues(row: TierGroupRow) {
  const { id, program_id, external_id, name, type, downgrade, grace_days, created_at, updated_at } = row;
  const { period_kind: kind, period_n: n, period_unit: unit } = row;
  const period = kind === null || n === null || unit === null ? null : { kind, n, unit };
  return { id, program_id, external_id, name, type, period, downgrade, grace_days, created_at, updated_at };
}

function columnsOf(
  { external_id, name, type, points_currency_eid, period, downgrade, grace_days }: TierGroupValues,
  currencies: readonly CurrencyRow[],
) {
  const { kind = null, n = null, unit = null } = period ?? {};
  const currency_iid = iidOf(points_currency_eid, currencies);
  const columns = { external_id, name, type, currency_iid, downgrade, grace_days };
  return { ...columns, period_kind: kind, period_n: n, period_unit: unit };
}

function tierColumns({ tiers }: TierGroupValues, currencies: readonly CurrencyRow[]): string {
  const rows = tiers.map(({ eid, name, threshold, reward }, tier_order) => ({
    eid,
    name,
    tier_order,
    threshold,
    reward_currency_iid: reward && iidOf(reward.points_currency_eid, currencies),
    reward_amount: reward?.amount ?? null,
  }));
  return JSON.stringify(rows);
}

function iidOf(eid: string, currencies: readonly CurrencyRow[]): number {
  const currency = currencies.find((it) => it.eid === eid);
  if (!currency) throw new Error('A tier group names no currency, and passed its check');
  return currency.iid;
}
