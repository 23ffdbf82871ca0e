create view analytics.revenue_daily as
select
  c.source, c.account, c.organization_id,
  d.day,
  c.product_id, c.product_name, c.currency, c.minor_digits,
  count(*) as sales,
  sum(c.net_amount)::bigint as net_amount,
  sum(c.tax_amount)::bigint as tax_amount,
  sum(c.discount_given)::bigint as discount_given,
  sum(c.total_amount)::bigint as total_amount,
  count(*) filter (where c.is_first_purchase) as new_customers,
  count(*) filter (where not c.is_first_purchase) as returning_customers,
  {{money sum(c.net_amount), c.minor_digits}} as net_money,
  {{money sum(c.tax_amount), c.minor_digits}} as tax_money,
  {{money sum(c.discount_given), c.minor_digits}} as discount_given_money,
  {{money sum(c.total_amount), c.minor_digits}} as total_money
from (
  select generate_series(min(created_at) at time zone {{timezone}} - interval '1 day', now() at time zone {{timezone}} + interval '1 day', '1 day')::date as day
  from polar.checkouts
) d
-- Days first: sessions live 24 hours, or one if made before March 2026. Others are those that the history saw paid later, or that live longer.
-- Each session is evaluated once, and not for each column above.
join lateral (
  (select source, account, organization_id, completed_at, product_id, product_name, currency, minor_digits,
    net_amount, tax_amount, discount_given, total_amount, is_first_purchase
  from analytics.checkouts
  where is_paid and created_at >= d.day::timestamp at time zone {{timezone}} - interval '25 hours'
    and created_at < (d.day + 1)::timestamp at time zone {{timezone}}
  offset 0)
  union all
  select paid.*
  from (
    select h.checkout_id as id from history.checkouts h
    where h.status = 'succeeded' and h.valid_from >= d.day::timestamp at time zone {{timezone}}
      and h.valid_from < (d.day + 1)::timestamp at time zone {{timezone}}
    union
    select id from polar.checkouts where status = 'succeeded' and (expires_at - created_at <= interval '25 hours') is not true
  ) late
  join lateral (
    select source, account, organization_id, completed_at, product_id, product_name, currency, minor_digits,
      net_amount, tax_amount, discount_given, total_amount, is_first_purchase
    from analytics.checkouts
    where checkout_id = late.id and is_paid and created_at < d.day::timestamp at time zone {{timezone}} - interval '25 hours'
    offset 0
  ) paid on true
) c on (c.completed_at at time zone {{timezone}})::date = d.day
group by 1, 2, 3, 4, 5, 6, 7, 8;

comment on view analytics.revenue_daily is 'Paid checkout sessions per day of payment, product and currency. Renewals of subscriptions and refunds are not in it';
comment on column analytics.revenue_daily.day is 'Day of payment in the time zone REPORT_TIMEZONE';
comment on column analytics.revenue_daily.sales is 'Paid sessions';
comment on column analytics.revenue_daily.tax_amount is 'Tax in minor units';
comment on column analytics.revenue_daily.new_customers is 'Sales that were the customer’s first';
comment on column analytics.revenue_daily.returning_customers is 'Sales to customers who had bought before; sales to unknown customers are in neither';
