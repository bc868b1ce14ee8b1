-- The accrual that greets a new member.
create or replace function ledger.initial_balance(op ledger.operation, currency catalog.currencies)
returns ledger.operation language plpgsql as $$
begin
  op.verb := 'accrue';
  op.transaction_id := uuidv7();
  op.created_at := null;
  op.currency_iid := currency.iid;
  op.amount := currency.initial_balance;
  op.description := 'Initial balance';
  op.source_type := 'system';
  op.source_sid := 'initial_balance';
  return op;
end $$;
