-- Null if this operation may be carried out; otherwise the answer of the one that came before under the same
-- transaction_eid, or the refusal of a key used for something else (G-15). The account is locked.
create or replace function ledger.claim_key(account ledger.accounts, op ledger.operation)
returns jsonb language plpgsql as $$
declare
  holder ledger.keys;
  p ledger.postings;
begin
  select q.* into p from ledger.postings q
  where q.account_id = account.account_id and q.transaction_id = op.transaction_id;
  if found then
    return ledger.answer(p, repeated => true);
  elsif op.transaction_eid is null then
    return null;
  end if;
  insert into ledger.keys as k (program_id, transaction_eid, transaction_id, request_hash)
  values (op.program_id, op.transaction_eid, op.transaction_id, op.request_hash)
  on conflict on constraint keys_pkey do nothing;
  select k.* into strict holder from ledger.keys k
  where k.program_id = op.program_id and k.transaction_eid = op.transaction_eid;
  if holder.transaction_id = op.transaction_id then
    return null;
  elsif holder.request_hash <> op.request_hash then
    return jsonb_build_object(
      'refusal', 'eid_reused', 'details', jsonb_build_object('transaction_eid', op.transaction_eid)
    );
  end if;
  select q.* into strict p from ledger.postings q
  where q.account_id = account.account_id and q.transaction_id = holder.transaction_id;
  return ledger.answer(p, repeated => true);
end $$;
