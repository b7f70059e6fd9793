-- One row: the last quarter that had fully ended when the records were extracted, and the first half-year of contact.
with
    known as (
        select max(enrolled_date + extract_day) as extracted, min(enrolled_date) as first_enrolled from kept_episodes
    ),
    ended as (
        select
            first_enrolled,
            case
                when extracted = last_day(cast(date_trunc('quarter', extracted) + interval 2 month as date))
                then extracted
                else cast(date_trunc('quarter', extracted) - interval 1 day as date)
            end as last_ended
        from known
    )
select
    printf('%d-Q%d', year(last_ended), quarter(last_ended)) as records_to,
    printf('%d-H%d', year(first_enrolled), case when quarter(first_enrolled) < 3 then 1 else 2 end) as first_cohort
from ended
