"""Pure drawings: an estimate table in, a plain Plotly figure (a dict) out; one function per shape.

Nothing here computes an estimate: every printed number is a cell of the table it was given, and a row
that is not shown carries no number. Colours come from the tokens of the theme, so a figure is drawn
for one mode, 'light' or 'dark'.
"""

from dashboard.charts.along import along
from dashboard.charts.bars import bars
from dashboard.charts.columns import by_month, counts
from dashboard.charts.curve import curve
from dashboard.charts.dose import dose
from dashboard.charts.dots import attendance, days, gaps, rates
from dashboard.charts.forest import forest
from dashboard.charts.frame import CONFIG
from dashboard.charts.funnel import funnel_chart
from dashboard.charts.grid import grid
from dashboard.charts.heatmap import heatmap
from dashboard.charts.milestones import milestones
from dashboard.charts.months import months
from dashboard.charts.parts import parts
from dashboard.charts.spark import spark
from dashboard.charts.stack import stack
from dashboard.charts.weeks import weeks

__all__ = [
    "CONFIG",
    "along",
    "attendance",
    "bars",
    "by_month",
    "counts",
    "curve",
    "days",
    "dose",
    "forest",
    "funnel_chart",
    "gaps",
    "grid",
    "heatmap",
    "milestones",
    "months",
    "parts",
    "rates",
    "spark",
    "stack",
    "weeks",
]
