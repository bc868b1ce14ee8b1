const formats = new Map<string, Intl.DateTimeFormat>();

/**
 * A moment of a day (YYYY-MM-DD) by the clock of a time zone, as RFC 3339 UTC; `time` is HH:MM:SS. A time
 * that the clock skips counts as if it had not been put forward yet; of one that comes twice, the first is
 * meant.
 */
export function momentOfDay(day: string, time: string, timezone: string): string {
  const wanted = Date.parse(`${day}T${time}Z`);
  const offsets = [wanted - 86_400_000, wanted + 86_400_000].map((at) => offsetMs(at, timezone));
  const candidates = offsets.map((offset) => wanted - offset);
  const exact = candidates.filter((at) => at + offsetMs(at, timezone) === wanted);
  const moment = exact.length > 0 ? Math.min(...exact) : (candidates[0] ?? wanted);
  return new Date(moment).toISOString().replace('.000Z', 'Z');
}

/** How far the clock of the zone is ahead of UTC. */
function offsetMs(at: number, timezone: string): number {
  const whole = Math.floor(at / 1000) * 1000;
  const parts = Object.fromEntries(
    formatFor(timezone)
      .formatToParts(whole)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - whole;
}

function formatFor(timezone: string): Intl.DateTimeFormat {
  const known = formats.get(timezone);
  if (known) return known;
  const numeric = 'numeric' as const;
  const clock = { hour: numeric, minute: numeric, second: numeric, hourCycle: 'h23' } as const;
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: timezone,
    calendar: 'iso8601',
    year: numeric,
    month: numeric,
    day: numeric,
    ...clock,
  });
  formats.set(timezone, format);
  return format;
}
