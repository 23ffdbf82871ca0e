create view analytics.campaigns as
select
  'polar' as source, c.account, c.organization_id, c.utm[1] as utm_source, c.utm[2] as utm_medium, c.utm[3] as utm_campaign,
  {{measures}}
from (
  select account, organization_id, utm, currency, {{tallies}}
  from (
    -- Evaluates each session once, and not for each column above. One array, because the planner takes three texts for many more groups.
    select account, organization_id, array[{{key metadata, utm_source}}, {{key metadata, utm_medium}}, {{key metadata, utm_campaign}}] as utm, currency, outcome, is_settled, net_amount, discount_given, total_amount
    from reporting.all_sessions {{once}}
  ) each
  group by 1, 2, 3, 4
) c;

comment on view analytics.campaigns is 'Campaigns with the results of their sessions, per currency; null for sessions without these keys';
comment on column analytics.campaigns.utm_source is 'utm_source of the visited URL';
comment on column analytics.campaigns.utm_medium is 'utm_medium of the visited URL';
comment on column analytics.campaigns.utm_campaign is 'utm_campaign of the visited URL';
