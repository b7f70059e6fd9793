"""`streamlit run` of the dashboard as it would be without our chart: the other side of bench_page, and nothing else.

Run as `python -m tests.benchmarks.streamlit_run_baseline dashboard/app.py --server.port 8501 …`. Only this process
draws with `st.plotly_chart`; the dashboard itself has no way to ask for it. It sets nothing apart from the garbage
collector either, as nothing does under `streamlit run`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable

import streamlit as st
from streamlit.web import cli

from dashboard import settled_memory
from dashboard.charts import CONFIG
from dashboard.ui import chart


def draw(
    drawing: chart.Drawing,
    *,
    key: str,
    release: Callable[[], str] | None = None,
    only: Callable[[str], None] | None = None,
) -> None:
    """Draw with Streamlit's own element, as a page would that has no component: no picture noted, no mark clicked."""
    del release, only
    st.plotly_chart(drawing.figure, theme=None, key=key, config=CONFIG, alt=drawing.alt)


if __name__ == "__main__":
    chart.draw = draw
    settled_memory.settle = lambda: None
    cli.main(["run", *sys.argv[1:]])
