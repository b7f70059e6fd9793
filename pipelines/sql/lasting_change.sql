-- One row per pair of levels and follow-up day: people due who can be compared, who answered, and whose gain was kept.
-- People are counted by what all their follow-ups say before these are looked at one by one.
select
    level_1,
    level_2,
    x,
    coalesce(sum(people) filter (where gain <> $no_intake), 0) as people,
    coalesce(sum(people) filter (where gain in ($kept, $not_kept)), 0) as answered,
    coalesce(sum(people) filter (where gain = $kept), 0) as lasting,
    coalesce(sum(people) filter (where gain = $last_kept), 0) as missing_was_lasting,
    coalesce(sum(people) filter (where gain = $no_intake), 0) as not_compared
from
    (
        select level_1, level_2, unnest($days) as x, unnest([gain_1, gain_2, gain_3]) as gain, people
        from
            (
                select level_1, level_2, gain_1, gain_2, gain_3, count(*) as people
                from matched
                where t is not null
                group by level_1, level_2, gain_1, gain_2, gain_3
            ) as patterns
    ) as one_by_one
where gain is not null
group by level_1, level_2, x
