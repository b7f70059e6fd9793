-- One row per pair of levels and follow-up day: people whose follow-up was due, and those who answered.
-- People are counted by what all their follow-ups say before these are looked at one by one.
select level_1, level_2, x, sum(people) as people, coalesce(sum(people) filter (where answered), 0) as answered
from
    (
        select level_1, level_2, unnest($days) as x, unnest([answered_1, answered_2, answered_3]) as answered, people
        from
            (
                select level_1, level_2, answered_1, answered_2, answered_3, count(*) as people
                from matched
                where t is not null
                group by level_1, level_2, answered_1, answered_2, answered_3
            ) as patterns
    ) as one_by_one
where answered is not null
group by level_1, level_2, x
