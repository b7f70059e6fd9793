"""The chart on the page: a component of ours that draws a plain figure and changes it in place.

Streamlit's own Plotly element starts anew whenever its figure changes. This one keeps its place on the page and hands
the new figure to `Plotly.react`. What is sent is one text of JSON, the figure; the library is fetched by the browser
once, from this host.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property, partial
from pathlib import Path
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.components.v1 import declare_component

from dashboard import plotly_js
from dashboard.charts import CONFIG
from dashboard.language import noted, say

WORDS = {
    "instead": noted("The chart cannot be drawn in this browser. The same numbers are in the table below."),
    "picture": noted("Save picture (SVG)"),
    "sentence": noted("Copy sentence"),
    "link": noted("Copy link"),
    "picture_saved": noted("Picture saved."),
    "sentence_copied": noted("Sentence copied."),
    "link_copied": noted("Link copied."),
    "no_copy": noted("This browser does not allow copying here."),
}
"""What stands below a chart or instead of it; it is sent along, said in the language of the page."""
_HTML = (
    '<div data-testid="chart" role="figure" style="width: 100%; overflow: auto hidden"></div>'
    '<p class="in-card" data-testid="chart-instead" role="status" hidden></p>'
    '<div class="chart-tools" data-testid="chart-tools" hidden>'
    '<button type="button" data-tool="picture"></button>'
    '<button type="button" data-tool="sentence"></button>'
    '<button type="button" data-tool="link"></button>'
    '<button type="button" data-tool="only" hidden></button>'
    '<span role="status" data-testid="chart-said"></span></div>'
)
CLICK = noted("Click a mark to see its group alone.")
_component = st.components.v2.component(
    "recovery_outcomes_chart",
    html=_HTML,
    js=Path(__file__).with_name("chart.js").read_text("utf-8"),
    isolate_styles=False,
)
_SERVED: dict[str, str] = {}
"""Where the library is, once somebody has said so or it has been found out."""


def take_library_from(address: str) -> None:
    """Say that this process serves Plotly's JavaScript at `address`, a path on this host."""
    _SERVED["library"] = address


@dataclass(frozen=True)
class Picture:
    """What a saved picture carries along: the file's name, its title, and who may have it.

    `asks`: the server is asked before it leaves, because it must be noted there.
    """

    name: str
    title: str
    foot: str
    asks: bool


@dataclass(frozen=True)
class Drawing:
    """A plain Plotly figure and its text alternative; what is sent of it is put together once.

    With a `picture` the chart can be saved; without one there are no tools below it. `groups` holds, by the code that a
    mark carries, the words of the button that shows that group alone once its mark is clicked.
    """

    figure: Mapping[str, Any]
    alt: str
    picture: Picture | None = None
    groups: Mapping[str, str] = field(default_factory=dict)

    @cached_property
    def text(self) -> str:
        """What is sent to the browser: JSON, with null for what is not a finite number; TypeError for other values."""
        picture = None if self.picture is None else asdict(self.picture)
        told = {
            "figure": self.figure,
            "alt": self.alt,
            "config": CONFIG,
            "library": _library(),
            "picture": picture,
            "groups": self.groups,
            "hint": say(CLICK) if self.groups else "",
            "words": {name: say(text) for name, text in WORDS.items()},
        }
        try:
            return json.dumps(told, allow_nan=False, default=_plain, separators=(",", ":"))
        except ValueError:
            # Only what holds such a number is gone through value by value.
            return json.dumps(_finite(told), allow_nan=False, separators=(",", ":"))


def draw(
    drawing: Drawing,
    *,
    key: str,
    release: Callable[[], str] | None = None,
    only: Callable[[str], None] | None = None,
) -> None:
    """Put `drawing` on the page; `key` keeps its place there from run to run.

    Where its picture asks before it leaves, `release` notes it and returns '', or why it may not leave. `only` is
    called with the code of the group that shall be shown alone.
    """
    if st.session_state.pop(f"asks_{key}", False):
        number, _, _ = _answer(key).partition(" ")
        refused = release() if release is not None else ""
        st.session_state[f"picture_{key}"] = f"{int(number) + 1} {refused}".strip()
    alone = {} if only is None else {"on_only_change": partial(_alone, key, only)}
    _component(key=key, data=f"{_answer(key)}\n{drawing.text}", on_picture_change=partial(_asks, key), **alone)


def _asks(key: str) -> None:
    """Remember that a picture asks whether it may leave; it is answered when the page, with its data, is run."""
    st.session_state[f"asks_{key}"] = True


def _alone(key: str, only: Callable[[str], None]) -> None:
    """Hand on which group shall be shown alone."""
    chosen = st.session_state[key].get("only")
    if chosen:
        only(str(chosen))


def _answer(key: str) -> str:
    """Return the latest answer: its number, and the reason if the picture may not leave."""
    return str(st.session_state.get(f"picture_{key}", "0"))


def _plain(value: Any) -> Any:
    """Return a number or a list for what numpy and pandas make of them."""
    if hasattr(value, "tolist"):
        return value.tolist()
    if pd.api.types.is_scalar(value) and pd.isna(value):
        return None
    raise TypeError(f"a figure holds no {type(value).__name__}")


def _finite(value: Any) -> Any:
    """Return `value` with null for every number in it that is not finite."""
    if isinstance(value, Mapping):
        return {name: _finite(held) for name, held in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(held) for held in value]
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return _finite(_plain(value))


def _library() -> str:
    """Return the address of the library; under plain `streamlit run` Streamlit serves the package's own folder."""
    if "library" not in _SERVED:
        folder = declare_component("plotly", path=plotly_js.FOLDER)
        base = str(st.get_option("server.baseUrlPath") or "").strip("/")
        _SERVED["library"] = f"/{base}/component/{folder.name}/{plotly_js.NAME}".replace("//", "/")
    return _SERVED["library"]
