import { z } from 'zod';
import { command } from '../query';

/**
 * Notes profiles that were written and may have to become members: those of a database whose program takes
 * members in by itself, and who never were members of it.
 */
export const noteUnconsidered = command({
  name: 'unconsidered-note',
  parameters: [z.int(), z.array(z.string())],
  text: `
    insert into directory.unconsidered (database_id, profile_id)
    select $1, profile_id from unnest($2::text[]) as i(profile_id)
    where exists (
      select from catalog.programs g
      where g.database_id = $1 and g.is_active and g.participation <> 'manual' and not exists (
        select from ledger.members m where m.program_id = g.id and m.profile_id = i.profile_id
      )
    )
    order by profile_id
    on conflict (database_id, profile_id) do update set turn = excluded.turn`,
});

/**
 * Forgets profiles that were considered, unless they were written again since, or the settings they were
 * considered by ($2 the program, $3 and $4 versions of it and of its segment) are not those of now.
 */
export const forgetConsidered = command({
  name: 'unconsidered-forget',
  parameters: [z.int(), z.int(), z.string(), z.string().nullable(), z.array(z.string()), z.array(z.string())],
  text: `
    with considered as (
      select u.profile_id
      from directory.unconsidered u
      join unnest($5::text[], $6::text[]) as c(profile_id, turn)
        on c.profile_id = u.profile_id and c.turn::xid8 = u.turn
      where u.database_id = $1 and exists (
        select from catalog.programs g left join catalog.segments s on s.id = g.segment_id
        where g.id = $2 and g.updated_at = $3::timestamptz
          and (g.participation <> 'segment' or s.updated_at = $4::timestamptz)
      )
      order by u.profile_id for update of u skip locked
    )
    delete from directory.unconsidered u using considered c
    where u.database_id = $1 and u.profile_id = c.profile_id`,
});

/** Forgets everything noted of a database that no program takes members from by itself any more. */
export const forgetUnwanted = command({
  name: 'unconsidered-forget-unwanted',
  parameters: [z.int()],
  text: `
    delete from directory.unconsidered
    where database_id = $1 and not exists (
      select from catalog.programs g
      where g.database_id = $1 and g.is_active and g.participation <> 'manual'
    )`,
});

/** Every profile has been considered by a rule. */
export const recordSweep = command({
  name: 'sweep-record',
  parameters: [z.int(), z.string(), z.string()],
  text: `
    insert into directory.sweeps (program_id, rule, swept_at) values ($1, $2, $3::timestamptz)
    on conflict (program_id) do update set rule = excluded.rule, swept_at = excluded.swept_at`,
});
