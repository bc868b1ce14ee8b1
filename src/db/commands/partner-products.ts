import { type Part, promotionKindOf } from '../../domain/promotion/kinds';
import { checkPartnerProduct } from '../../domain/setting-rules';
import {
  isObjection,
  type Objection,
  type PartnerProductValues,
  type PromotionValues,
} from '../../domain/settings';
import { listPartners, listPrograms } from '../queries/catalog';
import type { Queryable } from '../query';
import { readPartners } from './partners';
import {
  changePromotion,
  createPromotion,
  deletePromotion,
  type PromotionRecord,
  readPromotions,
} from './promotions';

/** Terms for goods on behalf of a partner: kept as a promotion, and one to whoever prices orders. */
export interface PartnerProductRecord extends PartnerProductValues {
  id: number;
  program_id: number;
  type: 'discount' | 'points';
  created_at: string;
  updated_at: string;
}

/** Every partner product of a program, in order of id. */
export async function readPartnerProducts(
  db: Queryable,
  programId?: number,
): Promise<PartnerProductRecord[]> {
  const partners = new Map((await listPartners(db)).map(({ id, eid }) => [id, eid]));
  const rows = await readPromotions(db, programId);
  return rows.flatMap((row) => productOf(row, partners.get(row.partner_id ?? 0)) ?? []);
}

/**
 * Makes a partner product, with an id of the caller's choice if one is given; undefined if there is no such
 * program.
 */
export async function createPartnerProduct(
  db: Queryable,
  programId: number,
  values: PartnerProductValues & { id?: number | undefined },
): Promise<PartnerProductRecord | Objection | undefined> {
  if (!(await listPrograms(db)).some(({ id }) => id === programId)) return undefined;
  const partners = await readPartners(db, programId);
  const objection = checkPartnerProduct(values, partners);
  if (objection) return objection;
  const partner = partners.find(({ eid }) => eid === values.partner_eid);
  const promotion = { ...promotionOf(values), id: values.id };
  return answer(await createPromotion(db, programId, promotion, partner?.id), values.partner_eid);
}

/** Changes what is given of a partner product; undefined if there is none. */
export async function changePartnerProduct(
  db: Queryable,
  id: number,
  change: Partial<PartnerProductValues>,
): Promise<PartnerProductRecord | Objection | undefined> {
  const before = (await readPartnerProducts(db)).find((product) => product.id === id);
  if (!before) return undefined;
  const after = { ...before, ...change };
  const partners = await readPartners(db, before.program_id);
  const objection = checkPartnerProduct(after, partners);
  if (objection) return objection;
  const partner = partners.find(({ eid }) => eid === after.partner_eid);
  return answer(await changePromotion(db, id, promotionOf(after), partner?.id), after.partner_eid);
}

/** Deletes a partner product; what it has moved stays. undefined if there is none. */
export async function deletePartnerProduct(
  db: Queryable,
  id: number,
): Promise<PartnerProductRecord | undefined> {
  const before = (await readPartnerProducts(db)).find((product) => product.id === id);
  if (before) await deletePromotion(db, id);
  return before;
}

function promotionOf(values: PartnerProductValues): PromotionValues {
  const { external_id, name, description, is_active, start_date, end_date, priority, combinable } = values;
  const { product, sku, effect } = values;
  const goods = product === null ? { skus: [sku] } : { products: [product] };
  return {
    ...{ external_id, name, description, is_active, start_date, end_date, priority, combinable },
    kind: promotionKindOf(effect),
    ...{ group: null, limits: null, accrual_rules: [], redeem_rules: [] },
    conditions: [{ kind: 'goods', ...goods } as Part],
    effects: [effect],
  };
}

function productOf(row: PromotionRecord, partner: string | undefined): PartnerProductRecord | undefined {
  const { kind, external_id, name, description, is_active, start_date, end_date } = row;
  const [effect] = row.effects;
  if (partner === undefined || kind === 'trigger' || !effect) return undefined;
  const { products, skus } = (row.conditions[0] ?? {}) as { products?: string[]; skus?: string[] };
  return {
    ...{ id: row.id, program_id: row.program_id, external_id, name, description, is_active },
    ...{ start_date, end_date, priority: row.priority, combinable: row.combinable, partner_eid: partner },
    ...{ product: products?.[0] ?? null, sku: skus?.[0] ?? null, type: kind, effect },
    ...{ created_at: row.created_at, updated_at: row.updated_at },
  };
}

/** Objections to the one effect are objections to `effect`. */
function answer(
  result: PromotionRecord | Objection | undefined,
  partner: string,
): PartnerProductRecord | Objection | undefined {
  if (!isObjection(result)) return result && productOf(result, partner);
  const [key, index, ...rest] = result.path;
  if (key === 'kind') return { ...result, path: ['effect', 'kind'] };
  return key === 'effects' && index === 0 ? { ...result, path: ['effect', ...rest] } : result;
}
