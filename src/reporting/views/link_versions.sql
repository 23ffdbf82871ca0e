-- Links as they were when sessions were made: the first version that is known counts from the link's creation. own_metadata is what their
-- sessions have, apart from what a visit may bring along.
create view reporting.link_versions as
select organization_id, {{without_visit metadata}} as own_metadata, id::text as id, metadata, valid_from, valid_to
from (
  select k.id, k.organization_id, coalesce(h.metadata, k.metadata) as metadata, coalesce(h.valid_from, k.created_at) as valid_from, h.valid_to
  from polar.checkout_links k
  left join (
    -- Joined to the others of the same link, as a window is no part of a parallel plan.
    select v.id, v.metadata, case when bool_or(o.valid_from < v.valid_from) then v.valid_from end as valid_from,
      min(o.valid_from) filter (where o.valid_from > v.valid_from) as valid_to
    from (select distinct on (id, valid_from) id, valid_from, metadata from history.checkout_links order by id, valid_from, seq desc) v
    join history.checkout_links o on o.id = v.id
    group by v.id, v.valid_from, v.metadata
  ) h on h.id = k.id
) version
where metadata <> '{}';
comment on view reporting.link_versions is 'Metadata of links over time; not for readers, and subject to change';
