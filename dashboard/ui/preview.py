"""A table of a release as it will be in the file, for looking at: the columns that differ, shares as bars too."""

from __future__ import annotations

import html
from collections.abc import Sequence, Set
from math import isnan
from typing import Any

import pandas as pd

from dashboard import words
from dashboard.downloads import NUMBERS
from dashboard.language import noted, say

MAXIMUM_ROWS = 200
ALWAYS = ("estimate", "lower", "upper", "n", "events", "status")
LAST = ("stat", "status", "reason")
"""What comes after the numbers, so that a phone shows these first."""
MINUS = "\N{MINUS SIGN}"
SHARES = ("share", "rate")
ABSENT = {"hidden": noted("Hidden"), "immature": noted("Too early"), "not_measured": noted("Not measured")}


def dimensions(rows: pd.DataFrame) -> list[str]:
    """Return the dimensions that have a column of their own: those between use and measure."""
    return list(rows.columns[1 : list(rows.columns).index("measure")])


def columns(rows: pd.DataFrame) -> list[str]:
    """Return the columns worth looking at: groups, numbers and what tells rows apart; the file has them all."""
    split = dimensions(rows)
    kept = [
        name
        for name in rows.columns
        if name in ALWAYS or name in split or rows[name].where(rows[name].ne(""), pd.NA).nunique() > 1
    ]
    unneeded = {"shape", "level"} if split else {"shape"}
    kept = [name for name in kept if name not in unneeded]
    return [name for name in kept if name not in LAST] + [name for name in LAST if name in kept]


def preview_html(rows: pd.DataFrame, caption: str) -> str:
    """Return the first rows as a table; where a number is withheld it says so in words, which no file does."""
    shown = rows.head(MAXIMUM_ROWS)
    names, split = columns(rows), dimensions(rows)
    whole = {name for name in NUMBERS if rows[name].dropna().map(float.is_integer).all()}
    head = "".join(f'<th scope="col"{_class(name)}>{html.escape(name)}</th>' for name in names)
    body = "".join(f"<tr>{_cells(row, names, split, whole)}</tr>" for row in shown.to_dict("records"))
    label = html.escape(caption)
    return (
        f'<div class="twin preview" role="region" aria-label="{label}" tabindex="0"><table><caption>{label}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _class(name: str) -> str:
    return ' class="number"' if name in NUMBERS else ""


def _cells(row: dict[str, Any], names: Sequence[str], split: Sequence[str], whole: Set[str]) -> str:
    """Return the cells of one row; a comparison, which belongs to no group, spans the columns of the groups."""
    rest = list(names)
    cells = []
    if split and not any(row[name] for name in split) and row["level"]:
        cells.append(f'<th scope="row" colspan="{len(split)}">{html.escape(row["level"].replace("|", " – "))}</th>')
        rest = [name for name in names if name not in split]
    for name in rest:
        if name in NUMBERS:
            cells.append(_number(name, row, name in whole))
        elif not cells:
            said = html.escape(str(row[name]))
            cells.append(f'<th scope="row">{said}</th>' if said else "<td></td>")
        else:
            cells.append(f"<td>{html.escape(str(row[name]))}</td>")
    return "".join(cells)


def _number(name: str, row: dict[str, Any], is_whole: bool) -> str:
    """Return one number; an estimate that is a share has a bar, a withheld one its reason in words."""
    value = float(row[name])
    if isnan(value):
        absent = say(ABSENT.get(str(row["status"]), "")) if name in ("estimate", "n") else ""
        return f'<td class="number hidden" data-column="{name}">{absent}</td>'
    said = (words.number(value) if name in ("n", "events") else f"{value:.0f}") if is_whole else f"{value:.3f}"
    said = said.replace("-", MINUS)
    bar = ""
    if name == "estimate" and row["stat"] in SHARES:
        bar = f'<span class="bar" aria-hidden="true"><span style="width:{100 * value:.0f}%"></span></span>'
    return f'<td class="number" data-column="{name}">{bar}{said}</td>'
