-- The settings that specifications of endpoints run on.
insert into catalog.databases (id, name) values (1, 'Shop'), (2, 'Closed shop'), (3, 'Two currencies');
insert into catalog.database_fields (database_id, name, type, is_unique) values
  (1, 'crm_id', 'string', true), (1, 'level', 'int', false), (1, 'likes', 'tags', false);

insert into catalog.programs (id, external_id, name, database_id, is_active, temp_max_timeout_sec) values
  (1, 'shop', 'Shop', 1, true, 100000),
  (2, 'closed', 'Closed', 2, false, 2592000),
  (3, 'two', 'Two', 3, true, 2592000);

insert into catalog.currencies (iid, program_id, eid, name, type, is_active, initial_balance) values
  (1, 1, 'stars', 'Stars', 'standard', true, 0),
  (2, 1, 'status', 'Status', 'qualification', true, 0),
  (3, 2, 'old', 'Old', 'standard', true, 0),
  (4, 3, 'first', 'First', 'standard', true, 12.5),
  (5, 3, 'second', 'Second', 'standard', false, 0);

insert into catalog.promotions (id, program_id, external_id, name, is_active, start_date, end_date) values
  (1, 1, 'welcome', 'Welcome', true, null, null),
  (2, 1, 'gift', 'Gift', true, '2020-01-01', null),
  (3, 1, 'off', 'Off', false, null, null),
  (4, 1, 'past', 'Past', true, '2020-01-01', '2020-12-31T23:59:59Z'),
  (5, 1, 'ranks', 'Ranks', true, null, null);

insert into catalog.promotion_rules (promotion_id, direction, currency_iid, static_amount, min_amount, max_amount) values
  (1, 'accrual', 1, 50, null, null),
  (2, 'accrual', 1, null, 1, 1000),
  (2, 'redeem', 1, null, 1, 1000),
  (3, 'accrual', 1, null, null, null),
  (3, 'redeem', 1, null, null, null),
  (4, 'accrual', 1, null, null, null),
  (4, 'redeem', 1, null, null, null),
  (5, 'accrual', 2, null, 5, null);

insert into catalog.tokens (name, token_hash, scopes, program_ids) values
  ('till', sha256('t0k'), array['loyalty_read', 'loyalty_write', 'market', 'admin'], null),
  ('reader', sha256('reader'), array['loyalty_read'], null),
  ('stranger', sha256('stranger'), array['market'], null),
  ('guest', sha256('guest'), array['loyalty_read', 'loyalty_write'], array[2]);
