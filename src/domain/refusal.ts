/**
 * The one catalogue of refusals: business answers of "no", each with the number and the text the API answers.
 *
 * Numbers above 403 are ours (spec/api.md 1.4, G-1): they are written here and nowhere else.
 * `{name}` in a text is filled from the refusal's details.
 */
export const refusals = {
  bad_request: { error: 400, text: '{problem}' },
  amount_scale: { error: 400, text: 'amount: "{amount}" has more decimals than {currency} allows ({scale})' },
  currency_mismatch: {
    error: 400,
    text: 'points_currency_iid {iid} and points_currency_eid "{eid}" denote different currencies',
  },
  currency_needed: {
    error: 400,
    text:
      'points_currency_eid or points_currency_iid is needed: ' +
      'program {program} has no single standard currency',
  },
  field_unknown: { error: 400, text: '{field}: the profile database has no such field' },
  ids_disagree: {
    error: 400,
    text: 'transaction_id and transaction_eid denote different transactions',
  },
  promo_pool_foreign: {
    error: 400,
    text: 'loyalty_id: promo code pool {pool} is not one of profile database {database}',
  },
  from_id_unknown: { error: 400, text: 'from_id: "{from_id}" is not a transaction of this account' },
  from_id_not_exported: {
    error: 400,
    text: 'from_id: "{from_id}" is not a transaction of points currency {currency}',
  },

  token_missing: {
    error: 401,
    text: 'API token is missing: send it as field "token" or as header "Authorization: Bearer …"',
  },
  token_ambiguous: {
    error: 401,
    text: 'Body field "token" and the Authorization header carry different tokens',
  },
  token_invalid: { error: 403, text: 'API token is not valid' },
  scope_missing: { error: 403, text: 'API token lacks the scope "{scope}"' },
  program_not_allowed: { error: 403, text: 'API token may not access loyalty program {program}' },
  database_not_allowed: { error: 403, text: 'API token may not access profile database {database}' },

  program_not_found: { error: 404, text: 'Loyalty program {program} not found' },
  currency_not_found: {
    error: 404,
    text: 'Points currency {currency} not found in loyalty program {program}',
  },
  promotion_not_found: { error: 404, text: 'Promotion "{promotion}" not found in loyalty program {program}' },
  promotion_rule_not_found: {
    error: 404,
    text: 'Promotion "{promotion}" has no {direction} rule for points currency {currency}',
  },
  tier_group_not_found: { error: 404, text: 'Tier group {group} not found in loyalty program {program}' },
  profile_not_found: { error: 404, text: 'Profile not found by {matching}' },
  member_not_found: { error: 404, text: 'Profile is not a member of loyalty program {program}' },
  transaction_not_found: { error: 404, text: 'Transaction {transaction} not found' },
  export_not_found: { error: 404, text: 'Export {task} not found' },
  export_not_done: { error: 404, text: 'Export {task} has no file: it is {state}' },
  database_not_found: { error: 404, text: 'Profile database {database} not found' },
  events_deleted: {
    error: 404,
    text:
      'after: events up to {until} have been deleted, some of them unread: read on after "{cursor}", ' +
      'or without after',
  },
  promo_pool_not_found: { error: 404, text: 'Promo code pool {pool} not found' },
  promo_code_not_found: { error: 404, text: 'Promo code "{code}" not found in promo code pool {pool}' },
  resource_not_found: { error: 404, text: '{resource} {id} not found' },

  method_not_allowed: { error: 405, text: 'Method {method} is not allowed here: use {allowed}' },
  path_unknown: { error: 405, text: 'Unknown path {path}' },

  profile_ambiguous: { error: 409, text: 'More than one profile found by {matching}' },
  value_taken: { error: 409, text: '{field}: another profile of this database has the same value' },
  eid_reused: { error: 409, text: 'transaction_eid "{transaction_eid}" was used before with other content' },
  eid_ambiguous: {
    error: 409,
    text: 'transaction_eid "{transaction_eid}" exists in several programs: send transaction_id',
  },
  transaction_not_temporary: { error: 409, text: 'Transaction {transaction} is not temporary' },
  already_committed: { error: 409, text: 'Transaction {transaction} is already committed' },
  already_rolled_back: { error: 409, text: 'Transaction {transaction} is already rolled back' },
  already_timed_out: { error: 409, text: 'Transaction {transaction} has timed out' },
  already_canceled: { error: 409, text: 'Transaction {transaction} is already canceled' },
  not_cancelable: { error: 409, text: 'Transaction {transaction} is of type {type} and cannot be canceled' },
  promo_code_attached: { error: 409, text: 'Promo code "{code}" is attached already' },
  promo_code_not_attached: { error: 409, text: 'Promo code "{code}" is not attached to anybody' },
  promo_code_not_of_profile: { error: 409, text: 'Promo code "{code}" is attached to another profile' },
  promo_code_shared: { error: 409, text: 'Promo code "{code}" is attached to several profiles' },
  promo_code_elsewhere: { error: 409, text: 'Promo code "{code}" does not belong to promo code pool {pool}' },
  promo_code_activated: { error: 409, text: 'Promo code "{code}" is activated already' },
  conflict: { error: 409, text: '{problem}' },
  order_reused: { error: 409, text: 'external_id "{order}" was used before for an order of other content' },
  price_changed: {
    error: 409,
    text: 'final_total_price: the order comes to {expected} now, got {got}; call preorder again',
  },

  insufficient_points: {
    error: 422,
    text: 'Insufficient active points',
  },
  points_spent: { error: 422, text: 'Points of transaction {transaction} are already spent or reserved' },
  currency_not_redeemable: {
    error: 422,
    text: 'Points currency {currency} is a qualification currency: it cannot be redeemed',
  },
  currency_inactive: { error: 422, text: 'Points currency {currency} is switched off' },
  program_inactive: { error: 422, text: 'Loyalty program {program} is switched off' },
  promotion_inactive: { error: 422, text: 'Promotion "{promotion}" is switched off' },
  promotion_out_of_dates: { error: 422, text: 'Promotion "{promotion}" does not run at this time' },
  amount_outside_rule: {
    error: 422,
    text: 'amount: {amount} is outside the rule of promotion "{promotion}" ({expected})',
  },
  promo_code_expired: { error: 422, text: 'Promo code "{code}" has expired' },
  promo_code_used_up: { error: 422, text: 'Promo code "{code}" has been used as often as it can be' },
  promo_pool_inactive: { error: 422, text: 'Promo code pool {pool} is switched off' },
  promo_pool_closed: { error: 422, text: 'Promo code pool {pool} does not issue codes at this time' },
  promo_pool_full: { error: 422, text: 'Promo code pool {pool} takes no more codes' },
  promo_pool_empty: { error: 422, text: 'Promo code pool {pool} has no free code' },

  internal: { error: 500, text: 'Internal error, request id {request_id}' },
  unavailable: {
    error: 503,
    text: 'Temporarily unavailable: repeat the request later, with the same transaction_eid if it has one',
  },
  request_expired: {
    error: 503,
    text: 'The request waited too long and was not carried out: repeat it with the same transaction_eid',
  },
} as const satisfies Record<string, { error: number; text: string }>;

export type RefusalCode = keyof typeof refusals;

type Placeholders<T extends string> = T extends `${string}{${infer Name}}${infer Rest}`
  ? Name | Placeholders<Rest>
  : never;

/** What the text of a refusal needs to be filled with. */
export type RefusalDetails<C extends RefusalCode> = {
  [K in Placeholders<(typeof refusals)[C]['text']>]: string | number;
};

/** A business "no": it travels as a value, from SQL up to the envelope. */
export type Refusal<C extends RefusalCode = RefusalCode> = {
  [K in C]: { refusal: K; details: RefusalDetails<K> };
}[C];

/** Makes a refusal; the details its text mentions are checked by the compiler. */
export function refuse<C extends RefusalCode>(refusal: C, details: RefusalDetails<C>): Refusal<C> {
  return { refusal, details } as Refusal<C>;
}

export function isRefusal(value: unknown): value is Refusal {
  return typeof value === 'object' && value !== null && 'refusal' in value;
}

/** The text a client reads, details filled in. */
export function refusalText({ refusal, details }: Refusal): string {
  const values: Record<string, string | number> = details;
  return refusals[refusal].text.replace(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
}
