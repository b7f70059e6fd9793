"""Sites and coaches: each beside what chance alone would give; nobody is ranked."""

from dashboard.ui import figures_units, filters, guard, header, states

where = filters.chosen()
size = guard.people(where)

if size == "enough":
    states.caution(
        "Not a league table.",
        "Most sites and coaches lie within the range that chance alone would give: that is the normal result. Use "
        "these figures to ask questions, never to judge a person. Coaches are shown by code; nothing here says who is "
        "who.",
    )
    header.section("Sites")
    figures_units.units(1, "site", where)
    header.section("Coaches")
    figures_units.units(2, "coach", where)
else:
    states.too_few_to_compare()
