-- Sales per month and currency. Bar chart; net by month, one series per currency: never add them up.
-- Variables: since is a date, account a text.
select date_trunc('month', day)::date as month, currency, sum(sales) as sales, sum(net_money) as net, sum(discount_given_money) as discounts
from analytics.revenue_daily
where day >= {{since}} [[and account = {{account}}]]
group by 1, 2 order by 1, 2
