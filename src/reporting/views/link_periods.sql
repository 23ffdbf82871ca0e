-- Links by the metadata that their sessions have, apart from what a visit may bring along. A session that was made at the moment in
-- moments, or later and before the next one, belongs to the link at the same place in links: null for none, '' for several. Where a
-- link's own metadata has keys of visits, its sessions must have them as well, and this cannot be said in advance.
-- Nothing refers to an outer row, which would keep Postgres from a parallel plan.
create view reporting.link_periods as
select distinct on (g.organization_id, g.own_metadata) g.*, p.moments, p.links -- all are distinct, and so the planner knows it
from (
  select organization_id, own_metadata, bool_or(own_metadata <> metadata) as has_visit_keys,
    array_agg(id) as ids, array_agg(metadata) as metadatas, array_agg(valid_from) as begins, array_agg(valid_to) as ends
  from reporting.link_versions group by 1, 2
) g
join (
  select organization_id, own_metadata, array_agg(moment order by moment) as moments, array_agg(link order by moment) as links
  from (
    select m.organization_id, m.own_metadata, m.moment, {{only v.id}} as link
    from (
      select distinct organization_id, own_metadata, moment
      from reporting.link_versions, unnest(array[valid_from, valid_to]) moment where moment is not null
    ) m
    left join reporting.link_versions v on v.organization_id = m.organization_id and v.own_metadata = m.own_metadata
      and v.valid_from <= m.moment and coalesce(m.moment < v.valid_to, true)
    group by 1, 2, 3
  ) period
  group by 1, 2
) p using (organization_id, own_metadata);
comment on view reporting.link_periods is 'Link that sessions with some metadata belong to, by time of creation; not for readers, and subject to change';
