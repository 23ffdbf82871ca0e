create view analytics.product_performance as
select
  'polar' as source, coalesce(c.account, p.account) as account,
  coalesce(c.organization_id, p.organization_id) as organization_id, coalesce(c.product_id, p.id) as product_id, p.name as product_name,
  {{measures}},
  coalesce(c.offered, 0) as offered
from (
  select account, organization_id, product_id, currency,
    {{sums}}, sum(offered)::bigint as offered
  from (
    select account, organization_id, product_id, currency, opened, settled, paid, free, abandoned, net_amount, discount_given, total_amount, 0 as offered
    from reporting.daily_checkouts
    union all
    select s.account, s.organization_id, m.product_id, s.currency, 0, 0, 0, 0, 0, null, null, null, count(*)
    from polar.checkout_products m join polar.checkouts s on s.id = m.checkout_id
    group by 1, 2, 3, 4
  ) part
  group by 1, 2, 3, 4
) c
full join polar.products p on p.id = c.product_id;

comment on view analytics.product_performance is 'Products with the results of the sessions in which they were chosen, per currency; includes products without sessions, and sessions without a product';
comment on column analytics.product_performance.offered is 'Sessions that offered the product, chosen or not';
