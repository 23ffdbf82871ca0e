create view analytics.subscriptions as
select
  'polar' as source, s.account, s.organization_id, s.id as subscription_id, s.created_at, s.deleted_at, s.status,
  s.started_at,
  coalesce(s.ended_at, s.ends_at) as end_at,
  s.deleted_at is null and coalesce(s.started_at <= now(), false) and coalesce(coalesce(s.ended_at, s.ends_at) > now(), true) as is_active,
  s.trial_end,
  coalesce(s.trial_end > now(), false) as is_in_trial,
  s.canceled_at, s.cancel_at_period_end, s.customer_cancellation_reason, s.current_period_end,
  s.recurring_interval, s.recurring_interval_count,
  s.product_id, p.name as product_name, s.discount_id, d.name as discount_name, s.checkout_id, s.seats, s.units,
  s.currency, {{digits s.currency}} as minor_digits, s.amount,
  {{money s.amount, n.digits}} as amount_money,
  m.monthly_amount,
  {{money m.monthly_amount, n.digits}} as monthly_money,
  s.customer_id::text as customer_key
from polar.subscriptions s
left join lateral (select {{digits s.currency}} as digits) n on true
left join lateral (
  select round(s.amount * case s.recurring_interval when 'year' then 1 when 'month' then 12 when 'week' then 52 when 'day' then 365 end
    / (12 * nullif(s.recurring_interval_count, 0)::numeric))::bigint as monthly_amount
) m on true
left join polar.products p on p.id = s.product_id
left join polar.discounts d on d.id = s.discount_id;

comment on view analytics.subscriptions is 'Every subscription, including ended ones. Needs the stream polar.subscriptions';
comment on column analytics.subscriptions.subscription_id is 'The subscription';
comment on column analytics.subscriptions.status is 'incomplete, incomplete_expired, trialing, active, past_due, unpaid, paused or canceled (ended)';
comment on column analytics.subscriptions.started_at is 'When it began; null until the first payment';
comment on column analytics.subscriptions.end_at is 'When it ended or will end; null if no end is known';
comment on column analytics.subscriptions.is_active is 'Whether it has begun and not ended, as Polar counts: whatever the status; false for one that is deleted';
comment on column analytics.subscriptions.trial_end is 'When its trial ends or ended; null without a trial';
comment on column analytics.subscriptions.is_in_trial is 'Whether its trial has not ended';
comment on column analytics.subscriptions.canceled_at is 'When it was canceled; null again if the cancellation was undone';
comment on column analytics.subscriptions.cancel_at_period_end is 'Whether it ends with the current period';
comment on column analytics.subscriptions.customer_cancellation_reason is 'Why the customer canceled, as chosen from a list';
comment on column analytics.subscriptions.current_period_end is 'When the current period ends';
comment on column analytics.subscriptions.recurring_interval is 'day, week, month or year';
comment on column analytics.subscriptions.recurring_interval_count is 'Number of recurring_interval in a period';
comment on column analytics.subscriptions.checkout_id is 'Checkout session that it came from';
comment on column analytics.subscriptions.seats is 'Number of seats';
comment on column analytics.subscriptions.units is 'Number of units';
comment on column analytics.subscriptions.amount is 'Price of a period today, in minor units: prices less the discount, without metered usage';
comment on column analytics.subscriptions.monthly_amount is 'amount per month, in minor units, rounded: a year has 12 months, 52 weeks and 365 days; null for an interval that is none of these';
comment on column analytics.subscriptions.monthly_money is 'monthly_amount in the currency’s major unit';
