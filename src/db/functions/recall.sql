-- How a settled hold ended: the same answer for whoever asks, whenever.
-- A committed accrual answers its new id.
create or replace function ledger.recall(account ledger.accounts, hold ledger.holds)
returns ledger.step language plpgsql as $$
declare
  step ledger.step;
begin
  step.account := account;
  if hold.seq is null then
    step.outcome := jsonb_build_object('state', 'never_opened', 'transaction_id', hold.transaction_id);
    return step;
  end if;
  select jsonb_build_object(
    'state', hold.state,
    'canceled', hold.canceled,
    'transaction_id', coalesce(hold.committed_as, hold.transaction_id),
    'balance', p.active_after::text
  )
  into strict step.outcome
  from ledger.postings p where p.account_id = hold.account_id and p.seq = hold.settled_seq;
  return step;
end $$;
