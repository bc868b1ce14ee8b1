import { z } from 'zod';
import { command, query } from '../query';

const json = z.string();
const found = z.object({ profile_id: z.string() });
const locked = z.object({ lock: z.unknown() });

/** Whoever changes what must be unique in a database waits until those who write profiles of it are done. */
export const lockDatabase = query({
  name: 'profiles-lock-database',
  parameters: [z.int()],
  row: locked,
  text: `select pg_advisory_xact_lock_shared(hashtextextended('profile database ' || $1::int, 0)) as lock`,
});

/** The other side of lockDatabase. */
export const lockDatabaseAlone = query({
  name: 'profiles-lock-database-alone',
  parameters: [z.int()],
  row: locked,
  text: `select pg_advisory_xact_lock(hashtextextended('profile database ' || $1::int, 0)) as lock`,
});

/** Serialises those who look for the same value and might create it; they give values in sorted order. */
export const lockValues = query({
  name: 'profiles-lock-values',
  parameters: [z.array(z.string())],
  row: locked,
  text: 'select pg_advisory_xact_lock(hashtextextended(value, 0)) as lock from unnest($1::text[]) as value',
});

export const lockProfiles = query({
  name: 'profiles-lock',
  parameters: [z.array(z.string())],
  row: found,
  text: `
    select profile_id from directory.profiles
    where profile_id = any($1::text[])
    order by profile_id
    for no key update`,
});

/** Of the values these profiles shall have, those that are unique and another profile's. */
export const findTakenValues = query({
  name: 'profiles-find-taken-values',
  parameters: [z.int(), json],
  row: z.object({ profile_id: z.string(), field: z.string() }),
  text: `
    select i.profile_id, i.field
    from jsonb_to_recordset($2::jsonb) as i(profile_id text, field text, texts text[])
    cross join unnest(i.texts) as text
    cross join lateral (
      select from directory.profile_keys k
      where k.database_id = $1 and k.field = i.field and k.value = text
        and k.is_unique and k.profile_id <> i.profile_id
      limit 1
    ) other`,
});

export const insertProfiles = command({
  name: 'profiles-insert',
  parameters: [z.int(), json],
  text: `
    insert into directory.profiles (profile_id, database_id, email, phones, fields)
    select i.profile_id, $1, i.email, coalesce(i.phones, '{}'), i.set
    from jsonb_to_recordset($2::jsonb) as i(profile_id text, email text, phones text[], set jsonb)`,
});

/** Others hear that profiles were created or updated; not what is in them. */
export const insertProfileEvents = command({
  name: 'profile-events-insert',
  parameters: [z.int(), z.string(), z.array(z.string())],
  text: `
    insert into feed.events (type, happened_at, database_id, profile_id)
    select $2, now(), $1, profile_id from unnest($3::text[]) as profile_id`,
});

/**
 * Takes the ids once more by themselves: by them the planner finds the rows, however few it thinks there are.
 */
export const updateProfiles = command({
  name: 'profiles-update',
  parameters: [z.array(z.string()), json],
  text: `
    update directory.profiles p set
      email = case when i.has_email then i.email else p.email end,
      phones = coalesce(i.phones, p.phones),
      fields = (p.fields - i.removed) || i.set,
      updated_at = now()
    from jsonb_to_recordset($2::jsonb)
      as i(profile_id text, has_email boolean, email text, phones text[], set jsonb, removed text[])
    where p.profile_id = any ($1::text[]) and p.profile_id = i.profile_id`,
});

/** Takes the ids once more by themselves, as updateProfiles does. */
export const deleteKeys = command({
  name: 'profile-keys-delete',
  parameters: [z.array(z.string()), json],
  text: `
    delete from directory.profile_keys k
    where k.profile_id = any ($1::text[]) and exists (
      select from jsonb_to_recordset($2::jsonb) as i(profile_id text, field text, texts text[])
      where i.profile_id = k.profile_id and i.field = k.field and k.value <> all (i.texts)
    )`,
});

/**
 * In sorted order, so that two writers meet at the first value they share; what is unique, the catalogue
 * knows.
 */
export const insertKeys = command({
  name: 'profile-keys-insert',
  parameters: [z.int(), json],
  text: `
    insert into directory.profile_keys (database_id, field, value, profile_id, is_unique)
    select d.id, i.field, text, i.profile_id,
      coalesce(f.is_unique, i.field = 'email' and d.email_is_unique)
    from jsonb_to_recordset($2::jsonb) as i(profile_id text, field text, texts text[])
    cross join unnest(i.texts) as text
    join catalog.databases d on d.id = $1
    left join catalog.database_fields f on f.database_id = d.id and f.name = i.field
    order by i.field, text
    on conflict (database_id, field, value, profile_id) do nothing`,
});

/** The programs a profile is a member of now. */
export const findMemberships = query({
  name: 'profile-memberships',
  parameters: [z.string()],
  row: z.object({ program_id: z.int(), member_id: z.string() }),
  text: `
    select program_id, member_id from ledger.members
    where profile_id = $1 and removed_at is null
    order by member_id`,
});

export const lockForDeletion = query({
  name: 'profile-lock-for-deletion',
  parameters: [z.string()],
  row: found,
  text: 'select profile_id from directory.profiles where profile_id = $1 for update',
});

/** Its keys go with it. */
export const deleteProfileRow = command({
  name: 'profile-delete',
  parameters: [z.string()],
  text: 'delete from directory.profiles where profile_id = $1',
});

/** What callers wrote about the person into orders and their lines goes, as it does from the ledger. */
export const eraseFromOrders = command({
  name: 'profile-erase-from-orders',
  parameters: [z.string()],
  text: `
    with theirs as (
      update market.orders o set
        custom_fields = '{}', tags = '{}',
        request_hash = case when o.origin = 'commit' then '' end
      where o.profile_id = $1
      returning o.id
    )
    update market.order_lines l set custom_fields = '{}' from theirs t where l.order_id = t.id`,
});

/** What callers wrote about the person into the ledger goes; its rows stay, under the bare id. */
export const eraseFromLedger = query({
  name: 'profile-erase-from-ledger',
  parameters: [z.string()],
  row: z.object({ erase: z.unknown() }),
  text: 'select ledger.erase($1::text) as erase',
});
