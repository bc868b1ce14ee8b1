import { currencySelector } from '../../src/contract/currency';
import { matching } from '../../src/contract/matching';
import { check, problemsText } from '../../src/contract/problems';
import { request } from '../../src/contract/request';

function read(schema: Parameters<typeof check>[0], value: object): unknown {
  const result = check(schema, value);
  return 'value' in result ? result.value : problemsText(result.problems);
}

const ofLoyalty = request({}, { matching: matching() });
const ofProfiles = request(
  {},
  { matching: matching({ byDefault: 'email', also: ['email_profile', 'email_phone'] }) },
);

describe('matching', () => {
  const everything = {
    email: 'Ann@example.com',
    phone: '+1 202 555 0101',
    profile_id: '65f0aa',
    field_name: 'crm_id',
    field_value: 991,
  };

  it.each([
    ['email', { by: 'email', email: 'ann@example.com' }],
    ['phone', { by: 'phone', phone: '+12025550101' }],
    ['profile_id', { by: 'profile_id', profile_id: '65f0aa' }],
    ['custom', { by: 'custom', field_name: 'crm_id', field_value: 991 }],
  ])('%s takes its own keys and ignores the others', (mode, expected) => {
    expect(read(ofLoyalty, { matching: mode, ...everything })).toEqual({ matching: expected });
    expect(read(ofProfiles, { matching: mode, ...everything })).toEqual({ matching: expected });
  });

  it.each([
    ['email_profile', { by: 'email_profile', email: 'ann@example.com' }],
    ['email_phone', { by: 'email_phone', email: 'ann@example.com', phone: '+12025550101' }],
    [undefined, { by: 'email', email: 'ann@example.com' }],
  ])('%s belongs to profiles only', (mode, expected) => {
    expect(read(ofProfiles, { matching: mode, ...everything })).toEqual({ matching: expected });
    expect(read(ofLoyalty, { matching: mode, ...everything })).toMatch(/^matching: /);
  });

  it('ignores nonsense under keys of other modes', () => {
    const value = { matching: 'profile_id', profile_id: 'p', email: 5, phone: {}, field_value: [] };
    expect(read(ofLoyalty, value)).toEqual({ matching: { by: 'profile_id', profile_id: 'p' } });
  });

  it.each([
    [{}, 'matching: is required'],
    [
      { matching: 'email_sub', email: 'a@b' },
      'matching: expected one of "email", "phone", "profile_id", "custom", got "email_sub"',
    ],
    [{ matching: 'email' }, 'email: is required when matching is "email"'],
    [
      { matching: 'email', email: null, phone: '+12025550101' },
      'email: is required when matching is "email"',
    ],
    [{ matching: 'email', email: 'ann' }, 'email: expected an e-mail address, got "ann"'],
    [
      { matching: 'phone', phone: '555' },
      'phone: expected an international phone number such as "+12025550101", got "555"',
    ],
    [{ matching: 'profile_id', profile_id: 5 }, 'profile_id: expected text of 1 to 255 characters, got 5'],
    [
      { matching: 'custom' },
      'field_name: is required when matching is "custom"; field_value: is required when matching is "custom"',
    ],
    [
      { matching: 'custom', field_name: 'a', field_value: true },
      'field_value: expected text of 1 to 1000 characters or an integer, got true',
    ],
  ])('refuses %j', (value, expected) => {
    expect(read(ofLoyalty, value)).toBe(expected);
  });

  it('email_phone needs one of the two', () => {
    const value = { matching: 'email_phone', phone: '+12025550101' };
    expect(read(ofProfiles, value)).toEqual({ matching: { by: 'email_phone', phone: '+12025550101' } });
    expect(read(ofProfiles, { matching: 'email_phone' })).toBe(
      'email: is required, or phone, when matching is "email_phone"',
    );
  });
});

describe('matching that is inferred', () => {
  const inferred = request({}, { matching: matching({ isInferred: true }) });

  it.each([
    [{ email: 'ann@example.com' }, { by: 'email', email: 'ann@example.com' }],
    [
      { email: null, phone: '+12025550101' },
      { by: 'phone', phone: '+12025550101' },
    ],
    [{ profile_id: '65f0aa' }, { by: 'profile_id', profile_id: '65f0aa' }],
    [
      { field_name: 'crm_id', field_value: 991 },
      { by: 'custom', field_name: 'crm_id', field_value: 991 },
    ],
    [
      { matching: 'phone', email: 'ann@example.com', phone: '+12025550101' },
      { by: 'phone', phone: '+12025550101' },
    ],
  ])('reads %j', (value, expected) => {
    expect(read(inferred, value)).toEqual({ matching: expected });
  });

  it.each([
    [{}, 'matching: is required, or one key of it'],
    [{ field_value: 5 }, 'matching: is required, or one key of it'],
    [{ email: 'ann@example.com', profile_id: 'p' }, 'matching: is required beside email and profile_id'],
    [{ email: 'ann' }, 'email: expected an e-mail address, got "ann"'],
    [{ field_name: 'a' }, 'field_value: is required when matching is "custom"'],
  ])('refuses %j', (value, expected) => {
    expect(read(inferred, value)).toBe(expected);
  });
});

describe('the currency selector', () => {
  const free = request({}, { currency: currencySelector() });
  const needed = request({}, { currency: currencySelector({ required: true }) });

  it.each([
    [{ points_currency_iid: 2 }, { iid: 2 }],
    [{ points_currency_eid: 'stars' }, { eid: 'stars' }],
    [
      { points_currency_iid: 2, points_currency_eid: 'stars' },
      { iid: 2, eid: 'stars' },
    ],
  ])('reads %j', (value, currency) => {
    expect(read(free, value)).toEqual({ currency });
    expect(read(needed, value)).toEqual({ currency });
  });

  it('may be left out unless it is required', () => {
    expect(read(free, {})).toEqual({ currency: {} });
    expect(read(needed, { points_currency_iid: null })).toBe(
      'points_currency_eid: is required, or points_currency_iid',
    );
  });
});
