-- id: episodes_overlap
-- table: episodes
-- severity: warn
-- sentence: Two enrolments of one person overlap.
-- remedy: Close the earlier enrolment before the later one starts, or join the two.
with
    stored as (
        select row_no, episode_id, participant_id, enrolled_date, extract_day
        from typed_episodes
        anti join (select row_no from quarantined where table_name = 'episodes') using (row_no)
    ),
    spells as (
        select
            row_no,
            enrolled_date,
            -- of all that came before, not of the last alone
            max(enrolled_date + least(exits.episode_exit_day, stored.extract_day)) over (
                partition by participant_id
                order by enrolled_date, row_no
                rows between unbounded preceding and 1 preceding
            ) as earlier_end
        from stored
        left join episode_exits as exits using (episode_id)
        where participant_id in (select participant_id from stored group by participant_id having count(*) > 1)
    )
select 'episodes' as table_name, row_no, 'enrolled_date' as column_name
from spells
where enrolled_date < earlier_end
