"""Overview: in short, four numbers, attendance and answers, the curve, where people are, what is worth a look."""

from dashboard.ui import data, figures, filters, four_numbers, guard, summary

where = filters.chosen()
size = guard.people(where)

summary.in_short(where, compare=size == "enough")
four_numbers.draw(where)
figures.staying_everyone(1, where)
if size == "enough":
    summary.worth_a_look(where)
if data.offered("where_people_are"):
    figures.where_people_are(2, where)
summary.rates(where)
