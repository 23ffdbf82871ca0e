-- What the views of checkout sessions share. Readers do not see this schema.
create view reporting.sessions as
select
  'polar' as source, c.account, c.organization_id, c.id as checkout_id, c.created_at, c.modified_at, c.expires_at, c.deleted_at,
  c.status, c.customer_id, c.product_id, c.product_price_id, c.discount_id, c.subscription_id, c.seats, c.units,
  c.currency, c.amount, c.net_amount, c.tax_amount, c.total_amount,
  c.amount - c.net_amount - case c.tax_behavior when 'inclusive' then coalesce(c.tax_amount, 0) else 0 end as discount_given,
  c.customer_billing_address ->> 'country' as country,
  (c.customer_billing_address ->> 'line1' is not null or c.customer_billing_address ->> 'postal_code' is not null) as has_address,
  c.metadata,
  c.custom_field_data,
  -- A trial begins without a payment.
  c.status = 'succeeded' and c.total_amount > 0 and c.trial_end is null as is_paid,
  coalesce(c.status in ('succeeded', 'expired', 'failed')
    or c.expires_at < now() - {{grace c.status = 'confirmed'}}, false) as is_settled,
  {{sign c}} as has_sign,
  ({{sign c}}
    or (c.created_at > {{history}}
      and exists (select from history.checkouts h
        where h.checkout_id = c.id and (h.has_email or h.has_address or h.status = 'confirmed')))) as is_engaged,
  coalesce(c.customer_id, case when c.customer_email is not null then least(
    (select k.id from polar.customers k
     where lower(k.email) = lower(c.customer_email) and k.organization_id = c.organization_id
       and k.deleted_at is null and k.polar_deleted_at is null
     order by k.id limit 1),
    (select s.customer_id from polar.checkouts s
     where lower(s.customer_email) = lower(c.customer_email) and s.organization_id = c.organization_id
       and s.status = 'succeeded' and s.customer_id is not null
     order by s.customer_id limit 1)
  ) end) as buyer_id,
  lower(c.customer_email) as email,
  'email_' || left(encode(sha256(convert_to(
    (select secret from sync.report_keys) || coalesce(c.organization_id::text, c.account) || lower(c.customer_email), 'UTF8')), 'hex'), 32)
    as email_key
from polar.checkouts c;
comment on view reporting.sessions is 'Common base of the views of checkout sessions; not for readers, and subject to change';
