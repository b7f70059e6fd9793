-- one row per answered item: its number alone, or after a name that holds no other number but the questionnaire's
select
    cast(answer.line as bigint) as line,
    answer.response_id as form_id,
    coalesce(
        nullif(regexp_extract(answer.link_id, '^[A-Za-z_./-]*0*([1-9][0-9]?)$', 1), ''),
        case
            when starts_with(answer.link_id, form.instrument)
            then
                nullif(
                    regexp_extract(substr(answer.link_id, length(form.instrument) + 1), '^[_./-]0*([1-9][0-9]?)$', 1),
                    ''
                )
        end,
        ltrim(answer.link_id, '/')
    ) as item,
    coalesce(answer.value, answer.code) as answer
from source_fhir_answer as answer
left join (select distinct form_id, instrument from view_forms) as form on form.form_id = answer.response_id
-- totals are read with the form
where coalesce(lower(ltrim(answer.link_id, '/')), '') not in ('total', 'score', '44261-6', '70274-6')
