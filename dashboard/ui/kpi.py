"""Cards with one number each: value, range, people, a small line over time, and the change in words."""

from __future__ import annotations

import html
from dataclasses import dataclass, field

import streamlit as st


@dataclass(frozen=True, slots=True)
class Kpi:
    """One card. `value` is a number or the words for its absence; `lines` give range and people; `ends` the spark's."""

    label: str
    value: str
    unit: str = ""
    lines: tuple[str, ...] = ()
    spark: str = ""
    spark_alt: str = ""
    ends: tuple[str, str] = ("", "")
    change: str = ""
    words_only: bool = field(default=False)


def cards(kpis: list[Kpi]) -> None:
    """Draw the cards side by side, two by two on a phone."""
    st.html(f'<ul class="kpis">{"".join(_card(kpi) for kpi in kpis)}</ul>')


def _card(kpi: Kpi) -> str:
    value = f'<span class="kpi-value{" words" if kpi.words_only else ""}">{html.escape(kpi.value)}</span>'
    unit = f" {html.escape(kpi.unit)}" if kpi.unit else ""
    lines = "".join(f'<p class="kpi-line">{html.escape(line)}</p>' for line in kpi.lines if line)
    spark = ""
    if kpi.spark:
        ends = "".join(f"<span>{html.escape(end)}</span>" for end in kpi.ends)
        spark = (
            f'<div class="kpi-spark"><img src="{kpi.spark}" alt="{html.escape(kpi.spark_alt)}">'
            f'<div class="kpi-ends">{ends}</div></div>'
        )
    change = f'<p class="kpi-change">{html.escape(kpi.change)}</p>' if kpi.change else ""
    return (
        f'<li class="kpi"><p class="kpi-label">{html.escape(kpi.label)}</p>'
        f'<div><p class="kpi-number">{value}{unit}</p>{lines}</div>{spark}{change}</li>'
    )
