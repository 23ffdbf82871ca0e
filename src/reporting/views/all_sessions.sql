-- What became of the sessions, for questions about all of them. Their histories are joined: a look-up for each session takes longer, and
-- keeps Postgres from a parallel plan.
create view reporting.all_sessions as
select
  s.account, s.organization_id, s.created_at, s.discount_id, s.metadata, s.currency, s.is_settled, s.net_amount, s.discount_given, s.total_amount,
  {{outcome (s.has_sign or h.checkout_id is not null)}} as outcome
from reporting.sessions s
left join (
  select distinct checkout_id from history.checkouts where has_email or has_address or status = 'confirmed'
) h on h.checkout_id = case when s.has_sign is not true and s.created_at > {{history}} then s.checkout_id end;
comment on view reporting.all_sessions is 'What became of checkout sessions, for questions about all of them; not for readers, and subject to change';
