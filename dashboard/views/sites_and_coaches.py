"""Sites and coaches: each beside what chance alone would give; nobody is ranked."""

from dashboard.language import say
from dashboard.ui import figures_units, filters, guard, header, states

where = filters.chosen()
size = guard.people(where)

if size == "enough":
    states.caution(
        say("Not a league table."),
        say(
            "Most sites and coaches lie within the range that chance alone would give: that is the normal result. Use "
            "these figures to ask questions, never to judge a person. Coaches are shown by code; nothing here says "
            "who is who."
        ),
    )
    header.section(say("Sites"))
    figures_units.units(1, "site", where)
    header.section(say("Coaches"))
    figures_units.units(2, "coach", where)
else:
    states.too_few_to_compare()
