-- What the caller of a posting is told; a repeat is told the same.
create or replace function ledger.answer(p ledger.postings, repeated boolean default false)
returns jsonb language sql immutable as $$
  select jsonb_build_object(
    'transaction_id', p.transaction_id,
    'balance_before', p.active_before::text,
    'balance_after', p.active_after::text,
    'repeated', repeated
  )
$$;
