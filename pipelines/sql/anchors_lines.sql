-- One row per kept episode: its code and the date of its first contact, as a line of the anchors file.
select
    concat(cast(kept.episode_id as varchar), ',', strftime(kept.enrolled_date + coalesce(starts.shift, 0), '%Y-%m-%d'))
from kept_episodes as kept
left join earlier_starts as starts using (episode_id)
order by kept.episode_id
