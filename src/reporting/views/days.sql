-- Days when sessions were made. One that is rolled up is read from its rows in sync.rolled_up_checkouts and sync.rolled_up_sales. One that
-- is due is to be rolled up: its sessions have ended as a rule, and what did not hold for long was not built a moment ago.
create view reporting.days as
select
  s.day,
  {{timezone}} as timezone,
  coalesce({{holds r}}, false) as is_rolled_up,
  s.day < ((now() - interval '25 hours') at time zone {{timezone}})::date
    and coalesce(r.built_at > now() or (r.built_at < now() - interval '1 hour' and r.holds_until <= now()), true) as is_due
from (
  select generate_series(min(created_at) at time zone {{timezone}} - interval '1 day', now() at time zone {{timezone}} + interval '1 day', '1 day')::date as day
  from polar.checkouts where created_at >= {{earliest}}
) s
left join sync.rolled_up_days r on r.day = s.day;
comment on view reporting.days is 'Days on which checkout sessions were created, and whether they are rolled up; not for readers, and subject to change';
