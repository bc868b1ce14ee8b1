import { judgeCode, type PromoCode, whySpent } from '../../src/domain/promo-code';

const now = '2026-03-15T12:00:00Z';
const before = '2026-03-15T11:59:59.999Z';
const after = '2026-03-15T12:00:00.001Z';
const ann = 'a'.repeat(24);
const bob = 'b'.repeat(24);

/** A personal code that nobody has. */
const code = (but: Partial<PromoCode> = {}): PromoCode => ({
  code_id: '1',
  code: 'CODE',
  pool_id: 5,
  pool_external_id: 'spring',
  is_multi_use: false,
  pool_is_active: true,
  issue_from: null,
  issue_to: null,
  max_uses: null,
  max_uses_per_profile: null,
  created_at: before,
  expires_at: null,
  holders: 0,
  attached_at: null,
  holder: null,
  uses: 0,
  activated_at: null,
  is_held: false,
  uses_by_profile: 0,
  ...but,
});
const held = { holders: 1, attached_at: before, holder: ann, is_held: true };
const used = { uses: 1, activated_at: before };
const shared = { is_multi_use: true };

test.each<[string, Partial<PromoCode>, string]>([
  ['a personal code that nobody has', {}, 'usable'],
  ['a personal code of hers', held, 'usable'],
  ['a personal code of another', { ...held, holder: bob, is_held: false }, 'attached_elsewhere'],
  ['used, by another', { ...held, ...used, holder: bob, is_held: false }, 'attached_elsewhere'],
  ['used', { ...held, ...used }, 'activated'],
  ['used, and detached', used, 'activated'],
  ['expires in a moment', { expires_at: after }, 'usable'],
  ['expires now', { expires_at: now }, 'expired'],
  ['expires now, written otherwise', { expires_at: '2026-03-15T12:00:00.000000Z' }, 'expired'],
  ['has expired', { ...held, expires_at: before }, 'expired'],
  ['the pool is switched off', { ...held, pool_is_active: false }, 'pool_inactive'],
  ['nobody has it, before the pool issues', { issue_from: after }, 'pool_closed'],
  ['nobody has it, from the first moment', { issue_from: now }, 'usable'],
  ['nobody has it, until the last moment', { issue_to: now }, 'usable'],
  ['nobody has it, after the pool issued', { issue_to: before }, 'pool_closed'],
  ['she has it, after the pool issued', { ...held, issue_to: before }, 'usable'],
  ['a universal code', shared, 'usable'],
  ['a universal code that was used', { ...shared, ...used }, 'usable'],
  ['a universal code of another', { ...shared, ...held, holder: bob, is_held: false }, 'usable'],
  ['a universal code after the pool issued', { ...shared, issue_to: before }, 'pool_closed'],
  ['a universal code of hers after the pool issued', { ...shared, ...held, issue_to: before }, 'usable'],
  ['a universal code with uses left', { ...shared, uses: 9, activated_at: before, max_uses: 10 }, 'usable'],
  ['a universal code without', { ...shared, uses: 10, activated_at: before, max_uses: 10 }, 'used_up'],
  [
    'a universal code she may use once more',
    { ...shared, ...held, ...used, uses_by_profile: 1, max_uses_per_profile: 2 },
    'usable',
  ],
  [
    'a universal code she may not use any more',
    { ...shared, ...held, ...used, uses_by_profile: 2, max_uses_per_profile: 2 },
    'used_by_profile',
  ],
])('%s: %j is %s', (_, but, verdict) => {
  expect(judgeCode(code(but), ann, now)).toBe(verdict);
});

test('a text that is no code is unknown', () => {
  expect(judgeCode({ code: 'CODE', code_id: null }, ann, now)).toBe('unknown');
});

test.each<[string, Partial<PromoCode>, string]>([
  ['what nobody has', {}, 'usable'],
  ['what somebody has', { ...held, is_held: false }, 'attached_elsewhere'],
  ['a universal code', shared, 'usable'],
])('for a guest, %s: %s', (_, but, verdict) => {
  expect(judgeCode(code(but), null, now)).toBe(verdict);
});

test('whether a code is spent does not depend on who has it', () => {
  expect(whySpent(code({ ...held, holder: bob, is_held: false }), now)).toBeNull();
  expect(whySpent(code({ issue_to: before }), now)).toBeNull();
});
