-- id: duplicate_assessment
-- table: assessments
-- severity: error
-- sentence: The same questionnaire was recorded twice: same rater, day, session and occasion.
-- remedy: Keep one of the rows; the first one was stored.
with
    answered as (select * from typed_assessments where status in ('complete', 'partial') and problems = 0),
    repeated as (
        select episode_id, instrument_id, instrument_version, rater, day, wave, session_id, min(row_no) as first_row
        from answered
        group by episode_id, instrument_id, instrument_version, rater, day, wave, session_id
        having count(*) > 1
    )
select 'assessments' as table_name, answered.row_no, 'date' as column_name
from answered
join
    repeated
    on repeated.episode_id = answered.episode_id
    and repeated.instrument_id = answered.instrument_id
    and repeated.instrument_version is not distinct from answered.instrument_version
    and repeated.rater = answered.rater
    and repeated.day = answered.day
    and repeated.wave is not distinct from answered.wave
    and repeated.session_id is not distinct from answered.session_id
where answered.row_no > repeated.first_row
