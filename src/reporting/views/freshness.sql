create view analytics.freshness as
select
  split_part(s.stream, '.', 1) as source, s.account, s.stream,
  s.complete_until,
  s.full_until,
  f.last_seq,
  f.min_seq,
  greatest(h.since, a.first_seen_at) as history_since,
  exists (select from sync.walk_leases l where (l.account, l.stream) = (s.account, s.stream) and l.expires_at > now()) as is_running,
  (select count(*) from sync.rejected_records r where (r.account, r.stream) = (s.account, s.stream) and r.resolved_at is null) as rejected,
  case when s.last_failed > coalesce(s.last_complete, 0) then s.failed_at end as failed_at,
  case when s.last_failed > coalesce(s.last_complete, 0) then s.error_code end as error_code
from (
  select
    account, stream,
    max(walk_started_at) filter (where outcome = 'complete' and walk_started_at <= now() + interval '1 hour') as complete_until,
    max(walk_started_at) filter (where outcome = 'complete' and mode = 'full' and walk_started_at <= now() + interval '1 hour') as full_until,
    max(id) filter (where outcome = 'complete') as last_complete,
    max(id) filter (where outcome = 'failed') as last_failed,
    max(finished_at) filter (where outcome = 'failed') as failed_at,
    (array_agg(error_code order by id desc) filter (where outcome = 'failed'))[1] as error_code
  from sync.runs group by 1, 2
) s
left join sync.accounts a on (a.source, a.account) = (split_part(s.stream, '.', 1), s.account)
left join sync.histories h on h.relation = s.stream
left join sync.feeds f on f.source = split_part(s.stream, '.', 1);

comment on view analytics.freshness is 'Freshness of each stream: the other views are complete up to complete_until';
comment on column analytics.freshness.stream is 'Stream, such as polar.checkouts';
comment on column analytics.freshness.complete_until is 'Start of the last complete walk: changes up to then are stored, except those that only a full walk finds';
comment on column analytics.freshness.full_until is 'Start of the last complete full walk: deletions up to then are known as well';
comment on column analytics.freshness.last_seq is 'seq of the newest change of the source in analytics.changes';
comment on column analytics.freshness.min_seq is 'Last seq that was trimmed: a consumer with an older watermark has a gap';
comment on column analytics.freshness.history_since is 'Start of the history: earlier values are null in all views; null for a stream without history';
comment on column analytics.freshness.is_running is 'Whether it is being walked now';
comment on column analytics.freshness.rejected is 'Rejected records that are not resolved';
comment on column analytics.freshness.failed_at is 'When the last walk failed, if none has completed since';
comment on column analytics.freshness.error_code is 'Code of that failure, explained in docs/errors.md. checkout-sync status has the text, which may name a customer';
