import { uuidv7 } from 'uuidv7';
import type { Request } from '../../contract/endpoint';
import type { points } from '../../contract/points';
import { findBalance } from '../../db/queries/account';
import { findAnswer } from '../../db/queries/transactions';
import { decimal, fitsScale, toFixedScale } from '../../domain/amount';
import { type Currency, checkRule, chooseCurrency, type Program, type Promotion } from '../../domain/catalog';
import type { Accrue, Redeem } from '../../domain/operation';
import type { Outcome, Posted } from '../../domain/outcome';
import { isRefusal, type Refusal, type RefusalCode, refuse } from '../../domain/refusal';
import type { Context, Handlers } from '../handler';
import { refuseFuture } from './moment';
import { hashOf } from './request-hash';
import { type Dependencies, findMemberOf, findProgram } from './target';

type AccrueRequest = Request<typeof points.accrue>;
type RedeemRequest = Request<typeof points.redeem>;
type Verb = 'accrue' | 'redeem';

const directions = { accrue: 'accrual', redeem: 'redeem' } as const;

/** Everything a posting needs to know of the settings and the member it concerns. */
interface Subject {
  program: Program;
  currency: Currency;
  promotion: Promotion | undefined;
  profile_id: string;
  member_id: string;
}

export function createPointsHandlers(dependencies: Dependencies): Handlers<typeof points> {
  const { catalog, db, gateway } = dependencies;
  return {
    async accrue(input, context) {
      const subject = await findSubject('accrue', input, context);
      if (isRefusal(subject)) return subject;
      const operation: Accrue = withKey(input, {
        verb: 'accrue',
        ...posting(subject, input, context),
        ...(input.activation_date !== undefined && { activates_at: input.activation_date }),
        ...(input.expiration_date !== undefined && { expires_at: input.expiration_date }),
      });
      const forbidden =
        refuseBornLapsed(input, context.now) ?? refuseNow('accrue', input, subject, context.now);
      const known = await answerAtOnce(operation, subject, forbidden);
      return known ?? answer(await send(operation, subject), subject);
    },

    async redeem(input, context) {
      const subject = await findSubject('redeem', input, context);
      if (isRefusal(subject)) return subject;
      if (subject.currency.type === 'qualification') {
        return refuse('currency_not_redeemable', { currency: `"${subject.currency.eid}"` });
      }
      const operation: Redeem = withKey(input, {
        verb: 'redeem',
        ...posting(subject, input, context),
        not_after: new Date(context.deadline).toISOString(),
      });
      const forbidden =
        refuseNow('redeem', input, subject, context.now) ?? (await foresee(operation, subject, context.now));
      const known = await answerAtOnce(operation, subject, forbidden);
      return known ?? answer(await send(operation, subject), subject);
    },
  };

  /** Finds what the request is about; what is wrong with the request itself comes before whom it concerns. */
  async function findSubject(verb: Verb, input: RedeemRequest, { access, now }: Context) {
    const program = findProgram(catalog, access, input.loyalty_program_id);
    if (isRefusal(program)) return program;
    const invalid = refuseFuture('created_at', input.created_at, now) ?? refuseLongHold(input, program);
    if (invalid) return invalid;
    const settings = chooseSettings(verb, input, program);
    if (isRefusal(settings)) return settings;
    const member = await findMemberOf(dependencies, program, input.matching);
    return isRefusal(member) ? member : { program, ...settings, ...member };
  }

  function chooseSettings(
    verb: Verb,
    { promotion_id, amount, currency: selector }: RedeemRequest,
    program: Program,
  ) {
    const promotion = promotion_id === undefined ? undefined : catalog.promotion(program.id, promotion_id);
    if (promotion_id !== undefined && !promotion) {
      return refuse('promotion_not_found', { promotion: promotion_id, program: program.id });
    }
    const rules = promotion?.rules.filter((rule) => rule.direction === directions[verb]);
    const currency = chooseCurrency(program, catalog.currencies(program.id), selector, rules);
    if (isRefusal(currency)) return currency;
    if (fitsScale(amount, currency.scale)) return { currency, promotion };
    return refuse('amount_scale', { amount, currency: `"${currency.eid}"`, scale: currency.scale });
  }

  async function send<O extends Accrue | Redeem>(operation: O, subject: Subject): Promise<Outcome<O>> {
    const { program, currency, profile_id } = subject;
    const { temp_until } = operation;
    if (temp_until === undefined) return gateway.post(operation);
    const amount = toFixedScale(operation.amount, currency.scale);
    const labels = { program: program.externalId, member: profile_id, currency: currency.eid, amount };
    return gateway.openHold({ ...operation, temp_until }, labels);
  }

  /** Spares a workflow where there are too few points. */
  async function foresee({ temp_until, amount }: Redeem, { member_id, currency }: Subject, now: string) {
    if (temp_until === undefined) return undefined;
    const { active } = (await findBalance(db, member_id, currency.iid, now)) ?? { active: '0' };
    return decimal(active).lessThan(amount) ? refuse('insufficient_points', {}) : undefined;
  }

  /** A repeat gets its first answer even where it would be refused by now, and needs no second workflow. */
  async function answerAtOnce<C extends RefusalCode>(
    operation: Accrue | Redeem,
    subject: Subject,
    forbidden: Refusal<C> | null | undefined,
  ) {
    if (!forbidden && operation.temp_until === undefined) return undefined;
    return (await recall(operation, subject)) ?? forbidden;
  }

  /** The answer that the same request got before. */
  async function recall({ transaction_eid, request_hash }: Accrue | Redeem, subject: Subject) {
    if (transaction_eid === undefined) return undefined;
    const [earlier] = await findAnswer(db, subject.program.id, transaction_eid);
    if (!earlier) return undefined;
    if (earlier.request_hash !== request_hash) return refuse('eid_reused', { transaction_eid });
    return answer<never>(earlier, subject);
  }
}

/** What the settings of today forbid. */
function refuseNow(verb: Verb, { amount }: RedeemRequest, subject: Subject, now: string) {
  const { program, currency, promotion } = subject;
  if (!program.isActive) return refuse('program_inactive', { program: program.id });
  if (!currency.isActive) return refuse('currency_inactive', { currency: `"${currency.eid}"` });
  return (
    promotion && checkRule(promotion, directions[verb], currency, decimal(amount), now, program.ruleMode)
  );
}

/** What accruals and redemptions have in common. */
function posting(subject: Subject, input: RedeemRequest, { access, now, deadline }: Context) {
  const { program, currency, promotion, member_id } = subject;
  const timeoutSec = input.temp_timeout_sec ?? program.tempDefaultTimeoutSec;
  return {
    transaction_id: uuidv7(),
    program_id: program.id,
    member_id,
    currency_iid: currency.iid,
    amount: input.amount,
    source_type: 'api' as const,
    source_sid: access.tokenName,
    ...(input.is_temp && {
      temp_until: new Date(Date.parse(now) + timeoutSec * 1000).toISOString(),
      not_after: new Date(deadline).toISOString(),
    }),
    ...(input.created_at !== undefined && { created_at: input.created_at }),
    ...(input.external_data !== undefined && { external_data: input.external_data }),
    ...(promotion && {
      promotion_id: promotion.id,
      promotion_eid: promotion.externalId,
      description: promotion.description,
    }),
  };
}

/** The same request under the same transaction_eid gets the first answer; its hash tells what is the same. */
function withKey<O extends Accrue | Redeem>(input: AccrueRequest | RedeemRequest, operation: O): O {
  if (input.transaction_eid === undefined) return operation;
  const { verb, member_id, currency_iid, promotion_id } = operation;
  const { matching, currency, loyalty_program_id, transaction_eid, ...content } = input;
  const is_temp = input.is_temp || undefined; // false says no more than nothing
  const request = { verb, member_id, currency_iid, ...content, is_temp, promotion_id };
  return { ...operation, transaction_eid, request_hash: hashOf(request) };
}

function refuseLongHold({ temp_timeout_sec: asked }: RedeemRequest, { tempMaxTimeoutSec: most }: Program) {
  if (asked === undefined || asked <= most) return undefined;
  return refuse('bad_request', { problem: `temp_timeout_sec: expected at most ${most}, got ${asked}` });
}

function refuseBornLapsed({ activation_date, expiration_date }: AccrueRequest, now: string) {
  if (activation_date !== undefined || expiration_date === undefined) return undefined;
  if (Date.parse(expiration_date) > Date.parse(now)) return undefined;
  return refuse('bad_request', {
    problem: `expiration_date: expected a time in the future, got ${expiration_date}`,
  });
}

/** The balances in the decimals of the currency; a refusal as it is. */
function answer<C extends RefusalCode>(
  outcome: Pick<Posted, 'transaction_id' | 'balance_before' | 'balance_after'> | Refusal<C>,
  { currency: { scale } }: Subject,
) {
  if ('refusal' in outcome) return outcome;
  const { transaction_id, balance_before, balance_after } = outcome;
  return {
    data: {
      transaction_id,
      balance_before: toFixedScale(balance_before, scale),
      balance_after: toFixedScale(balance_after, scale),
    },
  };
}
