select month, currency, minor_digits, sum(active_subscriptions) as active_subscriptions, sum(mrr_amount) as mrr_amount
from analytics.mrr_monthly where month > :year_before and month <= :month
group by month, currency, minor_digits order by month, active_subscriptions desc, currency
