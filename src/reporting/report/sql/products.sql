select product_id, max(product_name) as product_name, currency, max(minor_digits) as minor_digits, coalesce(sum(opened), 0) as opened,
  round(sum(paid) / nullif(sum(settled), 0), 6) as conversion, coalesce(sum(sales), 0) as sales, sum(net_amount) as net_amount
from (
  select product_id, product_name, currency, minor_digits, opened, paid, settled, null as sales, null as net_amount
  from analytics.checkouts_daily where day >= :month and day < :next
  union all
  select product_id, product_name, currency, minor_digits, null, null, null, sales, net_amount
  from analytics.revenue_daily where day >= :month and day < :next
) sessions
group by product_id, currency order by sales desc, opened desc, product_id, currency limit 10
