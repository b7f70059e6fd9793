-- one row per planned visit: its day counted from the first contact, what became of it, a reason for an exit if noted
with
    planned as (
        select
            visit.row_no,
            visit.who,
            visit.what,
            people.first_day,
            try_cast(visit."when" as integer) as held_or_noted,
            -- trial 51 only: all visits of trial 30 have a day
            7 * coalesce(
                try_cast(regexp_extract(visit.visit, '^WK([0-9]+)$', 1) as integer),
                case when visit.visit in ('EOT', 'M1F', 'M3F') then 24 end
            )
            + case visit.visit when 'M1F' then 30 when 'M3F' then 90 else 0 end as planned_day,
            case
                when visit.is_dead = '1'
                then 'is_dead'
                when visit.is_left_study = '1'
                then 'is_left_study'
                when visit.is_in_jail = '1'
                then 'is_in_jail'
                when visit.is_in_hospital = '1'
                then 'is_in_hospital'
                when visit.is_moved = '1'
                then 'is_moved'
                when visit.is_missing_14_consecutive = '1'
                then 'is_missing_14_consecutive'
                when visit.is_no_show = '1'
                then 'is_no_show'
            end as exit_reason,
            visit.is_no_show = '1' or visit.is_forgot = '1' as not_shown,
            coalesce(
                visit.is_illness,
                visit.is_unable,
                visit.is_on_vacation,
                visit.is_no_funding,
                visit.is_in_hospital,
                visit.is_in_jail,
                visit.is_moved
            )
            = '1' as cancelled,
            visit.is_window = '1' as moved_to_another_day
        from source_ctn0094_30_51_visit as visit
        join view_people as people on people.who = visit.who
    )
select
    row_no,
    who,
    -- a visit planned before the first contact is set on its day
    greatest(coalesce(held_or_noted, planned_day) - first_day, 0) as scheduled_day,
    case when what in ('visit', 'final') then held_or_noted - first_day end as occurred_day,
    case
        when what in ('visit', 'final')
        then 'attended'
        when what is distinct from 'no visit'
        then 'unknown'
        when exit_reason in ('is_dead', 'is_left_study', 'is_missing_14_consecutive')
        then 'exit'
        when not_shown
        then 'no_show'
        when cancelled
        then 'cancelled_client'
        when moved_to_another_day
        then 'rescheduled'
        else 'unknown'
    end as status,
    exit_reason
from planned
