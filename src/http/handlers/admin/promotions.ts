import type { adminPromotions } from '../../../contract/admin/promotions';
import {
  changePromotion,
  createPromotion,
  deletePromotion,
  type PromotionRecord,
  readOwnPromotions,
} from '../../../db/commands/promotions';
import { listPrograms } from '../../../db/queries/catalog';
import type { Queryable } from '../../../db/query';
import { toTrimmed } from '../../../domain/amount';
import { isRefusal, type Refusal } from '../../../domain/refusal';
import type { RuleValues } from '../../../domain/settings';
import type { Handlers } from '../../handler';
import { type AdminDependencies, change, found, given, pageOf } from './change';

const resource = 'Promotion';

export function createAdminPromotionHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminPromotions> {
  const { db, catalog } = dependencies;
  const answer = (row: PromotionRecord) => ({ ...settingsOf(row), problem: catalog.misfit(row) });
  const answerOr = <R extends Refusal>(row: PromotionRecord | R) => ('refusal' in row ? row : answer(row));
  return {
    async list(input) {
      const { program_id } = input;
      const program = (await listPrograms(db)).find(({ id }) => id === program_id);
      if (!program) return found(undefined, 'Loyalty program', program_id);
      return pageOf(await readOwnPromotions(db, program_id), ({ id }) => id, input, answer);
    },
    async create({ program_id, ...values }) {
      const row = await change(dependencies, (tx) => createPromotion(tx, program_id, values));
      return answerOr(isRefusal(row) ? row : found(row, 'Loyalty program', program_id));
    },
    async read({ id }) {
      return answerOr(
        found(
          (await readOwnPromotions(db)).find((row) => row.id === id),
          resource,
          id,
        ),
      );
    },
    async change({ id, ...values }) {
      const row = await change(dependencies, async (tx) =>
        (await isOwn(tx, id)) ? changePromotion(tx, id, given(values)) : undefined,
      );
      return answerOr(isRefusal(row) ? row : found(row, resource, id));
    },
    async remove({ id }) {
      const row = await change(dependencies, async (tx) =>
        (await isOwn(tx, id)) ? deletePromotion(tx, id) : undefined,
      );
      return answerOr(isRefusal(row) ? row : found(row, resource, id));
    },
  };
}

async function isOwn(db: Queryable, id: number): Promise<boolean> {
  return (await readOwnPromotions(db)).some((promotion) => promotion.id === id);
}

function settingsOf({ group_id: _, partner_id: __, ...row }: PromotionRecord) {
  const trimmed = (amount: string | null) => amount && toTrimmed(amount);
  const rule = ({ static_amount, min_amount, max_amount, ...currency }: RuleValues) => ({
    points_currency_iid: currency.points_currency_iid,
    points_currency_eid: currency.points_currency_eid,
    static_amount: trimmed(static_amount),
    min_amount: trimmed(min_amount),
    max_amount: trimmed(max_amount),
  });
  return { ...row, accrual_rules: row.accrual_rules.map(rule), redeem_rules: row.redeem_rules.map(rule) };
}
