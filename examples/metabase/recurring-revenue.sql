-- Monthly recurring revenue and churn. Line chart; mrr by month, one series per currency.
-- Variables: account is a text. Needs the stream polar.subscriptions.
select m.month, m.currency, m.mrr_money as mrr, m.active_subscriptions, c.new_subscriptions, c.churned_subscriptions, c.churn_rate
from analytics.mrr_monthly m
join analytics.churn_monthly c on (c.account, c.month) = (m.account, m.month)
  and (c.organization_id, c.currency) is not distinct from (m.organization_id, m.currency)
where m.month <= now() [[and m.account = {{account}}]]
order by m.month, m.currency
