-- One row per episode whose records are known for longer, or less long, than its row says: its new extract day.
-- A site is brought up to date if the batch has a row of it; nothing that was known becomes unknown again.
create or replace temp table moved_extracts as
with
    of_batch as (
        select site_no, max(enrolled_date + extract_day) as extracted
        from typed_episodes
        where row_no > 0 and problems = 0
        group by site_no
    ),
    came as (
        select episode_id from typed_sessions where row_no > 0
        union
        select episode_id from typed_assessments where row_no > 0
        union
        select episode_id from typed_engagement_events where row_no > 0
        union
        select episode_id from typed_discharges where row_no > 0
        union
        select episode_id from typed_coach_assignments where row_no > 0
    ),
    covered as (
        select site_no from of_batch
        union
        select site_no from typed_episodes where episode_id in (select episode_id from came)
    ),
    reached as (
        select
            covered.site_no,
            coalesce(
                of_batch.extracted, (select max(extracted) from of_batch), cast($extracted_on as date)
            ) as extracted
        from covered
        left join of_batch using (site_no)
    ),
    known as (
        select stored.episode_id, anchors.first_contact_date + stored.extract_day as extracted
        from earlier.main.episodes as stored
        join anchors using (episode_id)
    )
select
    typed.row_no,
    typed.episode_id,
    cast(
        greatest(
            typed.enrolled_date + typed.extract_day, known.extracted, case when typed.row_no < 1 then reached.extracted end
        )
        - typed.enrolled_date as integer
    ) as extract_day
from typed_episodes as typed
left join known using (episode_id)
left join reached using (site_no)
where
    typed.extract_day is not null
    and greatest(
        typed.enrolled_date + typed.extract_day, known.extracted, case when typed.row_no < 1 then reached.extracted end
    )
    > typed.enrolled_date + typed.extract_day
