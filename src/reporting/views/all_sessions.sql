-- What became of the sessions, for questions about all of them.
create view reporting.all_sessions as
select
  s.account, s.organization_id, s.created_at, s.discount_id, s.metadata, s.currency, s.is_settled, s.net_amount, s.discount_given, s.total_amount,
  {{outcome (s.has_sign or h.checkout_id is not null)}} as outcome
from reporting.sessions s
left join reporting.past_signs h on h.checkout_id = {{without_sign s}};
comment on view reporting.all_sessions is 'Outcomes of checkout sessions, for questions about all of them; not for readers, and subject to change';
