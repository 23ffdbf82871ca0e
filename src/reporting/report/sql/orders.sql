select date_trunc('month', day)::date as month, currency, minor_digits, sum(orders) as orders, sum(net_amount) as net_amount
from analytics.orders_daily where day >= :previous and day < :next
group by 1, currency, minor_digits order by 1, orders desc, currency
