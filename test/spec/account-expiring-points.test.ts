import { account } from '../../src/contract/account';
import { currencyCases, memberCases, noTime, programCases } from '../support/common-cases';
import { post } from '../support/settling-cases';
import { type Case, specify, type World } from '../support/spec';
import type { Json } from '../support/wire';

const lapsing = (expiring_points: string) => ({ data: { expiring_points } });
const usual = {
  points_currency_eid: 'stars',
  date_from: '2999-03-01T00:00:00Z',
  date_to: '2999-03-31T23:59:59Z',
};

/** Accruals of these amounts, lapsing then; never if there is no date. */
const having =
  (...lots: [amount: string, expiration_date?: string, more?: Json][]) =>
  async (world: World) => {
    for (const [amount, expiration_date, more] of lots) {
      await post(world, 'accrue', { amount, expiration_date, ...more });
    }
    return {};
  };

const plain = { given: having(['42.5', '2999-03-15T00:00:00Z']), answers: lapsing('42.50') };

const periods: Record<string, Case> = {
  'none: zero': { answers: lapsing('0.00') },
  'both ends included': {
    given: having(
      ['1', '2999-02-28T23:59:59Z'],
      ['10', '2999-03-01T00:00:00Z'],
      ['100', '2999-03-31T23:59:59Z'],
      ['1000', '2999-04-01T00:00:00Z'],
      ['10000'],
    ),
    answers: lapsing('110.00'),
  },
  'a period of one moment, with offsets': {
    given: having(['5', '2999-03-01T00:00:00Z']),
    request: { date_from: '2999-03-01T03:00:00+03:00', date_to: '2999-02-28T23:00:00-01:00' },
    answers: lapsing('5.00'),
  },
  'a period of the past: what has lapsed counts no more': {
    given: having(['5', '2024-03-01T00:00:00Z', { activation_date: '2024-01-01T00:00:00Z' }]),
    request: { date_from: '2024-01-01T00:00:00Z', date_to: '2024-12-31T00:00:00Z' },
    answers: lapsing('0.00'),
  },
  'a period that began before now': {
    given: having(
      ['5', '2024-03-01T00:00:00Z', { activation_date: '2024-01-01T00:00:00Z' }],
      ['7', '2999-03-01T00:00:00Z'],
    ),
    request: { date_from: '2024-01-01T00:00:00Z' },
    answers: lapsing('7.00'),
  },
};

const remaining: Record<string, Case> = {
  'what is left of the points that lapse': {
    given: async (world) => {
      await having(['10', '2999-03-01T00:00:00Z'], ['10', '2999-03-02T00:00:00Z'])(world);
      await post(world, 'redeem', { amount: '12.5' });
      return {};
    },
    answers: lapsing('7.50'),
  },
  'points not active yet': {
    given: having(['5', '2999-03-01T00:00:00Z', { activation_date: '2999-01-01T00:00:00Z' }]),
    answers: lapsing('5.00'),
  },
  'points of open temporary accruals do not count': {
    given: having(['5', '2999-03-01T00:00:00Z', { is_temp: true }]),
    answers: lapsing('0.00'),
  },
  'points reserved by an open temporary redemption do not count': {
    given: async (world) => {
      await having(['10', '2999-03-01T00:00:00Z'])(world);
      await post(world, 'redeem', { amount: '4', is_temp: true });
      return {};
    },
    answers: lapsing('6.00'),
  },
  'cancelled points do not count': {
    given: async (world) => {
      await having(['10', '2999-03-01T00:00:00Z'])(world);
      const cancelled = await post(world, 'accrue', { amount: '5', expiration_date: '2999-03-02T00:00:00Z' });
      await world.ask('/loyalty/cancel_transaction', { transaction_id: cancelled });
      return {};
    },
    answers: lapsing('10.00'),
  },
  'points of another currency do not count': {
    given: having(['5', '2999-03-01T00:00:00Z', { points_currency_eid: 'status' }]),
    answers: lapsing('0.00'),
  },
  'a currency without decimals': {
    program: 4,
    given: having(['5', '2999-03-01T00:00:00Z']),
    request: { points_currency_eid: 'coins' },
    answers: lapsing('5'),
  },
};

const fields: Record<string, Case> = {
  ...Object.fromEntries(
    ['date_from', 'date_to'].flatMap((field): [string, Case][] => [
      [
        `no ${field}`,
        { request: { [field]: undefined }, refuses: 'bad_request', text: `${field}: is required` },
      ],
      [
        `a ${field} that is none`,
        {
          request: { [field]: '2999-02-29T00:00:00Z' },
          refuses: 'bad_request',
          text: noTime(field, '2999-02-29T00:00:00Z'),
        },
      ],
    ]),
  ),
  'a period that ends before it begins': {
    request: { date_to: '2999-02-28T23:59:59Z' },
    refuses: 'bad_request',
    text: 'date_to: expected a time not before date_from 2999-03-01T00:00:00Z, got 2999-02-28T23:59:59Z',
  },
  'no currency': {
    request: { points_currency_eid: undefined },
    refuses: 'bad_request',
    text: 'points_currency_eid: is required, or points_currency_iid',
  },
};

specify(
  account.expiringPoints,
  {
    ...periods,
    ...remaining,
    ...fields,
    'a token that may only read': { ...plain, request: { token: 'reader' } },
    'a token for other things': {
      request: { token: 'stranger' },
      refuses: 'scope_missing',
      text: 'API token lacks the scope "loyalty_read"',
    },
    'a program that is switched off': {
      program: 2,
      request: { points_currency_eid: 'old' },
      answers: lapsing('0.00'),
    },
    'keys nobody knows': { ...plain, request: { amount: 'abc' } },
    ...programCases,
    ...memberCases(plain),
    ...currencyCases(plain),
  },
  usual,
);
