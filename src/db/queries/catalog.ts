import { z } from 'zod';
import { currencyTypes, directions, fieldTypes, ruleModes, scopes } from '../../domain/catalog';
import { query } from '../query';

const time = z.string();
const points = z.string();

export const listDatabases = query({
  name: 'catalog-databases',
  parameters: [],
  row: z.object({ id: z.int(), name: z.string(), email_is_unique: z.boolean() }),
  text: 'select id, name, email_is_unique from catalog.databases order by id',
});

export const listFields = query({
  name: 'catalog-fields',
  parameters: [],
  row: z.object({
    database_id: z.int(),
    name: z.string(),
    title: z.string(),
    type: z.enum(fieldTypes),
    is_required: z.boolean(),
    is_unique: z.boolean(),
    enum_values: z.array(z.string()).nullable(),
  }),
  text: `
    select database_id, name, title, type, is_required, is_unique, enum_values
    from catalog.database_fields
    order by database_id, name`,
});

export const listPrograms = query({
  name: 'catalog-programs',
  parameters: [],
  row: z.object({
    id: z.int(),
    external_id: z.string(),
    name: z.string(),
    description: z.string(),
    database_id: z.int(),
    is_active: z.boolean(),
    timezone: z.string(),
    temp_default_timeout_sec: z.int(),
    temp_max_timeout_sec: z.int(),
    allow_negative_balance: z.boolean(),
    regrant_initial_balance: z.boolean(),
    rule_mode: z.enum(ruleModes),
    created_at: time,
    updated_at: time,
  }),
  text: `
    select id, external_id, name, description, database_id, is_active, timezone, temp_default_timeout_sec,
      temp_max_timeout_sec, allow_negative_balance, regrant_initial_balance, rule_mode, created_at, updated_at
    from catalog.programs
    order by id`,
});

export const listCurrencies = query({
  name: 'catalog-currencies',
  parameters: [],
  row: z.object({
    iid: z.int(),
    program_id: z.int(),
    eid: z.string(),
    name: z.string(),
    type: z.enum(currencyTypes),
    is_active: z.boolean(),
    scale: z.int(),
    initial_balance: points,
    expiration_n: z.int().nullable(),
    expiration_unit: z.enum(['day', 'month', 'year']).nullable(),
    expiration_from: z.enum(['accrual', 'activation']).nullable(),
    created_at: time,
    updated_at: time,
  }),
  text: `
    select iid, program_id, eid, name, type, is_active, scale, initial_balance, expiration_n, expiration_unit,
      expiration_from, created_at, updated_at
    from catalog.currencies
    order by iid`,
});

export const listPromotions = query({
  name: 'catalog-promotions',
  parameters: [],
  row: z.object({
    id: z.int(),
    program_id: z.int(),
    external_id: z.string(),
    name: z.string(),
    description: z.string(),
    is_active: z.boolean(),
    start_date: time.nullable(),
    end_date: time.nullable(),
    created_at: time,
    updated_at: time,
  }),
  text: `
    select id, program_id, external_id, name, description, is_active, start_date, end_date, created_at, updated_at
    from catalog.promotions
    order by id`,
});

export const listRules = query({
  name: 'catalog-rules',
  parameters: [],
  row: z.object({
    promotion_id: z.int(),
    direction: z.enum(directions),
    currency_iid: z.int(),
    static_amount: points.nullable(),
    min_amount: points.nullable(),
    max_amount: points.nullable(),
  }),
  text: `
    select promotion_id, direction, currency_iid, static_amount, min_amount, max_amount
    from catalog.promotion_rules
    order by promotion_id, direction, currency_iid`,
});

export const listLiveTokens = query({
  name: 'catalog-live-tokens',
  parameters: [],
  row: z.object({
    id: z.int(),
    name: z.string(),
    token_hash: z.string(),
    scopes: z.array(z.enum(scopes)),
    program_ids: z.array(z.int()).nullable(),
  }),
  text: `
    select id, name, encode(token_hash, 'hex') as token_hash, scopes, program_ids
    from catalog.tokens
    where revoked_at is null`,
});
