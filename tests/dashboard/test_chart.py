"""The chart component: what is sent is JSON and nothing else, and the library comes from this host alone."""

from __future__ import annotations

import gzip
import inspect
import json
import re
from typing import Any

import numpy as np
import pandas as pd
import pytest

from dashboard import plotly_js, server
from dashboard.ui import chart
from tests.benchmarks import streamlit_run_baseline

HALF = 0.5


def strict(text: str) -> Any:
    """Read JSON as a browser does, which knows no NaN and no Infinity."""

    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    return json.loads(text, parse_constant=refuse)


@pytest.mark.parametrize("gap", [float("nan"), float("inf"), -float("inf"), np.nan, np.float64("inf"), pd.NA, pd.NaT])
@pytest.mark.parametrize("whole", [3, np.int64(3), np.int8(3)])
def test_a_value_that_is_no_number_is_sent_as_null(gap: Any, whole: Any) -> None:
    figure = {"data": [{"x": (whole, 2), "y": [HALF, gap]}], "layout": {"height": 9, "margin": {"t": gap}}}
    sent = strict(chart.Drawing(figure, "Alternative").text)
    assert sent["figure"] == {
        "data": [{"x": [3, 2], "y": [HALF, None]}],
        "layout": {"height": 9, "margin": {"t": None}},
    }
    assert sent["alt"] == "Alternative"


@pytest.mark.parametrize(
    "values", [np.array([HALF, np.nan]), pd.Series([HALF, np.nan]), pd.array([HALF, None], dtype="Float64")]
)
def test_an_array_is_sent_as_a_list(values: Any) -> None:
    sent = strict(chart.Drawing({"data": [{"y": values}], "layout": {}}, "").text)
    assert sent["figure"]["data"] == [{"y": [HALF, None]}]


def test_what_is_no_part_of_a_figure_is_refused() -> None:
    with pytest.raises(TypeError, match="a figure holds no object"):
        _ = chart.Drawing({"data": [object()], "layout": {}}, "").text


def test_nothing_that_is_sent_could_send_data_anywhere() -> None:
    config = strict(chart.Drawing({"data": [], "layout": {}}, "").text)["config"]
    assert config["showSendToCloud"] is False
    assert config["plotlyServerURL"] == ""
    assert config["displaylogo"] is False


def test_the_library_is_sent_by_this_host_once_and_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "_SERVED", {})
    server.create_app("public")
    sent = strict(chart.Drawing({"data": [], "layout": {}}, "").text)
    assert sent["library"] == plotly_js.ADDRESS
    answer = server.plotly()
    assert gzip.decompress(answer.body) == (plotly_js.FOLDER / plotly_js.NAME).read_bytes()
    assert answer.headers["content-encoding"] == "gzip"
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


def test_under_streamlit_run_the_package_folder_serves_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chart, "_SERVED", {})
    library = strict(chart.Drawing({"data": [], "layout": {}}, "").text)["library"]
    assert re.fullmatch(r"/component/[\w.]+/plotly\.min\.js", library)


def test_the_other_side_of_the_benchmark_can_be_put_in_its_place() -> None:
    ours, other = (inspect.signature(draw).parameters.values() for draw in (chart.draw, streamlit_run_baseline.draw))
    assert [(one.name, one.kind, one.default) for one in ours] == [(one.name, one.kind, one.default) for one in other]
