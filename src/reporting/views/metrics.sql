create view analytics.metrics as
select metric, view, formula, definition
from (values
  (1, 'opened', 'checkouts_daily', 'count(*)',
    'Checkout sessions made, by visitors of links and by the merchant’s code, on the day when they were made. Neither means that anybody saw the page: crawlers open links as well.'),
  (2, 'viewed', 'checkouts_daily', 'count(opened_at)',
    'Sessions whose page was opened: the first change that was seen before the session expired. Opening sends no webhook, so that it is seen by the next walk. Null before the history began.'),
  (3, 'engaged', 'checkouts', 'outcome not in (''idle'', ''unengaged'')',
    'Sessions with a sign of a customer: an e-mail address, typed or prefilled, a street or postal code, an attempt to pay, or a payment. A country alone is none: Polar fills it in from the IP address.'),
  (4, 'settled', 'checkouts', 'is_settled',
    'Sessions to which nothing happens any more: succeeded, expired, failed, or 15 minutes past expires_at. Nothing expires a confirmed session, and slow payments take two weeks: it is settled 30 days past expires_at.'),
  (5, 'paid', 'checkouts', 'outcome = ''paid''',
    'Sessions that succeeded with something to pay now.'),
  (6, 'free', 'checkouts', 'outcome = ''free''',
    'Sessions that succeeded with nothing to pay: a total of 0, or a trial that began.'),
  (7, 'abandoned', 'checkouts', 'outcome = ''abandoned''',
    'Settled sessions that did not succeed although a customer had begun (engaged).'),
  (8, 'unengaged', 'checkouts', 'outcome = ''unengaged''',
    'Settled sessions that did not succeed, without a sign of a customer. paid + free + abandoned + unengaged = settled.'),
  (9, 'conversion', 'checkouts_daily', 'sum(paid) / sum(settled)',
    'Of the settled sessions, the part that was paid, by the day when they were made. A day is final when it is over and all its sessions are settled (is_final).'),
  (10, 'conversion_viewed', 'checkouts_daily', 'sum(paid) / sum(viewed)',
    'Of the viewed sessions, the part that was paid: how Polar counts since January 2026. Null before the history began, and approximate: Polar does not show when a page was opened.'),
  (11, 'recovered', 'abandoned_checkouts', 'count(recovered_by)',
    'Abandoned sessions of customers for whom another session, made within 7 days, succeeded.'),
  (12, 'net_amount', 'revenue_daily', 'sum(net_amount)',
    'What remains of paid sessions after discounts and without tax, in minor units, on the day of payment. Renewals of subscriptions and refunds are not in it.'),
  (13, 'total_amount', 'revenue_daily', 'sum(total_amount)',
    'What customers paid: net_amount plus tax_amount.'),
  (14, 'discount_given', 'checkouts', 'amount - net_amount - inclusive tax',
    'What the discount took off the price when the session was priced. Polar’s discount_amount is computed from today’s discount instead.'),
  (15, 'new_customers', 'revenue_daily', 'count(*) filter (where is_first_purchase)',
    'Sales that were the customer’s first paid session, by created_at. Sales to unknown customers count neither as new nor as returning.')
) as m(place, metric, view, formula, definition)
order by place;

comment on view analytics.metrics is 'The metrics of the other views, as they are defined';
comment on column analytics.metrics.metric is 'Name, which columns of the views have as well';
comment on column analytics.metrics.view is 'View that has it, in schema analytics';
comment on column analytics.metrics.formula is 'How to compute it from the columns of the view';
comment on column analytics.metrics.definition is 'What counts';
