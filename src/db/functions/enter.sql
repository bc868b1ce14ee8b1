-- Writes a drafted posting: what the account gained or lost since the draft becomes its delta.
create or replace function ledger.enter(account ledger.accounts, p ledger.postings)
returns ledger.step language plpgsql as $$
declare
  step ledger.step;
begin
  p.delta := account.balance - p.balance_after;
  p.balance_after := account.balance;
  p.active_after := account.active;
  insert into ledger.postings values (p.*);
  account.last_seq := p.seq;
  step.account := account;
  step.outcome := ledger.answer(p);
  return step;
end $$;
