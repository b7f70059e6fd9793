"""The grammar of a mapping: how the files of one source become the canonical tables. One TOML file each.

    [mapping]
    id = "our_export"                 # letters, digits and _
    label = "Export of our system"
    description = "..."               # optional
    instruments = "folder"            # optional: folder beside this file with instruments of your own
    extends = "other"                 # optional: a packaged mapping, or other.toml beside this file, of which
                                      # this one says only what differs; keys given here replace those there

    [dataset]                         # optional: what the dashboard says of the records
    title = "..."
    demonstration = true
    program = "..."
    new_episode_after_days = 30       # a return within so many days of an exit resumes the episode (14, 30, 60 or 90);
                                      # without it every episode counts as it is recorded

    [settings]                        # optional
    contact_types = ["other"]         # further event types that count as contact for the gap rule
    missing = ["-7", "N/A"]           # texts that count as blank in every cell
    extract_date = "2026-06-30"       # the day of the export; asked for where a cell takes it and it is not given

    [views.visits]                    # optional, as many as needed, in order
    sql = "visits.sql"                # file beside this one: one SELECT; it reads source_<file> and view_<name>
    needs = ["visit_log"]             # the files (names without ending) and earlier views it reads

    [views.weeks]                     # columns that stand side by side become rows; blank cells are left away
    unpivot = "attendance"            # a file or an earlier view
    columns = "Wk{n}"                 # 1, 2, ... with count, or a list of columns
    count = 12
    number = "week"                   # the new columns: which one it was, and what its cell holds
    value = "mark"
    date = "day"                      # optional: a new column with the date start + (number - 1) x every_days
    start = { from = "Start", dates = ["excel", "month/day/year"] }
    every_days = 7

    [tables.sessions]                 # any canonical table an organisation's files fill
    from = "visits"                   # a view, or a file by its name without ending
    optional = true                   # no fault if the file is not there; default false
    where = { project = ["51"] }      # optional: keep rows whose column holds one of these texts ("" is blank)
    filled = ["score_1", "score_2"]   # optional: keep rows in which any of these columns holds anything that is not
                                      # among the missing texts of [settings]
    first_per_key = true              # optional: of rows with the same key the first counts (people in visits)

    [tables.sessions.columns]         # incoming name = where it comes from; without this table: the same names
    session_id = "visit_number"                                       # a column, as it is
    kind = { constant = "coaching" }                                  # one text for all rows
    status = { from = "what", values = { yes = "attended" }, other = "unknown", empty = "unknown" }
    session_id = { join = ["record_id", "visit"], between = "/" }     # several columns, one text; blank ones left away
    session_id = { join = ["record_id", "visit"], prefix = "srs/", whole = true } # a text before it; whole: blank if
                                                                      # any of the columns is, or holds a missing text
    extract_date = { setting = "extract_date" }                       # the day said in [settings]
    occurred_date = { from = "study_day", day_origin = "2014-01-01" } # whole days after a date
    occurred_date = { from = "Date", dates = ["excel", "month/day/year"] }  # how dates are written, tried in order
    total = { from = "score_mm", times = 0.1, add = 0 }               # a number, rescaled
    zip = { from = "zip", missing = ["00000"], optional = true }      # blank texts of its own; may be absent

    [[tables.assessments]]            # a table may be filled by several rules: write double brackets
    from = "intake"
    [tables.assessments.columns]
    assessment_id = { join = ["record_id", "event"] }
    [tables.assessments.items]        # the answers that stand in the same row fill assessment_items
    columns = "gse_{n}"               # item 1, 2, ..., or a list of columns in the order of the items
    count = 10
    missing = ["-7"]                  # also values, times, add, as for a cell

Headings are matched whatever their capitals. `values` compares the whole cell without spaces around it;
a cell it does not name becomes `other`, or stays as it is where `other` is not given; an empty cell
becomes `empty`, or stays empty. A date is also read as year-month-day; years have four digits, and a time
after the date is left away. What cannot be read is left for the checks, which quarantine its row.
"""

from __future__ import annotations

from importlib import resources
from pathlib import Path
from typing import Any

from pipelines import settings_file
from pipelines.faults import Fault, InputFault
from pipelines.mapping_grammar import NAME, Reading
from pipelines.mapping_rules import Cell, Mapping, TableRule, View

__all__ = ["PACKAGED", "Cell", "Mapping", "TableRule", "View", "packaged_names", "read_mapping"]

PACKAGED = Path(str(resources.files("pipelines"))) / "mappings"


def packaged_names() -> list[str]:
    """Return the names of the mappings that come with the product."""
    return sorted(path.stem for path in PACKAGED.glob("*.toml"))


def read_mapping(named: str | Path) -> Mapping:
    """Return the packaged mapping of this name, else the mapping file at this path.

    Raises InputFault naming the file, the key and the remedy of everything that is wrong with it.
    """
    path = _find(named)
    content = _content(path)
    head = content.get("mapping")
    extended = head.get("extends") if isinstance(head, dict) else None
    if extended is None:
        return Reading(path, (path.parent,)).read(content)
    beside = path.parent / f"{extended}.toml"
    ground = beside if beside.is_file() and beside != path else _find(str(extended))
    lower = _content(ground)
    if "extends" in lower.get("mapping", {}):
        raise InputFault(Fault(f"{path.name}, mapping.extends", f"{ground.name} extends another itself", "Extend that"))
    return Reading(path, (path.parent, ground.parent)).read(_laid_over(lower, content))


def _find(named: str | Path) -> Path:
    packaged = PACKAGED / f"{named}.toml"
    if NAME.fullmatch(str(named)) and packaged.is_file():
        return packaged
    path = Path(named)
    if path.is_file() and path.suffix == ".toml":
        return path
    names = ", ".join(packaged_names())
    raise InputFault(
        Fault(str(named), "is neither a mapping of this product nor a mapping file", f"Choose {names}, or a .toml file")
    )


def _content(path: Path) -> dict[str, Any]:
    try:
        return settings_file.settings(settings_file.content_of(path))
    except settings_file.NotSettings as error:
        raise InputFault(Fault(path.name, error.rule("is not TOML"), "Correct the line named")) from None


def _laid_over(ground: dict[str, Any], upper: dict[str, Any]) -> dict[str, Any]:
    """Return `ground` with what `upper` says in its place, down to single keys; views keep their order."""
    both = {key: value for key, value in ground.items() if key in upper}
    laid = {
        key: _laid_over(value, upper[key]) if isinstance(value, dict) and isinstance(upper[key], dict) else upper[key]
        for key, value in both.items()
    }
    return {**ground, **laid, **{key: value for key, value in upper.items() if key not in ground}}
