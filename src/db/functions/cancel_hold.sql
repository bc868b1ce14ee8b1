-- Cancelling an open temporary transaction rolls it back; one that has ended otherwise stays as it is.
create or replace function ledger.cancel_hold(
  account ledger.accounts, hold ledger.holds, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
begin
  if hold.state = 'open' then
    op.wish := 'cancel';
    return ledger.settle(account, op, at, origin);
  elsif hold.canceled then
    return ledger.recall(account, hold);
  end if;
  return ledger.refuse(
    account,
    case hold.state when 'timed_out' then 'already_timed_out' else 'already_rolled_back' end,
    jsonb_build_object('transaction', hold.transaction_id)
  );
end $$;
