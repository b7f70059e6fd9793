-- One row per episode with an exit in order: its day, counted from enrolment, and whether the person died.
create or replace temp table episode_exits as
select
    episode_id, min(exit_day) as episode_exit_day, coalesce(bool_or(exit_type = 'died'), false) as episode_died
from typed_discharges
-- an exit whose reason is on no list is stored, with the reason unknown
anti join
    (
        select row_no from cell_problems where table_name = 'discharges' and rule <> 'category_not_recognised'
    ) using (row_no)
where episode_id is not null and exit_day >= 0
group by episode_id
;
