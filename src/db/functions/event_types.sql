-- What others hear of a posting. The points_ events are what moves balances, the temp_ events what becomes of
-- temporary transactions, so a commit is one of each.
create or replace function ledger.event_types(p ledger.postings)
returns text[] language sql immutable as $$
  select case
    when p.is_temp then array['loyalty_temp_opened']
    when p.type = 'accrual' and p.settles_seq is null then array['loyalty_points_accrued']
    when p.type = 'accrual' then array['loyalty_temp_committed', 'loyalty_points_accrued']
    when p.type = 'redeem' then array['loyalty_points_redeemed']
    when p.type = 'expire' then array['loyalty_points_expired']
    when p.type = 'activation' then array['loyalty_points_activated']
    when p.type = 'reversal' then array['loyalty_points_canceled']
    when p.source_sid = 'commit' then array['loyalty_temp_committed', 'loyalty_points_redeemed']
    else array['loyalty_temp_rolled_back']
  end
$$;
