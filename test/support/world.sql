-- The settings that specifications of endpoints run on. Program n takes its profiles from database n;
-- program 6 was before program 1.
insert into catalog.databases (id, name) values
  (1, 'Shop'), (2, 'Closed shop'), (3, 'Two currencies'), (4, 'Lenient shop'), (5, 'Lists');
insert into catalog.database_fields (database_id, name, type, is_unique) values
  (1, 'crm_id', 'string', true), (1, 'card', 'int', true),
  (1, 'level', 'int', false), (1, 'likes', 'tags', false);

insert into catalog.programs
  (id, external_id, name, database_id, is_active, temp_max_timeout_sec,
   rule_mode, allow_negative_balance, regrant_initial_balance)
values
  (1, 'shop', 'Shop', 1, true, 100000, 'strict', false, false),
  (2, 'closed', 'Closed', 2, false, 2592000, 'strict', false, false),
  (3, 'two', 'Two', 3, true, 2592000, 'strict', false, false),
  (4, 'lenient', 'Lenient', 4, true, 2592000, 'bounds', true, true),
  (5, 'lists', 'Lists', 5, true, 2592000, 'strict', false, false),
  (6, 'former', 'Former', 1, false, 2592000, 'strict', false, false);

insert into catalog.currencies (iid, program_id, eid, name, type, is_active, initial_balance) values
  (1, 1, 'stars', 'Stars', 'standard', true, 0),
  (2, 1, 'status', 'Status', 'qualification', true, 0),
  (3, 2, 'old', 'Old', 'standard', true, 0),
  (4, 3, 'first', 'First', 'standard', true, 12.5),
  (5, 3, 'second', 'Second', 'standard', false, 0),
  (7, 5, 'miles', 'Miles', 'standard', true, 0),
  (8, 5, 'rank', 'Rank', 'qualification', true, 0),
  (9, 6, 'stamps', 'Stamps', 'standard', true, 0);

insert into catalog.currencies
  (iid, program_id, eid, name, type, scale, initial_balance, expiration_n, expiration_unit, expiration_from)
values (6, 4, 'coins', 'Coins', 'standard', 0, 100, 12, 'month', 'accrual');

insert into catalog.promotions (id, program_id, external_id, name, is_active, start_date, end_date) values
  (1, 1, 'welcome', 'Welcome', true, null, null),
  (2, 1, 'gift', 'Gift', true, '2020-01-01', null),
  (3, 1, 'off', 'Off', false, null, null),
  (4, 1, 'past', 'Past', true, '2020-01-01', '2020-12-31T23:59:59Z'),
  (5, 1, 'ranks', 'Ranks', true, null, null),
  (6, 1, 'soon', 'Soon', true, '2999-01-01', null),
  (7, 1, 'boxed', 'Boxed', true, null, null),
  (8, 1, 'both', 'Both', true, null, null),
  (9, 1, '10', 'Named like the id of another', true, null, null),
  (10, 1, 'cap', 'Cap', true, null, null),
  (11, 4, 'boxed', 'Boxed', true, null, null),
  (12, 1, 'brief-json', 'Brief', true, null, null),
  (13, 1, 'brief-xml', 'Brief', true, null, null);

insert into catalog.promotions
  (id, program_id, external_id, name, description, is_active, start_date, end_date)
values
  (21, 5, 'spring', 'Spring', 'Flowers & <more>', true, '2026-03-01', '2026-05-31T23:59:59Z'),
  (22, 5, 'asleep', 'Asleep', '', false, null, null),
  (23, 5, 'trade', 'Trade', '', true, '2026-01-01T00:00:00.5Z', null);

insert into catalog.promotion_rules
  (promotion_id, direction, currency_iid, static_amount, min_amount, max_amount)
values
  (1, 'accrual', 1, 50, null, null),
  (1, 'redeem', 1, 50, null, null),
  (2, 'accrual', 1, null, 1, 1000),
  (2, 'redeem', 1, null, 1, 1000),
  (3, 'accrual', 1, null, null, null),
  (3, 'redeem', 1, null, null, null),
  (4, 'accrual', 1, null, null, null),
  (4, 'redeem', 1, null, null, null),
  (5, 'accrual', 2, null, 5, null),
  (6, 'accrual', 1, null, null, null),
  (6, 'redeem', 1, null, null, null),
  (7, 'accrual', 1, 50, 10, 100),
  (7, 'redeem', 1, 50, 10, 100),
  (8, 'accrual', 1, null, null, null),
  (8, 'accrual', 2, null, null, null),
  (9, 'accrual', 1, null, null, 9),
  (10, 'accrual', 1, null, null, 10),
  (10, 'redeem', 1, null, null, 10),
  (11, 'accrual', 6, 50, 10, 100),
  (11, 'redeem', 6, 50, 10, 100),
  (12, 'accrual', 1, null, null, null),
  (12, 'redeem', 1, null, null, null),
  (13, 'accrual', 1, null, null, null),
  (13, 'redeem', 1, null, null, null),
  (21, 'accrual', 7, 100.16, 50, 500),
  (23, 'accrual', 7, null, 0.5, null),
  (23, 'accrual', 8, null, null, null),
  (23, 'redeem', 7, null, null, 1000);

insert into catalog.tier_groups (id, program_id, external_id, name, type, currency_iid) values
  (1, 1, 'levels', 'Levels', 'cumulative', 2),
  (3, 5, 'ranks', 'Ranks', 'cumulative', 8);
insert into catalog.tier_groups
  (id, program_id, external_id, name, type, currency_iid, period_kind, period_n, period_unit, downgrade)
values (2, 1, 'season', 'Season', 'periodic', 2, 'calendar', 1, 'year', 'to_earned');
insert into catalog.tiers
  (id, group_id, eid, name, tier_order, threshold, reward_currency_iid, reward_amount)
values
  (21, 1, 'bronze', 'Bronze', 0, 0, null, null),
  (22, 1, 'silver', 'Silver', 1, 500, 1, 100),
  (23, 1, 'gold', 'Gold', 2, 2000, null, null),
  (31, 2, 'runner', 'Runner', 0, 300, null, null),
  (32, 2, 'winner', 'Winner', 1, 600, null, null);
insert into codes.pools (id, external_id, name, database_id) values
  (1, 'personal', 'Personal', 1), (2, 'any', 'Any', 1), (3, 'elsewhere', 'Elsewhere', 2);
insert into codes.pools (id, external_id, name, database_id, is_multi_use, max_uses, max_uses_per_profile) values
  (4, 'shared', 'Shared', 1, true, null, null), (5, 'twice', 'Twice', 1, true, 2, null),
  (6, 'once-each', 'Once each', 1, true, null, 1);
insert into codes.pools (id, external_id, name, database_id, is_active, issue_to, lifetime_n, lifetime_unit, max_codes)
values
  (7, 'off', 'Off', 1, false, null, null, null, null),
  (8, 'over', 'Over', 1, true, '2020-12-31T23:59:59Z', null, null, null),
  (9, 'brief', 'Brief', 1, true, null, 30, 'day', null),
  (10, 'small', 'Small', 1, true, null, null, null, 3);

insert into catalog.tokens (name, token_hash, scopes, program_ids) values
  ('till', sha256('t0k'), array['loyalty_read', 'loyalty_write', 'market', 'admin'], null),
  ('reader', sha256('reader'), array['loyalty_read'], null),
  ('stranger', sha256('stranger'), array['market'], null),
  ('guest', sha256('guest'), array['loyalty_read', 'loyalty_write'], array[2]),
  ('market of two', sha256('market-two'), array['market'], array[3]),
  ('shop', sha256('shop'), array['loyalty_read', 'loyalty_write'], array[1]);

-- Two who share a phone number and a level, and somebody in another database.
insert into directory.profiles (profile_id, database_id, email, phones, fields) values
  ('ffffffffffffffffffffff01', 1, 'twin1@example.com', '{+12029990000}', '{"level": 7}'),
  ('ffffffffffffffffffffff02', 1, 'twin2@example.com', '{+12029990000}', '{"level": 7}'),
  ('ffffffffffffffffffffff03', 2, 'elsewhere@example.com', '{}', '{}');
insert into directory.profile_keys (database_id, field, value, profile_id, is_unique) values
  (1, 'email', 'twin1@example.com', 'ffffffffffffffffffffff01', true),
  (1, 'email', 'twin2@example.com', 'ffffffffffffffffffffff02', true),
  (1, 'phone', '+12029990000', 'ffffffffffffffffffffff01', false),
  (1, 'phone', '+12029990000', 'ffffffffffffffffffffff02', false),
  (1, 'level', '7', 'ffffffffffffffffffffff01', false),
  (1, 'level', '7', 'ffffffffffffffffffffff02', false),
  (2, 'email', 'elsewhere@example.com', 'ffffffffffffffffffffff03', true);

-- Goods are sold in two shops, to the people of databases 1 and 3.
insert into market.channels (external_id, database_id, name, type) values
  ('web', 1, 'Web shop', 'online'), ('store', 1, 'Store', 'retail'), ('other', 3, 'Other shop', 'online');
insert into market.touchpoints (external_id, channel, name) values
  ('website', 'web', 'Website'), ('app', 'web', 'App'), ('till', 'store', 'Till'),
  ('other-site', 'other', 'Site of the other shop');
insert into market.currencies (code, name, scale) values
  ('RUB', 'Rouble', 2), ('USD', 'Dollar', 2), ('JPY', 'Yen', 0);
insert into market.regions (external_id, name) values ('north', 'North'), ('south', 'South');
insert into market.custom_fields (entity_type, external_id, name, value_type, enum_values) values
  ('product', 'colour', 'Colour', 'enum', '{"red": 1, "blue": 2}'),
  ('product', 'weight', 'Weight', 'float', null),
  ('sku', 'size', 'Size', 'unicode', null),
  ('order', 'gift', 'Gift', 'bool', null),
  ('line_order', 'engraving', 'Engraving', 'unicode', null);

insert into market.categories (external_id, name, parent_external_id, path) values
  ('electronics', 'Electronics', null, '{electronics}'),
  ('phones', 'Phones', 'electronics', '{phones,electronics}'),
  ('books', 'Books', null, '{books}');
insert into market.goods (id, entity_type, external_id, product_id, name, price, currency, categories, tags) values
  (1, 'product', 'P1', null, 'Phone', 1000, 'RUB', '{phones}', '{new}'),
  (2, 'sku', 'S1', 1, 'Small phone', 500, 'RUB', '{}', '{}'),
  (3, 'product', 'P2', null, 'Book', 250.50, 'RUB', '{books}', '{}'),
  (4, 'sku', 'S2', 3, 'Paperback', null, null, '{}', '{}'),
  (5, 'sku', 'S3', 3, 'Hardback', 400, 'RUB', '{}', '{gift}');
update market.goods set deleted_at = now() where external_id = 'S2';
select setval('market.goods_id_seq', 100);

-- Program 7 prices orders that come through the touchpoint "checkout".
insert into catalog.databases (id, name) values (7, 'Orders'), (8, 'No program');
insert into catalog.database_fields (database_id, name, type, is_unique) values
  (7, 'crm_id', 'string', true), (7, 'card', 'int', true), (7, 'level', 'int', false);
insert into catalog.programs (id, external_id, name, database_id, timezone)
values (7, 'orders', 'Orders', 7, 'Europe/Berlin');
insert into catalog.currencies (iid, program_id, eid, name, type) values
  (20, 7, 'stars', 'Stars', 'standard'), (21, 7, 'rank', 'Rank', 'qualification');
insert into market.channels (external_id, database_id, name, type) values
  ('orders', 7, 'Orders', 'online'), ('lonely', 8, 'No program', 'online');
insert into market.touchpoints (external_id, channel, name) values
  ('checkout', 'orders', 'Checkout'), ('kiosk', 'orders', 'Kiosk'), ('lonely-site', 'lonely', 'Lonely site');
insert into codes.pools (id, external_id, name, database_id) values (11, 'orders', 'Orders', 7);
insert into catalog.promotions (id, program_id, external_id, name, kind, conditions, effects) values
  (71, 7, 'ten', 'Ten off', 'discount',
   '[{"kind": "order", "where": {"field": "endpoint", "operator": "eq", "value": "checkout"}}]',
   '[{"kind": "percent_off", "percent": "10"}]'),
  (72, 7, 'back5', 'Five back', 'points',
   '[{"kind": "order", "where": {"field": "endpoint", "operator": "eq", "value": "checkout"}}]',
   '[{"kind": "points_payment", "points_currency_eid": "stars"},
     {"kind": "percent_points", "points_currency_eid": "stars", "percent": "5"}]'),
  (73, 7, 'code20', 'Twenty off by code', 'discount', '[{"kind": "promo_code", "pool": "orders"}]',
   '[{"kind": "percent_off", "percent": "20"}]'),
  (74, 7, 'word', 'A word', 'discount', '[{"kind": "promo_code", "code": "HELLO"}]',
   '[{"kind": "amount_off_order", "amount": "1000"}]');

-- Program 9 is as program 7, and statuses of orders decide on points.
insert into catalog.databases (id, name) values (9, 'Statuses');
insert into catalog.database_fields (database_id, name, type, is_unique) values
  (9, 'crm_id', 'string', true), (9, 'card', 'int', true);
insert into catalog.programs (id, external_id, name, database_id, order_points) values
  (9, 'statuses', 'Statuses', 9,
   '{"activated_by": ["delivered"], "canceled_by": ["canceled"], "refunded_lines": true}');
insert into catalog.currencies (iid, program_id, eid, name, type) values
  (25, 9, 'stars', 'Stars', 'standard'), (26, 9, 'rank', 'Rank', 'qualification');
insert into market.channels (external_id, database_id, name, type) values ('counted', 9, 'Counted', 'online');
insert into market.touchpoints (external_id, channel, name) values ('counter', 'counted', 'Counter');
insert into catalog.promotions (id, program_id, external_id, name, kind, conditions, effects) values
  (91, 9, 'tenth', 'A tenth back', 'points', '[]',
   '[{"kind": "points_payment", "points_currency_eid": "stars"},
     {"kind": "percent_points", "points_currency_eid": "stars", "percent": "10"}]'),
  (92, 9, 'ranked', 'Rank by orders', 'points', '[]',
   '[{"kind": "percent_points", "points_currency_eid": "rank", "percent": "100"}]');
insert into catalog.tier_groups (id, program_id, external_id, name, type, currency_iid) values
  (9, 9, 'heights', 'Heights', 'cumulative', 26);
insert into catalog.tiers (id, group_id, eid, name, tier_order, threshold, reward_currency_iid, reward_amount)
values (91, 9, 'high', 'High', 0, 1000, 25, 5);

insert into catalog.tokens (name, token_hash, scopes, program_ids) values
  ('till of another', sha256('m2'), array['market'], array[2]);
select setval('catalog.promotions_id_seq', 1000);
