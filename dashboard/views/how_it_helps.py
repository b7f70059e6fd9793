"""How it helps: the two paths of the theory of change, and what this program's records show of each step."""

from dashboard.ui import filters, guard, states, theory

where = filters.chosen()
size = guard.people(where)

theory.paths(where)
if size == "enough":
    theory.arrows(where)
else:
    states.too_few_to_compare()
