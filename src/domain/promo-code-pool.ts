/** Pools of promo codes as operators set them up. Keys are those of wire, file and SQL. */

import { longestCode, readTemplate } from './code-template';
import { problemOfUrl } from './secret-url';
import type { Delay, Objection } from './settings';

export interface PoolValues {
  external_id: string;
  name: string;
  description: string;
  database_id: number;
  /** Codes for many and used often; otherwise each is for one profile, once. */
  is_multi_use: boolean;
  is_active: boolean;
  issue_from: string | null;
  issue_to: string | null;
  /** How long a code lives from when it is issued; of a multi-use pool, from when it is made. */
  lifetime: Delay | null;
  template: string | null;
  /** Where codes are fetched from by POST JSON when none is free; null: nowhere. */
  remote_url: string | null;
  /** How many are asked for at once. */
  remote_count: number;
  max_codes: number | null;
  /** Of each code of a multi-use pool: in all, and by one profile. */
  max_uses: number | null;
  max_uses_per_profile: number | null;
}

type KnownPool = PoolValues & { id: number; codes_count: number };

const wrong = (key: string, problem: string): Objection => ({
  objection: 'bad_request',
  path: [key],
  problem,
});
const conflict = (key: string, problem: string): Objection => ({
  objection: 'conflict',
  path: [key],
  problem,
});

/** `databases`: those there are; `others`: every other pool; `before`: the pool, if it is to be changed. */
export function checkPool(
  pool: PoolValues,
  databases: readonly { id: number }[],
  others: readonly { id: number; external_id: string }[],
  before?: KnownPool,
): Objection | null {
  const namesake = others.find(({ external_id }) => external_id === pool.external_id);
  if (namesake) return conflict('external_id', `promo code pool ${namesake.id} has it already`);
  if (!databases.some(({ id }) => id === pool.database_id)) {
    return wrong('database_id', `profile database ${pool.database_id} does not exist`);
  }
  for (const key of ['database_id', 'is_multi_use'] as const) {
    if (before && before[key] !== pool[key]) return conflict(key, `is for good: it is ${before[key]}`);
  }
  const { issue_from, issue_to } = pool;
  if (issue_from !== null && issue_to !== null && Date.parse(issue_to) < Date.parse(issue_from)) {
    return wrong('issue_to', `expected a time not before issue_from, ${issue_from}, got ${issue_to}`);
  }
  const urlProblem = pool.remote_url === null ? undefined : problemOfUrl(pool.remote_url);
  if (urlProblem) return wrong('remote_url', urlProblem);
  return checkTemplate(pool.template) ?? checkLimits(pool, before?.codes_count ?? 0);
}

function checkTemplate(written: string | null): Objection | null {
  const template = written === null ? [] : readTemplate(written);
  return 'problem' in template ? wrong('template', template.problem) : null;
}

function checkLimits(pool: PoolValues, count: number): Objection | null {
  for (const key of ['max_uses', 'max_uses_per_profile'] as const) {
    if (pool[key] === null || pool.is_multi_use) continue;
    return wrong(key, 'expected null: a code of this pool is used once');
  }
  if (pool.max_codes === null || pool.max_codes >= count) return null;
  return conflict('max_codes', `the pool has ${count} codes already`);
}

/** How often a service is asked for the same codes before that is given up. */
export const fetchAttempts = 3;

/** What is to be fetched; `request_id` is the same at each attempt. */
export interface CodesToFetch {
  pool_id: number;
  count: number;
  request_id: string;
}

/** What fetching codes came to: how many there were and what became of them, or why there are none. */
export type FetchedCodes =
  | { fetched: number; inserted: number; duplicated: number; discarded_by_limit: number }
  | { problem: string };

/** The codes in what a remote service answers, or what is wrong with it. */
export function readRemoteCodes(answer: unknown, most: number): string[] | { problem: string } {
  const codes = typeof answer === 'object' && answer !== null && 'codes' in answer ? answer.codes : undefined;
  if (!Array.isArray(codes)) return { problem: 'expected {"codes": […]}' };
  if (codes.length > most) return { problem: `expected at most ${most} codes, got ${codes.length}` };
  const odd = codes.findIndex((code) => typeof code !== 'string' || !isCode(code));
  if (odd < 0) return codes;
  return { problem: `codes[${odd}]: expected text of 1 to ${longestCode} characters` };
}

function isCode(text: string): boolean {
  return text !== '' && text.length <= longestCode && !/\0|\p{Surrogate}/u.test(text);
}
