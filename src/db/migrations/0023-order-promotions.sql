-- What promotions did for orders, and how often those with limits have been used.

-- Ids name promotion, order and profile for good, also after these were deleted: a use stays a use.
create table market.order_promotions (
  order_id int not null,
  promotion_id int not null,
  promotion_eid text not null,
  profile_id text not null,
  applied_at timestamptz not null,
  discount_amount numeric(24, 4) not null,
  points_accrued numeric(24, 4) not null,
  points_redeemed numeric(24, 4) not null,
  primary key (order_id, promotion_id)
);

create index order_promotions_by_member on market.order_promotions (promotion_id, profile_id, applied_at);

-- One row for each promotion with limits; whoever commits an order counts here last, and up to the limit.
-- granted: money or points, whatever its budget counts.
create table market.promotion_uses (
  promotion_id int primary key,
  uses bigint not null check (uses >= 0),
  granted numeric(24, 4) not null check (granted >= 0)
);
