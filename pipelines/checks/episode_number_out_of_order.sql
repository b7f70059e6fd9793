-- id: episode_number_out_of_order
-- table: episodes
-- severity: warn
-- sentence: The numbers of a person's enrolments do not follow their dates.
-- remedy: Number the enrolments of a person 1, 2, 3 by their days.
with
    stored as (
        select row_no, participant_id, enrolled_date, episode_no
        from typed_episodes
        anti join (select row_no from quarantined where table_name = 'episodes') using (row_no)
    ),
    numbered as (
        select
            row_no,
            episode_no,
            lag(episode_no) over (partition by participant_id order by enrolled_date, episode_no) as earlier
        from stored
        where participant_id in (select participant_id from stored group by participant_id having count(*) > 1)
    )
select 'episodes' as table_name, row_no, 'episode_no' as column_name
from numbered
where episode_no <= earlier
