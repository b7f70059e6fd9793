-- One row per recorded episode that counts as part of an earlier one; reads `resumed_episodes`.
select episode_id, part_of, shift from resumed_episodes order by episode_id
