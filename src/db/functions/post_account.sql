-- The operations of one batch on one account (null: the account of somebody who is no member), which is
-- locked, brought up to date, worked on in order and written back once.
create or replace function ledger.post_account(
  account ledger.accounts, ops ledger.operation[], at timestamptz, origin text
)
returns table (index int, outcome jsonb) language plpgsql as $$
#variable_conflict use_column
declare
  op ledger.operation;
  step ledger.step;
begin
  account.touched_at := greatest(at, account.touched_at);
  foreach op in array ops loop
    if account.account_id is null then
      step := ledger.refuse(account, 'member_not_found', jsonb_build_object('program', op.program_id));
    else
      step := ledger.apply(account, op, account.touched_at, origin);
      account := step.account;
    end if;
    if step.outcome ? 'refusal' and op.transaction_eid is not null then
      delete from ledger.keys k
      where k.program_id = op.program_id and k.transaction_eid = op.transaction_eid
        and k.transaction_id = op.transaction_id;
    end if;
    return query select op.index, step.outcome;
  end loop;
  perform ledger.save(account);
end $$;
