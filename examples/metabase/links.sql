-- Links by what came of their sessions. Table.
-- Variables: account is a text.
select coalesce(label, link_id, link_match) as link, currency, opened, paid, conversion, net_money as net
from analytics.link_performance
where opened > 0 [[and account = {{account}}]]
order by paid desc, opened desc, link
