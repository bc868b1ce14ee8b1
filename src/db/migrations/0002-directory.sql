-- The people: profiles of a database, and the values they are found by.
create schema directory;

create table directory.profiles (
  profile_id text primary key check (profile_id ~ '^[0-9a-f]{24}$'),
  database_id int not null references catalog.databases,
  email text,
  phones text[] not null default '{}',
  fields jsonb not null default '{}',
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create index profiles_by_database on directory.profiles (database_id, profile_id);

-- One row per value a profile can be found by: field is email, phone, or the name of a custom field.
create table directory.profile_keys (
  database_id int not null,
  field text not null,
  value text not null,
  profile_id text not null references directory.profiles on delete cascade,
  is_unique boolean not null default false,
  primary key (database_id, field, value, profile_id)
);

create index profile_keys_by_profile on directory.profile_keys (profile_id);
create unique index profile_keys_unique on directory.profile_keys (database_id, field, value) where is_unique;
