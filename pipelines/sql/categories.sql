-- One row per dimension and category that anybody has, in order.
select dimension, category
from
    (
        unpivot (
            select site, cohort, enrol_quarter, age_band, gender, primary_substance, referral_source, housing
            from mart_episodes
        )
        on site,
        cohort,
        enrol_quarter,
        age_band,
        gender,
        primary_substance,
        referral_source,
        housing
        into name dimension
        value category
    )
group by dimension, category
order by dimension, category
