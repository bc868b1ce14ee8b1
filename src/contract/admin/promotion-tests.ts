import { endpoint } from '../endpoint';
import {
  amount,
  email,
  freeFields,
  list,
  object,
  opaqueId,
  optional,
  phone,
  text,
  timestamp,
} from '../fields';
import { checkLines, orderData, priced, sampleAnswer, sampleData } from '../preorder';
import { request } from '../request';

const invented = object({
  email: optional(email()),
  phones: optional(list(phone(), { max: 100 })),
  fields: optional(freeFields()).describe('Built-in and custom fields of the profile, by name.'),
  tiers: optional(list(text(255), { max: 100 })).describe('External ids of the tiers that are held.'),
  balances: optional(
    list(object({ points_currency_eid: text(255), amount: amount({ zero: true }) }), { max: 100 }),
  ).describe('Active points.'),
});

/** Trying promotions out. */
export const adminPromotionTests = {
  test: endpoint({
    method: 'POST',
    path: '/admin/v1/promotions/test',
    family: 'admin',
    scope: 'admin',
    summary: 'Test promotions on an order',
    description:
      'Prices an order as preorder does, with the whole explanation, for a member or an invented one, at ' +
      'any moment, with drafts as if they were switched on. Writes nothing.',
    request: request(
      {
        profile_id: optional(opaqueId()).describe('The customer. Either this or member is needed.'),
        member: optional(invented).describe('An invented customer, who is a member of the program.'),
        at: optional(timestamp()).describe('When promotions and limits are judged. Absent: now.'),
        drafts: optional(list(text(255), { max: 1_000 })).describe(
          'External ids of promotions to take as switched on.',
        ),
        order: request(orderData, {}, checkLines).describe('The order, as preorder takes it in data.'),
      },
      {},
      ({ profile_id, member }, report) => {
        if ((profile_id === undefined) === (member === undefined)) {
          report('profile_id', 'is required, or member, but not both');
        }
      },
    ),
    response: object(priced),
    refusals: [
      'resource_not_found',
      'profile_not_found',
      'field_unknown',
      'currency_not_found',
      'currency_mismatch',
      'currency_not_redeemable',
      'insufficient_points',
    ],
    examples: [
      {
        request: {
          member: { balances: [{ points_currency_eid: 'stars', amount: '115.25' }] },
          drafts: ['ten'],
          order: sampleData,
        },
        response: sampleAnswer,
      },
    ],
  }),
};
