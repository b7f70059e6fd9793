-- one row per person with a contact: the exit is worked out from the last contact and the latest reason noted
with
    last_contacts as (
        select who, max(day) as last_day, max(case when status = 'attended' then day end) as last_visit_day
        from view_contacts
        group by who
    ),
    latest_reasons as (
        select
            who,
            arg_max(exit_reason, (scheduled_day, row_no)) as reason,
            arg_max(scheduled_day, (scheduled_day, row_no)) as reason_day
        from view_visits
        where exit_reason is not null
        group by who
    ),
    last_visits as (
        select
            who,
            -- the end of phase 2, or of phase 1 for those who did not enter phase 2
            bool_or(visit = 'P2Wk24')
            or (bool_or(visit = 'P1Wk12') and not bool_or(starts_with(visit, 'P2'))) as reached_end_of_phase
        from source_ctn0094_30_51_visit
        where what in ('visit', 'final')
        group by who
    ),
    judged as (
        select
            people.row_no,
            people.who,
            last_contacts.last_day,
            latest_reasons.reason,
            -- a jail, a hospital or a move followed by an attended visit is an absence, not an exit
            coalesce(last_contacts.last_visit_day > latest_reasons.reason_day, false) as came_back,
            case
                when people.trial = '51'
                -- week 24 after randomisation, less the four days by which its visit may be early
                then last_contacts.last_day >= people.randomised_day - people.first_day + 164
                else last_visits.reached_end_of_phase
            end as reached_planned_end
        from view_people as people
        join last_contacts on last_contacts.who = people.who
        left join latest_reasons on latest_reasons.who = people.who
        left join last_visits on last_visits.who = people.who
    )
select
    row_no,
    who,
    last_day as exit_day,
    case
        when reached_planned_end
        then 'completed'
        when reason = 'is_dead'
        then 'died'
        when came_back
        then 'dropped_out'
        when reason = 'is_in_jail'
        then 'incarcerated'
        when reason = 'is_in_hospital'
        then 'hospitalised'
        when reason = 'is_moved'
        then 'moved'
        else 'dropped_out'
    end as exit_type,
    coalesce(reached_planned_end, false) as planned,
    case
        when not coalesce(reached_planned_end, false) and reason in ('is_left_study', 'is_dead')
        then 'recorded'
        else 'gap_rule'
    end as derived_by
from judged
