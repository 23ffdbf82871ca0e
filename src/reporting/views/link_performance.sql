create view analytics.link_performance as
select
  coalesce(c.source, l.source) as source, coalesce(c.account, l.account) as account,
  coalesce(c.organization_id, l.organization_id) as organization_id, l.link_id, l.label, coalesce(c.link_match, 'metadata') as link_match,
  c.currency, c.minor_digits,
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
  select source, account, organization_id, checkout_id, link_id, link_match, currency, minor_digits, outcome, is_settled,
    net_amount, discount_given, total_amount
  from analytics.checkouts offset 0
) c
full join (select * from analytics.links where source = 'polar') l on l.link_id = c.link_id
group by 1, 2, 3, 4, 5, 6, 7, 8;

comment on view analytics.link_performance is 'Checkout links by what came of their sessions, per currency; links without sessions, and sessions without a certain link, are there as well';
comment on column analytics.link_performance.label is 'Name given by the merchant';
comment on column analytics.link_performance.link_match is 'metadata: the link’s sessions; ambiguous, none: sessions whose link is not known';
comment on column analytics.link_performance.opened is 'Sessions made';
comment on column analytics.link_performance.settled is 'Sessions to which nothing happens any more';
comment on column analytics.link_performance.paid is 'Sessions that were paid';
comment on column analytics.link_performance.free is 'Sessions that succeeded with nothing to pay, trials included';
comment on column analytics.link_performance.abandoned is 'Sessions that ended without payment although a customer had begun';
comment on column analytics.link_performance.conversion is 'paid ÷ settled; null while none is settled. Never average it: divide the sums';
comment on column analytics.link_performance.net_amount is 'Net amounts of the paid sessions, in minor units; null without any';
comment on column analytics.link_performance.discount_given is 'What discounts took off the paid sessions, in minor units; null without any';
comment on column analytics.link_performance.total_amount is 'What customers paid, in minor units; null without any';
