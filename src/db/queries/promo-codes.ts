import { z } from 'zod';
import type { PromoCode, UnknownCode } from '../../domain/promo-code';
import { type Queryable, query } from '../query';

const time = z.string();

const codeRow = z.object({
  code_id: z.string(),
  code: z.string(),
  pool_id: z.int(),
  pool_external_id: z.string(),
  is_multi_use: z.boolean(),
  pool_is_active: z.boolean(),
  issue_from: time.nullable(),
  issue_to: time.nullable(),
  max_uses: z.int().nullable(),
  max_uses_per_profile: z.int().nullable(),
  created_at: time,
  expires_at: time.nullable(),
  holders: z.int(),
  attached_at: time.nullable(),
  holder: z.string().nullable(),
  uses: z.int(),
  activated_at: time.nullable(),
  is_held: z.boolean(),
  uses_by_profile: z.int(),
});

const findCodes = query({
  name: 'promo-codes-find',
  parameters: [z.int(), z.array(z.string()), z.string().nullable()],
  row: codeRow,
  text: `
    select
      c.code_id::text as code_id, c.code, c.pool_id, p.external_id as pool_external_id, c.is_multi_use,
      p.is_active as pool_is_active, p.issue_from, p.issue_to, p.max_uses, p.max_uses_per_profile,
      c.created_at, c.expires_at, c.holders, c.attached_at,
      (select h.profile_id from codes.holders h where c.holders = 1 and h.code_id = c.code_id) as holder,
      c.uses, c.activated_at,
      exists (
        select from codes.holders h where h.code_id = c.code_id and h.profile_id = $3
      ) as is_held,
      (
        select count(*)::int from codes.activations a where a.code_id = c.code_id and a.profile_id = $3
      ) as uses_by_profile
    from codes.codes c join codes.pools p on p.id = c.pool_id
    where c.database_id = $1 and c.code = any ($2::text[])`,
});

/**
 * Each code of a database as it stands for a profile (null: for nobody), in the order asked, each once. The
 * domain's judgeCode says what that means at a moment.
 */
export async function promoCodesOf(
  db: Queryable,
  {
    codes,
    databaseId,
    profileId,
  }: { codes: readonly string[]; databaseId: number; profileId: string | null },
): Promise<(PromoCode | UnknownCode)[]> {
  if (codes.length === 0) return [];
  const texts = [...new Set(codes)];
  const rows = await findCodes(db, databaseId, texts, profileId);
  const byCode = new Map<string, PromoCode>(rows.map((row) => [row.code, row]));
  return texts.map((code) => byCode.get(code) ?? { code, code_id: null });
}

/** All codes of a pool, in the order in which they came. */
export const listAllCodes = query({
  name: 'promo-codes-all',
  parameters: [z.int()],
  row: z.object({ code: z.string(), attached_at: time.nullable(), activated_at: time.nullable() }),
  text: 'select code, attached_at, activated_at from codes.codes where pool_id = $1 order by code_id',
});

/** A page of the codes of a pool after one of them; $3: all, or those of one state at $4. */
export const listCodes = query({
  name: 'promo-codes-page',
  parameters: [z.int(), z.string(), z.string().nullable(), z.string(), z.int()],
  row: z.object({
    code_id: z.string(),
    code: z.string(),
    created_at: time,
    expires_at: time.nullable(),
    holders: z.int(),
    attached_at: time.nullable(),
    profile_id: z.string().nullable(),
    uses: z.int(),
    activated_at: time.nullable(),
  }),
  text: `
    select
      c.code_id::text as code_id, c.code, c.created_at, c.expires_at, c.holders, c.attached_at,
      (select h.profile_id from codes.holders h where c.holders = 1 and h.code_id = c.code_id) as profile_id,
      c.uses, c.activated_at
    from codes.codes c
    where c.pool_id = $1 and c.code_id > $2::bigint and case $3::text
      when 'free' then c.holders = 0 and c.uses = 0 and c.expires_at > $4::timestamptz
      when 'attached' then c.holders > 0
      when 'activated' then c.uses > 0
      when 'expired' then c.expires_at <= $4::timestamptz
      else true
    end
    order by c.code_id limit $5::int`,
});

/** The codes that a profile has or has used, and when for which orders. */
export const listKeptCodes = query({
  name: 'person-promo-codes',
  parameters: [z.string()],
  row: z.object({
    pool_id: z.int(),
    code: z.string(),
    attached_at: time.nullable(),
    expires_at: time.nullable(),
    uses: z.array(z.object({ activated_at: time, order_external_id: z.string().nullable() })),
  }),
  text: `
    select c.pool_id, c.code, h.attached_at, c.expires_at,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'activated_at',
          to_char(a.activated_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
          'order_external_id', a.order_external_id
        ) order by a.activation_id), '[]')
        from codes.activations a where a.code_id = c.code_id and a.profile_id = $1
      ) as uses
    from (
      select code_id from codes.holders where profile_id = $1
      union
      select code_id from codes.activations where profile_id = $1
    ) own
    join codes.codes c on c.code_id = own.code_id
    left join codes.holders h on h.code_id = c.code_id and h.profile_id = $1
    order by c.code_id`,
});
