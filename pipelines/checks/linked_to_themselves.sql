-- id: linked_to_themselves
-- table: engagement_events
-- severity: warn
-- sentence: A person is recorded as having brought themselves to the program.
-- remedy: Enter the code of the other person, or leave the link empty.
select 'engagement_events' as table_name, events.row_no, 'linked_participant_id' as column_name
from typed_engagement_events as events
join
    (
        select episode_id, participant_id
        from typed_episodes
        anti join (select row_no from quarantined where table_name = 'episodes') using (row_no)
    ) as episodes
    on episodes.episode_id = events.episode_id
where events.linked_participant_id = episodes.participant_id
