import {
  changePartnerProduct,
  createPartnerProduct,
  readPartnerProducts,
} from '../db/commands/partner-products';
import { changePartner, createPartner, readPartners } from '../db/commands/partners';
import {
  changePromotionGroup,
  createPromotionGroup,
  readPromotionGroups,
} from '../db/commands/promotion-groups';
import { changePromotion, createPromotion, readOwnPromotions } from '../db/commands/promotions';
import { listCurrencies } from '../db/queries/catalog';
import { toTrimmed } from '../domain/amount';
import type { RuleValues } from '../domain/settings';
import type { Settler } from './market';
import type { Path } from './read';
import type { ProgramFile } from './schema';

type ProgramEntry = ProgramFile['databases'][number]['programs'][number];
type Entries = Pick<ProgramEntry, 'promotion_groups' | 'promotions' | 'partners' | 'partner_products'>;

interface ForeignRefuser extends Settler {
  refuseForeign(row: { program_id: number } | undefined, programId: number, path: Path): void;
}

/** Applies the promotions of a program: groups and partners first, because the others name them. */
export async function applyPromotions(
  settler: ForeignRefuser,
  programId: number,
  entries: Entries,
  path: Path,
): Promise<void> {
  for (const [index, group] of entries.promotion_groups.entries()) {
    await applyGroup(settler, programId, group, [...path, 'promotion_groups', index]);
  }
  for (const [index, promotion] of entries.promotions.entries()) {
    await applyPromotion(settler, programId, promotion, [...path, 'promotions', index]);
  }
  for (const [index, partner] of entries.partners.entries()) {
    await applyPartner(settler, programId, partner, [...path, 'partners', index]);
  }
  for (const [index, product] of entries.partner_products.entries()) {
    await applyPartnerProduct(settler, programId, product, [...path, 'partner_products', index]);
  }
}

async function applyGroup(
  settler: ForeignRefuser,
  programId: number,
  { id, ...wanted }: Entries['promotion_groups'][number],
  path: Path,
): Promise<void> {
  const { db } = settler;
  const row = (await readPromotionGroups(db)).find(isMeant(programId, id, wanted.external_id));
  settler.refuseForeign(row, programId, [...path, 'id']);
  await settler.settle({
    path,
    what: (it) => `promotion group ${it.id} "${it.external_id}" of program ${programId}`,
    wanted,
    before: row && { row, values: row },
    create: () => createPromotionGroup(db, programId, { id, ...wanted }),
    change: (it) => changePromotionGroup(db, it.id, wanted),
  });
}

async function applyPromotion(
  settler: ForeignRefuser,
  programId: number,
  { id, ...wanted }: Entries['promotions'][number],
  path: Path,
): Promise<void> {
  const { db } = settler;
  const row = (await readOwnPromotions(db)).find(isMeant(programId, id, wanted.external_id));
  settler.refuseForeign(row, programId, [...path, 'id']);
  const currencies = (await listCurrencies(db)).filter(({ program_id }) => program_id === programId);
  const iids = new Map(currencies.map(({ eid, iid }) => [eid, iid]));
  const comparable = <V extends { accrual_rules: RuleValues[]; redeem_rules: RuleValues[] }>(values: V) => ({
    ...values,
    accrual_rules: comparableRules(values.accrual_rules, iids),
    redeem_rules: comparableRules(values.redeem_rules, iids),
  });
  await settler.settle({
    path,
    what: (it) => `promotion ${it.id} "${it.external_id}" of program ${programId}`,
    wanted: comparable(wanted),
    before: row && { row, values: comparable(row) },
    create: () => createPromotion(db, programId, { id, ...wanted }),
    change: (it) => changePromotion(db, it.id, wanted),
  });
}

async function applyPartner(
  settler: ForeignRefuser,
  programId: number,
  wanted: Entries['partners'][number],
  path: Path,
): Promise<void> {
  const { db } = settler;
  const row = (await readPartners(db, programId)).find(({ eid }) => eid === wanted.eid);
  await settler.settle({
    path,
    what: (it) => `partner ${it.id} "${it.eid}" of program ${programId}`,
    wanted,
    before: row && { row, values: row },
    create: () => createPartner(db, programId, wanted),
    change: (it) => changePartner(db, it.id, wanted),
  });
}

async function applyPartnerProduct(
  settler: ForeignRefuser,
  programId: number,
  { id, ...wanted }: Entries['partner_products'][number],
  path: Path,
): Promise<void> {
  const { db } = settler;
  const row = (await readPartnerProducts(db)).find(isMeant(programId, id, wanted.external_id));
  settler.refuseForeign(row, programId, [...path, 'id']);
  await settler.settle({
    path,
    what: (it) => `partner product ${it.id} "${it.external_id}" of program ${programId}`,
    wanted,
    before: row && { row, values: row },
    create: () => createPartnerProduct(db, programId, { id, ...wanted }),
    change: (it) => changePartnerProduct(db, it.id, wanted),
  });
}

/** By id if one is written, else by its name in the program. */
function isMeant(programId: number, id: number | undefined, externalId: string) {
  return (row: { id: number; program_id: number; external_id: string }) =>
    id ? row.id === id : row.program_id === programId && row.external_id === externalId;
}

/** Rules name their currencies and write their amounts in one way only, and stand in one order. */
function comparableRules(rules: readonly RuleValues[], iids: ReadonlyMap<string, number>) {
  const trimmed = (amount: string | null) => amount && toTrimmed(amount);
  return rules
    .map((rule) => ({
      currency: rule.points_currency_iid ?? iids.get(rule.points_currency_eid ?? '') ?? 0,
      static_amount: trimmed(rule.static_amount),
      min_amount: trimmed(rule.min_amount),
      max_amount: trimmed(rule.max_amount),
    }))
    .sort((one, other) => one.currency - other.currency);
}
