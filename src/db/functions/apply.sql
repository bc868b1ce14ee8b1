-- Carries out one operation on its locked account, brought up to the moment `at`.
create or replace function ledger.apply(
  account ledger.accounts, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  step ledger.step;
begin
  account := ledger.refresh(account, at);
  if op.verb = 'settle' then
    return ledger.settle(account, op, at, origin);
  elsif account.closed_at is not null then
    return ledger.refuse(account, 'member_not_found', jsonb_build_object('program', account.program_id));
  elsif op.verb = 'cancel' then
    return ledger.cancel(account, op, at, origin);
  elsif op.verb = 'activate' then
    return ledger.activate(account, op, at, origin);
  end if;
  step.account := account;
  step.outcome := ledger.claim_key(account, op);
  if step.outcome is not null then
    return step;
  elsif op.not_after < at or op.temp_until is not null and exists (
    select from ledger.holds h
    where h.account_id = account.account_id and h.transaction_id = op.transaction_id
  ) then
    step := ledger.refuse(account, 'request_expired');
  elsif op.verb = 'accrue' then
    step := ledger.accrue(account, op, at, origin);
  elsif op.verb = 'redeem' then
    step := ledger.redeem(account, op, at, origin);
  else
    raise exception 'unknown verb %', op.verb using errcode = 'LP003';
  end if;
  return step;
end $$;
