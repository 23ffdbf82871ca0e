create view analytics.changes as
select source, account, seq, relation, id, op, version_at, observed_at, run_id, via
from sync.changes;

comment on view analytics.changes is 'The change feed: one row for each written row of the tables; see docs/pipelines.md';
comment on column analytics.changes.seq is 'Place in the feed: within a source in the order of the commits, with gaps';
comment on column analytics.changes.relation is 'Table, such as polar.checkouts; a change of a row also covers its sets';
comment on column analytics.changes.id is 'Id of the row';
comment on column analytics.changes.op is 'i inserted, u updated, t got a tombstone (deleted_at), r lost it again, d deleted from the table';
comment on column analytics.changes.version_at is 'Version of the row after the change';
comment on column analytics.changes.observed_at is 'When the response or webhook with the change arrived';
comment on column analytics.changes.run_id is 'Run that wrote it; null outside of walks';
comment on column analytics.changes.via is 'walk, webhook, pull, tombstone or command';
