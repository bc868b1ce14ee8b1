import { z } from 'zod';
import { checkPromotion, currencyOfRule } from '../../domain/setting-rules';
import { isObjection, type Objection, type PromotionValues, type RuleValues } from '../../domain/settings';
import {
  type CurrencyRow,
  listCurrencies,
  listPrograms,
  listPromotions,
  listRules,
  type PromotionRow,
  promotionColumns,
  promotionRow,
} from '../queries/catalog';
import { command, type Queryable, queryOne } from '../query';

/** A promotion as it is stored and as it may be set. */
export type PromotionRecord = PromotionRow & PromotionValues;

const json = z.string();
const settable = 'external_id, name, description, is_active, start_date, end_date';

const insertPromotion = queryOne({
  name: 'promotion-insert',
  parameters: [json],
  row: promotionRow,
  text: `
    insert into catalog.promotions (id, program_id, ${settable})
    select coalesce(id, nextval('catalog.promotions_id_seq')::int), program_id, ${settable}
    from jsonb_populate_record(null::catalog.promotions, $1::jsonb)
    returning ${promotionColumns}`,
});

const updatePromotion = queryOne({
  name: 'promotion-update',
  parameters: [z.int(), json],
  row: promotionRow,
  text: `
    update catalog.promotions p set (${settable}, updated_at) =
      (select ${settable}, now() from jsonb_populate_record(p, $2::jsonb))
    where p.id = $1
    returning ${promotionColumns}`,
});

const deletePromotionRow = command({
  name: 'promotion-delete',
  parameters: [z.int()],
  text: 'delete from catalog.promotions where id = $1',
});

const deleteRules = command({
  name: 'promotion-delete-rules',
  parameters: [z.int()],
  text: 'delete from catalog.promotion_rules where promotion_id = $1',
});

const insertRules = command({
  name: 'promotion-insert-rules',
  parameters: [z.int(), json],
  text: `
    insert into catalog.promotion_rules
      (promotion_id, direction, currency_iid, static_amount, min_amount, max_amount)
    select $1, n.direction, n.currency_iid, n.static_amount, n.min_amount, n.max_amount
    from jsonb_populate_recordset(null::catalog.promotion_rules, $2::jsonb) n`,
});

/** An id that the caller chose must not be given again. */
const keepAhead = queryOne({
  name: 'promotion-keep-ahead',
  parameters: [z.int()],
  row: z.object({ last: z.string() }),
  text: `
    select setval('catalog.promotions_id_seq', greatest(last_value, $1::int)) as last
    from catalog.promotions_id_seq`,
});

/** Every promotion of a program with its rules, in order of id. */
export async function readPromotions(db: Queryable, programId?: number): Promise<PromotionRecord[]> {
  const currencies = new Map((await listCurrencies(db)).map((currency) => [currency.iid, currency]));
  const rules = await listRules(db);
  const rows = (await listPromotions(db)).filter((row) => (programId ?? row.program_id) === row.program_id);
  return rows.map((row) => {
    const rulesOf = (direction: string): RuleValues[] =>
      rules
        .filter((rule) => rule.promotion_id === row.id && rule.direction === direction)
        .map(({ currency_iid, static_amount, min_amount, max_amount }) => ({
          points_currency_iid: currency_iid,
          points_currency_eid: currencies.get(currency_iid)?.eid,
          static_amount,
          min_amount,
          max_amount,
        }));
    return { ...row, accrual_rules: rulesOf('accrual'), redeem_rules: rulesOf('redeem') };
  });
}

/**
 * Makes a promotion, with an id of the caller's choice if one is given; undefined if there is no such
 * program.
 */
export async function createPromotion(
  db: Queryable,
  programId: number,
  values: PromotionValues & { id?: number | undefined },
): Promise<PromotionRecord | Objection | undefined> {
  if (!(await listPrograms(db)).some(({ id }) => id === programId)) return undefined;
  const currencies = await currenciesOf(db, programId);
  const objection = checkPromotion(values, currencies, await readPromotions(db, programId));
  if (objection) return objection;
  const { id } = await insertPromotion(db, JSON.stringify({ ...values, program_id: programId }));
  if (values.id !== undefined) await keepAhead(db, id);
  await insertRules(db, id, ruleRows(values, currencies));
  return readPromotion(db, id);
}

/** Changes what is given of a promotion; a list of rules replaces the former. undefined if there is none. */
export async function changePromotion(
  db: Queryable,
  id: number,
  change: Partial<PromotionValues>,
): Promise<PromotionRecord | Objection | undefined> {
  const before = await readPromotion(db, id);
  if (!before) return undefined;
  const after = { ...before, ...change };
  const currencies = await currenciesOf(db, before.program_id);
  const others = (await readPromotions(db, before.program_id)).filter((promotion) => promotion.id !== id);
  const objection = checkPromotion(after, currencies, others);
  if (objection) return objection;
  await updatePromotion(db, id, JSON.stringify(after));
  await deleteRules(db, id);
  await insertRules(db, id, ruleRows(after, currencies));
  return readPromotion(db, id);
}

/** Deletes a promotion and its rules; what it has moved stays. undefined if there is none. */
export async function deletePromotion(db: Queryable, id: number): Promise<PromotionRecord | undefined> {
  const before = await readPromotion(db, id);
  await deletePromotionRow(db, id);
  return before;
}

async function readPromotion(db: Queryable, id: number): Promise<PromotionRecord | undefined> {
  return (await readPromotions(db)).find((promotion) => promotion.id === id);
}

async function currenciesOf(db: Queryable, programId: number): Promise<CurrencyRow[]> {
  return (await listCurrencies(db)).filter((currency) => currency.program_id === programId);
}

function ruleRows(
  { accrual_rules, redeem_rules }: PromotionValues,
  currencies: readonly CurrencyRow[],
): string {
  const rows = (direction: string, rules: readonly RuleValues[]) =>
    rules.map((rule) => {
      const currency = currencyOfRule(rule, currencies, []);
      if (isObjection(currency)) throw new Error('A rule names no currency, and passed its check');
      const { static_amount, min_amount, max_amount } = rule;
      return { direction, currency_iid: currency.iid, static_amount, min_amount, max_amount };
    });
  return JSON.stringify([...rows('accrual', accrual_rules), ...rows('redeem', redeem_rules)]);
}
