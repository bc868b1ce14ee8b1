/** Pools of promo codes as operators set them up. Keys are those of wire, file and SQL. */

import { readTemplate } from './code-template';
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
