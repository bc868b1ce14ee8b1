import { nextAttempt } from '../../src/domain/webhook';

const start = Date.parse('2025-03-01T08:00:00Z');
const after = (sec: number) => new Date(start + sec * 1_000).toISOString();

test.each([
  [1, 0, 1],
  [2, 1, 6],
  [3, 6, 36],
  [4, 36, 156],
  [5, 156, 756],
  [6, 756, 2_556],
  [7, 2_556, 6_156],
  [60, 200_000, 203_600],
])('failure %i, %i s after the first, is tried again at %i s', (attempts, sec, next) => {
  expect(nextAttempt(attempts, after(0), after(sec))).toBe(after(next));
});

test('three days after the first failure it is not', () => {
  expect(nextAttempt(76, after(0), after(3 * 86_400 - 1))).toBeDefined();
  expect(nextAttempt(76, after(0), after(3 * 86_400))).toBeUndefined();
});
