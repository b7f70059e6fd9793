-- One row: links on record, people enrolled, those who brought somebody, those somebody brought, those of them who
-- brought somebody in turn, and those who came through one who had been brought.
select *
from
    (
        with
            links as (
                select distinct episodes.participant_id as bringer, events.linked_participant_id as brought
                from engagement_events as events
                join episodes on episodes.episode_id = events.episode_id
                where
                    events.linked_participant_id is not null and events.linked_participant_id <> episodes.participant_id
            ),
            bringers as (select distinct bringer as participant_id from links),
            came as (select distinct brought as participant_id from links),
            second as (
                select distinct links.brought as participant_id
                from links
                join came on came.participant_id = links.bringer
            )
        select
            (select count(*) from links) as links,
            count(*) as people,
            count(bringers.participant_id) as brought_somebody,
            count(came.participant_id) as came_through_somebody,
            count(case when bringers.participant_id = came.participant_id then 1 end) as brought_in_turn,
            count(second.participant_id) as second_generation
        from (select distinct participant_id from matched) as persons
        left join bringers on bringers.participant_id = persons.participant_id
        left join came on came.participant_id = persons.participant_id
        left join second on second.participant_id = persons.participant_id
    ) as told
