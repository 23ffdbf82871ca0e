select date_trunc('month', day)::date as month, currency, minor_digits, sum(sales) as sales, sum(net_amount) as net_amount,
  sum(tax_amount) as tax_amount, sum(discount_given) as discount_given, sum(total_amount) as total_amount,
  sum(new_customers) as new_customers, sum(returning_customers) as returning_customers
from analytics.revenue_daily where day >= :previous and day < :next
group by 1, currency, minor_digits order by 1, sales desc, currency
