import { z } from 'zod';
import type { Search } from '../../domain/matching';
import { type Refusal, refuse } from '../../domain/refusal';
import { profileKey } from '../profile-key';
import { type Queryable, query, queryFirst } from '../query';

/** A profile as it is stored: custom and system fields together, by name. */
const profileRow = z.object({
  profile_id: z.string(),
  database_id: z.int(),
  email: z.string().nullable(),
  phones: z.array(z.string()),
  fields: z.record(z.string(), z.json()),
});

export const readProfile = queryFirst({
  name: 'profile-read',
  parameters: [z.string()],
  row: profileRow,
  text: 'select profile_id, database_id, email, phones, fields from directory.profiles where profile_id = $1',
});

/** The profiles of a database after one of them, in order of profile_id. */
export const listProfiles = query({
  name: 'profiles-list',
  parameters: [z.int(), z.string(), z.int()],
  row: profileRow,
  text: `
    select profile_id, database_id, email, phones, fields from directory.profiles
    where database_id = $1 and profile_id > $2 order by profile_id limit $3::int`,
});

/**
 * The profiles that many searches find, at most two per criterion: none, one or too many is all one needs to
 * know.
 */
export const searchProfiles = query({
  name: 'profiles-search',
  parameters: [z.int(), z.string()],
  row: z.object({ item: z.int(), profile_id: z.string() }),
  text: `
    select distinct wanted.item, found.profile_id
    from jsonb_to_recordset($2::jsonb) as wanted(item int, field text, texts text[])
    cross join lateral (
      select k.profile_id from directory.profile_keys k
      where k.database_id = $1 and k.field = wanted.field and k.value = wanted.texts[1] and not exists (
        select from unnest(wanted.texts[2:]) as other(value)
        where not exists (
          select from directory.profile_keys o
          where o.database_id = $1 and o.field = wanted.field and o.value = other.value
            and o.profile_id = k.profile_id
        )
      )
      limit 2
    ) found
    union all
    select wanted.item, p.profile_id
    from jsonb_to_recordset($2::jsonb) as wanted(item int, field text, texts text[])
    join directory.profiles p on p.profile_id = wanted.texts[1] and p.database_id = $1
    where wanted.field = 'profile_id'`,
});

/** A profile, and who it is in one program: null if it is not a member now. */
const membership = z.object({ profile_id: z.string(), member_id: z.string().nullable() });

/** A profile of a database by its id, as a membership row; none or one. */
export const findMemberById = query({
  name: 'member-by-profile-id',
  parameters: [z.int(), z.int(), z.string()],
  row: membership,
  text: `
    select p.profile_id, m.member_id
    from directory.profiles p
    left join ledger.members m
      on m.program_id = $2 and m.profile_id = p.profile_id and m.removed_at is null
    where p.profile_id = $3 and p.database_id = $1`,
});

const findMemberByKey = query({
  name: 'member-by-key',
  parameters: [z.int(), z.int(), z.string(), z.string()],
  row: membership,
  text: `
    select k.profile_id, m.member_id
    from directory.profile_keys k
    left join ledger.members m
      on m.program_id = $2 and m.profile_id = k.profile_id and m.removed_at is null
    where k.database_id = $1 and k.field = $3 and k.value = $4
    limit 2`,
});

type NotOne = Refusal<'profile_not_found' | 'profile_ambiguous'>;

/** The one profile a search finds: its profile_id. Refusals: profile_not_found, profile_ambiguous. */
export async function findProfile(
  db: Queryable,
  databaseId: number,
  search: Search,
): Promise<{ profile_id: string } | NotOne> {
  return onlyOne(await searchProfiles(db, databaseId, wantedRows([search])), search);
}

/**
 * The one profile a search finds and its membership in a program (bigint text; null: not a member now), in
 * one round trip for all but searches by several tags or by e-mail or phone. Refusals as findProfile.
 */
export async function findMember(
  db: Queryable,
  databaseId: number,
  programId: number,
  search: Search,
): Promise<{ profile_id: string; member_id: string | null } | NotOne> {
  const [criterion, ...others] = search.criteria;
  if (!criterion || others.length > 0 || criterion.values.length > 1) {
    const profile = await findProfile(db, databaseId, search);
    if ('refusal' in profile) return profile;
    return onlyOne(await findMemberById(db, databaseId, programId, profile.profile_id), search);
  }
  const [value] = criterion.values;
  const rows =
    criterion.field === 'profile_id'
      ? await findMemberById(db, databaseId, programId, value)
      : await findMemberByKey(db, databaseId, programId, criterion.field, profileKey(value));
  return onlyOne(rows, search);
}

/** Searches as `searchProfiles` takes them; `item` is the index in the list. */
export function wantedRows(searches: readonly Search[]): string {
  const rows = searches.flatMap(({ criteria }, item) =>
    criteria.map(({ field, values }) => ({ item, field, texts: values.map(profileKey) })),
  );
  return JSON.stringify(rows);
}

/** The row, if there is exactly one profile among the rows. */
export function onlyOne<R extends { profile_id: string }>(rows: readonly R[], search: Search): R | NotOne {
  const [row, second] = rows;
  if (!row) return refuse('profile_not_found', { matching: search.shown });
  return second ? refuse('profile_ambiguous', { matching: search.shown }) : row;
}
