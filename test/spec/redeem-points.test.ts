import { points } from '../../src/contract/points';
import { specify } from '../support/spec';

const path = '/loyalty/redeeme_points';
const anyId = expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const posted = (before: string, after: string) => ({
  data: { transaction_id: anyId, balance_before: before, balance_after: after },
});

specify(points.redeem, {
  'the case of the page: 500.00 less 100.50': {
    given: async ({ ask }) => void (await ask('/loyalty/accrue_points', { amount: '500.00' })),
    request: { points_currency_eid: 'stars', amount: '100.50' },
    answers: posted('500.00', '399.50'),
  },
  'to the last point': {
    given: async ({ ask }) => void (await ask('/loyalty/accrue_points', { amount: '0.01' })),
    request: { amount: '0.01' },
    answers: posted('0.01', '0.00'),
  },
  'more than there is': {
    given: async ({ ask }) => void (await ask('/loyalty/accrue_points', { amount: '10' })),
    request: { amount: '10.01' },
    refuses: 'insufficient_points',
    text: 'Insufficient active points',
  },
  'temporary, reserving at once': {
    given: async ({ ask }) => void (await ask('/loyalty/accrue_points', { amount: '25.50' })),
    request: { amount: '10.25', is_temp: true, temp_timeout_sec: 900 },
    answers: posted('25.50', '15.25'),
  },
  'the same transaction_eid again: the first answer': {
    given: async ({ ask, person }) => {
      await ask('/loyalty/accrue_points', { amount: '20' });
      const body = { amount: '5', transaction_eid: `eid-${person.crm_id}` };
      const { data } = await ask(path, body);
      await ask(path, { amount: '1' });
      expect(data).toEqual(posted('20.00', '15.00').data);
      return body;
    },
    answers: posted('20.00', '15.00'),
  },
  'the same transaction_eid with another amount': {
    given: async ({ ask, person }) => {
      await ask('/loyalty/accrue_points', { amount: '20' });
      const body = { amount: '5', transaction_eid: `eid-${person.crm_id}` };
      await ask(path, body);
      return { ...body, amount: '6' };
    },
    refuses: 'eid_reused',
    text: /^transaction_eid ".*" was used before with other content$/,
  },
  'by a promotion': {
    given: async ({ ask }) => void (await ask('/loyalty/accrue_points', { amount: '20' })),
    request: { promotion_id: 'gift', amount: '5' },
    answers: posted('20.00', '15.00'),
  },
});
