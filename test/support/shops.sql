-- Three programs that price orders, each with points of other scales, ratios and roundings, and money of every
-- scale. Program n has its profiles in database n, and sells through the touchpoints web-n and till-n.
insert into market.currencies (code, name, scale)
values ('RUB', 'Rouble', 2), ('JPY', 'Yen', 0), ('KWD', 'Dinar', 3), ('CLF', 'Unidad', 4);
insert into market.regions (external_id, name) values ('north', 'North'), ('south', 'South');
insert into market.custom_fields (entity_type, external_id, name, value_type)
values ('order', 'gift', 'Gift', 'bool'), ('line_order', 'engraving', 'Engraving', 'unicode');
insert into market.categories (external_id, name, parent_external_id, path)
values ('toys', 'Toys', null, '{toys}'), ('dolls', 'Dolls', 'toys', '{dolls,toys}');
insert into market.goods (id, entity_type, external_id, product_id, name, price, currency, categories, tags) values
  (1, 'product', 'P1', null, 'Doll', 10, 'RUB', '{dolls}', '{new}'),
  (2, 'product', 'P2', null, 'Ball', 5, 'RUB', '{toys}', '{}'),
  (3, 'product', 'P3', null, 'Book', 7.5, 'RUB', '{}', '{}'),
  (4, 'sku', 'S1', 1, 'Small doll', 8, 'RUB', '{}', '{}'),
  (5, 'sku', 'S3', 3, 'Paperback', 6, 'RUB', '{}', '{}'),
  (6, 'product', 'PROBE', null, 'Probe', 1, 'RUB', '{}', '{}');
insert into market.segments (external_id, name, entity_type, type) values ('picked', 'Picked', 'product', 'static');
insert into market.segment_goods (segment, goods_id) values ('picked', 2), ('picked', 3);

insert into catalog.databases (id, name) select n, 'Shop ' || n from generate_series(1, 3) n;
insert into catalog.database_fields (database_id, name, type, is_unique)
select n, f.name, f.type, f.is_unique
from generate_series(1, 3) n,
  (values ('crm_id', 'string', true), ('card', 'int', true), ('city', 'string', false)) f(name, type, is_unique);
insert into catalog.segments (database_id, external_id, name, condition)
select n, 'romans', 'Romans', '{"field": "city", "operator": "eq", "value": "Rome"}' from generate_series(1, 3) n;
insert into catalog.programs (id, external_id, name, database_id, timezone)
values (1, 'one', 'One', 1, 'UTC'), (2, 'two', 'Two', 2, 'Asia/Tokyo'), (3, 'three', 'Three', 3, 'America/New_York');
insert into catalog.currencies
  (iid, program_id, eid, name, type, scale, rounding, ratio_points, ratio_money, ratio_money_currency)
values
  (11, 1, 'stars', 'Stars', 'standard', 2, 'down', null, null, null),
  (12, 1, 'miles', 'Miles', 'standard', 0, 'half_up', 3, 1, null),
  (13, 1, 'rank', 'Rank', 'qualification', 0, 'down', 1, 1, null),
  (21, 2, 'stars', 'Stars', 'standard', 4, 'half_even', 1.5, 0.07, null),
  (22, 2, 'miles', 'Miles', 'standard', 0, 'up', 1, 100, null),
  (23, 2, 'rank', 'Rank', 'qualification', 2, 'half_up', 1, 10, null),
  (31, 3, 'stars', 'Stars', 'standard', 2, 'half_up', 1, 1, 'RUB'),
  (32, 3, 'miles', 'Miles', 'standard', 1, 'down', 1, 1, 'JPY'),
  (33, 3, 'rank', 'Rank', 'qualification', 0, 'up', 1, 1, null);
insert into catalog.tier_groups (id, program_id, external_id, name, type, currency_iid)
select n, n, 'levels', 'Levels', 'cumulative', n * 10 + 3 from generate_series(1, 3) n;
insert into catalog.tiers (group_id, eid, name, tier_order, threshold, reward_currency_iid, reward_amount)
select n, t.eid, t.eid, t.tier_order, t.threshold,
  case when t.reward is not null then n * 10 + 1 end, t.reward
from generate_series(1, 3) n,
  (values ('bronze', 0, 0, null), ('silver', 1, 20, 5), ('gold', 2, 200, null)) t(eid, tier_order, threshold, reward);
insert into catalog.partners (id, program_id, eid, name)
select n, n, 'brand', 'Brand' from generate_series(1, 3) n;
insert into market.channels (external_id, database_id, name, type)
select kind || n, n, kind || n, case kind when 'web' then 'online' else 'retail' end
from generate_series(1, 3) n, unnest(array['web', 'till']) kind;
insert into market.touchpoints (external_id, channel, name)
select kind || '-' || n, kind || n, kind || n from generate_series(1, 3) n, unnest(array['web', 'till']) kind;
insert into codes.pools (id, external_id, name, database_id)
select n, 'own-' || n, 'Personal', n from generate_series(1, 3) n;
insert into codes.pools (id, external_id, name, database_id, is_multi_use, max_uses)
select n + 10, 'shared-' || n, 'Shared', n, true, 5 from generate_series(1, 3) n;
insert into catalog.tokens (name, token_hash, scopes)
values ('till', sha256('t0k'), array['loyalty_read', 'loyalty_write', 'market', 'admin']);
