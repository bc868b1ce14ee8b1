import { uuidv7 } from 'uuidv7';
import type { Catalog } from '../src/catalog';
import { decimal, fitsScale } from '../src/domain/amount';
import {
  type Currency,
  type CurrencySelector,
  checkRule,
  chooseCurrency,
  type Program,
  type Promotion,
} from '../src/domain/catalog';
import type { PromotionUnavailable } from '../src/domain/node';
import type { Accrue, Redeem } from '../src/domain/operation';
import { isRefusal, type Refusal, refusalText, refuse } from '../src/domain/refusal';
import { invalidField, refusedInput } from './node-input';

/** How a trigger promotion is to move points; without amount, by the static amount of its rule. */
export interface Wanted {
  operation: 'accrue' | 'redeem';
  promotion_id: string;
  currency: CurrencySelector;
  amount?: string | undefined;
}

export interface Chosen {
  promotion: Promotion;
  currency: Currency;
  amount: string;
}

/** Who does it: which node of which run of which scenario, and the key under which it is done once. */
export interface Doer {
  scenario_id: number;
  node_id: string;
  run_id: number;
  transaction_eid: string;
  request_hash: string;
}

const directions = { accrue: 'accrual', redeem: 'redeem' } as const;

/** So late a redemption may reach the ledger; an attempt that is made again says a later time. */
const patienceMs = 60_000;

/** What is wrong with the wish itself, whatever the promotion says. */
const wrongs = ['currency_not_found', 'currency_mismatch', 'currency_needed', 'amount_scale'] as const;

/**
 * Promotion, currency and amount of what is wanted. "No" is said only of settings that were just read. Throws
 * InvalidInput where the wish itself is wrong.
 */
export async function choose(
  catalog: Catalog,
  program: Program,
  wanted: Wanted,
  now: string,
): Promise<Chosen | PromotionUnavailable> {
  const atOnce = attempt(catalog, program, wanted, now);
  if (!isRefusal(atOnce)) return atOnce;
  await catalog.refresh();
  const chosen = attempt(catalog, catalog.program(program.id) ?? program, wanted, now);
  if (!isRefusal(chosen)) return chosen;
  if (wrongs.some((code) => code === chosen.refusal)) throw wrongWish(chosen);
  return { outcome: 'promotion_unavailable', reason: chosen.refusal, text: refusalText(chosen) };
}

function attempt(catalog: Catalog, program: Program, wanted: Wanted, now: string): Chosen | Refusal {
  if (!program.isActive) return refuse('program_inactive', { program: program.id });
  const { promotion_id: name, operation, currency: selector } = wanted;
  const promotion = catalog.promotion(program.id, name);
  if (!promotion) return refuse('promotion_not_found', { promotion: name, program: program.id });
  const direction = directions[operation];
  const rules = promotion.rules.filter((rule) => rule.direction === direction);
  const currency = chooseCurrency(program, catalog.currencies(program.id), selector, rules);
  if (isRefusal(currency)) return currency;
  if (!currency.isActive) return refuse('currency_inactive', { currency: `"${currency.eid}"` });
  const rule = rules.find(({ currencyIid }) => currencyIid === currency.iid);
  const amount = wanted.amount ?? rule?.staticAmount?.toFixed();
  if (rule && amount === undefined) {
    throw invalidField('amount', `is required: the rule of promotion "${name}" has no static amount`);
  }
  if (amount !== undefined && !fitsScale(amount, currency.scale)) {
    return refuse('amount_scale', { amount, currency: `"${currency.eid}"`, scale: currency.scale });
  }
  const no = checkRule(promotion, direction, currency, decimal(amount ?? '0'), now, program.ruleMode);
  return no ?? { promotion, currency, amount: amount ?? '0' };
}

function wrongWish(refusal: Refusal) {
  return refusal.refusal === 'amount_scale'
    ? refusedInput(refusal)
    : invalidField('points_currency_eid', refusalText(refusal));
}

/** What the ledger is asked to do. `now` is RFC 3339. */
export function operationOf(
  { operation }: Wanted,
  { promotion, currency, amount }: Chosen,
  memberId: string,
  { scenario_id, node_id, run_id, ...key }: Doer,
  now: string,
): Accrue | Redeem {
  const posting = {
    ...key,
    transaction_id: uuidv7(),
    program_id: promotion.programId,
    member_id: memberId,
    currency_iid: currency.iid,
    amount,
    source_type: 'workflow' as const,
    source_iid: String(scenario_id),
    source_sid: node_id,
    source_subiid: String(run_id),
    promotion_id: promotion.id,
    promotion_eid: promotion.externalId,
    description: promotion.description,
  };
  if (operation === 'accrue') return { verb: operation, ...posting };
  const notAfter = new Date(Date.parse(now) + patienceMs).toISOString();
  return { verb: operation, ...posting, not_after: notAfter };
}
