create view analytics.link_performance as
select
  'polar' as source, coalesce(c.account, l.account) as account,
  coalesce(c.organization_id, l.organization_id) as organization_id, l.link_id, l.label,
  case when c.link in ('none', 'ambiguous') then c.link else 'metadata' end as link_match,
  {{measures}}
from (
  select account, organization_id, link, currency, {{tallies}}
  from (
    -- Evaluates each session once, and not for each column above. One text, because the planner takes two for many more groups.
    select account, organization_id, coalesce(link_id, link_match) as link, currency, outcome, is_settled, net_amount, discount_given, total_amount
    from analytics.checkouts offset 0
  ) each
  group by 1, 2, 3, 4
) c
full join (select * from analytics.links where source = 'polar') l on l.link_id = c.link;

comment on view analytics.link_performance is 'Checkout links by what came of their sessions, per currency; links without sessions, and sessions without a certain link, are there as well';
comment on column analytics.link_performance.label is 'Name given by the merchant';
comment on column analytics.link_performance.link_match is 'metadata: the link’s sessions; ambiguous, none: sessions whose link is not known';
