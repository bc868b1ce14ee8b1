import { decimal } from '../../src/domain/amount';
import {
  type Access,
  type Currency,
  checkRule,
  chooseCurrency,
  mayUseProgram,
  type Program,
  type Promotion,
  type Rule,
} from '../../src/domain/catalog';

const program: Program = {
  id: 7,
  externalId: 'demo',
  name: 'Demo',
  databaseId: 1,
  isActive: true,
  timezone: 'UTC',
  tempDefaultTimeoutSec: 86_400,
  tempMaxTimeoutSec: 2_592_000,
  ruleMode: 'strict',
  arbitration: { discounts: 'best', points: 'stack', discountWithPoints: true },
  participation: 'manual',
  segmentId: null,
  orderPoints: null,
  updatedAt: '2025-01-01T00:00:00Z',
};
const stars = currency(1, 'stars', 'standard');
const coins = currency(3, 'coins', 'standard');
const status = currency(2, 'status', 'qualification');

function currency(iid: number, eid: string, type: Currency['type']): Currency {
  const pays = { rounding: 'down', ratio: null } as const;
  return { iid, eid, programId: 7, name: eid, type, isActive: true, scale: 2, ...pays };
}

describe('chooseCurrency', () => {
  const one = [stars, status];
  const several = [stars, coins, status];
  const rulesOf = (...iids: number[]) => iids.map((iid) => rule('accrual', iid, {}));

  test.each<[string, Currency[], { iid?: number; eid?: string }, Rule[], unknown]>([
    ['by iid', several, { iid: 2 }, [], status],
    ['by eid', several, { eid: 'coins' }, [], coins],
    ['by both', several, { iid: 3, eid: 'coins' }, [], coins],
    ['both disagree', several, { iid: 1, eid: 'coins' }, [], 'currency_mismatch'],
    ['unknown iid', several, { iid: 9 }, [], 'currency_not_found'],
    ['unknown eid', several, { eid: 'gems' }, [], 'currency_not_found'],
    ['known iid, unknown eid', several, { iid: 1, eid: 'gems' }, [], 'currency_not_found'],
    ['named against the rules', several, { eid: 'coins' }, rulesOf(1), coins],
    ['the only one of the rules', several, {}, rulesOf(2), status],
    ['the only standard one', one, {}, [], stars],
    ['several in the rules, one standard', one, {}, rulesOf(1, 2), stars],
    ['several in the rules, several standard', several, {}, rulesOf(1, 3), 'currency_needed'],
    ['several standard', several, {}, [], 'currency_needed'],
    ['none standard', [status], {}, [], 'currency_needed'],
  ])('%s', (_, currencies, selector, rules, expected) => {
    const chosen = chooseCurrency(program, currencies, selector, rules);
    expect('refusal' in chosen ? chosen.refusal : chosen).toBe(expected);
  });
});

function rule(
  direction: Rule['direction'],
  currencyIid: number,
  { fixed, min, max }: { fixed?: string; min?: string; max?: string },
): Rule {
  const bound = (text: string | undefined) => (text === undefined ? null : decimal(text));
  return {
    direction,
    currencyIid,
    staticAmount: bound(fixed),
    minAmount: bound(min),
    maxAmount: bound(max),
  };
}

describe('checkRule', () => {
  const promotion: Promotion = {
    id: 4,
    externalId: 'welcome',
    programId: 7,
    name: 'Welcome',
    description: '',
    isActive: true,
    startDate: '2025-01-01T00:00:00Z',
    endDate: '2025-12-31T23:59:59Z',
    rules: [
      rule('accrual', 1, { fixed: '100.16', min: '50', max: '500' }),
      rule('redeem', 1, { min: '1', max: '1000' }),
      rule('accrual', 2, { min: '10' }),
      rule('redeem', 2, { max: '10' }),
      rule('accrual', 3, {}),
    ],
  };
  const off = { ...promotion, isActive: false };
  const open = { ...promotion, startDate: null, endDate: null };
  const now = '2025-06-01T00:00:00Z';
  const text = (expected: string) => `amount_outside_rule: ${expected}`;

  type Case = [Promotion, Rule['direction'], Currency, string, string, 'strict' | 'bounds', string | null];
  test.each<Case>([
    [promotion, 'accrual', stars, '100.16', now, 'strict', null],
    [promotion, 'accrual', stars, '100.160', now, 'strict', null],
    [promotion, 'accrual', stars, '100.15', now, 'strict', text('exactly 100.16')],
    [promotion, 'accrual', stars, '100.15', now, 'bounds', null],
    [promotion, 'accrual', stars, '50', now, 'bounds', null],
    [promotion, 'accrual', stars, '49.99', now, 'bounds', text('50.00 to 500.00')],
    [promotion, 'accrual', stars, '500.01', now, 'bounds', text('50.00 to 500.00')],
    [promotion, 'redeem', stars, '1', now, 'strict', null],
    [promotion, 'redeem', stars, '1000', now, 'strict', null],
    [promotion, 'redeem', stars, '0.99', now, 'strict', text('1.00 to 1000.00')],
    [promotion, 'redeem', stars, '1000.01', now, 'bounds', text('1.00 to 1000.00')],
    [promotion, 'accrual', status, '9.99', now, 'strict', text('at least 10.00')],
    [promotion, 'accrual', status, '99999', now, 'strict', null],
    [promotion, 'redeem', status, '10.01', now, 'strict', text('at most 10.00')],
    [promotion, 'redeem', status, '0.01', now, 'strict', null],
    [promotion, 'accrual', coins, '0.01', now, 'strict', null],
    [promotion, 'redeem', coins, '1', now, 'strict', 'promotion_rule_not_found'],
    [off, 'redeem', stars, '1', now, 'strict', 'promotion_inactive'],
    [promotion, 'redeem', stars, '1', '2025-01-01T00:00:00Z', 'strict', null],
    [promotion, 'redeem', stars, '1', '2024-12-31T23:59:59.999Z', 'strict', 'promotion_out_of_dates'],
    [promotion, 'redeem', stars, '1', '2025-12-31T23:59:59Z', 'strict', null],
    [promotion, 'redeem', stars, '1', '2026-01-01T00:00:00Z', 'strict', 'promotion_out_of_dates'],
    [open, 'redeem', stars, '1', '1999-01-01T00:00:00Z', 'strict', null],
  ])('%#', (it, direction, of, amount, at, mode, expected) => {
    const refusal = checkRule(it, direction, of, decimal(amount), at, mode);
    const shown =
      refusal?.refusal === 'amount_outside_rule'
        ? text(String(refusal.details.expected))
        : (refusal?.refusal ?? null);
    expect(shown).toBe(expected);
  });
});

test.each([
  [null, true],
  [[7, 8], true],
  [[8], false],
  [[], false],
])('a token with the list of programs %p may use program 7: %p', (list, expected) => {
  const access: Access = {
    tokenId: 1,
    tokenName: 't',
    scopes: new Set(['loyalty_read']),
    programIds: list && new Set(list),
  };
  expect(mayUseProgram(access, 7)).toBe(expected);
});
