select month, sum(active_at_start) as active_at_start, sum(new_subscriptions) as new_subscriptions,
  sum(churned_subscriptions) as churned_subscriptions, sum(canceled_subscriptions) as canceled_subscriptions,
  round(sum(round(churn_rate * active_at_start)) / nullif(sum(active_at_start), 0), 6) as churn_rate
from analytics.churn_monthly where month > :year_before and month <= :month
group by month order by month
