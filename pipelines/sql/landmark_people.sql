-- One row per person still in the program at a landmark who has enough ratings up to it: follow-up since, ending,
-- score, site as its place in the names.
select score, t - $landmark as day, cause, list_position($site_names, site) as site, coach_number as coach
from matched
where t > $landmark and score is not null
