create view analytics.campaigns as
select
  c.source, c.account, c.organization_id, c.utm_source, c.utm_medium, c.utm_campaign, c.currency, c.minor_digits,
  count(c.checkout_id) as opened,
  count(*) filter (where c.is_settled) as settled,
  count(*) filter (where c.outcome = 'paid') as paid,
  count(*) filter (where c.outcome = 'free') as free,
  count(*) filter (where c.outcome = 'abandoned') as abandoned,
  round(count(*) filter (where c.outcome = 'paid')::numeric / nullif(count(*) filter (where c.is_settled), 0), 4) as conversion,
  sum(c.net_amount) filter (where c.outcome = 'paid')::bigint as net_amount,
  sum(c.discount_given) filter (where c.outcome = 'paid')::bigint as discount_given,
  sum(c.total_amount) filter (where c.outcome = 'paid')::bigint as total_amount,
  {{money sum(c.net_amount) filter (where c.outcome = 'paid'), c.minor_digits}} as net_money,
  {{money sum(c.discount_given) filter (where c.outcome = 'paid'), c.minor_digits}} as discount_given_money,
  {{money sum(c.total_amount) filter (where c.outcome = 'paid'), c.minor_digits}} as total_money
from (
  -- Evaluates each session once, and not for each column below.
  select source, account, organization_id, checkout_id, utm_source, utm_medium, utm_campaign, currency, minor_digits, outcome, is_settled,
    net_amount, discount_given, total_amount
  from analytics.checkouts offset 0
) c
group by 1, 2, 3, 4, 5, 6, 7, 8;

comment on view analytics.campaigns is 'Campaigns by what came of their sessions, per currency; null for sessions without these keys';
comment on column analytics.campaigns.utm_source is 'utm_source of the address visited';
comment on column analytics.campaigns.utm_medium is 'utm_medium of the address visited';
comment on column analytics.campaigns.utm_campaign is 'utm_campaign of the address visited';
comment on column analytics.campaigns.opened is 'Sessions made';
comment on column analytics.campaigns.settled is 'Sessions to which nothing happens any more';
comment on column analytics.campaigns.paid is 'Sessions that were paid';
comment on column analytics.campaigns.free is 'Sessions that succeeded with nothing to pay, trials included';
comment on column analytics.campaigns.abandoned is 'Sessions that ended without payment although a customer had begun';
comment on column analytics.campaigns.conversion is 'paid ÷ settled; null while none is settled. Never average it: divide the sums';
comment on column analytics.campaigns.net_amount is 'Net amounts of the paid sessions, in minor units; null without any';
comment on column analytics.campaigns.discount_given is 'What discounts took off the paid sessions, in minor units; null without any';
comment on column analytics.campaigns.total_amount is 'What customers paid, in minor units; null without any';
