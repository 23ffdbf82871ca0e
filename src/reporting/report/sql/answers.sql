select slug, name, coalesce(option_label, answer_text) as answer, count(*) as sessions, count(*) filter (where is_paid) as paid
from analytics.custom_field_answers a join analytics.checkouts c using (checkout_id)
where created_at >= :month_start and created_at < :month_end and is_answered and is_shown
group by slug, name, 3 order by sessions desc, slug, answer limit 10
