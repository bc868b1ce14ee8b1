-- Fields of goods by name, and what of an offer they are filled from instead of the usual.
alter table market.feeds add column mapping jsonb not null default '{}';
