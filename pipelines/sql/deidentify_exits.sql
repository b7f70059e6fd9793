-- One row per episode with a readable exit: its day, counted from enrolment, and whether the person died.
create or replace temp table episode_exits as
select
    episode_id, min(exit_day) as episode_exit_day, coalesce(bool_or(exit_type = 'died'), false) as episode_died
from typed_discharges
where episode_id is not null and exit_day >= 0 and problems = 0
group by episode_id
;
