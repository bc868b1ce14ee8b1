import { eventTypes } from '../../domain/event';
import { endpoint } from '../endpoint';
import {
  choice,
  flag,
  integer,
  jsonObject,
  list,
  object,
  opaqueId,
  optional,
  text,
  timestamp,
} from '../fields';

const event = object({
  event_id: opaqueId().describe('Never given twice.'),
  event_type: text(255),
  event_date: timestamp().describe('When it happened.'),
  profile_id: opaqueId(),
  list_id: integer().describe('Id of the profile database.'),
  is_test: flag().describe('Whether it is a try, about nobody.'),
  custom_data: jsonObject().describe('Empty unless a type of event says otherwise.'),
  event_data: jsonObject().describe('What happened; its keys depend on the type.'),
});

const read = endpoint({
  method: 'GET',
  path: '/admin/v1/events',
  family: 'admin',
  scope: 'admin',
  summary: 'Read events',
  description:
    'What happened to points, members, temporary transactions and profiles, in an order that never ' +
    'changes: whoever goes on after next_after misses nothing and gets nothing twice, and gets the events ' +
    'of an account in the order of its transactions. A commit is two events: loyalty_temp_committed says ' +
    'how the temporary transaction ended, loyalty_points_accrued or loyalty_points_redeemed that points ' +
    'have moved. amount is without sign; balances are the active ones. A page that was filtered may hold ' +
    'fewer events than limit, or none, although has_more is true. Events are deleted after ' +
    'EVENTS_KEEP_DAYS days: whoever goes on after events of which some were deleted meanwhile is refused ' +
    'once, and told where to go on.',
  request: object({
    after: optional(opaqueId()).describe(
      'next_after of the answer before. Absent: from the first event that is kept.',
    ),
    limit: optional(integer({ min: 1, max: 1_000 })).describe('Events of a page, 1 to 1000. Absent: 100.'),
    types: optional(list(choice(eventTypes))).describe('Only events of these types; repeat the parameter.'),
    program_id: optional(integer({ min: 1 })).describe('Only events of this program; profiles have none.'),
  }),
  response: object({
    items: list(event),
    next_after: text(255).describe('Where to go on, now or later.'),
    has_more: flag().describe('Whether there is more to read at once.'),
  }),
  refusals: ['events_deleted'],
  examples: [
    {
      request: { after: '7431-120', limit: 1, types: ['loyalty_points_redeemed'], program_id: 1 },
      response: {
        items: [
          {
            event_id: '7440-131',
            event_type: 'loyalty_points_redeemed',
            event_date: '2025-03-01T08:00:00.123Z',
            profile_id: '65f0aa00c0ffee0011223344',
            list_id: 1,
            is_test: false,
            custom_data: {},
            event_data: {
              loyalty_program_id: 1,
              loyalty_program_eid: 'demo',
              points_currency_iid: 1,
              points_currency_eid: 'stars',
              transaction_id: '0195c0de-2222-7abc-8def-001122334455',
              transaction_eid: 'pos-18',
              transaction_type: 'redeem',
              created_at: '2025-03-01T08:00:00.123Z',
              amount: '10.25',
              balance_before: '25.50',
              balance_after: '15.25',
              promo_iid: null,
              promo_eid: null,
              source_type: 'api',
              source_iid: null,
              source_sid: 'Till',
              source_subiid: null,
            },
          },
        ],
        next_after: '7440-131',
        has_more: true,
      },
    },
  ],
});

/** What happened, for those who would rather ask than be told. */
export const adminEvents = { read };
