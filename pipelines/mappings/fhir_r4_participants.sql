-- one row per patient: whole years of age at the start of the first episode, ethnicity before race
with
    born as (
        select
            *,
            try_cast(
                case
                    length(birth_date)
                    when 4
                    then birth_date || '-07-01'
                    when 7
                    then birth_date || '-15'
                    else left(birth_date, 10)
                end as date
            ) as birth_day
        from source_fhir_patient
    ),
    begun as (select patient_id, min(start_day) as start_day from view_episodes group by patient_id)
select
    born.row_no,
    born.id,
    born.gender,
    case when born.ethnicity_code = '2135-2' then born.ethnicity_code else born.race_code end as race_eth,
    datediff('year', born.birth_day, begun.start_day)
    - case when strftime(begun.start_day, '%m%d') < strftime(born.birth_day, '%m%d') then 1 else 0 end as age
from born
left join begun on begun.patient_id = born.id
