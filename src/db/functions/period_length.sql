create or replace function ledger.period_length(tier_group catalog.tier_groups)
returns interval language sql immutable as $$
  select tier_group.period_n * ('1 ' || tier_group.period_unit)::interval
$$;
