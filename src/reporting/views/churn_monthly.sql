create view analytics.churn_monthly as
select
  s.source, s.account, s.organization_id, m.month, s.currency,
  count(*) filter (where s.start_month < m.month and coalesce(s.end_month >= m.month, true)) as active_at_start,
  count(*) filter (where s.start_month = m.month) as new_subscriptions,
  count(*) filter (where s.end_month = m.month) as churned_subscriptions,
  count(*) filter (where s.canceled_month = m.month) as canceled_subscriptions,
  round(count(*) filter (where s.end_month = m.month and s.start_month < m.month)::numeric
    / nullif(count(*) filter (where s.start_month < m.month and coalesce(s.end_month >= m.month, true)), 0), 4) as churn_rate
from (
  select generate_series(date_trunc('month', min(started_at) at time zone {{timezone}}), date_trunc('month', now() at time zone {{timezone}}), '1 month')::date as month
  from polar.subscriptions where started_at >= {{earliest}} and deleted_at is null
) m
join lateral (
  select source, account, organization_id, currency,
    date_trunc('month', started_at at time zone {{timezone}}) as start_month,
    date_trunc('month', end_at at time zone {{timezone}}) as end_month,
    date_trunc('month', canceled_at at time zone {{timezone}}) as canceled_month
  from analytics.subscriptions where started_at is not null and deleted_at is null
  offset 0 -- evaluates each subscription once, and not for each column above
) s on true
group by 1, 2, 3, 4, 5;

comment on view analytics.churn_monthly is 'Subscriptions that begin, end and are canceled, per month and currency, without deleted ones';
comment on column analytics.churn_monthly.month is 'First day of the month, in the time zone REPORT_TIMEZONE';
comment on column analytics.churn_monthly.active_at_start is 'Subscriptions that had begun before the month and had not ended by then';
comment on column analytics.churn_monthly.new_subscriptions is 'Subscriptions that began in the month';
comment on column analytics.churn_monthly.churned_subscriptions is 'Subscriptions that ended, or will end, in the month';
comment on column analytics.churn_monthly.canceled_subscriptions is 'Subscriptions whose customer canceled in the month, to end then or later, and did not undo it';
comment on column analytics.churn_monthly.churn_rate is 'Share of the subscriptions active at the start that ended in the month; null without any. Polar’s churn_rate counts cancellations of 30 days instead';
