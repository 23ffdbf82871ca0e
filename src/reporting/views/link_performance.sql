create view analytics.link_performance as
select
  coalesce(c.source, l.source) as source, coalesce(c.account, l.account) as account,
  coalesce(c.organization_id, l.organization_id) as organization_id, l.link_id, l.label, coalesce(c.link_match, 'metadata') as link_match,
  {{measures}}
from (
  select source, account, organization_id, link_id, link_match, currency, {{tallies}}
  from (
    -- Evaluates each session once, and not for each column above.
    select source, account, organization_id, link_id, link_match, currency, outcome, is_settled, net_amount, discount_given, total_amount
    from analytics.checkouts offset 0
  ) each
  group by 1, 2, 3, 4, 5, 6
) c
full join (select * from analytics.links where source = 'polar') l on l.link_id = c.link_id;

comment on view analytics.link_performance is 'Checkout links by what came of their sessions, per currency; links without sessions, and sessions without a certain link, are there as well';
comment on column analytics.link_performance.label is 'Name given by the merchant';
comment on column analytics.link_performance.link_match is 'metadata: the link’s sessions; ambiguous, none: sessions whose link is not known';
