-- How fresh the figures are. Table.
select account, stream, complete_until, full_until, history_since, rejected, failed_at
from analytics.freshness
order by account, stream
