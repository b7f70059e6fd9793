-- one row per withdrawal rating; the two trials used different questionnaires and raters
select
    withdrawal.row_no,
    withdrawal.who,
    try_cast(withdrawal."when" as integer) - people.first_day as day,
    people.trial,
    withdrawal.withdrawal as total,
    case when withdrawal.withdrawal is null then 'partial' else 'complete' end as status
from source_ctn0094_30_51_withdrawal as withdrawal
join view_people as people on people.who = withdrawal.who
