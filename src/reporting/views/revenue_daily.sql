create view analytics.revenue_daily as
select
  c.source, c.account, c.organization_id,
  (c.completed_at at time zone {{timezone}})::date as day,
  c.product_id, c.product_name, c.currency, c.minor_digits,
  count(*) as sales,
  sum(c.net_amount)::bigint as net_amount,
  sum(c.tax_amount)::bigint as tax_amount,
  sum(c.discount_given)::bigint as discount_given,
  sum(c.total_amount)::bigint as total_amount,
  count(*) filter (where f.is_first_purchase) as new_customers,
  count(*) filter (where not f.is_first_purchase) as returning_customers,
  {{money sum(c.net_amount), c.minor_digits}} as net_money,
  {{money sum(c.tax_amount), c.minor_digits}} as tax_money,
  {{money sum(c.discount_given), c.minor_digits}} as discount_given_money,
  {{money sum(c.total_amount), c.minor_digits}} as total_money
from (
  -- Evaluates each session once, and not for each column above.
  select source, account, organization_id, checkout_id, completed_at, product_id, product_name, currency, minor_digits,
    net_amount, tax_amount, discount_given, total_amount
  from analytics.checkouts where is_paid offset 0
) c
-- Asked for the sessions of the wanted days alone.
join lateral (select is_first_purchase from analytics.checkouts where checkout_id = c.checkout_id offset 0) f on true
group by 1, 2, 3, 4, 5, 6, 7, 8;

comment on view analytics.revenue_daily is 'Paid checkout sessions per day of payment, product and currency. Renewals of subscriptions and refunds are not in it';
comment on column analytics.revenue_daily.day is 'Day of payment in the time zone REPORT_TIMEZONE';
comment on column analytics.revenue_daily.sales is 'Paid sessions';
comment on column analytics.revenue_daily.tax_amount is 'Tax in minor units';
comment on column analytics.revenue_daily.new_customers is 'Sales that were the customer’s first';
comment on column analytics.revenue_daily.returning_customers is 'Sales to customers who had bought before; sales to unknown customers are in neither';
