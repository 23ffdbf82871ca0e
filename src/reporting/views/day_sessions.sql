-- Days first: a condition on the day then reads the sessions of those days alone, by the index on created_at. An hour that a clock
-- repeats when it is set back at midnight belongs to the day that the clock shows.
create view reporting.day_sessions as
select d.day, d.is_rolled_up, c.*
from reporting.days d
join lateral (
  select account, organization_id, created_at, expires_at, product_id, currency, country, outcome, is_settled, step, opened_at,
    (completed_at at time zone {{timezone}})::date as paid_day, is_paid, is_first_purchase, net_amount, tax_amount, discount_given, total_amount
  from analytics.checkouts
  where created_at >= d.day::timestamp at time zone {{timezone}} - interval '2 hours'
    and created_at < (d.day + 1)::timestamp at time zone {{timezone}}
    and created_day = d.day
  offset 0 -- evaluates each session once, and not for each column above
) c on true;
comment on view reporting.day_sessions is 'Checkout sessions by the day of creation; not for readers, and subject to change';
