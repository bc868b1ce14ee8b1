import { type Amount, toFixedScale } from './amount';

/** What others can hear of. The points_ events are what moves balances, temp_ what becomes of holds. */
export const eventTypes = [
  'loyalty_member_added',
  'loyalty_member_removed',
  'loyalty_points_accrued',
  'loyalty_points_activated',
  'loyalty_points_redeemed',
  'loyalty_points_expired',
  'loyalty_points_expiring_soon',
  'loyalty_points_canceled',
  'loyalty_temp_opened',
  'loyalty_temp_committed',
  'loyalty_temp_rolled_back',
  'loyalty_tier_changed',
  'market_order_created',
  'loyalty_scenario_event',
  'profile_created',
  'profile_updated',
] as const;

/** An event as others get it: nothing in it is personal but the bare profile_id. Times are RFC 3339 UTC. */
export type Event = {
  /** Never given to two events. */
  event_id: string;
  event_type: string;
  event_date: string;
  profile_id: string;
  /** The profile database. */
  list_id: number;
  is_test: boolean;
  custom_data: Record<string, unknown>;
  event_data: Record<string, unknown>;
};

/** An event as the database knows it. What has to do with postings is null for other events. */
export interface EventRow {
  turn: string;
  event_id: string;
  type: string;
  happened_at: string;
  profile_id: string;
  /** Null for events of profiles. */
  member_id: string | null;
  database_id: number;
  program_id: number | null;
  program_eid: string | null;
  registered_at: string | null;
  data: unknown;
  currency_iid: number | null;
  currency_eid: string | null;
  scale: number | null;
  /** The transaction it is about: what was settled, activated or canceled, not the posting that did it. */
  transaction_id: string | null;
  transaction_eid: string | null;
  transaction_type: string | null;
  amount: Amount | null;
  balance_before: Amount | null;
  balance_after: Amount | null;
  created_at: string | null;
  activates_at: string | null;
  expires_at: string | null;
  temp_until: string | null;
  committed_as: string | null;
  settled_by: string | null;
  promotion_id: number | null;
  promotion_eid: string | null;
  source_type: string | null;
  source_iid: string | null;
  source_sid: string | null;
  source_subiid: string | null;
}

/** The event as it is told. */
export function tellEvent(row: EventRow): Event {
  return {
    event_id: cursorOf(row),
    event_type: row.type,
    event_date: row.happened_at,
    profile_id: row.profile_id,
    list_id: row.database_id,
    is_test: false,
    custom_data: {},
    event_data: { ...programOf(row), ...transactionOf(row), ...detailsOf(row), ...(row.data ?? {}) },
  };
}

/** Where an event stands: reading goes on after it. */
export function cursorOf({ turn, event_id }: { turn: string; event_id: string }): string {
  return `${turn}-${event_id}`;
}

/** What cursorOf made, taken apart; undefined for anything else. */
export function readCursor(cursor: string): { turn: string; event_id: string } | undefined {
  const match = /^(\d{1,19})-(\d{1,18})$/.exec(cursor);
  return match?.[1] && match[2] ? { turn: match[1], event_id: match[2] } : undefined;
}

function programOf({ program_id, program_eid }: EventRow) {
  return program_id === null ? {} : { loyalty_program_id: program_id, loyalty_program_eid: program_eid };
}

function transactionOf(row: EventRow) {
  const { transaction_id, scale } = row;
  if (transaction_id === null) return {};
  const points = (amount: Amount | null) => amount && toFixedScale(amount, scale ?? 0);
  return {
    points_currency_iid: row.currency_iid,
    points_currency_eid: row.currency_eid,
    transaction_id,
    transaction_eid: row.transaction_eid,
    transaction_type: row.transaction_type,
    created_at: row.created_at,
    amount: points(row.amount),
    balance_before: points(row.balance_before),
    balance_after: points(row.balance_after),
    promo_iid: row.promotion_id,
    promo_eid: row.promotion_eid,
    source_type: row.source_type,
    source_iid: row.source_iid === null ? null : Number(row.source_iid),
    source_sid: row.source_sid,
    source_subiid: row.source_subiid === null ? null : Number(row.source_subiid),
  };
}

/** What only events of its type have. */
function detailsOf(row: EventRow) {
  switch (row.type) {
    case 'loyalty_member_added':
      return { registration_date: row.registered_at };
    case 'loyalty_points_accrued':
    case 'loyalty_points_activated':
      return { activation_date: row.activates_at, expiration_date: row.expires_at };
    case 'loyalty_temp_opened':
      return { temp_until: row.temp_until };
    case 'loyalty_temp_committed':
      return { committed_as: row.committed_as ?? row.transaction_id };
    case 'loyalty_temp_rolled_back':
      return { reason: row.settled_by };
    default:
      return {};
  }
}
