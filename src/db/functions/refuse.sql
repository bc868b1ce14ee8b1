-- A business "no": the account stays as it is. Codes are those of src/domain/refusal.ts.
create or replace function ledger.refuse(account ledger.accounts, code text, details jsonb default '{}')
returns ledger.step language plpgsql immutable as $$
declare
  step ledger.step;
begin
  step.account := account;
  step.outcome := jsonb_build_object('refusal', code, 'details', details);
  return step;
end $$;
