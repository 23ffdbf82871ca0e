create view analytics.link_performance as
select
  'polar' as source, coalesce(c.account, l.account) as account,
  coalesce(c.organization_id, l.organization_id) as organization_id, l.link_id, l.label,
  case when c.link in ('none', 'ambiguous') then c.link else 'metadata' end as link_match,
  {{measures}}
from (
  select account, organization_id, link, currency, {{sums}}
  from (
    select t.*, case m.link when '' then 'ambiguous' else coalesce(m.link, 'none') end as link
    from (
      select account, organization_id, currency, link_or_visit, {{tallies}}
      from (
        -- What depends on a visit is decided below, for sessions with the same metadata together: that is no part of a parallel plan.
        select s.account, s.organization_id, s.currency, s.outcome, s.is_settled, s.net_amount, s.discount_given, s.total_amount,
          case
            when not l.has_visit_keys then to_jsonb(l.links[width_bucket(s.created_at, l.moments)])
            when l.has_visit_keys then jsonb_build_array(s.metadata, l.moments[width_bucket(s.created_at, l.moments)])
          end as link_or_visit
        from reporting.all_sessions s
        left join reporting.link_periods l on l.organization_id = s.organization_id and l.own_metadata = {{without_visit s.metadata}}
        {{once}}
      ) each
      group by 1, 2, 3, 4
    ) t
    left join lateral (
      select case jsonb_typeof(t.link_or_visit)
        when 'string' then t.link_or_visit #>> '{}'
        when 'array' then (
          select {{only v.id}}
          from reporting.link_versions v
          where v.organization_id = t.organization_id and t.link_or_visit -> 0 @> v.metadata and v.own_metadata = {{without_visit (t.link_or_visit -> 0)}}
            and v.valid_from <= (t.link_or_visit ->> 1)::timestamptz and coalesce((t.link_or_visit ->> 1)::timestamptz < v.valid_to, true)
        )
      end as link
    ) m on true
  ) part
  group by 1, 2, 3, 4
) c
full join (select * from analytics.links where source = 'polar') l on l.link_id = c.link;

comment on view analytics.link_performance is 'Checkout links with the results of their sessions, per currency; includes links without sessions, and sessions whose link is not known';
comment on column analytics.link_performance.label is 'Name given by the merchant';
comment on column analytics.link_performance.link_match is 'metadata: the link’s sessions; ambiguous, none: sessions whose link is not known';
