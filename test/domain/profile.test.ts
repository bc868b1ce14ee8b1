import type { Database, Field } from '../../src/domain/catalog';
import { type Match, searchFor, withImplied } from '../../src/domain/matching';
import { keysOf, missingFields, readProfileData } from '../../src/domain/profile';
import { refusalText } from '../../src/domain/refusal';

const field = (name: string, type: Field['type'], more: Partial<Field> = {}): Field => ({
  name,
  title: '',
  type,
  isRequired: false,
  isUnique: false,
  enumValues: null,
  ...more,
});

const fields = [
  field('crm_id', 'string', { isUnique: true }),
  field('code', 'string', { isRequired: true }),
  field('age', 'int'),
  field('score', 'float'),
  field('vip', 'bool'),
  field('born', 'date'),
  field('seen', 'datetime'),
  field('size', 'enum', { enumValues: ['S', 'M', '3'] }),
  field('likes', 'tags'),
  field('address', 'ip'),
];
const database: Database = {
  id: 1,
  name: 'Customers',
  emailIsUnique: true,
  fields: new Map(fields.map((it) => [it.name, it])),
};

function read(data: Record<string, unknown>) {
  const change = readProfileData(database, data, 'data.');
  return 'refusal' in change ? refusalText(change) : change;
}

describe('a value is stored as its type has it', () => {
  test.each([
    ['crm_id', 'A-1', 'A-1'],
    ['crm_id', 17, '17'],
    ['age', 41, 41],
    ['age', '-41', -41],
    ['age', '-0', 0],
    ['score', '1.50', 1.5],
    ['score', 3, 3],
    ['score', '1e3', 1000],
    ['vip', true, true],
    ['vip', 'False', false],
    ['vip', 1, true],
    ['vip', '0', false],
    ['born', '2001-12-31', '2001-12-31T00:00:00.000Z'],
    ['born', '2001-12-31T01:30:00+03:00', '2001-12-30T22:30:00.000Z'],
    ['seen', '2020-02-29T10:00:00.123Z', '2020-02-29T10:00:00.123Z'],
    ['seen', '2020-02-29', '2020-02-29T00:00:00.000Z'],
    ['size', 'M', 'M'],
    ['size', 3, '3'],
    ['likes', ['a', ' b ', 'a'], ['a', 'b']],
    ['likes', 'a, b,,a', ['a', 'b']],
    ['likes', [1, 2], ['1', '2']],
    ['address', '10.0.0.1', '10.0.0.1'],
    ['address', '2001:DB8:0:0::1', '2001:db8::1'],
    ['_fname', 'Ann', 'Ann'],
    ['_sex', 'female', 'female'],
    ['_status', '0', 0],
    ['_is_test', 'true', true],
    ['_regip', '::1', '::1'],
  ])('%s %j becomes %j', (name, value, stored) => {
    expect(read({ [name]: value })).toEqual({ set: { [name]: stored }, removed: [] });
  });
});

describe('a value that does not fit is refused by name', () => {
  test.each([
    ['crm_id', {}, 'data.crm_id: expected text of at most 4000 characters, got an object'],
    ['crm_id', true, 'data.crm_id: expected text of at most 4000 characters, got true'],
    ['crm_id', 'x'.repeat(4_001), /^data\.crm_id: expected text of at most 4000 characters, got "x{60}/],
    ['crm_id', 'a\u0000b', /^data\.crm_id: expected text/],
    ['crm_id', '\ud800', /^data\.crm_id: expected text/],
    ['age', 1.5, 'data.age: expected a whole number, got 1.5'],
    ['age', 'x', 'data.age: expected a whole number, got "x"'],
    ['age', '9007199254740993', 'data.age: expected a whole number, got "9007199254740993"'],
    ['score', 'NaN', 'data.score: expected a number, got "NaN"'],
    ['score', '1e999', 'data.score: expected a number, got "1e999"'],
    ['vip', 'yes', 'data.vip: expected true or false, got "yes"'],
    [
      'born',
      '2001-02-30',
      'data.born: expected a date such as "2001-12-31", or a time with offset, got "2001-02-30"',
    ],
    [
      'seen',
      '2001-12-31T10:00:00',
      'data.seen: expected a time such as "2001-12-31T10:00:00+03:00", or a date, got "2001-12-31T10:00:00"',
    ],
    ['seen', 5, 'data.seen: expected a time such as "2001-12-31T10:00:00+03:00", or a date, got 5'],
    ['size', 'XL', 'data.size: expected "S" or "M" or "3", got "XL"'],
    ['likes', [{}], 'data.likes: expected tags: a list of texts, or one text with commas, got a list'],
    ['likes', ['a,b'], 'data.likes: expected tags: a list of texts, or one text with commas, got a list'],
    ['address', '10.0.0.256', 'data.address: expected an IP address, got "10.0.0.256"'],
    ['_sex', 'x', 'data._sex: expected "male" or "female", got "x"'],
    ['email', 'nobody', 'data.email: expected an e-mail address, got "nobody"'],
    ['email', ['a@b.c'], 'data.email: expected an e-mail address, got a list'],
    ['phones', ['+12025550101', '123'], 'data.phones: expected phones such as "+12025550123", got "123"'],
    ['phones', 5, 'data.phones: expected phones such as "+12025550123", got 5'],
    ['code', null, 'data.code: is required'],
    ['code', '', 'data.code: is required'],
    ['nick', 'x', 'data.nick: the profile database has no such field'],
    ['_nick', 'x', 'data._nick: the profile database has no such field'],
    ['phone', '+12025550101', 'data.phone: the profile database has no such field'],
    ['constructor', 'x', 'data.constructor: the profile database has no such field'],
  ])('%s %j', (name, value, message) => {
    expect(read({ [name]: value })).toEqual(
      message instanceof RegExp ? expect.stringMatching(message) : message,
    );
  });

  test('too many phones', () => {
    const phones = Array.from({ length: 101 }, (_, index) => `+1202555${1000 + index}`);
    expect(read({ phones })).toBe('data.phones: expected at most 100 of them');
  });
});

test('e-mail and phones are normalised', () => {
  expect(read({ email: ' Ann@Example.COM ', phones: ['+1 (202) 555-0101', '+12025550101'] })).toEqual({
    email: 'ann@example.com',
    phones: ['+12025550101'],
    set: {},
    removed: [],
  });
  expect(read({ phones: '+12025550101' })).toMatchObject({ phones: ['+12025550101'] });
});

test.each([null, '', []])('%j removes', (nothing) => {
  expect(read({ email: nothing, phones: nothing, crm_id: nothing, _fname: nothing })).toEqual({
    email: null,
    phones: [],
    set: {},
    removed: ['crm_id', '_fname'],
  });
});

test('what the platform keeps itself is ignored', () => {
  const data = { id: '1', db_id: 5, profile_id: 'x', subscriptions: [{}], _createtime: 1, _click_sms: 3 };
  expect(read(data)).toEqual({ set: {}, removed: [] });
});

test('the fields a new profile lacks are named', () => {
  expect(missingFields(database, { set: {}, removed: [] })).toEqual(['code']);
  expect(missingFields(database, { set: { code: 'x' }, removed: [] })).toEqual([]);
});

test('a profile is found by e-mail, phones and custom fields, not by system fields', () => {
  const change = {
    email: 'ann@example.com',
    phones: ['+12025550101'],
    set: { crm_id: 'A-1', likes: ['a', 'b'], age: 41, _fname: 'Ann' },
    removed: ['vip', '_lname'],
  };
  expect(keysOf(database, change)).toEqual([
    { field: 'email', values: ['ann@example.com'], isUnique: true },
    { field: 'phone', values: ['+12025550101'], isUnique: false },
    { field: 'crm_id', values: ['A-1'], isUnique: true },
    { field: 'age', values: ['41'], isUnique: false },
    { field: 'vip', values: [], isUnique: false },
    { field: 'likes', values: ['a', 'b'], isUnique: false },
  ]);
  expect(keysOf(database, { email: null, set: {}, removed: [] })).toEqual([
    { field: 'email', values: [], isUnique: true },
  ]);
});

describe('searchFor', () => {
  const custom = (field_name: string, field_value: string | number): Match => ({
    by: 'custom',
    field_name,
    field_value,
  });

  test.each<[Match, { field: string; values: string[] }[], string]>([
    [{ by: 'email', email: 'a@b.c' }, [{ field: 'email', values: ['a@b.c'] }], 'email "a@b.c"'],
    [{ by: 'email_profile', email: 'a@b.c' }, [{ field: 'email', values: ['a@b.c'] }], 'email "a@b.c"'],
    [{ by: 'phone', phone: '+1' }, [{ field: 'phone', values: ['+1'] }], 'phone "+1"'],
    [{ by: 'profile_id', profile_id: 'abc' }, [{ field: 'profile_id', values: ['abc'] }], 'profile_id "abc"'],
    [
      { by: 'email_phone', email: 'a@b.c', phone: '+1' },
      [
        { field: 'email', values: ['a@b.c'] },
        { field: 'phone', values: ['+1'] },
      ],
      'email "a@b.c" or phone "+1"',
    ],
    [
      { by: 'email_phone', email: undefined, phone: '+1' },
      [{ field: 'phone', values: ['+1'] }],
      'phone "+1"',
    ],
    [custom('crm_id', 991), [{ field: 'crm_id', values: ['991'] }], 'crm_id "991"'],
    [custom('age', '007'), [{ field: 'age', values: ['7'] }], 'age "7"'],
    [custom('vip', 'TRUE'), [{ field: 'vip', values: ['true'] }], 'vip "true"'],
    [
      custom('born', '2001-12-31'),
      [{ field: 'born', values: ['2001-12-31T00:00:00.000Z'] }],
      'born "2001-12-31T00:00:00.000Z"',
    ],
    [custom('likes', 'a, b'), [{ field: 'likes', values: ['a', 'b'] }], 'likes "a, b"'],
  ])('%j', (match, criteria, shown) => {
    expect(searchFor(database, match)).toMatchObject({ criteria, shown });
  });

  test.each<[Match, string]>([
    [custom('nick', 'x'), 'field_name: "nick": the profile database has no such field'],
    [custom('_fname', 'Ann'), 'field_name: "_fname": the profile database has no such field'],
    [custom('age', 'old'), 'field_value: expected a whole number, got "old"'],
    [
      custom('likes', ' , '),
      'field_value: expected tags: a list of texts, or one text with commas, got " , "',
    ],
  ])('%j is refused', (match, message) => {
    const search = searchFor(database, match);
    expect('refusal' in search && refusalText(search)).toBe(message);
  });

  test('a new profile gets what it was searched by, unless its data say otherwise', () => {
    const search = searchFor(database, { by: 'email_phone', email: 'a@b.c', phone: '+1' });
    if ('refusal' in search) throw new Error('refused');
    const change = { email: 'other@b.c', set: { code: 'x' }, removed: [] };
    expect(withImplied(change, search)).toEqual({ ...change, phones: ['+1'] });

    const byCode = searchFor(database, custom('code', 'y'));
    if ('refusal' in byCode) throw new Error('refused');
    expect(withImplied({ set: {}, removed: [] }, byCode).set).toEqual({ code: 'y' });
    expect(withImplied(change, byCode).set).toEqual({ code: 'x' });
  });
});
