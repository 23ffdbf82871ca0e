create view analytics.checkouts as
select
  s.source, s.account, s.organization_id, s.checkout_id, s.created_at, s.expires_at, s.deleted_at,
  (s.created_at at time zone {{timezone}})::date as created_day,
  {{outcome s.is_engaged}} as outcome,
  s.is_settled,
  case
    when s.status = 'succeeded' then 'completed'
    when s.status = 'confirmed' or f.was_attempted then 'attempted'
    when s.is_engaged then 'identified'
    when f.opened_at is not null or s.modified_at < s.expires_at then 'opened'
    else 'created'
  end as step,
  f.opened_at,
  f.identified_at,
  f.identified_is_exact,
  f.first_attempt_at,
  f.first_attempt_is_exact,
  case when s.status = 'succeeded' then coalesce(f.completed_at, least(s.modified_at, s.expires_at), s.created_at) end as completed_at,
  case when s.status = 'succeeded' then coalesce(f.completed_is_exact, false) end as completed_is_exact,
  case
    when s.status = 'succeeded' then coalesce(f.completed_at, least(s.modified_at, s.expires_at), s.created_at)
    when s.is_settled then coalesce(f.ended_at, s.expires_at)
  end as settled_at,
  case
    when s.status = 'succeeded' then coalesce(f.completed_is_exact, false)
    when s.is_settled then coalesce(f.ended_is_exact, false)
  end as settled_is_exact,
  coalesce(f.last_active_at, case when s.modified_at < s.expires_at then s.modified_at else s.created_at end) as last_active_at,
  f.attempts,
  f.failed_attempts,
  s.product_id,
  p.name as product_name,
  (select h.name from history.products h where h.id = s.product_id and h.valid_from <= s.created_at
   order by h.valid_from desc, h.seq desc limit 1) as product_name_then,
  s.product_price_id,
  pp.amount_type as price_type,
  pp.price_amount,
  s.seats,
  s.units,
  s.discount_id,
  d.name as discount_name,
  d.code as discount_code,
  s.subscription_id,
  s.currency,
  {{digits s.currency}} as minor_digits,
  s.amount,
  s.discount_given,
  s.net_amount,
  s.tax_amount,
  s.total_amount,
  {{money s.amount, n.digits}} as amount_money,
  {{money s.discount_given, n.digits}} as discount_given_money,
  {{money s.net_amount, n.digits}} as net_money,
  {{money s.tax_amount, n.digits}} as tax_money,
  {{money s.total_amount, n.digits}} as total_money,
  s.country,
  s.has_address as country_is_typed,
  {{key s.metadata, utm_source}} as utm_source,
  {{key s.metadata, utm_medium}} as utm_medium,
  {{key s.metadata, utm_campaign}} as utm_campaign,
  {{key s.metadata, utm_content}} as utm_content,
  {{key s.metadata, utm_term}} as utm_term,
  {{key s.metadata, reference_id}} as reference_id,
  (select jsonb_object_agg(key, s.metadata -> key) from unnest({{metadata_keys}}) key where s.metadata ? key) as metadata,
  nullif(m.link, '') as link_id,
  case when m.link is null then 'none' when m.link = '' then 'ambiguous' else 'metadata' end as link_match,
  coalesce(s.buyer_id::text, s.email_key) as customer_key,
  case when s.is_paid and s.customer_id is not null then not exists (
    select from polar.checkouts e
    where e.customer_id = s.customer_id and e.status = 'succeeded' and e.total_amount > 0 and e.trial_end is null
      and (e.created_at, e.id) < (s.created_at, s.checkout_id)
  ) end as is_first_purchase,
  s.is_paid,
  case when f.opened_at is not null then false end as opened_is_exact
from reporting.sessions s
left join lateral (select {{digits s.currency}} as digits) n on true
left join polar.products p on p.id = s.product_id
left join polar.product_prices pp on pp.id = s.product_price_id
left join polar.discounts d on d.id = s.discount_id
left join lateral (
  select
    -- A page is opened before the session expires, even where it was first seen when a slow payment had succeeded.
    min(least(h.modified_at, s.expires_at)) filter (
      where h.modified_at < s.expires_at or (h.modified_at is not null and h.status in ('confirmed', 'succeeded'))) as opened_at,
    min(h.valid_from) filter (where h.has_email) as identified_at,
    (array_agg(h.is_exact order by h.valid_from) filter (where h.has_email))[1] as identified_is_exact,
    min(h.valid_from) filter (where h.is_attempt) as first_attempt_at,
    (array_agg(h.is_exact and h.status = 'confirmed' order by h.valid_from) filter (where h.is_attempt))[1] as first_attempt_is_exact,
    min(h.valid_from) filter (where h.status = 'succeeded') as completed_at,
    (array_agg(h.is_exact order by h.valid_from) filter (where h.status = 'succeeded'))[1] as completed_is_exact,
    min(h.valid_from) filter (where h.status in ('expired', 'failed')) as ended_at,
    (array_agg(h.is_exact order by h.valid_from) filter (where h.status in ('expired', 'failed')))[1] as ended_is_exact,
    max(h.valid_from) filter (where h.status in ('open', 'confirmed', 'succeeded')) as last_active_at,
    bool_or(h.status in ('confirmed', 'succeeded')) as was_attempted,
    case when count(*) > 0 then count(*) filter (where h.is_attempt) end as attempts,
    case when count(*) > 0 then count(*) filter (where h.before = 'confirmed' and h.status in ('open', 'expired', 'failed')) end as failed_attempts
  from (
    select v.*, lag(v.status) over (order by v.valid_from) as before,
      v.status in ('confirmed', 'succeeded')
        and coalesce(lag(v.status) over (order by v.valid_from) not in ('confirmed', 'succeeded'), true) as is_attempt
    from (
      select distinct on (valid_from) valid_from, is_exact, status, modified_at, has_email
      from history.checkouts
      where checkout_id = s.checkout_id
        and s.created_at > {{history}}
      order by valid_from, seq desc
    ) v
  ) h
) f on true
left join reporting.link_periods l on l.organization_id = s.organization_id and l.own_metadata = {{without_visit s.metadata}}
left join lateral (
  select case
    when not l.has_visit_keys then l.links[width_bucket(s.created_at, l.moments)]
    when l.has_visit_keys then (
      select {{only link.id}}
      from unnest(l.ids, l.metadatas, l.begins, l.ends) link(id, metadata, valid_from, valid_to)
      where s.metadata @> link.metadata and link.valid_from <= s.created_at and coalesce(s.created_at < link.valid_to, true)
    )
  end as link
) m on true;

comment on view analytics.checkouts is 'Every checkout session with its outcome. Times are null if the history does not reach back; docs/metrics.md defines the terms';
comment on column analytics.checkouts.expires_at is 'When an unpaid session ends';
comment on column analytics.checkouts.created_day is 'Day on which the session was created, in the time zone REPORT_TIMEZONE';
comment on column analytics.checkouts.outcome is 'Settled: paid, free (also a trial that began), abandoned (with a sign of a customer) or unengaged. Still open: paying (confirmed), active (with a sign of a customer) or idle';
comment on column analytics.checkouts.is_settled is 'True for succeeded, expired and failed sessions, 15 minutes after expires_at, and for confirmed ones 30 days after it';
comment on column analytics.checkouts.step is 'How far it came, as far as is known: created, opened, identified (e-mail address or street), attempted (to pay), completed';
comment on column analytics.checkouts.opened_at is 'Time by which its page had been opened: the first change that was seen before it expired, or that of an attempt to pay';
comment on column analytics.checkouts.opened_is_exact is 'False: the page was opened then or earlier, because no webhook reports when; null if opened_at is null';
comment on column analytics.checkouts.identified_at is 'When there was an e-mail address first; see identified_is_exact';
comment on column analytics.checkouts.identified_is_exact is 'True if that time is exact, false if it was then or earlier';
comment on column analytics.checkouts.first_attempt_at is 'When the customer first tried to pay; see first_attempt_is_exact';
comment on column analytics.checkouts.first_attempt_is_exact is 'True if that time is exact, false if it was then or earlier';
comment on column analytics.checkouts.completed_at is 'When it succeeded; without history, the last change, at most expires_at';
comment on column analytics.checkouts.completed_is_exact is 'True if completed_at is exact';
comment on column analytics.checkouts.settled_at is 'When it succeeded or ended; null while it can still be paid';
comment on column analytics.checkouts.settled_is_exact is 'True if settled_at is exact';
comment on column analytics.checkouts.last_active_at is 'Last change before it ended, as far as is known';
comment on column analytics.checkouts.attempts is 'Attempts to pay that were seen; null if nothing of the session’s history is known';
comment on column analytics.checkouts.failed_attempts is 'Attempts that failed; null if nothing of the session’s history is known';
comment on column analytics.checkouts.product_id is 'Product chosen';
comment on column analytics.checkouts.product_name_then is 'Name of the product when the session was created; null before the history began';
comment on column analytics.checkouts.product_price_id is 'Price chosen; an edited price is a new one, so this is the price at that time';
comment on column analytics.checkouts.price_type is 'Type of the price: fixed, custom, seat_based, unit_based, metered_unit, …';
comment on column analytics.checkouts.price_amount is 'Fixed price in minor units of its currency; null for other types';
comment on column analytics.checkouts.seats is 'Number of seats chosen';
comment on column analytics.checkouts.units is 'Number of units chosen';
comment on column analytics.checkouts.discount_id is 'Discount applied';
comment on column analytics.checkouts.discount_code is 'Code of the discount today';
comment on column analytics.checkouts.subscription_id is 'Subscription that the session changes';
comment on column analytics.checkouts.country is 'Country of the customer, from the IP address unless country_is_typed';
comment on column analytics.checkouts.country_is_typed is 'True if the customer typed an address';
comment on column analytics.checkouts.utm_source is 'utm_source of the visited URL; null if REPORT_METADATA_KEYS lacks it';
comment on column analytics.checkouts.utm_medium is 'utm_medium of the visited URL; null if REPORT_METADATA_KEYS lacks it';
comment on column analytics.checkouts.utm_campaign is 'utm_campaign of the visited URL; null if REPORT_METADATA_KEYS lacks it';
comment on column analytics.checkouts.utm_content is 'utm_content of the visited URL; null if REPORT_METADATA_KEYS lacks it';
comment on column analytics.checkouts.utm_term is 'utm_term of the visited URL; null if REPORT_METADATA_KEYS lacks it';
comment on column analytics.checkouts.reference_id is 'reference_id of the visited URL; null if REPORT_METADATA_KEYS lacks it';
comment on column analytics.checkouts.metadata is 'Key-value pairs of the session with keys in REPORT_METADATA_KEYS; null without any';
comment on column analytics.checkouts.link_id is 'Link that the session came from, if link_match is metadata';
comment on column analytics.checkouts.link_match is 'metadata: only one link had this metadata when the session was created, as far as the history knows; ambiguous: several links had it; none: no link had it, or the session has no metadata';
comment on column analytics.checkouts.is_paid is 'Whether the outcome is paid; conditions on it use an index';
comment on column analytics.checkouts.is_first_purchase is 'Whether a paid session is the customer’s first, by created_at; null for other sessions and for unknown customers';
