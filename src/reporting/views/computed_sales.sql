-- What sync.rolled_up_sales has of the days that are rolled up.
create view reporting.computed_sales as
select
  day, is_rolled_up, account, organization_id, product_id, currency, paid_day,
  count(*) as sales,
  sum(net_amount)::bigint as net_amount,
  sum(tax_amount)::bigint as tax_amount,
  sum(discount_given)::bigint as discount_given,
  sum(total_amount)::bigint as total_amount,
  count(*) filter (where is_first_purchase) as new_customers,
  count(*) filter (where not is_first_purchase) as returning_customers
from reporting.day_sessions
where is_paid
group by 1, 2, 3, 4, 5, 6, 7;
comment on view reporting.computed_sales is 'Paid checkout sessions per day of creation and day of payment, computed from the sessions; not for readers, and subject to change';
