-- one row per interview held or due: its day (that on which it was due, if it was not held) and how it was answered
with
    interviews as (
        select
            *,
            trim(interviewtypecode) as kind,
            try_strptime(
                regexp_extract(trim(interviewdate), '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$', 1),
                ['%m/%d/%Y', '%Y-%m-%d']
            ) as held_on,
            try_strptime(
                regexp_extract(trim(dischargedate), '^(\d{1,2}/\d{1,2}/\d{4}|\d{4}-\d{2}-\d{2})([ T].*)?$', 1),
                ['%m/%d/%Y', '%Y-%m-%d']
            ) as discharged_on,
            len(
                [
                    answer
                    for answer in [
                        lifequality,
                        healthsatisfaction,
                        enoughenergyforeverydaylife,
                        performdailyactivitiessatisfaction,
                        selfsatisfaction,
                        relationshipsatisfaction
                    ]
                    if try_cast(answer as integer) > 0
                ]
            ) as answered
        from view_rows
    ),
    -- a day that is there and cannot be read is left for the checks; it is no interview that was not held
    told as (
        select *, case when held_on is null and interviewdate ~ '^\s*\d' then trim(interviewdate) end as unread
        from interviews
    ),
    intakes as (
        select grantno, clientid, intakeseqnum, min(held_on) as intake_on from interviews where kind = '1' group by all
    )
select
    told.*,
    coalesce(
        told.unread,
        cast(
            cast(
                coalesce(
                    told.held_on,
                    case
                        told.kind
                        when '2'
                        then intakes.intake_on + interval 180 day
                        when '3'
                        then intakes.intake_on + interval 365 day
                        when '4'
                        then intakes.intake_on + interval 90 day
                        when '5'
                        then told.discharged_on
                    end
                ) as date
            ) as varchar
        )
    ) as asked_on,
    case
        when told.held_on is null and told.unread is null
        then 'not held ' || coalesce(lpad(trim(flwpstatus), 2, '0'), '')
        when answered = 6
        then 'all answered'
        when answered = 0
        then 'none answered'
        else 'some answered'
    end as outcome
from told
left join intakes using (grantno, clientid, intakeseqnum)
