create view analytics.product_performance as
select
  'polar' as source, coalesce(c.account, p.account) as account,
  coalesce(c.organization_id, p.organization_id) as organization_id, coalesce(c.product_id, p.id) as product_id, p.name as product_name,
  {{measures}},
  coalesce(c.offered, 0) as offered
from (
  select coalesce(t.account, o.account) as account, coalesce(t.organization_id, o.organization_id) as organization_id,
    coalesce(t.product_id, o.product_id) as product_id, coalesce(t.currency, o.currency) as currency,
    t.opened, t.settled, t.paid, t.free, t.abandoned, t.net_amount, t.discount_given, t.total_amount, o.offered
  from (
    select account, organization_id, product_id, currency,
      sum(opened)::bigint as opened, sum(settled)::bigint as settled, sum(paid)::bigint as paid, sum(free)::bigint as free,
      sum(abandoned)::bigint as abandoned, sum(net_amount)::bigint as net_amount, sum(discount_given)::bigint as discount_given,
      sum(total_amount)::bigint as total_amount
    from reporting.daily_checkouts
    group by 1, 2, 3, 4
  ) t
  full join (
    select s.account, s.organization_id, m.product_id, s.currency, count(*) as offered
    from polar.checkout_products m join polar.checkouts s on s.id = m.checkout_id
    group by 1, 2, 3, 4
  ) o on (o.account, o.organization_id, o.product_id, o.currency) = (t.account, t.organization_id, t.product_id, t.currency)
) c
full join polar.products p on p.id = c.product_id;

comment on view analytics.product_performance is 'Products by what came of the sessions in which they were chosen, per currency; products without sessions, and sessions without a product, are there as well';
comment on column analytics.product_performance.offered is 'Sessions that offered the product, chosen or not';
