create view analytics.campaigns as
select
  c.source, c.account, c.organization_id, c.utm_source, c.utm_medium, c.utm_campaign,
  {{measures}}
from (
  select source, account, organization_id, utm_source, utm_medium, utm_campaign, currency, {{tallies}}
  from (
    -- Evaluates each session once, and not for each column above.
    select source, account, organization_id, utm_source, utm_medium, utm_campaign, currency, outcome, is_settled, net_amount, discount_given, total_amount
    from analytics.checkouts offset 0
  ) each
  group by 1, 2, 3, 4, 5, 6, 7
) c;

comment on view analytics.campaigns is 'Campaigns by what came of their sessions, per currency; null for sessions without these keys';
comment on column analytics.campaigns.utm_source is 'utm_source of the address visited';
comment on column analytics.campaigns.utm_medium is 'utm_medium of the address visited';
comment on column analytics.campaigns.utm_campaign is 'utm_campaign of the address visited';
