select stream, account, complete_until, history_since, rejected, failed_at
from analytics.freshness order by source desc, stream <> 'polar.checkouts', stream, account
