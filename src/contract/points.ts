import type { RefusalCode } from '../domain/refusal';
import { activeBalance, currencyRefusals, memberRefusals, programId, transactionId } from './common';
import { currencySelector } from './currency';
import { endpoint } from './endpoint';
import { amount, flag, integer, jsonObject, object, optional, text, timestamp } from './fields';
import { matching } from './matching';
import { type Report, request } from './request';

const asked = {
  loyalty_program_id: programId(),
  promotion_id: optional(text(255)).describe(
    'Trigger promotion: its external id or, ours, its numeric id. Absent: no promotion rule is checked.',
  ),
  amount: amount().describe('Points as a decimal string, within the decimals of the currency.'),
  is_temp: optional(flag()).describe(
    'Temporary: rolled back after temp_timeout_sec unless it is committed before.',
  ),
  temp_timeout_sec: optional(integer({ min: 1 })).describe(
    'Seconds until a temporary transaction is rolled back. Absent: the setting of the program.',
  ),
  created_at: optional(timestamp()).describe('Business date, not in the future. Absent: now.'),
  transaction_eid: optional(text(255)).describe(
    'Your own id of the transaction. Ours: an idempotency key within the program. The same request again ' +
      'gets the first answer again; the same id with other content is refused.',
  ),
  external_data: optional(jsonObject()).describe(
    'Any data of yours; history returns it as custom_json. At most 64 KiB.',
  ),
};

const blocks = { currency: currencySelector(), matching: matching() };

const posted = object({
  data: object({
    transaction_id: transactionId(),
    balance_before: activeBalance().describe('Active balance before the transaction.'),
    balance_after: activeBalance().describe('Active balance after the transaction.'),
  }),
});

const refusals = [
  ...memberRefusals,
  ...currencyRefusals,
  'program_inactive',
  'currency_inactive',
  'promotion_not_found',
  'promotion_rule_not_found',
  'promotion_inactive',
  'promotion_out_of_dates',
  'amount_outside_rule',
  'amount_scale',
  'eid_reused',
  'request_expired',
] as const satisfies readonly RefusalCode[];

function checkTemporary(
  value: { is_temp: boolean | undefined; temp_timeout_sec: number | undefined },
  report: Report,
) {
  if (value.temp_timeout_sec !== undefined && !value.is_temp) {
    report('temp_timeout_sec', 'is allowed only with is_temp=true');
  }
}

const accrue = endpoint({
  path: '/api/v1.1/loyalty/accrue_points',
  family: 'loyalty',
  scope: 'loyalty_write',
  summary: 'Accrue points',
  description:
    'Gives points to a member. A temporary accrual counts in neither balance until it is committed. Ours: ' +
    'the answer, shaped like the one of redemption; with neither currency key the only currency of the ' +
    'promotion is taken, else the only standard currency of the program.',
  request: request(
    {
      ...asked,
      activation_date: optional(timestamp()).describe('When the points can be spent. Absent: at once.'),
      expiration_date: optional(timestamp()).describe(
        'When they lapse; later than activation_date. Absent: the setting of the currency.',
      ),
    },
    blocks,
    (value, report) => {
      checkTemporary(value, report);
      const { activation_date: activation, expiration_date: expiration } = value;
      if (activation && expiration && Date.parse(expiration) <= Date.parse(activation)) {
        report('expiration_date', `expected a time after activation_date ${activation}, got ${expiration}`);
      }
    },
  ),
  response: posted,
  refusals,
  examples: [
    {
      request: {
        loyalty_program_id: 7,
        promotion_id: 'welcome',
        points_currency_eid: 'stars',
        amount: '25.50',
        transaction_eid: 'pos-17',
        external_data: { till: 3 },
        matching: 'email',
        email: 'ann@example.net',
      },
      response: {
        data: {
          transaction_id: '0195c0de-1111-7abc-8def-001122334455',
          balance_before: '0.00',
          balance_after: '25.50',
        },
      },
    },
  ],
});

const redeem = endpoint({
  path: '/api/v1.1/loyalty/redeeme_points',
  aliases: ['/api/v1.1/loyalty/redeem_points'],
  family: 'loyalty',
  scope: 'loyalty_write',
  summary: 'Redeem points',
  description:
    'Takes points from the active balance of a member. A temporary redemption reserves them: they leave ' +
    'the active balance at once and come back if it is rolled back. Ours: the alias redeem_points; points ' +
    'that lapse first are taken first; the same choice of currency as for accruals.',
  request: request(asked, blocks, checkTemporary),
  response: posted,
  refusals: [...refusals, 'insufficient_points', 'currency_not_redeemable'],
  examples: [
    {
      request: {
        loyalty_program_id: 7,
        points_currency_eid: 'stars',
        amount: '10.25',
        is_temp: true,
        temp_timeout_sec: 900,
        transaction_eid: 'pos-18',
        matching: 'email',
        email: 'ann@example.net',
      },
      response: {
        data: {
          transaction_id: '0195c0de-2222-7abc-8def-001122334455',
          balance_before: '25.50',
          balance_after: '15.25',
        },
      },
    },
  ],
});

export const points = { accrue, redeem };
