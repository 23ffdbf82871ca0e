create view reporting.daily_sales as
select
  paid_day, account, organization_id, product_id, currency, sales, net_amount, tax_amount, discount_given, total_amount,
  new_customers, returning_customers
from reporting.computed_sales where not is_rolled_up
union all
select
  paid_day, account, organization_id, product_id, currency, sales, net_amount, tax_amount, discount_given, total_amount,
  new_customers, returning_customers
from sync.rolled_up_sales join sync.rolled_up_days d using (day) where {{holds d}};
comment on view reporting.daily_sales is 'Paid checkout sessions per day of payment, of all days; not for readers, and subject to change';
