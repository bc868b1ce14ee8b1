import type { Request } from '../../contract/endpoint';
import { commitAnswer, type preorders } from '../../contract/preorder';
import { arranged, shapeOf } from '../../contract/shape';
import { priceRequest } from '../../db/queries/checkout';
import { findCommitted } from '../../db/queries/committed-orders';
import { findMember } from '../../db/queries/profiles';
import { decimal } from '../../domain/amount';
import { type Access, mayUseProgram } from '../../domain/catalog';
import {
  type CheckoutAnswer,
  type CheckoutRequest,
  type CommitAnswer,
  checkoutAnswer,
  checkoutSettings,
  finalPriceOf,
  withoutExplanation,
} from '../../domain/checkout';
import { type Match, searchFor } from '../../domain/matching';
import { isCanceledBy } from '../../domain/order-points';
import { isRefusal, type Refusal, refuse } from '../../domain/refusal';
import type { Context, Handlers } from '../handler';
import { mayUseDatabase } from './database';
import { refuseFuture } from './moment';
import { settleNoted } from './order-points';
import { hashOfTexts } from './request-hash';
import type { Dependencies } from './target';
import { withinKey } from './within-key';

type PreorderRequest = Request<typeof preorders.preorder>;
type CommitRequest = Request<typeof preorders.commit>;
type Subject = Exclude<Awaited<ReturnType<typeof findSubject>>, Refusal>;

export function createPreorderHandlers(dependencies: Dependencies): Handlers<typeof preorders> {
  const { db, gateway } = dependencies;
  return {
    async preorder(input, context) {
      const subject = await findSubject(dependencies, input, [input.matching], context);
      if (isRefusal(subject)) return subject;
      const { settings, person } = subject;
      const priced = await priceRequest(db, settings, requestOf(input), person, context.now);
      if (isRefusal(priced)) return withinKey('data', priced);
      return both(checkoutAnswer(priced, settings.pricing, input.explain ?? false));
    },

    async commit(input, context) {
      const subject = await findSubject(dependencies, input, input.customer, context);
      if (isRefusal(subject)) return subject;
      const { settings, person } = subject;
      const order = requestOf(input);
      const request_hash = hashOfTexts({
        profile_id: person.profile_id,
        ...order,
        final: input.data.final_total_price,
      });
      const known = await findCommitted(db, input.external_id);
      if (known) return repeated(known, request_hash, input);

      const priced = await priceRequest(db, settings, order, person, context.now);
      if (isRefusal(priced)) return withinKey('data', priced);
      const expected = finalPriceOf(priced);
      if (!decimal(expected).equals(input.data.final_total_price)) {
        return refuse('price_changed', { expected, got: input.data.final_total_price });
      }
      const outcome = await gateway.commitOrder(
        {
          order: { ...order, final_total_price: input.data.final_total_price },
          profile_id: person.profile_id,
          request_hash,
          skip_triggers: input.skip_triggers ?? false,
          not_after: new Date(context.deadline).toISOString(),
        },
        { program: settings.program?.externalId, member: person.profile_id },
      );
      if (!isRefusal(outcome)) {
        await settleAtOnce(dependencies, subject, outcome);
        return explained(outcome, input);
      }
      return outcome.refusal === 'request_expired' ? refuse('unavailable', {}) : withinKey('data', outcome);
    },
  };
}

/** Whoever confirms an order in a status that cancels points has them for a moment only. */
async function settleAtOnce(
  dependencies: Dependencies,
  { settings: { program }, person: { profile_id } }: Subject,
  { order_id, external_id, order_status }: CommitAnswer,
): Promise<void> {
  if (!program || !isCanceledBy(program.orderPoints, order_status)) return;
  await settleNoted(dependencies, [{ order_id, external_id, program: program.externalId, profile_id }]);
}

/** The order in the words of the domain. */
function requestOf({ external_id, data }: PreorderRequest | CommitRequest): CheckoutRequest {
  const { final_total_price: _, ...order } = data;
  return { external_id, ...order };
}

/** The settings an order is priced within, and its customer. */
async function findSubject(
  { catalog, db }: Dependencies,
  { data }: PreorderRequest | CommitRequest,
  matches: readonly Match[],
  { access, now }: Context,
) {
  const settings = settingsOf(catalog, data.endpoint, access);
  if (isRefusal(settings)) return settings;
  const future = refuseFuture('data.create_time', data.create_time, now);
  if (future) return future;
  const database = catalog.database(settings.channel.database_id);
  if (!database) throw new Error(`Channel ${settings.channel.external_id} has no database`);
  const found: { profile_id: string; member_id: string | null }[] = [];
  for (const match of matches) {
    const search = searchFor(database, match);
    if (isRefusal(search)) return search;
    const person = await findMember(db, database.id, settings.program?.id ?? 0, search);
    if (isRefusal(person)) return person;
    found.push(person);
  }
  const [person, ...others] = found;
  if (!person || others.some(({ profile_id }) => profile_id !== person.profile_id)) {
    const problem = 'profile_id, email and phone denote different profiles: send one of them, or matching';
    return refuse('bad_request', { problem });
  }
  return { settings, person: { profile_id: person.profile_id, member_id: person.member_id } };
}

/** The settings of a touchpoint, if the token may use them. */
function settingsOf(catalog: Dependencies['catalog'], endpoint: string, access: Access) {
  const settings = checkoutSettings(catalog, endpoint);
  if (isRefusal(settings)) return settings;
  const { program, channel } = settings;
  if (program && !mayUseProgram(access, program.id)) {
    return refuse('program_not_allowed', { program: program.id });
  }
  if (program || mayUseDatabase(catalog, access, channel.database_id)) return settings;
  return refuse('database_not_allowed', { database: channel.database_id });
}

type Stored = { request_hash: string | null; answer: unknown };

/** The first answer again, if it is the same request. */
function repeated({ request_hash, answer }: Stored, hash: string, input: CommitRequest) {
  if (request_hash !== hash) return refuse('order_reused', { order: input.external_id });
  return explained(answer as CommitAnswer, input);
}

function explained(answer: CommitAnswer, { explain = false }: CommitRequest) {
  return both(explain ? answer : withoutExplanation(answer));
}

const shape = shapeOf(commitAnswer);

/**
 * The same under both names, for clients of either family of calls (NG-5), in the order of the contract, also
 * when it was stored.
 */
function both<A extends CheckoutAnswer>(answer: A) {
  const data = arranged(answer, shape);
  return { data, result: data };
}
