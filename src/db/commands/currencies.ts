import { z } from 'zod';
import { checkCurrency } from '../../domain/setting-rules';
import type { CurrencyValues, Objection } from '../../domain/settings';
import { isReferenceViolation } from '../faults';
import {
  type CurrencyRow,
  currencyColumns,
  currencyRow,
  listCurrencies,
  listPrograms,
  ratioOf,
} from '../queries/catalog';
import { listMoney } from '../queries/market-settings';
import { type Queryable, queryFirst, queryOne } from '../query';

const json = z.string();
const settable = `
  eid, name, type, is_active, scale, initial_balance, expiration_n, expiration_unit, expiration_from,
  expires_on, activation_n, activation_unit, expiring_soon_days, rounding, ratio_points, ratio_money,
  ratio_money_currency`;

const insertCurrency = queryOne({
  name: 'currency-insert',
  parameters: [json],
  row: currencyRow,
  text: `
    insert into catalog.currencies (iid, program_id, ${settable})
    select coalesce(iid, nextval('catalog.currencies_iid_seq')::int), program_id, ${settable}
    from jsonb_populate_record(null::catalog.currencies, $1::jsonb)
    returning ${currencyColumns}`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'currency-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('catalog.currencies_iid_seq', greatest(last_value, $1::int)) as last
    from catalog.currencies_iid_seq`,
});

const updateCurrency = queryFirst({
  name: 'currency-update',
  parameters: [z.int(), json],
  row: currencyRow,
  text: `
    update catalog.currencies c set (${settable}, updated_at) =
      (select ${settable}, now() from jsonb_populate_record(c, $2::jsonb))
    where c.iid = $1
    returning ${currencyColumns}`,
});

const deleteCurrencyRow = queryFirst({
  name: 'currency-delete',
  parameters: [z.int()],
  row: currencyRow,
  text: `delete from catalog.currencies where iid = $1 returning ${currencyColumns}`,
});

const findUse = queryOne({
  name: 'currency-find-use',
  parameters: [z.int()],
  row: z.object({ is_used: z.boolean() }),
  text: `
    select exists (select from ledger.accounts where currency_iid = $1)
      or exists (select from catalog.promotion_rules where currency_iid = $1)
      or exists (select from catalog.tier_groups where currency_iid = $1)
      or exists (select from catalog.tiers where reward_currency_iid = $1) as is_used`,
});

/**
 * Makes a currency, with an iid of the caller's choice if one is given; undefined if there is no such
 * program.
 */
export async function createCurrency(
  db: Queryable,
  programId: number,
  values: CurrencyValues & { iid?: number | undefined },
): Promise<CurrencyRow | Objection | undefined> {
  if (!(await listPrograms(db)).some(({ id }) => id === programId)) return undefined;
  const objection = checkCurrency(values, await siblings(db, programId), await moneyCodes(db));
  if (objection) return objection;
  const row = await insertCurrency(db, JSON.stringify({ ...columnsOf(values), program_id: programId }));
  if (values.iid !== undefined) await keepAhead(db, row.iid);
  return row;
}

/**
 * Changes what is given of a currency; undefined if there is none. Type and scale stay once they are used.
 */
export async function changeCurrency(
  db: Queryable,
  iid: number,
  change: Partial<CurrencyValues>,
): Promise<CurrencyRow | Objection | undefined> {
  const before = (await listCurrencies(db)).find((currency) => currency.iid === iid);
  if (!before) return undefined;
  const others = (await siblings(db, before.program_id)).filter((currency) => currency.iid !== iid);
  const { is_used: isUsed } = await findUse(db, iid);
  const after = { ...currencyValues(before), ...change };
  const objection = checkCurrency(after, others, await moneyCodes(db), { ...before, isUsed });
  return objection ?? updateCurrency(db, iid, JSON.stringify(columnsOf(change)));
}

/** Deletes a currency nobody uses; undefined if there is none. */
export async function deleteCurrency(
  db: Queryable,
  iid: number,
): Promise<CurrencyRow | Objection | undefined> {
  try {
    return await deleteCurrencyRow(db, iid);
  } catch (error) {
    if (!isReferenceViolation(error)) throw error;
    const problem = `currency ${iid} has accounts, promotion rules or tiers: switch it off instead`;
    return { objection: 'conflict', path: [], problem };
  }
}

/** What may be set of a currency, out of its row. */
export function currencyValues(row: CurrencyRow): CurrencyValues {
  const { eid, name, type, is_active, scale, initial_balance } = row;
  const { expiration_n: n, expiration_unit: unit, expiration_from: from } = row;
  const expiration = n === null || unit === null || from === null ? null : { n, unit, from };
  const { expires_on, expiring_soon_days, activation_n, activation_unit } = row;
  const activation =
    activation_n === null || activation_unit === null ? null : { n: activation_n, unit: activation_unit };
  const lapse = { expiration, expires_on, activation, expiring_soon_days };
  const pays = { rounding: row.rounding, ratio: ratioOf(row) };
  return { eid, name, type, is_active, scale, initial_balance, ...lapse, ...pays };
}

type Settable = Partial<CurrencyValues & { iid: number | undefined }>;

function columnsOf({ expiration, activation, ratio, ...columns }: Settable) {
  return {
    ...columns,
    ...(expiration !== undefined && {
      expiration_n: expiration?.n ?? null,
      expiration_unit: expiration?.unit ?? null,
      expiration_from: expiration?.from ?? null,
    }),
    ...(activation !== undefined && {
      activation_n: activation?.n ?? null,
      activation_unit: activation?.unit ?? null,
    }),
    ...(ratio !== undefined && {
      ratio_points: ratio?.points ?? null,
      ratio_money: ratio?.money ?? null,
      ratio_money_currency: ratio?.money_currency ?? null,
    }),
  };
}

async function moneyCodes(db: Queryable): Promise<ReadonlySet<string>> {
  return new Set((await listMoney(db)).map(({ code }) => code));
}

async function siblings(db: Queryable, programId: number): Promise<CurrencyRow[]> {
  return (await listCurrencies(db)).filter((currency) => currency.program_id === programId);
}
