create view analytics.discount_performance as
select
  'polar' as source, coalesce(c.account, d.account) as account,
  coalesce(c.organization_id, d.organization_id) as organization_id, coalesce(c.discount_id, d.id) as discount_id, d.name as discount_name,
  d.code as discount_code,
  {{measures}}
from (
  select account, organization_id, discount_id, currency, {{tallies}}
  from (
    -- Evaluates each session once, and not for each column above.
    select account, organization_id, discount_id, currency, outcome, is_settled, net_amount, discount_given, total_amount
    from reporting.all_sessions {{once}}
  ) each
  group by 1, 2, 3, 4
) c
full join polar.discounts d on d.id = c.discount_id;

comment on view analytics.discount_performance is 'Discounts with the results of the sessions that they were applied to, per currency; null for sessions without a discount';
comment on column analytics.discount_performance.discount_code is 'Code of the discount today';
