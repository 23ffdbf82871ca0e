create view analytics.checkouts_daily as
select
  c.source, c.account, c.organization_id, d.day, c.product_id, c.product_name, c.currency, c.minor_digits, c.country,
  count(*) as opened,
  case when min(c.created_at) >= h.since then count(c.opened_at) end as viewed,
  count(*) filter (where c.step in ('identified', 'attempted', 'completed')) as identified,
  case when min(c.created_at) >= h.since then count(*) filter (where c.step in ('attempted', 'completed')) end as attempted,
  count(*) filter (where c.outcome = 'paid') as paid,
  count(*) filter (where c.outcome = 'free') as free,
  count(*) filter (where c.outcome = 'abandoned') as abandoned,
  count(*) filter (where c.outcome = 'unengaged') as unengaged,
  count(*) filter (where c.is_settled) as settled,
  bool_and(c.is_settled) and d.day < (now() at time zone {{timezone}})::date as is_final,
  coalesce(sum(c.net_amount) filter (where c.outcome = 'paid'), 0)::bigint as net_amount,
  coalesce(sum(c.tax_amount) filter (where c.outcome = 'paid'), 0)::bigint as tax_amount,
  coalesce(sum(c.discount_given) filter (where c.outcome = 'paid'), 0)::bigint as discount_given,
  coalesce(sum(c.total_amount) filter (where c.outcome = 'paid'), 0)::bigint as total_amount,
  coalesce({{money sum(c.net_amount) filter (where c.outcome = 'paid'), c.minor_digits}}, 0) as net_money,
  coalesce({{money sum(c.total_amount) filter (where c.outcome = 'paid'), c.minor_digits}}, 0) as total_money
-- Days first: a condition on the day then reads the sessions of those days alone, by the index on created_at.
from (
  select generate_series(min(created_at) at time zone {{timezone}} - interval '1 day', now() at time zone {{timezone}} + interval '1 day', '1 day')::date as day
  from polar.checkouts
) d
join lateral (
  select source, account, organization_id, created_at, product_id, product_name, currency, minor_digits, country, outcome, is_settled,
    step, opened_at, net_amount, tax_amount, discount_given, total_amount
  from analytics.checkouts
  where created_at >= d.day::timestamp at time zone {{timezone}} and created_at < (d.day + 1)::timestamp at time zone {{timezone}}
  offset 0 -- evaluates each session once, and not for each column above
) c on true
left join (
  select a.account, greatest(h.since, a.first_seen_at) as since
  from sync.histories h join sync.accounts a on a.source = 'polar' where h.relation = 'polar.checkouts'
) h on h.account = c.account
group by 1, 2, 3, 4, 5, 6, 7, 8, 9, h.since;

comment on view analytics.checkouts_daily is 'Checkout sessions per day when they were made, product, currency and country. What became of them counts on the day when they were made';
comment on column analytics.checkouts_daily.day is 'Day when the sessions were made, in the time zone REPORT_TIMEZONE';
comment on column analytics.checkouts_daily.opened is 'Sessions made, by visitors of links and by the merchant’s code';
comment on column analytics.checkouts_daily.viewed is 'Sessions whose page was opened, as far as that was seen; null before the history began';
comment on column analytics.checkouts_daily.identified is 'Sessions with an e-mail address, a street, an attempt or a payment';
comment on column analytics.checkouts_daily.attempted is 'Sessions with an attempt to pay that was seen; null before the history began';
comment on column analytics.checkouts_daily.paid is 'Sessions that were paid';
comment on column analytics.checkouts_daily.free is 'Sessions that succeeded with nothing to pay, trials included';
comment on column analytics.checkouts_daily.abandoned is 'Sessions that ended without payment although a customer had begun';
comment on column analytics.checkouts_daily.unengaged is 'Sessions that ended without a sign of a customer';
comment on column analytics.checkouts_daily.settled is 'Sessions to which nothing happens any more: paid, free, abandoned and unengaged';
comment on column analytics.checkouts_daily.is_final is 'True when the day is over and all of these sessions are settled';
comment on column analytics.checkouts_daily.net_amount is 'Net amounts of the paid sessions, in minor units';
comment on column analytics.checkouts_daily.tax_amount is 'Taxes of the paid sessions, in minor units';
comment on column analytics.checkouts_daily.discount_given is 'What discounts took off the paid sessions, in minor units';
comment on column analytics.checkouts_daily.total_amount is 'What customers paid, in minor units';
