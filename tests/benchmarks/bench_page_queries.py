"""The queries that the pages ask of the marts: each of them, and all of a page, against the limit set for a million.

What a page asks is written down while Streamlit's test harness runs it on the sample, for everybody and with filters.
The same statements with the same parameters are then timed on records of any size, without the estimates made of them.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from unittest import mock

from streamlit.testing.v1 import AppTest

from dashboard.remembered import Remembered
from pipelines import warehouse
from pipelines.warehouse import Parameters, Reader
from tests.benchmarks import homes
from tests.browser import doors

LIMIT_MILLISECONDS = 50.0
REPETITIONS = 5
ENOUGH_MILLISECONDS = 500.0
"""A query that took so long altogether is not repeated: it misses the limit by far."""
PAGE_SECONDS = 600
PAGES = {
    "overview": "Overview",
    "staying": "Staying",
    "how_it_helps": "How it helps",
    "trust_and_confidence": "Trust and confidence",
    "sites_and_coaches": "Sites and coaches",
}
VIEWS = ({}, {"substance": ["Opioids"]}, {"substance": ["Opioids", "Alcohol"], "age": ["25 to 34", "35 to 44"]})
"""Filters as the web address holds them: none, one, and two of two categories each; any records have their codes."""

Query = tuple[str, Parameters]


@contextmanager
def written_down() -> Iterator[list[Query]]:
    """Yield a list that grows by every query of an estimate; nothing is worked ahead meanwhile."""
    asked: list[Query] = []
    columns = Reader.columns

    def noted(self: Reader, sql: str, parameters: Parameters = None):
        asked.append((sql, parameters))
        return columns(self, sql, parameters)

    with mock.patch.object(Reader, "columns", noted), mock.patch.object(Remembered, "_look_ahead"):
        yield asked


def queries_of(page: str, home: Path) -> list[Query]:
    """Return what the page asks in each of the views, each query once; AssertionError if it breaks off."""
    here = {"RECOVERY_OUTCOMES_HOME": str(home), "RECOVERY_OUTCOMES_AUDIENCE": "manager"}
    with written_down() as asked, mock.patch.dict(os.environ, here):
        for view in VIEWS:
            app = AppTest.from_file(str(doors.ROOT / "dashboard" / "app.py"), default_timeout=PAGE_SECONDS)
            for name, values in view.items():
                app.query_params[name] = values
            if page != "overview":
                app.switch_page(f"views/{page}.py")
            app.run()
            if app.exception:
                raise AssertionError(f"the page {page} breaks off")
    return list({(sql, str(parameters)): (sql, parameters) for sql, parameters in asked}.values())


def milliseconds(reader: Reader, query: Query) -> float:
    """Return the median time of a query."""
    taken = []
    for _ in range(REPETITIONS):
        start = time.perf_counter()
        reader.columns(*query)
        taken.append(1000 * (time.perf_counter() - start))
        if sum(taken) > ENOUGH_MILLISECONDS:
            break
    return median(taken)


def run(size: str) -> list[dict[str, object]]:
    """Return one line per page: the median query, the limit, and in the note all of them and the slowest."""
    sample, home = homes.home("small"), homes.home(size)
    reader = warehouse.open_records(home)
    rows: list[dict[str, object]] = []
    for page, title in PAGES.items():
        times = sorted(milliseconds(reader, query) for query in queries_of(page, sample))
        middle, high, view = median(times), quantiles(times, n=20)[-1], sum(times) / len(VIEWS)
        note = (
            f"{homes.said(size)}; against the limit set for a million; {len(times)} queries in {len(VIEWS)} views, "
            f"95th percentile {high:.3g} ms, slowest {times[-1]:.3g} ms, a view together {view:.3g} ms"
        )
        rows.append(
            {
                "name": f"queries of {title}, median",
                "ours": middle,
                "other": LIMIT_MILLISECONDS,
                "unit": "ms",
                "ratio": LIMIT_MILLISECONDS / middle,
                "note": note,
            }
        )
    reader.close()
    return rows
