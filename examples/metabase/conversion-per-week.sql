-- Conversion per week of finished days. Line chart; conversion by week, in percent.
-- Variables: since is a date, account a text.
select date_trunc('week', day)::date as week, sum(settled) as settled, sum(paid) as paid,
  round(sum(paid) / nullif(sum(settled), 0), 4) as conversion
from analytics.checkouts_daily
where day >= {{since}} and is_final [[and account = {{account}}]]
group by 1 order by 1
