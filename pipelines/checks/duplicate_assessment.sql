-- id: duplicate_assessment
-- table: assessments
-- severity: error
-- sentence: The same questionnaire was recorded twice: same rater, day, session and occasion.
-- remedy: Keep one of the rows; the first one was stored.
with
    -- of a questionnaire that is kept out for another reason none is stored yet
    answered as (
        select
            row_no,
            hash(episode_id, instrument_id, instrument_version, rater, day, wave, session_id) as alike,
            episode_id,
            instrument_id,
            instrument_version,
            rater,
            day,
            wave,
            session_id
        from typed_assessments
        anti join (select row_no from quarantined where table_name = 'assessments') using (row_no)
        where status in ('complete', 'partial')
    ),
    looked_at as (select * from answered where alike in (select alike from answered group by alike having count(*) > 1))
select 'assessments' as table_name, row_no, 'date' as column_name
from looked_at
qualify
    row_number() over (
        partition by episode_id, instrument_id, instrument_version, rater, day, wave, session_id order by row_no
    )
    > 1
