-- Forgets what callers wrote about a person into postings and keys, and notes that files of exports have it
-- still; amounts, times and ids stay. The profile is locked and member of nothing, so that no posting can
-- follow.
create or replace function ledger.erase(profile_id text)
returns void language plpgsql as $$
declare
  account bigint;
begin
  for account in
    select a.account_id
    from ledger.members m join ledger.accounts a on a.member_id = m.member_id
    where m.profile_id = erase.profile_id order by a.account_id
  loop
    update ledger.keys k set request_hash = ''
    from ledger.postings p
    where p.account_id = account and k.program_id = p.program_id and k.transaction_eid = p.transaction_eid;
    update ledger.postings p set external_data = null, description = ''
    where p.account_id = account and (p.external_data is not null or p.description <> '');
    insert into exports.erasures (account_id) values (account) on conflict do nothing;
  end loop;
end $$;
