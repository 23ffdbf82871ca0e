create view analytics.checkout_states as
select
  'polar' as source, h.account, h.checkout_id, h.valid_from,
  lead(h.valid_from) over (partition by h.checkout_id order by h.valid_from) as valid_to,
  h.is_exact, h.via, h.status, h.has_email, h.has_address, h.payment_method_type,
  h.product_id, h.product_price_id, h.discount_id, h.seats, h.units,
  h.currency, {{digits h.currency}} as minor_digits, h.amount, h.net_amount, h.tax_amount, h.total_amount
from (
  -- A webhook of a state that a walk had already stored dates it exactly.
  select distinct on (checkout_id, valid_from) * from history.checkouts order by checkout_id, valid_from, seq desc
) h;

comment on view analytics.checkout_states is 'Each state of a checkout session that was seen; sessions that had ended before they were first seen have none';
comment on column analytics.checkout_states.via is 'How it was seen: walk, webhook, pull, tombstone or command; migration for what was stored when the history began';
comment on column analytics.checkout_states.status is 'open, confirmed, succeeded, expired or failed';
comment on column analytics.checkout_states.has_email is 'Whether there was an e-mail address, typed or prefilled';
comment on column analytics.checkout_states.has_address is 'Whether there was a street or postal code';
comment on column analytics.checkout_states.payment_method_type is 'Payment method, as chosen in the form';
comment on column analytics.checkout_states.product_id is 'Product chosen';
comment on column analytics.checkout_states.product_price_id is 'Price chosen';
comment on column analytics.checkout_states.discount_id is 'Discount applied';
comment on column analytics.checkout_states.seats is 'Number of seats chosen';
comment on column analytics.checkout_states.units is 'Number of units chosen';
