-- id: number_of_two_people
-- table: episodes
-- severity: warn
-- sentence: The enrolment names a number whose rows differ in gender or origin: it may stand for two people.
-- remedy: Where sites give the same numbers, put the site before the number in every file; else keep one row a person.
with
    several as (
        select distinct participant_id
        from typed_participants
        semi join
            (select row_no from cell_problems where table_name = 'participants' and rule = 'duplicate_key') using (
                row_no
            )
    ),
    -- how old somebody is and where they live may change from one enrolment to the next
    told as (
        select
            participant_id,
            nullif(cast(gender as varchar), 'undisclosed') as gender,
            nullif(cast(race_eth as varchar), 'unknown') as race_eth
        from typed_participants
        semi join several using (participant_id)
    ),
    differing as (
        select participant_id
        from told
        group by participant_id
        having count(distinct gender) > 1 or count(distinct race_eth) > 1
    )
select 'episodes' as table_name, row_no, 'participant_id' as column_name
from typed_episodes
semi join differing using (participant_id)
