create view analytics.product_history as
select
  'polar' as source, h.account, h.id as product_id, h.valid_from,
  lead(h.valid_from) over (partition by h.id order by h.valid_from) as valid_to,
  h.is_exact,
  h.organization_id, h.name, h.visibility, h.is_recurring, h.recurring_interval, h.recurring_interval_count, h.trial_interval, h.trial_interval_count, h.is_archived, h.deleted_at
from (
  select distinct on (id, valid_from) * from history.products order by id, valid_from, seq desc
) h;

comment on view analytics.product_history is 'Each state of each product that was seen';
comment on column analytics.product_history.name is 'Name shown to the customer';
comment on column analytics.product_history.visibility is 'draft, private or public';
comment on column analytics.product_history.is_recurring is 'Whether it is a subscription';
comment on column analytics.product_history.recurring_interval is 'day, week, month or year; null for a one-time product';
comment on column analytics.product_history.recurring_interval_count is 'Number of recurring_interval between charges';
comment on column analytics.product_history.trial_interval is 'day, week, month or year';
comment on column analytics.product_history.trial_interval_count is 'Length of the trial in trial_interval';
comment on column analytics.product_history.is_archived is 'Whether it is no longer sold';
