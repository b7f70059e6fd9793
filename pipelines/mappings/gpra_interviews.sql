-- one row per interview held or due: its day (that on which it was due, if it was not held) and how it was answered
with
    interviews as (
        select
            *,
            trim(interviewtypecode) as kind,
            try_strptime(left(trim(interviewdate), 10), '%m/%d/%Y') as held_on,
            try_strptime(left(trim(dischargedate), 10), '%m/%d/%Y') as discharged_on,
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
    intakes as (
        select grantno, clientid, intakeseqnum, min(held_on) as intake_on from interviews where kind = '1' group by all
    )
select
    interviews.*,
    cast(
        coalesce(
            interviews.held_on,
            case
                interviews.kind
                when '2'
                then intakes.intake_on + interval 180 day
                when '3'
                then intakes.intake_on + interval 365 day
                when '4'
                then intakes.intake_on + interval 90 day
                when '5'
                then interviews.discharged_on
            end
        ) as date
    ) as asked_on,
    case
        when interviews.held_on is null
        then 'not held ' || coalesce(lpad(trim(interviews.flwpstatus), 2, '0'), '')
        when answered = 6
        then 'all answered'
        when answered = 0
        then 'none answered'
        else 'some answered'
    end as outcome
from interviews
left join intakes using (grantno, clientid, intakeseqnum)
