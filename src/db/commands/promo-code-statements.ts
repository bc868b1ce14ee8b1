import { z } from 'zod';
import { poolColumns, poolRow } from '../queries/promo-code-pools';
import { command, query, queryFirst } from '../query';

const id = z.string();
const ids = z.array(z.string());
const time = z.string();

/**
 * Who adds codes to a database, in any pool of it, is alone: what was free to take is so until the end. A
 * plan that was made for one code would take hours for a hundred thousand, so each time has its own.
 */
export const lockNewCodes = query({
  name: 'promo-codes-lock-new',
  parameters: [z.int()],
  row: z.object({ lock: z.unknown(), mode: z.string() }),
  text: `
    select
      pg_advisory_xact_lock(hashtextextended('promo codes of database ' || $1::int, 0)) as lock,
      set_config('plan_cache_mode', 'force_custom_plan', true) as mode`,
});

/** The pool as it is; its settings and its count stay so until the end. */
export const lockPoolForCodes = queryFirst({
  name: 'promo-codes-lock-pool',
  parameters: [z.int()],
  row: poolRow,
  text: `select ${poolColumns} from codes.pools where id = $1 for no key update`,
});

/**
 * Adds the codes that the database does not have, at most so many, in the order given. Answers the places
 * (from 1) of those that were not added: because they are there already, or for want of room.
 */
export const insertCodes = query({
  name: 'promo-codes-insert',
  parameters: [z.int(), z.array(z.string()), z.int(), time],
  row: z.object({ place: z.int(), is_duplicate: z.boolean() }),
  text: `
    with items as materialized (
      select i.code, i.place,
        row_number() over (partition by i.code collate "C" order by i.place) > 1 or exists (
          select from codes.codes c where c.database_id = p.database_id and c.code = i.code
        ) as is_duplicate
      from codes.pools p, unnest($2::text[]) with ordinality as i(code, place)
      where p.id = $1
    ), ranked as materialized (
      select code, place, is_duplicate, count(*) filter (where not is_duplicate) over (order by place) as rank
      from items
    ), added as (
      insert into codes.codes (pool_id, database_id, is_multi_use, code, created_at, expires_at)
      select p.id, p.database_id, p.is_multi_use, r.code, $4::timestamptz,
        case
          when p.is_multi_use and p.lifetime_n is not null then (
            $4::timestamptz at time zone 'UTC' + (p.lifetime_n || ' ' || p.lifetime_unit)::interval
          ) at time zone 'UTC'
          else 'infinity'
        end
      from codes.pools p, ranked r
      where p.id = $1 and not r.is_duplicate and r.rank <= $3::int
      order by r.place
    ), counted as (
      update codes.pools p set codes_count = codes_count + (
        select count(*) from ranked where not is_duplicate and rank <= $3::int
      )
      where p.id = $1
    )
    select place::int as place, is_duplicate from ranked where is_duplicate or rank > $3::int
    order by place`,
});

/** Whether there is such a profile; it is not deleted before the end. */
export const keepProfile = queryFirst({
  name: 'promo-codes-keep-profile',
  parameters: [id],
  row: z.object({ database_id: z.int() }),
  text: 'select database_id from directory.profiles where profile_id = $1 for key share',
});

/** In order, so that two who want the same codes never wait for each other in a circle. */
export const lockCodes = query({
  name: 'promo-codes-lock',
  parameters: [z.int(), z.array(z.string())],
  row: z.object({ code_id: id }),
  text: `
    select code_id::text as code_id from codes.codes
    where database_id = $1 and code = any ($2::text[])
    order by codes.codes.code_id for update`,
});

/** A personal code that nobody has, what expires first before the rest; those that others are taking, not. */
export const lockFreeCode = queryFirst({
  name: 'promo-codes-lock-free',
  parameters: [z.int(), time],
  row: z.object({ code_id: id, code: z.string() }),
  text: `
    select code_id::text as code_id, code from codes.codes
    where pool_id = $1 and is_free and expires_at > $2::timestamptz
    order by expires_at, codes.codes.code_id
    limit 1 for update skip locked`,
});

/** A universal code that is not used up and that the profile does not have, the oldest first. */
export const findSharedCode = queryFirst({
  name: 'promo-codes-find-shared',
  parameters: [z.int(), time, id],
  row: z.object({ code: z.string() }),
  text: `
    select c.code
    from codes.codes c join codes.pools p on p.id = c.pool_id
    where c.pool_id = $1 and c.expires_at > $2::timestamptz and c.uses < coalesce(p.max_uses, 2147483647)
      and not exists (select from codes.holders h where h.code_id = c.code_id and h.profile_id = $3)
    order by c.code_id
    limit 1`,
});

/**
 * Of locked codes, attaches some ($1), which the profile does not have, and counts a use of some ($2).
 * Personal codes begin to live when they are attached. Profile and order of a use may be unknown.
 */
export const takeCodes = command({
  name: 'promo-codes-take',
  parameters: [ids, ids, id.nullable(), z.string().nullable(), time],
  text: `
    with held as (
      insert into codes.holders (code_id, profile_id, attached_at)
      select code_id, $3, $5::timestamptz from unnest($1::bigint[]) as code_id
    ), used as (
      insert into codes.activations (code_id, profile_id, order_external_id, activated_at)
      select code_id, $3, $4, $5::timestamptz from unnest($2::bigint[]) as code_id
    ), taken as (
      select code_id, code_id = any ($1::bigint[]) as is_new, code_id = any ($2::bigint[]) as is_used
      from codes.codes where code_id = any ($1::bigint[] || $2::bigint[])
    )
    update codes.codes c set
      holders = c.holders + t.is_new::int,
      attached_at = case when t.is_new then coalesce(c.attached_at, $5::timestamptz) else c.attached_at end,
      expires_at = case
        when not t.is_new or c.is_multi_use or c.has_own_expiry or p.lifetime_n is null then c.expires_at
        else ($5::timestamptz at time zone 'UTC' + (p.lifetime_n || ' ' || p.lifetime_unit)::interval)
          at time zone 'UTC'
      end,
      uses = c.uses + t.is_used::int,
      activated_at = case
        when t.is_used then coalesce(c.activated_at, $5::timestamptz) else c.activated_at
      end
    from taken t, codes.pools p
    where c.code_id = t.code_id and p.id = c.pool_id`,
});

/** Makes a locked code one that was never used. */
export const unuseCode = command({
  name: 'promo-codes-unuse',
  parameters: [id],
  text: `
    with forgotten as (delete from codes.activations where code_id = $1::bigint)
    update codes.codes set uses = 0, activated_at = null where code_id = $1::bigint`,
});

export const setCodeExpiry = command({
  name: 'promo-codes-set-expiry',
  parameters: [id, time],
  text: `
    update codes.codes set expires_at = $2::timestamptz, has_own_expiry = true where code_id = $1::bigint`,
});

/** Detaches a locked code from its only holder; what it lived by being attached ends, too. */
export const detachCode = command({
  name: 'promo-codes-detach',
  parameters: [id],
  text: `
    with freed as (delete from codes.holders where code_id = $1::bigint)
    update codes.codes set
      holders = 0,
      attached_at = null,
      expires_at = case when is_multi_use or has_own_expiry then expires_at else 'infinity' end
    where code_id = $1::bigint`,
});

/** The codes of a profile, locked in order. */
export const lockCodesOf = query({
  name: 'promo-codes-lock-held',
  parameters: [id],
  row: z.object({ code_id: id }),
  text: `
    select c.code_id::text as code_id from codes.codes c
    where c.code_id in (
      select h.code_id from codes.holders h where h.profile_id = $1
      union
      select a.code_id from codes.activations a where a.profile_id = $1
    )
    order by c.code_id for update`,
});

/**
 * Forgets that a profile had locked codes. A personal one that it has not used lapses: somebody may still
 * know it, so nobody else is to get it.
 */
export const eraseFromCodes = command({
  name: 'promo-codes-erase',
  parameters: [id, time],
  text: `
    with freed as (
      delete from codes.holders where profile_id = $1 returning code_id
    ), anonymous as (
      update codes.activations set profile_id = null where profile_id = $1
    )
    update codes.codes c set
      holders = c.holders - 1,
      attached_at = case when c.holders > 1 then c.attached_at end,
      expires_at = case
        when c.is_multi_use or c.uses > 0 then c.expires_at else least(c.expires_at, $2::timestamptz)
      end
    from freed where c.code_id = freed.code_id`,
});
