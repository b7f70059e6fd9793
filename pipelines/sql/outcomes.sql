-- One row per episode in scope: when it ended (t, in days since the clock's start) and how (cause 0-4); reads
-- `counted`.
with
    clocked as (
        select
            *,
            case when $clock = 'enrolment' then enrolled_day else first_attended_day end as zero_day,
            coalesce(
                case when $contacts = 'attended' then last_attended_day else last_contact_day end, enrolled_day
            ) as contact_day,
            extract_day - zero_day - $gap_days as follow_up,
            greatest(1, exit_day - zero_day) as exit_at,
            greatest(1, contact_day - zero_day + 1) as left_at
        from counted
        where $episodes = 'all' or is_first
    ),
    ended as (
        select
            *,
            case
                when zero_day is null or follow_up < 1
                then null
                when exit_cause >= 2
                then case when exit_at <= follow_up then exit_cause else 0 end
                when left_at <= follow_up
                then 1
                else 0
            end as cause
        from clocked
    )
select
    *,
    case when cause = 0 then follow_up when cause = 1 then left_at when cause >= 2 then exit_at end as t,
    case
        when cause = 0
        then follow_up * 8
        when cause = 1
        then left_at * 8 + 1
        when cause >= 2
        then exit_at * 8 + cause
        when zero_day is null
        then -2
        else -1
    end as ending
from ended
