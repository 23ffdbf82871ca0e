create view analytics.orders_daily as
select
  o.source, o.account, o.organization_id, d.day, o.product_id, o.product_name, o.billing_reason, o.currency, o.minor_digits,
  count(*) as orders,
  count(*) filter (where o.is_first_order) as new_customers,
  sum(o.discount_amount)::bigint as discount_amount,
  sum(o.net_amount)::bigint as net_amount,
  sum(o.tax_amount)::bigint as tax_amount,
  sum(o.total_amount)::bigint as total_amount,
  sum(o.refunded_amount)::bigint as refunded_amount,
  {{money sum(o.net_amount), o.minor_digits}} as net_money,
  {{money sum(o.tax_amount), o.minor_digits}} as tax_money,
  {{money sum(o.total_amount), o.minor_digits}} as total_money,
  {{money sum(o.refunded_amount), o.minor_digits}} as refunded_money
-- Days first: a condition on the day then reads the orders of those days alone, by the index on created_at. An hour that a clock
-- repeats when it is set back at midnight belongs to the day that the clock shows.
from (
  select generate_series(min(created_at) at time zone {{timezone}} - interval '1 day', now() at time zone {{timezone}} + interval '1 day', '1 day')::date as day
  from polar.orders where created_at >= {{earliest}}
) d
join lateral (
  select source, account, organization_id, product_id, product_name, billing_reason, currency, minor_digits, is_first_order,
    discount_amount, net_amount, tax_amount, total_amount, refunded_amount
  from analytics.orders
  where is_paid and deleted_at is null
    and created_at >= d.day::timestamp at time zone {{timezone}} - interval '2 hours'
    and created_at < (d.day + 1)::timestamp at time zone {{timezone}}
    and created_day = d.day
  offset 0 -- evaluates each order once, and not for each column above
) o on true
group by 1, 2, 3, 4, 5, 6, 7, 8, 9;

comment on view analytics.orders_daily is 'Paid orders per day of creation, product, reason and currency, as Polar counts revenue; refunds are not deducted. Without deleted ones';
comment on column analytics.orders_daily.billing_reason is 'purchase, subscription_create, subscription_cycle, subscription_update or subscription_meter_cycle';
comment on column analytics.orders_daily.orders is 'Paid orders, including refunded ones';
comment on column analytics.orders_daily.new_customers is 'Orders that were the customer’s first';
comment on column analytics.orders_daily.discount_amount is 'Amount of the discounts, in minor units';
comment on column analytics.orders_daily.tax_amount is 'Tax in minor units';
comment on column analytics.orders_daily.refunded_amount is 'Amount of these orders refunded until today, without tax, in minor units';
comment on column analytics.orders_daily.refunded_money is 'refunded_amount in the currency’s major unit';
