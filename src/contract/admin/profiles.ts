import { endpoint } from '../endpoint';
import {
  flag,
  freeFields,
  integer,
  jsonObject,
  list,
  nullable,
  object,
  opaqueId,
  optional,
  points,
  text,
  timestamp,
} from '../fields';
import { listEndpoint } from './resource';

const profile = object({
  profile_id: opaqueId(),
  db_id: integer(),
  email: nullable(text(320)),
  phones: list(text(32)),
  fields: freeFields(),
  created_at: timestamp(),
  updated_at: timestamp(),
});

const account = object({
  account_id: opaqueId(),
  points_currency_iid: integer(),
  points_currency_eid: opaqueId(),
  balance: points(),
  held: points(),
  debt: points(),
  closed_at: nullable(timestamp()),
  never_opened: list(opaqueId()).describe(
    'Ids of temporary transactions that ended before they were posted.',
  ),
});

const tier = object({
  tiers_group_id: integer(),
  tiers_group_eid: opaqueId(),
  tier_id: integer(),
  tier_eid: opaqueId(),
  reached_at: timestamp(),
  lost_at: nullable(timestamp()).describe('null: held now.'),
  first_reached_at: nullable(timestamp()),
  rewarded_by: nullable(opaqueId()).describe('The transaction that paid the reward of the tier.'),
});

const scenarioRun = object({
  run_id: opaqueId(),
  scenario_id: integer(),
  scenario_eid: nullable(opaqueId()),
  cause: text(1_000).describe('The event that started it, the birthday, or the key of whoever did.'),
  started_at: timestamp(),
  ended_at: nullable(timestamp()),
  outcome: nullable(text(1_000)).describe('null: it is running.'),
});

const membership = object({
  member_id: opaqueId(),
  program_id: integer(),
  registered_at: timestamp(),
  removed_at: nullable(timestamp()).describe('null: a member now.'),
  accounts: list(account),
  tiers: list(tier).describe('Tiers held now and before, in the order they came.'),
  scenario_runs: list(scenarioRun),
});

const lot = object({
  amount: points(),
  remaining: points(),
  reserved: points(),
  activates_at: nullable(timestamp()),
  expires_at: nullable(timestamp()),
});

const hold = object({
  state: text(20),
  temp_until: nullable(timestamp()),
  settled_at: nullable(timestamp()),
  committed_as: nullable(opaqueId()),
  canceled: flag(),
});

const posting = object({
  account_id: opaqueId(),
  seq: opaqueId().describe('Number of the posting in its account, from 1.'),
  transaction_id: opaqueId(),
  transaction_eid: nullable(opaqueId()),
  type: text(20),
  amount: points(),
  delta: points().describe('By how much it moved the balance.'),
  balance_after: points(),
  active_before: points(),
  active_after: points(),
  posted_at: timestamp(),
  created_at: timestamp(),
  is_temp: flag(),
  settles_seq: nullable(opaqueId()),
  reverses_seq: nullable(opaqueId()),
  activates_at: nullable(timestamp()),
  expires_at: nullable(timestamp()),
  promotion_id: nullable(integer()),
  promotion_eid: nullable(opaqueId()),
  description: text(10_000, { min: 0 }),
  source_type: text(20),
  source_iid: nullable(opaqueId()),
  source_sid: nullable(text(1_000)),
  source_subiid: nullable(opaqueId()),
  product_eid: nullable(opaqueId()),
  sku_eid: nullable(opaqueId()),
  external_data: nullable(jsonObject()),
  lot: nullable(lot).describe('The points an accrual made, and what is left of them.'),
  lot_uses: list(object({ lot_seq: opaqueId(), taken: points(), reserved: points() })).describe(
    'What the posting took from lots, or reserved in them; below zero: gave back.',
  ),
  hold: nullable(hold).describe('How a temporary transaction stands.'),
});

const promoCode = object({
  pool_id: integer(),
  code: text(100),
  attached_at: nullable(timestamp()).describe('null: it was detached since.'),
  expires_at: nullable(timestamp()),
  uses: list(object({ activated_at: timestamp(), order_external_id: nullable(text(255)) })),
});

const time = '2025-02-01T08:00:00Z';

const order = object({
  id: integer(),
  external_id: opaqueId(),
  endpoint: opaqueId(),
  status: opaqueId(),
  currency: text(3),
  region: nullable(opaqueId()),
  total_price: points(),
  final_total_price: points(),
  delivery_cost: points(),
  tags: list(text(255)),
  custom_fields: freeFields(),
  create_time: timestamp(),
  update_time: timestamp(),
  lines: list(
    object({
      external_id: opaqueId(),
      product: nullable(opaqueId()),
      sku: nullable(opaqueId()),
      count: integer(),
      final_total_price: points(),
      custom_fields: freeFields(),
    }),
  ),
});

const profileId = text(24).describe('Id of the profile.');

/** What operators ask of profiles. */
export const adminProfiles = {
  orders: listEndpoint({
    many: 'orders that are kept on a person',
    collection: '/admin/v1/profiles/:profile_id/orders',
    parent: { profile_id: profileId },
    answer: order.shape,
    position: integer(),
    example: {
      parent: { profile_id: '65a1f0c2d3e4f5a6b7c8d9e0' },
      answer: {
        id: 501,
        external_id: 'order_9',
        endpoint: 'website',
        status: 'new',
        currency: 'RUB',
        region: null,
        total_price: '2500',
        final_total_price: '2150',
        delivery_cost: '300',
        tags: [],
        custom_fields: {},
        create_time: time,
        update_time: time,
        lines: [
          {
            external_id: '1',
            product: 'P1',
            sku: null,
            count: 2,
            final_total_price: '1720',
            custom_fields: {},
          },
        ],
      },
    },
  }),
  data: endpoint({
    method: 'GET',
    path: '/admin/v1/profiles/:profile_id/data',
    family: 'admin',
    scope: 'admin',
    summary: 'Export what is kept on a person',
    description:
      'Everything that is kept on one person: the profile, memberships present and former with their ' +
      'accounts and tiers, their promo codes, and all postings of them, page by page in a fixed order. ' +
      'next_after is null on the last page. Of somebody who was deleted, profile is null, and what is left ' +
      'is shown. Orders are a list of their own, …/orders.',
    request: object({
      profile_id: profileId,
      after: optional(text(60)).describe('next_after of the page before. Absent: the first page.'),
      limit: optional(integer({ min: 1, max: 1_000 })).describe(
        'Postings of a page, 1 to 1000. Absent: 100.',
      ),
    }),
    response: object({
      profile: nullable(profile),
      memberships: list(membership),
      promo_codes: list(promoCode),
      postings: list(posting),
      next_after: nullable(text(60)),
    }),
    refusals: ['resource_not_found'],
    examples: [
      {
        request: { profile_id: '65a1f0c2d3e4f5a6b7c8d9e0' },
        response: {
          profile: {
            profile_id: '65a1f0c2d3e4f5a6b7c8d9e0',
            db_id: 1,
            email: 'ann@example.com',
            phones: ['+12025550101'],
            fields: { crm_id: 'A-1' },
            created_at: time,
            updated_at: time,
          },
          memberships: [
            {
              member_id: '7',
              program_id: 1,
              registered_at: time,
              removed_at: null,
              accounts: [
                {
                  account_id: '9',
                  points_currency_iid: 1,
                  points_currency_eid: 'stars',
                  balance: '500',
                  held: '0',
                  debt: '0',
                  closed_at: null,
                  never_opened: [],
                },
              ],
              tiers: [
                {
                  tiers_group_id: 3,
                  tiers_group_eid: 'levels',
                  tier_id: 21,
                  tier_eid: 'bronze',
                  reached_at: time,
                  lost_at: null,
                  first_reached_at: time,
                  rewarded_by: null,
                },
              ],
              scenario_runs: [],
            },
          ],
          promo_codes: [
            {
              pool_id: 5,
              code: 'SPRING-7KX3MQ9A',
              attached_at: time,
              expires_at: null,
              uses: [{ activated_at: time, order_external_id: 'order-1' }],
            },
          ],
          postings: [
            {
              account_id: '9',
              seq: '1',
              transaction_id: '019f9c5e-6c4f-7d2e-9a7c-0d4f6a1b2c3d',
              transaction_eid: 'order-1',
              type: 'accrual',
              amount: '500',
              delta: '500',
              balance_after: '500',
              active_before: '0',
              active_after: '500',
              posted_at: time,
              created_at: time,
              is_temp: false,
              settles_seq: null,
              reverses_seq: null,
              activates_at: time,
              expires_at: null,
              promotion_id: null,
              promotion_eid: null,
              description: '',
              source_type: 'api',
              source_iid: null,
              source_sid: 'till',
              source_subiid: null,
              product_eid: null,
              sku_eid: null,
              external_data: { till: 3 },
              lot: { amount: '500', remaining: '500', reserved: '0', activates_at: time, expires_at: null },
              lot_uses: [],
              hold: null,
            },
          ],
          next_after: null,
        },
      },
    ],
  }),
};
