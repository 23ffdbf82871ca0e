-- Cohorts: customers by the month of their first order who buy in later months. Pivot table; customers by cohort and months_later.
-- Variables: account is a text. Needs the stream polar.orders.
select cohort, currency, months_later, customers, orders, net_money as net
from analytics.customer_cohorts
where months_later <= 12 [[and account = {{account}}]]
order by cohort, currency, months_later
