-- Ends a temporary transaction as op.wish says (commit, rollback, cancel, timeout); the first to come
-- decides, everyone after is told how it ended. A commit at or after temp_until is a timeout.
create or replace function ledger.settle(
  account ledger.accounts, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  hold ledger.holds;
  p ledger.postings;
  step ledger.step;
begin
  select h.* into hold from ledger.holds h
  where h.account_id = account.account_id and h.transaction_id = op.target_id;
  if not found then
    return ledger.bury(account, op, at);
  elsif hold.state <> 'open' then
    return ledger.recall(account, hold);
  end if;
  if op.wish = 'commit' and at >= hold.temp_until then
    op.wish := 'timeout';
  end if;
  select q.* into strict p from ledger.postings q where q.account_id = hold.account_id and q.seq = hold.seq;
  if op.wish <> 'commit' then
    step := ledger.release_hold(account, p, op, at, origin);
  elsif p.type = 'redeem' then
    step := ledger.commit_redeem(account, p, op, at, origin);
  else
    step := ledger.commit_accrual(account, p, op, at, origin);
    hold.committed_as := (step.outcome ->> 'transaction_id')::uuid;
  end if;
  update ledger.holds h
  set
    state = (
      case op.wish when 'commit' then 'committed' when 'timeout' then 'timed_out' else 'rolled_back' end
    )::ledger.hold_state,
    settled_at = at, settled_seq = (step.account).last_seq, committed_as = hold.committed_as,
    canceled = op.wish = 'cancel'
  where h.account_id = hold.account_id and h.transaction_id = hold.transaction_id
  returning h.* into hold;
  return ledger.recall(step.account, hold);
end $$;
