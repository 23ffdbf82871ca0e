select day, currency, minor_digits, sum(sales) as sales, sum(net_amount) as net_amount
from analytics.revenue_daily where day >= :month and day < :next
group by day, currency, minor_digits order by day, currency
