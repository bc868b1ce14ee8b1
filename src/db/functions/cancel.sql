-- Undoes a transaction, temporary or not; cancelling twice answers the same.
create or replace function ledger.cancel(
  account ledger.accounts, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  hold ledger.holds;
  p ledger.postings;
  r ledger.postings;
  step ledger.step;
begin
  select h.* into hold from ledger.holds h
  where h.account_id = account.account_id and h.transaction_id = op.target_id and h.seq is not null;
  if found and hold.state <> 'committed' then
    step := ledger.cancel_hold(account, hold, op, at, origin);
    step.outcome := step.outcome - '{state,canceled}'::text[];
    return step;
  end if;
  select q.* into p from ledger.postings q
  where q.account_id = account.account_id and q.transaction_id = coalesce(hold.committed_as, op.target_id);
  if not found then
    return ledger.refuse(account, 'transaction_not_found', jsonb_build_object('transaction', op.target_id));
  elsif p.type not in ('accrual', 'redeem') then
    return ledger.refuse(
      account, 'not_cancelable', jsonb_build_object('transaction', op.target_id, 'type', p.type)
    );
  end if;
  select q.* into r from ledger.postings q where q.account_id = p.account_id and q.reverses_seq = p.seq;
  if found then
    step.account := account;
  else
    step := case p.type
      when 'accrual' then ledger.reverse_accrual(account, p, op, at, origin)
      else ledger.reverse_redeem(account, p, op, at, origin)
    end;
    if step.outcome ? 'refusal' then
      return step;
    end if;
    r.active_after := (step.account).active;
  end if;
  step.outcome := jsonb_build_object('transaction_id', p.transaction_id, 'balance', r.active_after::text);
  return step;
end $$;
