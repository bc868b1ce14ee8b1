import { kioskOrder } from './checkout';
import type { Case } from './spec';
import type { Json } from './wire';

/** With the price that both would answer; preorder ignores it. */
const order = (further: Json = {}) => ({ data: kioskOrder({ final_total_price: '100.00', ...further }) });

/** What preorder and preorder_commit refuse alike. */
export const pricingRefusals: Record<string, Case> = {
  'refuses an unknown touchpoint': {
    request: order({ endpoint: 'nowhere' }),
    refuses: 'resource_not_found',
    text: 'Touchpoint "nowhere" not found',
  },
  'refuses a token for other programs': {
    request: { token: 'm2', ...order() },
    refuses: 'program_not_allowed',
  },
  'refuses a token for other databases': {
    request: { token: 'm2', ...order({ endpoint: 'lonely-site' }) },
    refuses: 'database_not_allowed',
  },
  'refuses a custom field that profiles have not': {
    request: { matching: 'custom', field_name: 'shoe', field_value: '42', ...order() },
    refuses: 'field_unknown',
  },
  'refuses a customer nobody knows': {
    request: { email: 'nobody@example.com', ...order() },
    refuses: 'profile_not_found',
  },
  'refuses a customer who could be two': {
    given: async ({ backend, person }) => {
      const { rows } = await backend.pool.query(
        `insert into directory.profiles (profile_id, database_id, email, fields)
         values (substr(md5($1), 1, 24), 7, $1 || '@twin', '{}') returning profile_id`,
        [person.crm_id],
      );
      await backend.pool.query(
        `insert into directory.profile_keys (database_id, field, value, profile_id, is_unique)
         values (7, 'phone', $1, $2, false)`,
        [person.phone, rows[0].profile_id],
      );
      return { matching: 'phone', phone: person.phone };
    },
    request: order(),
    refuses: 'profile_ambiguous',
  },
  'refuses an unknown currency of points': {
    request: order({ points_payment: [{ points_currency_eid: 'gems', amount: '1' }] }),
    refuses: 'currency_not_found',
  },
  'refuses two names of different currencies': {
    request: order({
      points_payment: [{ points_currency_eid: 'stars', points_currency_iid: 21, amount: '1' }],
    }),
    refuses: 'currency_mismatch',
  },
  'refuses to pay with a qualification currency': {
    request: order({ points_payment: [{ points_currency_eid: 'rank', amount: '1' }] }),
    refuses: 'currency_not_redeemable',
  },
  'refuses to spend more points than there are': {
    request: order({ points_payment: [{ points_currency_eid: 'stars', amount: '0.01' }] }),
    refuses: 'insufficient_points',
  },
};
