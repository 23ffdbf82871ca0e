create view analytics.metrics as
select metric, view, formula, definition
from (values
  (1, 'opened', 'checkouts_daily', 'sum(opened)',
    'Checkout sessions made, by visitors of links and by the merchant’s code, on the day when they were made. Neither means that anybody saw the page: crawlers open links as well.'),
  (2, 'viewed', 'checkouts_daily', 'sum(viewed)',
    'Sessions whose page was opened: a change was seen before the session expired, or an attempt to pay or a payment at any time. Opening sends no webhook, so that it is seen by the next walk. Null before the history began.'),
  (3, 'engaged', 'checkouts', 'count(*) filter (where outcome not in (''idle'', ''unengaged''))',
    'Sessions with a sign of a customer: an e-mail address, typed or prefilled, a street or postal code, an attempt to pay, or a payment. A country alone is none: Polar fills it in from the IP address.'),
  (4, 'settled', 'checkouts', 'count(*) filter (where is_settled)',
    'Sessions whose outcome is final: succeeded, expired, failed, or 15 minutes past expires_at. Nothing expires a confirmed session, and slow payments take two weeks: it is settled 30 days past expires_at.'),
  (5, 'paid', 'checkouts', 'count(*) filter (where outcome = ''paid'')',
    'Sessions that succeeded with something to pay now.'),
  (6, 'free', 'checkouts', 'count(*) filter (where outcome = ''free'')',
    'Sessions that succeeded with nothing to pay: a total of 0, or a trial that began.'),
  (7, 'abandoned', 'checkouts', 'count(*) filter (where outcome = ''abandoned'')',
    'Settled sessions that did not succeed although a customer had begun (engaged).'),
  (8, 'unengaged', 'checkouts', 'count(*) filter (where outcome = ''unengaged'')',
    'Settled sessions that did not succeed, without a sign of a customer. paid + free + abandoned + unengaged = settled.'),
  (9, 'conversion', 'checkouts_daily', 'sum(paid) / nullif(sum(settled), 0)',
    'Of the settled sessions, the part that was paid, by the day when they were made. A day is final when it is over and all its sessions are settled (is_final).'),
  (10, 'conversion_viewed', 'checkouts_daily', 'sum(paid + free) filter (where viewed is not null) / nullif(sum(viewed), 0)',
    'Of the viewed sessions, the part that succeeded, free ones included: how Polar counts since January 2026. Rows from before the history began are left out, and it is approximate: Polar does not show when a page was opened.'),
  (11, 'recovered', 'abandoned_checkouts', 'count(recovered_by)',
    'Abandoned sessions of customers for whom another session, made within 7 days, succeeded.'),
  (12, 'net_amount', 'revenue_daily', 'sum(net_amount)',
    'What remains of paid sessions after discounts and without tax, in minor units, on the day of payment. Renewals of subscriptions and refunds are not in it.'),
  (13, 'total_amount', 'revenue_daily', 'sum(total_amount)',
    'What customers paid: net_amount plus tax_amount.'),
  (14, 'discount_given', 'checkouts', 'sum(discount_given)',
    'What the discount took off the price when the session was priced: amount less net_amount and inclusive tax. Polar’s discount_amount is computed from today’s discount instead.'),
  (15, 'new_customers', 'revenue_daily', 'sum(new_customers)',
    'Sales that were the customer’s first paid session, by created_at. Sales to unknown customers count neither as new nor as returning.'),
  (16, 'orders', 'orders_daily', 'sum(orders)',
    'Orders that were paid for, refunded ones and those of 0 included, on the day when they were made. Polar’s metric orders is the same.'),
  (17, 'revenue', 'orders_daily', 'sum(net_amount)',
    'Net amounts of the paid orders: after discounts, before tax, refunds not deducted. Polar’s metric revenue is the same, converted to US dollars.'),
  (18, 'refunded', 'refunds_daily', 'sum(amount)',
    'Refunds that succeeded, without tax, on the day of the refund.'),
  (19, 'active_subscriptions', 'mrr_monthly', 'sum(active_subscriptions)',
    'Subscriptions that began in the month or before and end in a later month, or not at all, whatever their status: how Polar counts.'),
  (20, 'mrr', 'mrr_monthly', 'sum(mrr_amount)',
    'Monthly amounts of the active subscriptions whose trial does not last beyond the month. The amounts are those of today, also for earlier months, and in the currency of the subscription.'),
  (21, 'churned_subscriptions', 'churn_monthly', 'sum(churned_subscriptions)',
    'Subscriptions that ended in the month, or will: ended_at, or else ends_at.'),
  (22, 'canceled_subscriptions', 'churn_monthly', 'sum(canceled_subscriptions)',
    'Subscriptions that were canceled in the month and not taken up again. They may end later.'),
  (23, 'churn_rate', 'churn_monthly', 'sum(churn_rate * active_at_start) / nullif(sum(active_at_start), 0)',
    'Of the subscriptions active when the month began, the part that ended in it. Polar divides the cancellations of 30 days by the subscriptions active before these.')
) as m(place, metric, view, formula, definition)
order by place;

comment on view analytics.metrics is 'Definitions of the metrics in the other views';
comment on column analytics.metrics.metric is 'Name, often also the name of a column';
comment on column analytics.metrics.view is 'View that has it, in schema analytics';
comment on column analytics.metrics.formula is 'SQL aggregate that computes it from the view: of amounts, per currency; of views per month, per month';
comment on column analytics.metrics.definition is 'What is counted';
