import { z } from 'zod';
import { query, queryFirst } from '../query';

/** How far an import has come, and how it goes on. */
export const findImportProgress = queryFirst({
  name: 'import-progress',
  parameters: [z.string()],
  row: z.object({
    state: z.enum(['queued', 'checking', 'running', 'done', 'failed']),
    rows_total: z.string().nullable(),
    rows_done: z.string(),
    refused: z.string(),
    last_line: z.string(),
  }),
  text: `
    select state::text as state, rows_total, rows_done, refused, last_line
    from imports.tasks where import_id = $1::uuid`,
});

/** Imports as they are shown: the one $1 (null: all), those older than $2; newest first. */
export const listImports = query({
  name: 'imports-list',
  parameters: [z.string().nullable(), z.string().nullable(), z.int()],
  row: z.object({
    import_id: z.string(),
    program_id: z.int(),
    file_name: z.string(),
    matching: z.string().nullable(),
    field_name: z.string().nullable(),
    create_profiles: z.boolean(),
    grant_initial_balance: z.boolean(),
    dry_run: z.boolean(),
    batch: z.string(),
    requested_at: z.string(),
    requested_by: z.string(),
    state: z.enum(['queued', 'checking', 'running', 'done', 'failed']),
    rows_total: z.string().nullable(),
    rows_done: z.string(),
    refused: z.string(),
    repeated: z.string(),
    members_added: z.string(),
    ignored_columns: z.array(z.string()),
    points: z.json(),
    ended_at: z.string().nullable(),
    expires_at: z.string().nullable(),
    problem: z.string().nullable(),
  }),
  text: `
    select
      t.import_id, t.program_id, t.file_name, t.matching, t.field_name, t.create_profiles,
      t.grant_initial_balance, t.dry_run, t.batch, t.requested_at, t.requested_by, t.state::text as state,
      t.rows_total, t.rows_done, t.refused, t.repeated, t.members_added, t.ignored_columns,
      (
        select coalesce(jsonb_agg(jsonb_build_object(
          'points_currency_eid', c.eid, 'lots', n.lots, 'points', trim_scale(n.points)::text
        ) order by c.iid), '[]')
        from imports.totals n join catalog.currencies c on c.iid = n.currency_iid
        where n.import_id = t.import_id
      ) as points,
      t.ended_at, t.expires_at, t.problem
    from imports.tasks t
    where ($1::uuid is null or t.import_id = $1::uuid) and ($2::uuid is null or t.import_id < $2::uuid)
    order by t.import_id desc limit $3::int`,
});

/** Rows of an import that were refused, in the order of the file, behind line $2. */
export const listRefusals = query({
  name: 'import-refusals-list',
  parameters: [z.string(), z.int(), z.int()],
  row: z.object({ line: z.int(), field: z.string(), reason: z.string() }),
  text: `
    select line::int as line, field, reason from imports.refusals
    where import_id = $1::uuid and line > $2::int
    order by imports.refusals.line limit $3::int`,
});

/** How often each of these contents (hex) has come in the file so far. */
export const findImportContents = query({
  name: 'import-contents-find',
  parameters: [z.string(), z.array(z.string())],
  row: z.object({ digest: z.string(), times: z.int() }),
  text: `
    select encode(c.digest, 'hex') as digest, c.times
    from unnest($2::text[]) d(digest)
    join imports.contents c on c.import_id = $1::uuid and c.digest = decode(d.digest, 'hex')`,
});

/** The members among these profiles of a program. */
export const findMembersOf = query({
  name: 'members-of-profiles',
  parameters: [z.int(), z.array(z.string())],
  row: z.object({ profile_id: z.string(), member_id: z.string() }),
  text: `
    select profile_id, member_id from ledger.members
    where program_id = $1::int and profile_id = any($2::text[]) and removed_at is null`,
});

/** The tiers of a program, as rows of imports name them. */
export const listImportTiers = query({
  name: 'import-tiers',
  parameters: [z.int()],
  row: z.object({
    tier_id: z.int(),
    eid: z.string(),
    group_eid: z.string(),
    threshold: z.string(),
    currency_iid: z.int(),
  }),
  text: `
    select t.id as tier_id, t.eid, g.external_id as group_eid, t.threshold, g.currency_iid
    from catalog.tier_groups g join catalog.tiers t on t.group_id = g.id
    where g.program_id = $1::int order by t.id`,
});

/** Which of these transaction_eids a program knows, and the hash of what was asked with them. */
export const findKeys = query({
  name: 'keys-find',
  parameters: [z.int(), z.array(z.string())],
  row: z.object({ transaction_eid: z.string(), request_hash: z.string() }),
  text: `
    select transaction_eid, request_hash from ledger.keys
    where program_id = $1::int and transaction_eid = any($2::text[])`,
});
