import { z } from 'zod';
import { choice, optionally, timeOfDay } from '../arguments';
import { conditionKind } from '../kind';

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;

export const hours = conditionKind({
  kind: 'hours',
  summary: "Only on some days of the week or at some hours, in the program's time zone.",
  because: 'out_of_dates',
  args: z.strictObject({
    kind: z.literal('hours'),
    days: optionally(z.array(choice(days), { error: 'expected a list' }).min(1, 'expected at least one')),
    from: optionally(timeOfDay()),
    to: optionally(timeOfDay()),
  }),
  check({ days: some, from, to }) {
    if (some || from || to) return null;
    return { path: [], problem: 'expected days, from or to' };
  },
  compile({ days: some, from, to }, { timezone }) {
    const clock = new Intl.DateTimeFormat('en-GB', {
      timeZone: timezone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    return {
      objection({ at }) {
        const parts = Object.fromEntries(clock.formatToParts(at).map(({ type, value }) => [type, value]));
        const day = parts.weekday?.toLowerCase() ?? '';
        const time = `${parts.hour}:${parts.minute}`;
        const isDay = !some || some.some((it) => it === day);
        return isDay && isWithin(time, from ?? '00:00', to) ? null : `it is ${day} ${time} in ${timezone}`;
      },
    };
  },
});

/** From the first minute to just before the last; 00:00 ends the day, and a span may run over it. */
function isWithin(time: string, from: string, to: string | null): boolean {
  if (to === null || to === '00:00') return time >= from;
  return from <= to ? time >= from && time < to : time >= from || time < to;
}
