"""The SQL of a mapping's cells, conditions, items and turned columns; the texts of the mapping are parameters."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from string import Template

from pipelines.mapping_rules import DATE_FORMS, EXCEL_ORIGINS, Cell, TableRule, Unpivot
from pipelines.warehouse import quoted

Columns = Mapping[str, str]
"""The columns of a source as they are written, by their name in small letters."""
_TURN = Template(
    "SELECT row_no AS line, $columns "
    "FROM (SELECT *, unnest([$numbers]) AS place, unnest([$cells]) AS cell FROM $relation) WHERE $cell <> ''"
)
_WHOLE_DAYS = r"[+-]?\d{1,6}(\.0*)?"
_SERIAL = r"\d{4,5}(\.\d+)?"
"""A spreadsheet's number of a day, 1902 to 2173, maybe with a time of day."""
_TIME_OF_DAY = r"[ T,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[AaPp]\.?[Mm]\.?)?$"


def cell_sql(cell: Cell, columns: Columns, parameters: list[object]) -> str:
    """Return the SQL of one cell as text; what it compares with goes into `parameters`."""
    if cell.constant is not None:
        parameters.append(cell.constant)
        return "CAST(? AS VARCHAR)"
    if any(name.casefold() not in columns for name in cell.columns):
        return "CAST(NULL AS VARCHAR)"  # optional; else it has been reported
    text = _joined(cell, columns, parameters) if cell.joined else text_of(str(cell.column), columns)
    return _rewritten(cell, text, parameters) if not cell.joined else text


def text_of(column: str, columns: Columns) -> str:
    """Return a column of the source as text."""
    return "CAST(" + quoted(columns[column.casefold()]) + " AS VARCHAR)"


def condition_sql(rule: TableRule, columns: Columns, parameters: list[object]) -> str:
    """Return WHERE and the rule's conditions; nothing if it has none."""
    conditions = []
    for column, texts in rule.where.items():
        if column.casefold() in columns:  # else it is reported as a missing column
            conditions.append(f"{_trimmed(text_of(column, columns))} IN ({', '.join('?' for _ in texts)})")
            parameters.extend(texts)
    filled = [name for name in rule.filled if name.casefold() in columns]
    if filled:
        blank = ("", *rule.missing)
        marks = ", ".join("?" for _ in blank)
        held = [f"{_trimmed(text_of(name, columns))} NOT IN ({marks})" for name in filled]
        conditions.append("(" + " OR ".join(held) + ")")
        parameters.extend(blank * len(held))
    return "WHERE " + " AND ".join(conditions) if conditions else ""


def items_sql(rule: TableRule, columns: Columns, parameters: list[object]) -> str:
    """Return the columns assessment_id, item_no and value of the answers in the rows of a rule, one row per answer."""
    assert rule.items is not None
    assert rule.cells is not None
    parts = [cell_sql(rule.cells["assessment_id"], columns, parameters) + " AS assessment_id"]
    numbers = ", ".join(f"'{place}'" for place in range(1, len(rule.items.columns) + 1))
    answers = [
        _rewritten(rule.items.cell, text_of(name, columns), parameters) if name.casefold() in columns else "NULL"
        for name in rule.items.columns
    ]
    parts.append(f"unnest([{numbers}]) AS item_no")
    parts.append("unnest([" + ", ".join(answers) + "]) AS value")
    return ", ".join(parts)


def unpivot_sql(unpivot: Unpivot, columns: Columns, relation: str, parameters: list[object]) -> str:
    """Return the SELECT that turns columns into rows; `line` is the row of the source, other columns stay."""
    turned = {name.casefold() for name in unpivot.columns}
    kept = [written for name, written in columns.items() if name not in turned and name != "row_no"]
    parts = [quoted(name) for name in kept]
    date = ""
    if unpivot.start is not None:
        start = cell_sql(unpivot.start, columns, parameters)
        date = f", CAST(TRY_CAST({start} AS DATE) + {unpivot.every_days} * (place - 1) AS VARCHAR) AS "
        date += quoted(unpivot.date)
    numbers = ", ".join(str(place) for place in range(1, len(unpivot.columns) + 1))
    cells = ", ".join(text_of(name, columns) for name in unpivot.columns)
    outer = [*parts, f"CAST(place AS VARCHAR) AS {quoted(unpivot.number)}", f"cell AS {quoted(unpivot.value)}"]
    return _TURN.substitute(
        columns=", ".join(outer) + date, numbers=numbers, cells=cells, relation=quoted(relation), cell=_trimmed("cell")
    )


def _joined(cell: Cell, columns: Columns, parameters: list[object]) -> str:
    """Return several columns as one text; blank ones are left away, and all blank (if whole: any) is blank."""
    parts = [f"nullif(trim({text_of(name, columns)}), '')" for name in cell.joined]
    text = f"? || nullif(concat_ws(?, {', '.join(parts)}), '')"
    if not cell.whole:  # a key: a number that elsewhere means missing may be the number of a row here
        parameters += [cell.prefix, cell.between]
        return f"({text})"
    marks = ", ".join("?" for _ in cell.missing)
    named = [f"{part} NOT IN ({marks})" if marks else f"{part} IS NOT NULL" for part in parts]
    parameters += [*cell.missing * len(parts), cell.prefix, cell.between]
    return f"CASE WHEN {' AND '.join(named)} THEN {text} END"


def _rewritten(cell: Cell, text: str, parameters: list[object]) -> str:
    """Return `text` by the rules of a cell, tried in order: missing, empty, values, dates, numbers, other."""
    whens: list[str] = []

    def when(condition: str, then: str, *given: object) -> None:
        whens.append(f"WHEN {condition} THEN {then}")
        parameters.extend(given)

    if cell.missing:
        marks = ", ".join("?" for _ in cell.missing)
        when(f"trim({text}) IN ({marks})", "CAST(? AS VARCHAR)", *cell.missing, cell.empty)
    if cell.empty is not None:
        when(f"{_trimmed(text)} = ''", "?", cell.empty)
    for theirs, ours in cell.values.items():
        when(f"trim({text}) = ?", "?", theirs, ours)
    if cell.day_origin is not None:
        when(f"regexp_full_match(trim({text}), ?)", _day_after(text), _WHOLE_DAYS, cell.day_origin)
    for form in cell.dates:
        _date(form, text, when)
    if cell.times != 1 or cell.add != 0:
        number = f"TRY_CAST({text} AS DOUBLE)"
        when(f"{number} IS NOT NULL", f"CAST(round({number} * ? + ?, 9) AS VARCHAR)", cell.times, cell.add)
    if cell.other is not None:
        when(f"trim({text}) <> ''", "?", cell.other)
    return f"CASE {' '.join(whens)} ELSE {text} END" if whens else text


def _date(form: str, text: str, when: Callable[..., None]) -> None:
    """Add what reads a date written in `form`, without a time after it."""
    if form in EXCEL_ORIGINS:
        when(f"regexp_full_match(trim({text}), ?)", _day_after(text, floor=True), _SERIAL, EXCEL_ORIGINS[form])
        return
    day = f"regexp_replace(trim({text}), ?, '')"
    for pattern in DATE_FORMS[form]:
        read = f"CAST(try_strptime({day}, ?) AS DATE)"
        when(
            f"year({read}) BETWEEN 1900 AND 2099",
            f"CAST({read} AS VARCHAR)",
            *(_TIME_OF_DAY, pattern, _TIME_OF_DAY, pattern),
        )


def _day_after(text: str, *, floor: bool = False) -> str:
    days = f"floor(CAST({text} AS DOUBLE))" if floor else f"CAST({text} AS DOUBLE)"
    return f"CAST(CAST(? AS DATE) + CAST({days} AS INTEGER) AS VARCHAR)"


def _trimmed(text: str) -> str:
    return f"coalesce(trim({text}), '')"


def columns_named(rule: TableRule) -> Sequence[str]:
    """Return the columns a rule names and cannot do without."""
    cells = [name for cell in (rule.cells or {}).values() if not cell.optional for name in cell.columns]
    items = list(rule.items.columns) if rule.items is not None else []
    return list(dict.fromkeys([*cells, *rule.where, *rule.filled, *items]))
