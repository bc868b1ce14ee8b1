-- Writes a drafted posting: what the account gained or lost since the draft becomes its delta.
create or replace function ledger.enter(account ledger.accounts, p ledger.postings)
returns ledger.step language plpgsql as $$
declare
  type text;
  step ledger.step;
begin
  p.delta := account.balance - p.balance_after;
  p.balance_after := account.balance;
  p.active_after := account.active;
  insert into ledger.postings values (p.*);
  account.last_seq := p.seq;
  account.last_turn := greatest(account.last_turn, pg_current_xact_id());
  foreach type in array ledger.event_types(p) loop
    insert into feed.events (turn, type, happened_at, program_id, account_id, seq)
    values (account.last_turn, type, p.posted_at, p.program_id, p.account_id, p.seq);
  end loop;
  step.account := account;
  step.outcome := ledger.answer(p);
  return step;
end $$;
