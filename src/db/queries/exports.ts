import { z } from 'zod';
import { query, queryFirst, queryOne, writtenOut } from '../query';

/** An export as its status call shows it, while it is kept; of one of the programs given (null: any). */
export const findExport = queryFirst({
  name: 'export-by-id',
  parameters: [z.string(), z.array(z.int()).nullable(), z.string()],
  row: z.object({
    state: z.enum(['queued', 'running', 'done', 'failed']),
    rows: z.string(),
    rows_total: z.string().nullable(),
    bytes: z.string(),
    expires_at: z.string().nullable(),
    problem: z.string().nullable(),
  }),
  text: `
    select
      t.state::text as state, coalesce(sum(p.rows), 0)::bigint as rows, t.rows_total,
      coalesce(sum(p.bytes), 0)::bigint as bytes, t.expires_at, t.problem
    from exports.tasks t left join exports.parts p on p.task_id = t.task_id
    where t.task_id = $1::uuid and ($2::int[] is null or t.program_id = any($2::int[]))
      and (t.expires_at is null or t.expires_at > $3::timestamptz)
    group by t.task_id`,
});

/** The parts of an export's file, in order. */
export const listExportFiles = query({
  name: 'export-files',
  parameters: [z.string()],
  row: z.object({ file: z.string() }),
  text: 'select file from exports.parts where task_id = $1::uuid order by part',
});

/** Where a transaction stands in the exports of its currency: they go by account, then by seq. */
export const findExportPosition = queryFirst({
  name: 'export-position',
  parameters: [z.int(), z.string()],
  row: z.object({ account_id: z.string(), seq: z.string() }),
  text: `
    select p.account_id, p.seq
    from ledger.postings p join ledger.accounts a on a.account_id = p.account_id
    where a.currency_iid = $1::int and p.transaction_id = $2::uuid`,
});

/** How far the writing of an export has come. */
export const findExportProgress = queryFirst({
  name: 'export-progress',
  parameters: [z.string()],
  row: z.object({
    state: z.enum(['queued', 'running', 'done', 'failed']),
    rows_total: z.string().nullable(),
    expires_at: z.string().nullable(),
    parts: z.int(),
    rows: z.string(),
    last_account_id: z.string().nullable(),
  }),
  text: `
    select
      t.state::text as state, t.rows_total, t.expires_at,
      count(p.part)::int as parts, coalesce(sum(p.rows), 0)::bigint as rows,
      max(p.last_account_id) as last_account_id
    from exports.tasks t left join exports.parts p on p.task_id = t.task_id
    where t.task_id = $1::uuid
    group by t.task_id`,
});

/** The account that ends a stretch of about $3 postings of a currency from account $2 on; null: none left. */
export const findStretchEnd = queryOne({
  name: 'export-stretch',
  parameters: [z.int(), z.string(), z.int()],
  row: z.object({ last_account_id: z.string().nullable() }),
  text: `
    select max(s.account_id) as last_account_id
    from (
      select a.account_id, sum(a.last_seq) over (order by a.account_id) - a.last_seq as postings_before
      from (
        select account_id, last_seq from ledger.accounts
        where currency_iid = $1::int and account_id >= $2::bigint
        order by account_id limit $3::int
      ) a
    ) s
    where s.postings_before < $3::int`,
});

/** How many rows an export will have, by what is posted now. Reads the whole currency. */
export const countExportRows = queryOne({
  name: 'export-count',
  parameters: [z.int(), z.string(), z.string(), z.string(), z.string()],
  row: z.object({ rows: z.string() }),
  text: `
    select count(*) as rows
    from ledger.accounts a join ledger.history h on h.account_id = a.account_id
    where a.currency_iid = $1::int and h.created_at between $2::timestamptz and $3::timestamptz
      and a.account_id >= $4::bigint and (h.account_id, h.seq) > ($4::bigint, $5::bigint)`,
});

/** What Postgres sees now: what is read later sees all of that. */
export const takeSnapshot = queryOne({
  name: 'export-snapshot',
  parameters: [],
  row: z.object({ snapshot: z.string() }),
  text: 'select pg_current_snapshot()::text as snapshot',
});

/**
 * A part whose file holds somebody who was deleted; of the export $1 (null: of any). `snapshot` sees the
 * deletion of all of them.
 */
export const findPartToClean = queryFirst({
  name: 'export-part-to-clean',
  parameters: [z.string().nullable()],
  row: z.object({
    task_id: z.string(),
    part: z.int(),
    file: z.string(),
    profile_ids: z.array(z.string()),
    snapshot: z.string(),
  }),
  text: `
    select p.task_id, p.part, p.file, array_agg(distinct m.profile_id) as profile_ids,
      pg_current_snapshot()::text as snapshot
    from exports.erasures e
    join ledger.accounts a on a.account_id = e.account_id
    join ledger.members m on m.member_id = a.member_id
    join exports.tasks t on t.currency_iid = a.currency_iid
    join exports.parts p on p.task_id = t.task_id
      and e.account_id between p.first_account_id and p.last_account_id
      and not pg_visible_in_snapshot(e.turn, p.snapshot)
    where $1::uuid is null or t.task_id = $1::uuid
    group by p.task_id, p.part
    order by p.task_id, p.part limit 1`,
});

/** Exports whose time has come by $1. */
export const listExpiredExports = query({
  name: 'exports-expired',
  parameters: [z.string()],
  row: z.object({ task_id: z.string() }),
  text: 'select task_id from exports.tasks where expires_at <= $1::timestamptz order by task_id',
});

/** Whether there is an export that somebody could have to be erased from. */
export const areExports = queryOne({
  name: 'exports-any',
  parameters: [],
  row: z.object({ is_so: z.boolean() }),
  text: `select exists (select from exports.tasks where state <> 'failed') as is_so`,
});

const exportRow = z.object({
  transaction_id: z.string(),
  transaction_eid: z.string(),
  created_at: z.string(),
  transaction_type: z.string(),
  amount: z.string(),
  balance_before: z.string(),
  balance_after: z.string(),
  promo_iid: z.int(),
  promo_eid: z.string(),
  description: z.string(),
  activation_date: z.string(),
  expiration_date: z.string(),
  source_type: z.string(),
  source_iid: z.string(),
  source_sid: z.string(),
  source_subiid: z.string(),
  is_temp: z.string(),
  temp_state: z.string(),
  custom_json: z.string(),
  product_eid: z.string(),
  sku_eid: z.string(),
  canceled: z.string(),
  profile_id: z.string(),
});

/** The columns of the file, in order. */
export const exportColumns = exportRow.keyof().options;

/**
 * The rows of a stretch of accounts ($2 to $3, both included) as they stand in the file: those of the period
 * $4 to $5, after the position $6, $7; in the order of accounts and, within one, of posting.
 */
export const exportRows = writtenOut({
  name: 'export-rows',
  parameters: [z.int(), z.string(), z.string(), z.string(), z.string(), z.string(), z.string()],
  row: exportRow,
  text: `
    select
      h.transaction_id, exports.csv_text(h.transaction_eid) as transaction_eid,
      exports.csv_time(h.created_at) as created_at, h.transaction_type,
      trim_scale(h.amount) as amount, trim_scale(h.balance_before) as balance_before,
      trim_scale(h.balance_after) as balance_after, h.promo_iid, exports.csv_text(h.promo_eid) as promo_eid,
      exports.csv_text(h.description) as description,
      exports.csv_time(h.activation_date) as activation_date,
      exports.csv_time(h.expiration_date) as expiration_date,
      h.source_type, h.source_iid, exports.csv_text(h.source_sid) as source_sid, h.source_subiid,
      h.is_temp::text as is_temp, h.temp_state, h.external_data::text as custom_json,
      exports.csv_text(h.product_eid) as product_eid, exports.csv_text(h.sku_eid) as sku_eid,
      h.canceled::text as canceled, exports.csv_text(m.profile_id) as profile_id
    from ledger.accounts a
    join ledger.members m on m.member_id = a.member_id
    join ledger.history h on h.account_id = a.account_id
    where a.currency_iid = $1::int and a.account_id between $2::bigint and $3::bigint
      and h.created_at between $4::timestamptz and $5::timestamptz
      and (h.account_id, h.seq) > ($6::bigint, $7::bigint)
    order by h.account_id, h.seq`,
});
