create view analytics.revenue_daily as
select
  'polar' as source, c.account, c.organization_id, c.day, c.product_id, p.name as product_name, c.currency,
  {{digits c.currency}} as minor_digits,
  c.sales, c.net_amount, c.tax_amount, c.discount_given, c.total_amount, c.new_customers, c.returning_customers,
  {{money_of c.net_amount, c.currency}} as net_money,
  {{money_of c.tax_amount, c.currency}} as tax_money,
  {{money_of c.discount_given, c.currency}} as discount_given_money,
  {{money_of c.total_amount, c.currency}} as total_money
from (
  select
    account, organization_id, paid_day as day, product_id, currency,
    sum(sales)::bigint as sales,
    sum(net_amount)::bigint as net_amount,
    sum(tax_amount)::bigint as tax_amount,
    sum(discount_given)::bigint as discount_given,
    sum(total_amount)::bigint as total_amount,
    sum(new_customers)::bigint as new_customers,
    sum(returning_customers)::bigint as returning_customers
  from reporting.daily_sales
  where paid_day is not null
  group by 1, 2, 3, 4, 5
) c
left join polar.products p on p.id = c.product_id;

comment on view analytics.revenue_daily is 'Paid checkout sessions per day of payment, product and currency, without renewals of subscriptions and without refunds';
comment on column analytics.revenue_daily.day is 'Day of payment in the time zone REPORT_TIMEZONE';
comment on column analytics.revenue_daily.sales is 'Paid sessions';
comment on column analytics.revenue_daily.tax_amount is 'Tax in minor units';
comment on column analytics.revenue_daily.new_customers is 'Sales that were the customer’s first';
comment on column analytics.revenue_daily.returning_customers is 'Sales to customers who had bought before; sales to unknown customers are in neither';
