-- A hold settled before it was posted: the tombstone keeps the posting from being opened ever after.
create or replace function ledger.bury(account ledger.accounts, op ledger.operation, at timestamptz)
returns ledger.step language plpgsql as $$
declare
  step ledger.step;
begin
  insert into ledger.holds (account_id, transaction_id, state, settled_at, canceled)
  values (
    account.account_id, op.target_id,
    (case op.wish when 'timeout' then 'timed_out' else 'rolled_back' end)::ledger.hold_state,
    at, op.wish = 'cancel'
  );
  step.account := account;
  step.outcome := jsonb_build_object('state', 'never_opened', 'transaction_id', op.target_id);
  return step;
end $$;
