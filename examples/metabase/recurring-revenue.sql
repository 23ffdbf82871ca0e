-- Monthly recurring revenue and churn. Line chart; mrr by month, one series per currency.
-- Variables: account is a text. Needs the stream polar.subscriptions.
select m.month, m.currency, m.mrr_money as mrr, m.active_subscriptions, c.new_subscriptions, c.churned_subscriptions, c.churn_rate
from analytics.mrr_monthly m
join analytics.churn_monthly c using (account, organization_id, month, currency)
where m.month <= now() [[and account = {{account}}]]
order by m.month, m.currency
