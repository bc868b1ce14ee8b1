-- Points that waited become active, at once or after the delay they came with; dates that nobody fixed
-- before are counted from now. Nothing happens to an accrual that did not wait, or waits no more.
create or replace function ledger.activate(
  account ledger.accounts, op ledger.operation, at timestamptz, origin text
)
returns ledger.step language plpgsql as $$
declare
  p ledger.postings;
  a ledger.postings;
  lot ledger.lots;
  zone text;
  step ledger.step;
begin
  select q.* into p from ledger.postings q
  where q.account_id = account.account_id and q.transaction_id = op.target_id and q.type = 'accrual'
    and not q.is_temp;
  if not found then
    return ledger.refuse(account, 'transaction_not_found', jsonb_build_object('transaction', op.target_id));
  end if;
  select l.* into lot from ledger.lots l where l.account_id = p.account_id and l.seq = p.seq;
  if lot.activates_at = 'infinity' and not exists (
    select from ledger.postings r where r.account_id = p.account_id and r.reverses_seq = p.seq
  ) then
    select timezone into zone from catalog.programs where id = account.program_id;
    op.amount := p.amount;
    op.activates_at := coalesce(
      ledger.delayed(at, p.waiting -> 'activation', zone),
      ledger.lot_activation(account.currency_iid, p.source_type, at)
    );
    op.expires_at := ledger.waited_expiry(lot, p, at, op.activates_at, zone);
    a := ledger.draft(account, op, 'activation', at, origin);
    a.activates_seq := p.seq;
    update ledger.lots l set activates_at = op.activates_at, expires_at = op.expires_at
    where l.account_id = lot.account_id and l.seq = lot.seq;
    if lot.expires_at > at then
      account := ledger.free_up(account, lot.remaining, op.activates_at, op.expires_at, at);
    end if;
    account := (ledger.enter(account, a)).account;
  end if;
  step.account := account;
  step.outcome := jsonb_build_object('transaction_id', p.transaction_id, 'balance', account.active::text);
  return step;
end $$;
