-- one row per person
select
    people.row_no,
    people.who,
    demographics.age,
    case when demographics.is_hispanic = 'Yes' then 'Hispanic' else demographics.race end as race,
    demographics.is_living_stable,
    demographics.job
from view_people as people
left join source_ctn0094_30_51_demographics as demographics on demographics.who = people.who
