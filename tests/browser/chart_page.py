"""A page of one chart that can be zoomed, which the browser tests of the chart run with `streamlit run`."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import streamlit as st

from dashboard.ui import chart

GAP = float("nan")

which = st.radio("Which", ["first", "second"])
days = list(range(10))
values = [day / 10 for day in days] if which == "first" else [1 - day / 10 for day in days]
values[4] = GAP
figure = {
    "data": [{"type": "scatter", "mode": "lines", "x": days, "y": values}],
    "layout": {
        "height": 300,
        "font": {"family": "sans-serif", "size": 13},
        "dragmode": "zoom",
        "xaxis": {"range": [0, 9]},
        "yaxis": {"range": [0, 1]},
    },
}
chart.draw(chart.Drawing(figure, f"The {which} line"), key="line")
