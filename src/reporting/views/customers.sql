create view analytics.customers as
select
  'polar' as source, c.account, c.organization_id, coalesce(c.customer_id::text, c.email_key) as customer_key,
  min(c.created_at) as first_seen_at,
  count(*) as checkouts,
  count(*) filter (where c.is_paid) as purchases,
  min(c.created_at) filter (where c.is_paid) as first_purchase_at,
  max(c.created_at) filter (where c.is_paid) as last_purchase_at,
  (array_agg(c.country order by c.created_at desc) filter (where c.country is not null))[1] as country,
  (select jsonb_object_agg(n.currency, n.net_amount) from (
    select u.currency, sum(u.net_amount) as net_amount
    from unnest(array_agg(c.currency) filter (where c.is_paid), array_agg(c.net_amount) filter (where c.is_paid)) u(currency, net_amount)
    where u.currency is not null group by u.currency
  ) n) as net_amounts
from (
  -- Evaluates each session once, and not for each column above. An id is grouped faster than its text.
  select s.account, s.organization_id, coalesce(s.customer_id, b.customer_id) as customer_id,
    case when coalesce(s.customer_id, b.customer_id) is null then s.email_key end as email_key,
    s.created_at, s.is_paid, s.country, s.currency, s.net_amount
  from reporting.sessions s
  left join reporting.buyers b on b.email = case when s.customer_id is null then s.email end and b.organization_id = s.organization_id
  where s.customer_id is not null or s.email is not null
  {{once}}
) c
group by c.account, c.organization_id, c.customer_id, c.email_key;

comment on view analytics.customers is 'Everybody who left an e-mail address in a checkout session or bought something';
comment on column analytics.customers.first_seen_at is 'When the first session was created';
comment on column analytics.customers.checkouts is 'Sessions';
comment on column analytics.customers.purchases is 'Paid sessions';
comment on column analytics.customers.first_purchase_at is 'When the first paid session was created; null without any';
comment on column analytics.customers.last_purchase_at is 'When the last paid session was created';
comment on column analytics.customers.country is 'Country in the latest session that has one';
comment on column analytics.customers.net_amounts is 'Net amounts of the paid sessions in minor units, by currency if known; null without any';
