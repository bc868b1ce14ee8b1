/** Seconds until an attempt that failed is repeated; the last one for ever after. */
const waitsSec = [1, 5, 30, 120, 600, 1_800, 3_600] as const;

const triedForMs = 3 * 86_400_000;

/** How an attempt to deliver went: the HTTP status if there was one, and what was wrong if it failed. */
export interface Attempt {
  delivered: boolean;
  status: number | null;
  error: string | null;
}

/**
 * When to try again what has failed so many times, the first time at `firstFailedAt`; undefined when three
 * days have passed since. Times are RFC 3339 UTC.
 */
export function nextAttempt(attempts: number, firstFailedAt: string, now: string): string | undefined {
  const at = Date.parse(now);
  if (at - Date.parse(firstFailedAt) >= triedForMs) return undefined;
  const waitSec = waitsSec[Math.min(attempts, waitsSec.length) - 1] ?? 1;
  return new Date(at + waitSec * 1_000).toISOString();
}
