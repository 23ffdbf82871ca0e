create view analytics.customer_cohorts as
select
  o.source, o.account, o.organization_id, o.cohort, o.currency, min(o.minor_digits) as minor_digits,
  (extract(year from age(o.month, o.cohort)) * 12 + extract(month from age(o.month, o.cohort)))::integer as months_later,
  count(distinct o.customer_key) as customers,
  count(*) as orders,
  sum(o.net_amount)::bigint as net_amount,
  {{money sum(o.net_amount), min(o.minor_digits)}} as net_money
from (
  select source, account, organization_id, customer_key, currency, minor_digits, net_amount,
    date_trunc('month', created_at at time zone {{timezone}})::date as month,
    date_trunc('month', min(created_at) over (partition by customer_key) at time zone {{timezone}})::date as cohort
  from analytics.orders where is_paid and deleted_at is null and customer_key is not null
) o
group by 1, 2, 3, 4, 5, 7;

comment on view analytics.customer_cohorts is 'Customers by the month of their first paid order, and what they bought in that and later months, per currency, without deleted orders';
comment on column analytics.customer_cohorts.cohort is 'First day of the month of the first paid order, in the time zone REPORT_TIMEZONE';
comment on column analytics.customer_cohorts.months_later is 'Months between the cohort’s and that of the orders, from 0';
comment on column analytics.customer_cohorts.customers is 'Customers of the cohort who bought something in that month; for months_later 0, all of them, per currency';
comment on column analytics.customer_cohorts.orders is 'Their paid orders';
comment on column analytics.customer_cohorts.net_amount is 'Net amounts of these orders, in minor units';
