import { momentOfDay } from '../../src/domain/zoned-day';

test.each([
  ['2025-03-01', '00:00:00', 'UTC', '2025-03-01T00:00:00Z'],
  ['2025-03-01', '23:59:59', 'UTC', '2025-03-01T23:59:59Z'],
  ['2025-01-15', '00:00:00', 'Europe/Berlin', '2025-01-14T23:00:00Z'],
  ['2025-07-15', '23:59:59', 'Europe/Berlin', '2025-07-15T21:59:59Z'],
  ['2024-02-29', '23:59:59', 'Asia/Kolkata', '2024-02-29T18:29:59Z'],
  ['2025-12-31', '23:59:59', 'America/Los_Angeles', '2026-01-01T07:59:59Z'],
  ['2025-06-01', '00:00:00', 'Pacific/Kiritimati', '2025-05-31T10:00:00Z'],
  // The day the clock is put forward, at midnight: there is no 00:00.
  ['2025-04-25', '00:00:00', 'Africa/Cairo', '2025-04-24T22:00:00Z'],
  ['2025-03-30', '00:00:00', 'Europe/Berlin', '2025-03-29T23:00:00Z'],
  ['2025-03-30', '02:30:00', 'Europe/Berlin', '2025-03-30T01:30:00Z'],
  ['2025-03-30', '23:59:59', 'Europe/Berlin', '2025-03-30T21:59:59Z'],
  // The hour that comes twice.
  ['2025-10-26', '02:30:00', 'Europe/Berlin', '2025-10-26T00:30:00Z'],
  ['2025-11-02', '00:00:00', 'America/New_York', '2025-11-02T04:00:00Z'],
  ['2025-11-02', '23:59:59', 'America/New_York', '2025-11-03T04:59:59Z'],
  ['1900-01-01', '00:00:00', 'UTC', '1900-01-01T00:00:00Z'],
])('%s %s in %s is %s', (day, time, timezone, moment) => {
  expect(momentOfDay(day, time, timezone)).toBe(moment);
});
