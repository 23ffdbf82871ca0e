create view analytics.abandoned_checkouts as
select
  a.source, a.account, a.organization_id, k.checkout_id, k.created_at, a.created_day, a.last_active_at,
  round(extract(epoch from now() - a.last_active_at) / 3600, 1) as hours_idle,
  a.step, a.attempts, a.failed_attempts, a.product_id, a.product_name, a.discount_id, a.country,
  a.currency, a.minor_digits, a.net_amount, a.total_amount, a.net_money, a.total_money,
  coalesce(k.buyer_id::text, k.email_key) as customer_key,
  k.recovered_by,
  c.completed_at as recovered_at
from (
  -- Whose the sessions are, and what followed, is looked up for one after another, but found faster for many together. Questions about a
  -- month skip the latter.
  select s.checkout_id, s.created_at, s.email_key, b.buyer_id, r.id as recovered_by
  from reporting.sessions s
  cross join lateral (select s.buyer_id offset 0) b -- looks it up once
  left join lateral (
    select later.id from polar.checkouts later
    where later.customer_id = b.buyer_id and later.status = 'succeeded'
      and later.created_at >= s.created_at and later.created_at < s.created_at + interval '7 days'
    order by later.created_at, later.id limit 1
  ) r on true
  where {{abandoned s.is_engaged}} and s.created_at > now() - interval '32 days'
  union all
  -- DISTINCT ON chooses the first session that succeeded, and lets a condition on created_at through. COALESCE makes Postgres expect half of
  -- the sessions, not all of them, which would rule out a parallel scan.
  (select distinct on (s.created_at, s.checkout_id) s.checkout_id, s.created_at, s.email_key, coalesce(s.customer_id, b.customer_id), later.id
  from reporting.sessions s
  left join reporting.past_signs h on h.checkout_id = {{without_sign s}}
  left join reporting.buyers b on b.email = case when s.customer_id is null then s.email end and b.organization_id = s.organization_id
  left join polar.checkouts later on later.customer_id = coalesce(s.customer_id, b.customer_id) and later.status = 'succeeded'
    and later.created_at >= s.created_at and later.created_at < s.created_at + interval '7 days'
  where {{abandoned coalesce(s.has_sign or h.checkout_id is not null, false)}} and s.created_at <= now() - interval '32 days'
  order by s.created_at, s.checkout_id, later.created_at, later.id)
) k
left join analytics.checkouts a on a.checkout_id = k.checkout_id
left join analytics.checkouts c on c.checkout_id = k.recovered_by;

comment on view analytics.abandoned_checkouts is 'Checkout sessions that ended without payment although a customer had begun: with an e-mail address, a street or an attempt to pay';
comment on column analytics.abandoned_checkouts.created_day is 'Day on which the session was created, in the time zone REPORT_TIMEZONE';
comment on column analytics.abandoned_checkouts.last_active_at is 'Last change before it ended, as far as is known';
comment on column analytics.abandoned_checkouts.hours_idle is 'Hours since last_active_at';
comment on column analytics.abandoned_checkouts.step is 'How far it came: identified (e-mail address or street) or attempted (to pay)';
comment on column analytics.abandoned_checkouts.attempts is 'Attempts to pay that were seen; null if nothing of the session’s history is known';
comment on column analytics.abandoned_checkouts.failed_attempts is 'Attempts that failed; null if nothing of the session’s history is known';
comment on column analytics.abandoned_checkouts.recovered_by is 'Session of the same customer that was created within 7 days and succeeded; null if there is none';
comment on column analytics.abandoned_checkouts.recovered_at is 'When that session succeeded';
