import type { adminPromotionTests } from '../../../contract/admin/promotion-tests';
import type { Request } from '../../../contract/endpoint';
import { findCustomer, findUses, priceFor } from '../../../db/queries/checkout';
import { findMemberById } from '../../../db/queries/profiles';
import {
  type CheckoutSettings,
  type Customer,
  checkoutAnswer,
  checkoutSettings,
  withDrafts,
} from '../../../domain/checkout';
import { readProfileData } from '../../../domain/profile';
import { isRefusal, refuse } from '../../../domain/refusal';
import type { Handlers } from '../../handler';
import { withinKey } from '../within-key';
import type { AdminDependencies } from './change';

type TestRequest = Request<typeof adminPromotionTests.test>;

/** No profile has it, and no promo code is attached to it. */
const nobody = '';

export function createPromotionTestHandlers(
  dependencies: AdminDependencies,
): Handlers<typeof adminPromotionTests> {
  const { db, catalog } = dependencies;
  return {
    async test(input, { now }) {
      const current = checkoutSettings(catalog, input.order.endpoint);
      if (isRefusal(current)) return current;
      const settings = withDrafts(current, input.drafts ?? []);
      if (isRefusal(settings)) return settings;
      const at = input.at ?? input.order.create_time ?? now;
      const customer =
        input.member === undefined
          ? await existing(dependencies, settings, input.profile_id ?? nobody, at > now ? at : now)
          : await inventedOne(dependencies, settings, input.member, at);
      if (isRefusal(customer)) return customer;
      const request = { external_id: 'test', ...input.order, create_time: at };
      const checkout = await priceFor(db, settings, request, customer, at);
      return isRefusal(checkout)
        ? withinKey('order', checkout)
        : checkoutAnswer(checkout, settings.pricing, true);
    },
  };
}

async function existing(
  { db }: AdminDependencies,
  { channel, program, pricing }: CheckoutSettings,
  profileId: string,
  at: string,
) {
  const missing = refuse('profile_not_found', { matching: `profile_id "${profileId}"` });
  const [person] = await findMemberById(db, channel.database_id, program?.id ?? 0, profileId);
  return person ? ((await findCustomer(db, person, pricing, at)) ?? missing) : missing;
}

async function inventedOne(
  { db, catalog }: AdminDependencies,
  { channel, pricing }: CheckoutSettings,
  { email, phones, fields, tiers, balances }: NonNullable<TestRequest['member']>,
  at: string,
): Promise<Customer | ReturnType<typeof refuse<'resource_not_found' | 'field_unknown' | 'bad_request'>>> {
  const database = catalog.database(channel.database_id);
  if (!database) throw new Error(`Channel ${channel.external_id} has no database`);
  const data = readProfileData(database, fields ?? {}, 'member.fields.');
  if (isRefusal(data)) return data;
  const profile = { profile_id: nobody, email: email ?? null, phones: phones ?? [], fields: data.set };
  if (!pricing) return { profile, member: null };
  const points = new Map<number, string>();
  for (const { points_currency_eid: eid, amount } of balances ?? []) {
    const currency = pricing.terms.currencies.find((it) => it.eid === eid);
    if (!currency) return refuse('resource_not_found', { resource: 'Points currency', id: `"${eid}"` });
    points.set(currency.iid, amount);
  }
  const unknown = tiers?.find((tier) => !pricing.terms.tiers.has(tier));
  if (unknown !== undefined) return refuse('resource_not_found', { resource: 'Tier', id: `"${unknown}"` });
  const uses = await findUses(db, nobody, pricing, at);
  return { profile, member: { tiers: new Set(tiers), balances: points, uses } };
}
