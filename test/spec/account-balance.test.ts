import { setTimeout as pause } from 'node:timers/promises';
import { account } from '../../src/contract/account';
import { currencyCases, memberCases, programCases } from '../support/common-cases';
import { hold, holdInClosedProgram, post } from '../support/settling-cases';
import { type Case, specify, type World } from '../support/spec';

const balance = (active_balance: string, total_balance = active_balance) => ({
  data: { total_balance, active_balance },
});

const having20 = async (world: World) => void (await post(world, 'accrue', { amount: '20' }));
const plain = { given: having20, answers: balance('20.00') };

const parts: Record<string, Case> = {
  'nothing yet': { answers: balance('0.00') },
  'what came less what went': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '20' });
      await post(world, 'accrue', { amount: '0.5' });
      await post(world, 'redeem', { amount: '5.25' });
      return {};
    },
    answers: balance('15.25'),
  },
  'points not active yet: in the total alone': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '25.50' });
      await post(world, 'accrue', { amount: '14.50', activation_date: '2999-01-01T00:00:00Z' });
      return {};
    },
    answers: balance('25.50', '40.00'),
  },
  'points reserved by open temporary redemptions: in the total alone': {
    given: async (world) => {
      await hold(world);
      await post(world, 'redeem', { amount: '1', is_temp: true });
      return {};
    },
    answers: balance('14.00', '20.00'),
  },
  'open temporary accruals: in neither': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '20' });
      await post(world, 'accrue', { amount: '5', is_temp: true });
      return {};
    },
    answers: balance('20.00'),
  },
  'points that have lapsed: in neither': {
    given: async (world) => {
      const dates = { activation_date: '2024-01-01T00:00:00Z', expiration_date: '2024-02-01T00:00:00Z' };
      await post(world, 'accrue', { amount: '5', ...dates });
      return having20(world);
    },
    answers: balance('20.00'),
  },
  'points that lapse just when asked for': {
    given: async (world) => {
      const soon = new Date(Date.now() + 400).toISOString();
      const dates = { activation_date: '2024-01-01T00:00:00Z', expiration_date: soon };
      await post(world, 'accrue', { amount: '5', ...dates });
      while (new Date().toISOString() < soon) await pause(20);
      return {};
    },
    answers: balance('0.00'),
  },
  'a debt': {
    program: 4,
    given: async (world) => {
      const transaction_id = await post(world, 'accrue', { amount: '5' });
      await post(world, 'redeem', { amount: '105' });
      await world.ask('/loyalty/cancel_transaction', { transaction_id });
      return {};
    },
    answers: balance('-5'),
  },
};

const currencies: Record<string, Case> = {
  'no currency: the only standard one': plain,
  'no currency where two would do': {
    program: 3,
    refuses: 'currency_needed',
    text: 'points_currency_eid or points_currency_iid is needed: program 3 has no single standard currency',
  },
  'a qualification currency': {
    given: async (world) => {
      await post(world, 'accrue', { amount: '7', points_currency_eid: 'status' });
      return having20(world);
    },
    request: { points_currency_eid: 'status' },
    answers: balance('7.00'),
  },
  'a currency without decimals': { program: 4, answers: balance('100') },
  'a currency that is switched off': {
    program: 3,
    request: { points_currency_eid: 'second' },
    answers: balance('0.00'),
  },
};

specify(account.balance, {
  ...parts,
  ...currencies,
  'a program that is switched off': {
    program: 2,
    given: async (world) => {
      await world.backend.gateway.signalHold(await holdInClosedProgram(world), 'commit');
      return {};
    },
    answers: balance('5.00'),
  },
  'a token that may only read': { ...plain, request: { token: 'reader' } },
  'a token that may use this program': { ...plain, request: { token: 'shop' } },
  'a token for other things': {
    request: { token: 'stranger' },
    refuses: 'scope_missing',
    text: 'API token lacks the scope "loyalty_read"',
  },
  'a token in the header': {
    ...plain,
    request: { token: undefined },
    headers: { Authorization: 'Bearer t0k' },
  },
  'keys nobody knows': { ...plain, request: { amount: 'abc', lines: [{ a: 1 }] } },
  ...programCases,
  ...memberCases(plain),
  ...currencyCases(plain),
});
