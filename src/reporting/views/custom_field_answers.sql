create view analytics.custom_field_answers as
select
  a.source, a.account, a.organization_id, a.checkout_id, a.custom_field_id, a.slug, a.name, a.type, a.required,
  a.is_answered,
  a.is_shown,
  case when a.is_shown then a.answer #>> '{}' end as answer_text,
  case when a.is_shown and a.type = 'number' and jsonb_typeof(a.answer) = 'number' then (a.answer #>> '{}')::numeric end as answer_number,
  case when a.is_shown and a.type = 'date' and a.answer #>> '{}' ~ '^\d{4}-\d\d-\d\d' then left(a.answer #>> '{}', 10) end as answer_date,
  case when a.is_shown and a.type = 'checkbox' and jsonb_typeof(a.answer) = 'boolean' then (a.answer #>> '{}')::boolean end as answer_boolean,
  case when a.is_shown and a.type = 'select' then a.label end as option_label
from (
  select
    s.source, s.account, s.organization_id, s.checkout_id, f.id as custom_field_id, f.slug, f.name, f.type, c.required,
    s.custom_field_data -> f.slug as answer,
    coalesce(s.custom_field_data -> f.slug, 'null') <> 'null' as is_answered,
    o.label,
    f.slug = any({{metadata_keys}})
      or (f.type = 'select' and o.value is not null)
      or (f.type = 'checkbox' and coalesce(jsonb_typeof(s.custom_field_data -> f.slug), 'null') in ('boolean', 'null')) as is_shown
  from polar.checkout_custom_fields c
  join reporting.sessions s on s.checkout_id = c.checkout_id
  left join polar.custom_fields f on f.id = c.custom_field_id
  left join lateral (
    select each ->> 'value' as value, coalesce(each ->> 'label', each ->> 'value') as label
    from jsonb_array_elements(case when jsonb_typeof(f.properties -> 'options') = 'array' then f.properties -> 'options' else '[]' end) each
    where each ->> 'value' = s.custom_field_data ->> f.slug limit 1
  ) o on f.type = 'select'
) a;

comment on view analytics.custom_field_answers is 'Each custom field that a session asks for, and its answer. Texts, numbers and dates are shown only for slugs in REPORT_METADATA_KEYS; chosen options and checkboxes always';
comment on column analytics.custom_field_answers.custom_field_id is 'The custom field';
comment on column analytics.custom_field_answers.slug is 'Key of the answer';
comment on column analytics.custom_field_answers.name is 'Name given by the merchant';
comment on column analytics.custom_field_answers.type is 'text, number, date, checkbox or select';
comment on column analytics.custom_field_answers.required is 'Whether an answer is required';
comment on column analytics.custom_field_answers.is_answered is 'Whether there is an answer';
comment on column analytics.custom_field_answers.is_shown is 'Whether the answer is shown here';
comment on column analytics.custom_field_answers.answer_text is 'The answer as text, whatever its type';
comment on column analytics.custom_field_answers.answer_number is 'The answer to a question of type number';
comment on column analytics.custom_field_answers.answer_date is 'The answer to a question of type date, as YYYY-MM-DD';
comment on column analytics.custom_field_answers.answer_boolean is 'The answer to a question of type checkbox';
comment on column analytics.custom_field_answers.option_label is 'Label of the chosen option, for type select';
