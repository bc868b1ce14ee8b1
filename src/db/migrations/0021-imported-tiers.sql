-- A tier that a member reached elsewhere: neither it nor those below are rewarded here.
alter type ledger.operation add attribute reached_tier_id int;
