-- one row per dose, per randomisation (the first of each person), and per injection on the day its cover ends
with
    doses as (
        select
            treatment.row_no,
            treatment.who,
            try_cast(treatment."when" as integer) - people.first_day as day,
            -- "1" is an injection in this arm alone; elsewhere it is 1 mg
            people.arm = 'Inpatient NR-NTX' and treatment.amount = '1' as is_injection
        from source_ctn0094_30_51_treatment as treatment
        join view_people as people on people.who = treatment.who
    ),
    events as (
        select row_no, 'D' || row_no as event_id, who, day, null as initiated_by, 'dose' as kind
        from doses
        union all
        select row_no, 'R' || row_no, who, randomised_day - first_day, 'system', 'randomisation'
        from view_people
        where randomised_day is not null
        union all
        select row_no, 'C' || row_no, who, day + 28, null, 'cover_ends'
        from doses
        where is_injection
    )
select
    -- doses keep the row of their file, the others are numbered after them
    case
        when kind = 'dose'
        then row_no
        else (select max(row_no) from doses) + row_number() over (partition by kind = 'dose' order by kind, row_no)
    end as row_no,
    event_id,
    who,
    day,
    initiated_by,
    kind
from events
