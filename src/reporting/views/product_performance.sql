create view analytics.product_performance as
select
  coalesce(c.source, 'polar') as source, coalesce(c.account, p.account) as account,
  coalesce(c.organization_id, p.organization_id) as organization_id, coalesce(c.product_id, p.id) as product_id, p.name as product_name,
  {{measures}}
from (
  select source, account, organization_id, product_id, currency, {{tallies}}
  from (
    -- Evaluates each session once, and not for each column above.
    select source, account, organization_id, product_id, currency, outcome, is_settled, net_amount, discount_given, total_amount
    from analytics.checkouts offset 0
  ) each
  group by 1, 2, 3, 4, 5
) c
full join polar.products p on p.id = c.product_id;

comment on view analytics.product_performance is 'Products by what came of the sessions in which they were chosen, per currency; products without sessions, and sessions without a product, are there as well';
