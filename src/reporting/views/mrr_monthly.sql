create view analytics.mrr_monthly as
select
  s.source, s.account, s.organization_id, m.month, s.currency, s.minor_digits,
  count(*) filter (where s.is_alive) as active_subscriptions,
  count(*) filter (where s.is_alive and s.end_at is null) as committed_subscriptions,
  count(*) filter (where s.is_alive and not s.is_paying) as trialing_subscriptions,
  count(distinct s.customer_key) filter (where s.is_alive) as customers,
  coalesce(sum(s.monthly_amount) filter (where s.is_alive and s.is_paying), 0)::bigint as mrr_amount,
  coalesce(sum(s.monthly_amount) filter (where s.is_alive and s.is_paying and s.end_at is null), 0)::bigint as committed_mrr_amount,
  coalesce({{money sum(s.monthly_amount) filter (where s.is_alive and s.is_paying), s.minor_digits}}, 0) as mrr_money,
  coalesce({{money sum(s.monthly_amount) filter (where s.is_alive and s.is_paying and s.end_at is null), s.minor_digits}}, 0) as committed_mrr_money
from (
  select generate_series(date_trunc('month', min(started_at) at time zone {{timezone}}), date_trunc('month', now() at time zone {{timezone}}), '1 month')::date as month
  from polar.subscriptions where started_at >= {{earliest}} and deleted_at is null
) m
join lateral (
  select source, account, organization_id, currency, minor_digits, monthly_amount, end_at, customer_key,
    date_trunc('month', started_at at time zone {{timezone}}) <= m.month
      and coalesce(date_trunc('month', end_at at time zone {{timezone}}) > m.month, true) as is_alive,
    coalesce(trial_end at time zone {{timezone}} < m.month + interval '1 month', true) as is_paying
  from analytics.subscriptions where started_at is not null and deleted_at is null
  offset 0 -- evaluates each subscription once, and not for each column above
) s on true
group by 1, 2, 3, 4, 5, 6;

comment on view analytics.mrr_monthly is 'Monthly recurring revenue per month and currency, from today’s amounts, because earlier prices of a subscription are not known. Without deleted ones';
comment on column analytics.mrr_monthly.month is 'First day of the month, in the time zone REPORT_TIMEZONE';
comment on column analytics.mrr_monthly.active_subscriptions is 'Subscriptions that had begun by this month and end in a later one or never, whatever the status, as Polar counts';
comment on column analytics.mrr_monthly.committed_subscriptions is 'Active subscriptions without an end';
comment on column analytics.mrr_monthly.trialing_subscriptions is 'Active subscriptions whose trial ends after the month';
comment on column analytics.mrr_monthly.customers is 'Customers with an active subscription';
comment on column analytics.mrr_monthly.mrr_amount is 'Monthly amounts of the active subscriptions that are not in a trial, in minor units';
comment on column analytics.mrr_monthly.committed_mrr_amount is 'Monthly amounts of those without an end, in minor units';
comment on column analytics.mrr_monthly.mrr_money is 'mrr_amount in the currency’s major unit';
comment on column analytics.mrr_monthly.committed_mrr_money is 'committed_mrr_amount in the currency’s major unit';
