import {
  awaitsStatus,
  dueOperations,
  isCanceledBy,
  type OrderPosting,
  type OrderStanding,
} from '../../src/domain/order-points';
import type { OrderPointsValues } from '../../src/domain/settings';

const none: OrderPointsValues = { activated_by: null, canceled_by: [], refunded_lines: false };
const waits = { ...none, activated_by: ['delivered', 'paid'] };
const cancels = { ...none, canceled_by: ['canceled'] };
const refunds = { ...none, refunded_lines: true };
const all = { activated_by: ['delivered', 'paid'], canceled_by: ['canceled'], refunded_lines: true };

const order = (status: string, ...types: OrderStanding['lines'][number]['status_type'][]): OrderStanding => ({
  ...{ id: 7, external_id: 'o7', status },
  lines: types.map((status_type, index) => ({ line_no: index + 1, status_type })),
});

const posting = (name: string, line_no: number, is_waiting = false): OrderPosting => ({
  ...{ transaction_id: name, program_id: 1, member_id: '5', currency_iid: 2, line_no, is_waiting },
});

/** Line 1 was paid with points; both lines earned some, those of line 2 wait. */
const postings = [posting('paid', 1), posting('earned', 1), posting('waiting', 2, true)];

test.each<[string, OrderPointsValues | null, OrderStanding, string]>([
  ['no rule activates what waits', null, order('new'), 'activate waiting'],
  ['no waiting any more', none, order('new'), 'activate waiting'],
  ['another status', waits, order('new'), ''],
  ['a status that activates', waits, order('paid'), 'activate waiting'],
  ['a status that cancels', cancels, order('canceled'), 'cancel paid, cancel earned, cancel waiting'],
  ['a cancelled order, all rules', all, order('canceled'), 'cancel paid, cancel earned, cancel waiting'],
  ['a status that says nothing', all, order('part_refunded'), ''],
  ['lines count only if they may', waits, order('new', 'refunded', 'canceled'), ''],
  [
    'a refunded line',
    refunds,
    order('new', 'refunded', null),
    'cancel paid, cancel earned, activate waiting',
  ],
  ['a canceled line that waits', all, order('new', null, 'canceled'), 'cancel waiting'],
  ['a refunded line of an active order', all, order('paid', null, 'refunded'), 'cancel waiting'],
  [
    'one line refunded, the other active',
    all,
    order('paid', 'refunded'),
    'cancel paid, cancel earned, activate waiting',
  ],
  ['lines on their way', all, order('new', 'delivered', 'in_process'), ''],
])('%s', (_, rule, standing, expected) => {
  const due = dueOperations(rule, standing, postings, () => 'new');
  expect(due.map(({ verb, target_id }) => `${verb} ${target_id}`).join(', ')).toBe(expected);
});

test('an operation says which order and line it is about', () => {
  expect(dueOperations(cancels, order('canceled'), [posting('earned', 3)], () => 'fresh')).toEqual([
    {
      ...{ verb: 'cancel', transaction_id: 'fresh', target_id: 'earned' },
      ...{ program_id: 1, member_id: '5', currency_iid: 2 },
      ...{ source_type: 'order', source_iid: '7', source_sid: 'o7', source_subiid: '3' },
    },
  ]);
});

test.each<[OrderPointsValues | null, string, boolean, boolean]>([
  [null, 'new', false, false],
  [none, 'new', false, false],
  [all, 'new', true, false],
  [all, 'paid', false, false],
  [all, 'canceled', true, true],
])('whether a status awaits another, or cancels (%#)', (rule, status, isAwaiting, isCancelling) => {
  expect([awaitsStatus(rule, status), isCanceledBy(rule, status)]).toEqual([isAwaiting, isCancelling]);
});
