-- The accrual that rewards a member for a tier, to an account that lock_accounts has locked. Only a currency
-- or reward that was set up after this batch had begun has none: then the batch is to be tried again.
create or replace function ledger.reward(
  member_id bigint, tier_group catalog.tier_groups, tier catalog.tiers, at timestamptz, origin text
)
returns void language plpgsql as $$
declare
  account ledger.accounts;
  op ledger.operation;
begin
  if not (select is_active from catalog.currencies where iid = tier.reward_currency_iid) then
    return;
  end if;
  select a.* into account from ledger.accounts a
  where a.member_id = reward.member_id and a.currency_iid = tier.reward_currency_iid;
  if not found then
    raise exception 'member % has no account for the reward of tier % yet', member_id, tier.id
      using errcode = '40001';
  end if;
  account.touched_at := greatest(at, account.touched_at);
  account := ledger.refresh(account, account.touched_at);
  op.verb := 'accrue';
  op.transaction_id := uuidv7();
  op.amount := tier.reward_amount;
  op.description := 'Reward for tier ' || tier.name;
  op.source_type := 'tier_group';
  op.source_iid := tier_group.id;
  op.source_sid := tier.eid;
  op.source_subiid := tier.id;
  perform ledger.save((ledger.accrue(account, op, account.touched_at, origin)).account);
  update ledger.first_tiers f set rewarded_by = op.transaction_id
  where f.member_id = reward.member_id and f.tier_id = tier.id;
end $$;
