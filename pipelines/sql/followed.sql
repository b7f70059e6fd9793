-- One row per episode whose staying can be followed, numbered (stay); of so many that one in several is looked at those
-- are marked (is_looked_at). Reads `matched`.
select *, divide(number, one_in) as stay, number % one_in = 0 as is_looked_at
from
    (
        select
            *,
            row_number() over (order by episode_number) as number,
            divide(count(*) over () + $most_stays - 1, $most_stays) as one_in
        from matched
        where ending >= 0
    ) as numbered
