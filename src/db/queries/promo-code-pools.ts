import { z } from 'zod';
import { expirationUnits } from '../../domain/catalog';
import { query, queryFirst } from '../query';

const time = z.string();

export const poolRow = z.object({
  id: z.int(),
  external_id: z.string(),
  name: z.string(),
  description: z.string(),
  database_id: z.int(),
  is_multi_use: z.boolean(),
  is_active: z.boolean(),
  issue_from: time.nullable(),
  issue_to: time.nullable(),
  lifetime_n: z.int().nullable(),
  lifetime_unit: z.enum(expirationUnits).nullable(),
  template: z.string().nullable(),
  remote_url: z.string().nullable(),
  remote_count: z.int(),
  max_codes: z.int().nullable(),
  max_uses: z.int().nullable(),
  max_uses_per_profile: z.int().nullable(),
  codes_count: z.int(),
  created_at: time,
  updated_at: time,
});
export type PoolRow = z.output<typeof poolRow>;
export const poolColumns = `
  id, external_id, name, description, database_id, is_multi_use, is_active, issue_from, issue_to, lifetime_n,
  lifetime_unit, template, remote_url, remote_count, max_codes, max_uses, max_uses_per_profile, codes_count,
  created_at, updated_at`;

/** All pools, in order of id. */
export const listPools = query({
  name: 'promo-code-pools',
  parameters: [],
  row: poolRow,
  text: `select ${poolColumns} from codes.pools order by id`,
});

export const findPool = queryFirst({
  name: 'promo-code-pool',
  parameters: [z.int()],
  row: poolRow,
  text: `select ${poolColumns} from codes.pools where id = $1`,
});
