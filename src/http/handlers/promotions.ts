import type { promotions } from '../../contract/promotions';
import { toTrimmed } from '../../domain/amount';
import type { Currency, Direction, Promotion } from '../../domain/catalog';
import { isRefusal } from '../../domain/refusal';
import type { Handlers } from '../handler';
import { type Dependencies, findProgram } from './target';

const defaultLimit = 20;

export function createPromotionHandlers({ catalog }: Dependencies): Handlers<typeof promotions> {
  return {
    async triggers(input, { access }) {
      const program = findProgram(catalog, access, input.loyalty_program_id);
      if (isRefusal(program)) return program;
      const { from_id = 0, limit = defaultLimit, is_active } = input;
      const asked = catalog
        .promotions(program.id)
        .filter((promotion) => is_active === undefined || promotion.isActive === is_active);
      const rest = asked.filter((promotion) => promotion.id > from_id);
      const page = rest.slice(0, limit);
      const currencies = catalog.currencies(program.id);
      return {
        data: page.map((promotion) => promotionRow(promotion, currencies)),
        next_from_id: rest.length > page.length ? (page.at(-1)?.id ?? null) : null,
        total_count: asked.length,
      };
    },
  };
}

function promotionRow(promotion: Promotion, currencies: readonly Currency[]) {
  return {
    id: promotion.id,
    name: promotion.name,
    description: promotion.description,
    external_id: promotion.externalId,
    start_date: promotion.startDate,
    end_date: promotion.endDate,
    is_active: promotion.isActive,
    redeem_rules: ruleRows(promotion, 'redeem', currencies),
    accrual_rules: ruleRows(promotion, 'accrual', currencies),
  };
}

function ruleRows({ rules }: Promotion, direction: Direction, currencies: readonly Currency[]) {
  return rules
    .filter((rule) => rule.direction === direction)
    .map(({ currencyIid, staticAmount, minAmount, maxAmount }) => ({
      points_currency_iid: currencyIid,
      points_currency_eid: currencies.find(({ iid }) => iid === currencyIid)?.eid ?? '',
      static_amount: staticAmount && toTrimmed(staticAmount.toFixed()),
      min_amount: minAmount && toTrimmed(minAmount.toFixed()),
      max_amount: maxAmount && toTrimmed(maxAmount.toFixed()),
    }));
}
