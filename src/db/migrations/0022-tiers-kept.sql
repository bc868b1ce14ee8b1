-- Of two of these ledger.kept_points has become one; the other answers something else now.
drop function if exists ledger.earned_rank(catalog.tier_groups, bigint, date);
drop function if exists ledger.count_earnings(ledger.accounts, text);
drop function if exists ledger.kept_rank(catalog.tier_groups, bigint, date);

-- The rank whose tiers a member holds, and the settings it was found by: the same needs no second look.
alter table ledger.standings
  add column held_rank int,
  add column settings_at timestamptz;
