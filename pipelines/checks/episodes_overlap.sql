-- id: episodes_overlap
-- table: episodes
-- severity: warn
-- sentence: Two enrolments of one person overlap.
-- remedy: Close the earlier enrolment before the later one starts, or join the two.
with
    spells as (
        select
            row_no,
            participant_id,
            enrolled_date,
            lag(enrolled_date + coalesce(exits.episode_exit_day, typed_episodes.extract_day)) over (
                partition by participant_id order by enrolled_date, row_no
            ) as earlier_end
        from typed_episodes
        left join episode_exits as exits using (episode_id)
        where participant_id in (select participant_id from typed_episodes group by participant_id having count(*) > 1)
    )
select 'episodes' as table_name, row_no, 'enrolled_date' as column_name
from spells
where enrolled_date < earlier_end
