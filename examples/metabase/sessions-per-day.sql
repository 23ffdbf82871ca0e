-- Sessions per day, and what became of them. Line chart; opened, paid and abandoned by day.
-- Variables: since is a date, account a text.
select day, sum(opened) as opened, sum(paid) as paid, sum(abandoned) as abandoned
from analytics.checkouts_daily
where day >= {{since}} [[and account = {{account}}]]
group by day order by day
