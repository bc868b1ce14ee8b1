-- Claims the transaction_eids of a batch, in sorted order and before any account is locked:
-- a batch that reuses another's keys waits here, and then finds its answers.
-- The keys of refused operations are given up again.
create or replace function ledger.claim_keys(ops ledger.operation[])
returns void language plpgsql as $$
begin
  insert into ledger.keys (program_id, transaction_eid, transaction_id, request_hash)
  select distinct on (o.program_id, o.transaction_eid)
    o.program_id, o.transaction_eid, o.transaction_id, o.request_hash
  from unnest(ops) o
  where o.transaction_eid is not null
  order by o.program_id, o.transaction_eid, o.index
  on conflict do nothing;
end $$;
