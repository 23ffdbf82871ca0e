-- Links by the metadata that their sessions have, apart from what a visit may bring along. A session that was made at the moment in
-- moments, or later and before the next one, belongs to the link at the same place in links: null for none, '' for several. Where a
-- link's own metadata has keys of visits, its sessions must have them as well, and this cannot be said in advance.
create view reporting.link_periods as
select distinct on (g.organization_id, g.own_metadata) g.*, p.moments, p.links -- all are distinct, and so the planner knows it
from (
  select organization_id, {{without_visit metadata}} as own_metadata, bool_or({{without_visit metadata}} <> metadata) as has_visit_keys,
    array_agg(id::text) as ids, array_agg(metadata) as metadatas, array_agg(valid_from) as begins, array_agg(valid_to) as ends
  from (
    -- As the link was when the session was made: its first version that is known counts from its creation.
    select k.id, k.organization_id, coalesce(h.metadata, k.metadata) as metadata, coalesce(h.valid_from, k.created_at) as valid_from, h.valid_to
    from polar.checkout_links k
    left join (
      select id, metadata, case when lag(valid_from) over versions is not null then valid_from end as valid_from,
        lead(valid_from) over versions as valid_to
      from (select distinct on (id, valid_from) id, valid_from, metadata from history.checkout_links order by id, valid_from, seq desc) v
      window versions as (partition by id order by valid_from)
    ) h on h.id = k.id
  ) version
  where metadata <> '{}' group by 1, 2
) g
cross join lateral (
  select array_agg(moment order by moment) as moments, array_agg(link order by moment) as links
  from (
    select moment, case count(v.id) when 0 then null when 1 then min(v.id) else '' end as link
    from (select distinct unnest(g.begins || g.ends) as moment) m
    left join unnest(g.ids, g.begins, g.ends) v(id, valid_from, valid_to) on v.valid_from <= moment and coalesce(moment < v.valid_to, true)
    where moment is not null group by moment
  ) period
) p;
comment on view reporting.link_periods is 'Which link the sessions with some metadata belong to, by when they were made; not for readers, and subject to change';
