import { z } from 'zod';
import type { Part } from '../../domain/promotion/kinds';
import { termsOf } from '../../domain/promotion/pricing';
import { checkPromotion, currencyOfRule } from '../../domain/setting-rules';
import { isObjection, type Objection, type PromotionValues, type RuleValues } from '../../domain/settings';
import { readSnapshot } from '../catalog-snapshot';
import {
  type CurrencyRow,
  listCurrencies,
  listPromotionGroups,
  listPromotions,
  listRules,
  type PromotionRow,
  promotionColumns,
  promotionRow,
} from '../queries/catalog';
import { command, type Queryable, queryOne } from '../query';

/** A promotion as it is stored and as it may be set; a partner's is not set here (partner-products.ts). */
export type PromotionRecord = Omit<PromotionRow, 'limits' | 'conditions' | 'effects'> & PromotionValues;

const json = z.string();
const settable = `
  external_id, name, description, is_active, start_date, end_date, kind, priority, combinable, group_id,
  partner_id, limits, conditions, effects`;

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

/** Every promotion of a program with its rules, those of partners included, in order of id. */
export async function readPromotions(db: Queryable, programId?: number): Promise<PromotionRecord[]> {
  const currencies = new Map((await listCurrencies(db)).map((currency) => [currency.iid, currency]));
  const groups = new Map((await listPromotionGroups(db)).map(({ id, external_id }) => [id, external_id]));
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
    return {
      ...row,
      group: row.group_id === null ? null : (groups.get(row.group_id) ?? null),
      limits: row.limits as object | null,
      conditions: row.conditions as unknown as Part[],
      effects: row.effects as unknown as Part[],
      accrual_rules: rulesOf('accrual'),
      redeem_rules: rulesOf('redeem'),
    };
  });
}

/** As readPromotions, without those of partners. */
export async function readOwnPromotions(db: Queryable, programId?: number): Promise<PromotionRecord[]> {
  return (await readPromotions(db, programId)).filter(({ partner_id }) => partner_id === null);
}

/**
 * Makes a promotion, with an id of the caller's choice if one is given, on behalf of a partner if one is
 * given; undefined if there is no such program.
 */
export async function createPromotion(
  db: Queryable,
  programId: number,
  values: PromotionValues & { id?: number | undefined },
  partnerId: number | null = null,
): Promise<PromotionRecord | Objection | undefined> {
  const context = await contextOf(db, programId);
  if (!context) return undefined;
  const objection = checkPromotion(values, context);
  if (objection) return objection;
  const columns = { ...values, ...columnsOf(values, context), program_id: programId, partner_id: partnerId };
  const { id } = await insertPromotion(db, JSON.stringify(columns));
  if (values.id !== undefined) await keepAhead(db, id);
  await insertRules(db, id, ruleRows(values, context.currencies));
  return readPromotion(db, id);
}

/**
 * Changes what is given of a promotion; a list replaces the former. undefined if there is none. `partnerId`:
 * the partner whose it becomes; left out, it stays with whom it is.
 */
export async function changePromotion(
  db: Queryable,
  id: number,
  change: Partial<PromotionValues>,
  partnerId?: number,
): Promise<PromotionRecord | Objection | undefined> {
  const before = await readPromotion(db, id);
  const context = before && (await contextOf(db, before.program_id, before));
  if (!context) return undefined;
  const after = { ...before, ...change };
  const objection = checkPromotion(after, context);
  if (objection) return objection;
  const columns = { ...after, ...columnsOf(after, context), partner_id: partnerId ?? before.partner_id };
  await updatePromotion(db, id, JSON.stringify(columns));
  await deleteRules(db, id);
  await insertRules(db, id, ruleRows(after, context.currencies));
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

/** What a promotion of the program is held against; undefined if there is no such program. */
async function contextOf(db: Queryable, programId: number, before?: PromotionRecord) {
  const surroundings = (await readSnapshot(db)).surroundings.get(programId);
  if (!surroundings) return undefined;
  const groups = (await listPromotionGroups(db)).filter(({ program_id }) => program_id === programId);
  return {
    currencies: await currenciesOf(db, programId),
    others: (await readPromotions(db, programId)).filter(({ id }) => id !== before?.id),
    groups,
    terms: termsOf(surroundings),
    ...(before && { kind: before.kind }),
  };
}

function columnsOf(
  { group }: PromotionValues,
  { groups }: { groups: readonly { id: number; external_id: string }[] },
) {
  return { group_id: groups.find(({ external_id }) => external_id === group)?.id ?? null };
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
