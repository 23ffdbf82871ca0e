create view reporting.daily_checkouts as
select
  day, account, organization_id, product_id, currency, country, first_created_at, opened, viewed, identified, attempted, paid, free,
  abandoned, unengaged, settled, net_amount, tax_amount, discount_given, total_amount
from reporting.computed_checkouts where not is_rolled_up
union all
select
  day, account, organization_id, product_id, currency, country, first_created_at, opened, viewed, identified, attempted, paid, free,
  abandoned, unengaged, settled, net_amount, tax_amount, discount_given, total_amount
from sync.rolled_up_checkouts join sync.rolled_up_days d using (day) where {{holds d}};
comment on view reporting.daily_checkouts is 'Checkout sessions per day, product, currency and country, of all days; not for readers, and subject to change';
