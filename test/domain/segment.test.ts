import type { Field } from '../../src/domain/catalog';
import type { Condition, Fact } from '../../src/domain/condition';
import { dayIn, type ProfileRecord, profileFacts, profileFactTypes } from '../../src/domain/profile-facts';
import { checkSegmentCondition, inSegment, makeSegment, whyNotInSegment } from '../../src/domain/segment';

const field = (name: string, type: Field['type'], enumValues: string[] | null = null): Field => ({
  name,
  type,
  enumValues,
  title: '',
  isRequired: false,
  isUnique: false,
});
const fields = [
  field('level', 'enum', ['basic', 'gold']),
  field('visits', 'int'),
  field('score', 'float'),
  field('likes', 'tags'),
  field('joined', 'datetime'),
  field('is_staff', 'bool'),
];
const types = profileFactTypes(fields);

const at = '2026-03-01T12:00:00Z';

const profile = (values: Record<string, unknown>): ProfileRecord => ({
  profile_id: '0',
  email: null,
  phones: [],
  fields: values,
});

const segmentOf = (condition: Condition, timezone = 'UTC') =>
  makeSegment({ id: 1, externalId: 'x', databaseId: 1, timezone, condition, updatedAt: at }, fields);

describe('what can be asked of a date', () => {
  // Born, today in UTC: full years, days, days to and since the anniversary.
  const cases: [string, string, number, number, number, number][] = [
    ['2000-06-15', '2026-06-14', 25, 9495, 1, 364],
    ['2000-06-15', '2026-06-15', 26, 9496, 0, 0],
    ['2000-06-15', '2026-06-16', 26, 9497, 364, 1],
    ['2000-02-29', '2024-02-28', 23, 8765, 1, 364],
    ['2000-02-29', '2024-02-29', 24, 8766, 0, 0],
    ['2000-02-29', '2025-02-28', 24, 9131, 1, 365],
    ['2000-02-29', '2025-03-01', 25, 9132, 0, 0],
    ['2000-12-31', '2026-01-01', 25, 9132, 364, 1],
    ['2000-01-01', '2025-12-31', 25, 9496, 1, 364],
    ['2026-06-20', '2026-06-15', -1, -5, 5, 360],
  ];
  test.each(cases)('%s on %s', (born, today, years, days, to, since) => {
    const facts = profileFacts(profile({ _bdate: `${born}T00:00:00.000Z` }), types, {
      day: today,
      timezone: 'UTC',
    });
    expect(facts).toMatchObject({
      '_bdate.years': years,
      '_bdate.days': days,
      '_bdate.days_to_anniversary': to,
      '_bdate.days_since_anniversary': since,
    });
  });

  test('a day is that day everywhere, a time belongs to the day of the time zone', () => {
    const days = (stored: string, timezone: string) =>
      profileFacts(profile({ joined: stored }), types, { day: '2026-03-02', timezone })['joined.days'];
    expect(days('2026-03-01T00:00:00.000Z', 'America/New_York')).toBe(1);
    expect(days('2026-03-01T00:00:00.000Z', 'Asia/Tokyo')).toBe(1);
    expect(days('2026-02-28T21:00:00.000Z', 'UTC')).toBe(2);
    expect(days('2026-02-28T21:00:00.000Z', 'Europe/Moscow')).toBe(1);
    expect(days('2026-03-01T04:30:00.000Z', 'America/New_York')).toBe(2);
  });

  test.each([
    ['2026-03-28T22:59:59Z', 'Europe/Berlin', '2026-03-28'],
    ['2026-03-28T23:00:00Z', 'Europe/Berlin', '2026-03-29'],
    ['2026-03-29T21:59:59Z', 'Europe/Berlin', '2026-03-29'],
    ['2026-03-29T22:00:00Z', 'Europe/Berlin', '2026-03-30'],
    ['2026-03-08T04:59:59Z', 'America/New_York', '2026-03-07'],
    ['2026-03-09T03:59:59Z', 'America/New_York', '2026-03-08'],
    ['2026-03-09T04:00:00Z', 'America/New_York', '2026-03-09'],
  ])('%s in %s is the day %s', (moment, timezone, day) => {
    expect(dayIn(timezone, moment)).toBe(day);
  });

  test('nothing is known of a date that is not there, or has no year of four digits', () => {
    for (const values of [{}, { _bdate: '-000001-12-31T21:00:00.000Z' }, { _bdate: null }]) {
      const facts = profileFacts(profile(values), types, { day: '2026-03-02', timezone: 'UTC' });
      expect(facts['_bdate.years']).toBeNull();
    }
  });
});

describe('a segment', () => {
  const cases: [Condition, ProfileRecord, boolean][] = [
    [{ field: 'level', operator: 'eq', value: 'gold' }, profile({ level: 'gold' }), true],
    [{ field: 'level', operator: 'ne', value: 'gold' }, profile({}), true],
    [{ field: 'visits', operator: 'gte', value: 10 }, profile({ visits: 10 }), true],
    [{ field: 'visits', operator: 'gte', value: 10 }, profile({ visits: 9 }), false],
    [{ field: 'visits', operator: 'gte', value: 10 }, profile({}), false],
    [{ field: 'score', operator: 'lt', value: '0.001' }, profile({ score: 1e-7 }), true],
    [{ field: 'score', operator: 'gt', value: '1000' }, profile({ score: 1e21 }), true],
    [{ field: 'likes', operator: 'in', value: ['go', 'chess'] }, profile({ likes: ['tea', 'go'] }), true],
    [{ field: 'likes', operator: 'exists', value: false }, profile({}), true],
    [{ field: 'is_staff', operator: 'eq', value: true }, profile({ is_staff: true }), true],
    [
      { field: 'joined', operator: 'gte', value: '2026-01-01' },
      profile({ joined: '2026-01-01T00:00:00.000Z' }),
      true,
    ],
    [
      { field: 'email', operator: 'eq', value: 'ann@example.com' },
      { ...profile({}), email: 'ann@example.com' },
      true,
    ],
    [
      { field: 'phones', operator: 'eq', value: '+12025550101' },
      { ...profile({}), phones: ['+12025550100', '+12025550101'] },
      true,
    ],
    [{ field: 'level', operator: 'exists', value: true }, profile({ constructor: 'x' }), false],
  ];
  test.each(cases)('%j of %j', (condition, person, expected) => {
    expect(checkSegmentCondition(condition, fields)).toBeNull();
    const segment = segmentOf(condition);
    expect(inSegment(segment, at)(person)).toBe(expected);
    expect(whyNotInSegment(segment, person, at)).toHaveLength(expected ? 0 : 1);
  });

  test('says what keeps a profile out, and what it has instead', () => {
    const segment = segmentOf({
      all: [
        { field: 'visits', operator: 'gte', value: 1 },
        {
          any: [
            { field: 'level', operator: 'eq', value: 'gold' },
            { field: '_bdate.years', operator: 'gte', value: 65 },
          ],
        },
      ],
    });
    const person = profile({ visits: 3, _bdate: '2000-03-01T00:00:00.000Z' });
    expect(whyNotInSegment(segment, person, at)).toEqual([
      { field: 'level', operator: 'eq', value: 'gold', fact: null as Fact },
      { field: '_bdate.years', operator: 'gte', value: 65, fact: 26 },
    ]);
  });

  test('knows birthdays in its own time zone', () => {
    const birthday: Condition = { field: '_bdate.days_to_anniversary', operator: 'lte', value: 0 };
    const person = profile({ _bdate: '2000-03-01T00:00:00.000Z' });
    const noon = '2026-03-01T12:00:00Z';
    const late = '2026-03-01T23:30:00Z';
    expect(inSegment(segmentOf(birthday, 'Europe/Berlin'), noon)(person)).toBe(true);
    expect(inSegment(segmentOf(birthday, 'Europe/Berlin'), late)(person)).toBe(false);
    expect(inSegment(segmentOf(birthday, 'America/New_York'), late)(person)).toBe(true);
  });

  test.each<[Condition, (string | number)[], RegExp]>([
    [
      { field: 'shoe', operator: 'eq', value: 42 },
      ['field'],
      /^"shoe" is unknown: expected one of email, phones/,
    ],
    [{ field: 'visits.years', operator: 'eq', value: 1 }, ['field'], /^"visits.years" is unknown/],
    [{ field: 'likes', operator: 'gt', value: 'a' }, ['operator'], /^"likes" can be compared by eq, ne, in/],
    [{ field: 'visits', operator: 'eq', value: 'many' }, ['value'], /^expected a number .*, got "many"$/],
    [
      { field: 'level', operator: 'eq', value: 'gould' },
      ['value'],
      /^expected "basic" or "gold", got "gould"$/,
    ],
    [
      { field: 'level', operator: 'in', value: ['gold', 'x'] },
      ['value', 1],
      /^expected "basic" or "gold", got "x"$/,
    ],
    [{ field: '_sex', operator: 'ne', value: 'm' }, ['value'], /^expected "male" or "female", got "m"$/],
    [
      { all: [{ any: [{ field: 'joined', operator: 'lt', value: 'soon' }] }] },
      ['all', 0, 'any', 0, 'value'],
      /^expected a day/,
    ],
  ])('refuses %j', (condition, path, problem) => {
    expect(checkSegmentCondition(condition, fields)).toEqual({
      path,
      problem: expect.stringMatching(problem),
    });
  });
});
