"""How the declaration of a column becomes the SQL that reads its cells: a typed value and what is wrong with it.

Each row carries one number, `problems`, with four bits per incoming column: 0 for a cell that is in order,
else one of the numbers below. Identifiers and constants in the SQL come from `schema` and from the registry
of questionnaires; no cell's value ever does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipelines.identifiers import LOW_PRECISION
from pipelines.keys import ROW_PURPOSES
from pipelines.schema import Column, Table
from pipelines.warehouse import quoted

BITS = 4
"""Bits of `problems` per incoming column; a table may have 15 of them."""
MISSING, UNREADABLE, OUT_OF_RANGE, UNKNOWN_REFERENCE, NOT_RECOGNISED = 1, 2, 3, 4, 5
TEXT_PROBLEMS = {rule: 6 + place for place, rule in enumerate(LOW_PRECISION)}
"""Number of the problem for each low-precision detector."""
UNKNOWN = "unknown"
"""Category that stands for an entry that is not on the list, where the column has it."""


@dataclass(frozen=True, slots=True)
class Form:
    """How one kind of column is read, in SQL with names to fill in.

    `cell` reads {raw}; `values` are stored from what was read, {value}; `unread` is the problem of a cell
    that is neither blank nor readable, and `rule` the rule it breaks; `otherwise` is a second way to read.
    """

    cell: str
    unread: int = 0
    rule: str = ""
    values: tuple[str, ...] = ("{value} as {name}",)
    join: str = ""
    otherwise: str = ""


_ENTRY = (
    "case when try_cast({raw} as enum({allowed})) is not null then try_cast({raw} as enum({allowed})) "
    "else try_cast(normal_category({raw}) as enum({allowed})) end"
)
FORMS = {
    "reference": Form(
        "{key}.code",
        UNKNOWN_REFERENCE,
        "unknown_reference",
        join="left join {parent} as {key} on {key}.raw_key = {raw}",
    ),
    "pseudonym": Form("keyed_code(${purpose}_first, ${purpose}_second, {normal})"),
    "row pseudonym": Form("row_code(${purpose}_first, {normal})"),
    "label": Form(
        "{key}.stored",
        join="left join label_texts as {key} on {key}.value = {raw} "
        "and {key}.table_name = '{table}' and {key}.column_name = '{incoming}'",
    ),
    "category": Form(
        _ENTRY,
        UNREADABLE,
        "unknown_category",
    ),
    "open category": Form(
        _ENTRY,
        NOT_RECOGNISED,
        "category_not_recognised",
        values=("coalesce({value}, cast('unknown' as enum({allowed}))) as {name}",),
    ),
    "integer": Form("read_integer({raw})", UNREADABLE, "bad_number"),
    "number": Form("read_number({raw})", UNREADABLE, "bad_number"),
    "flag": Form("read_flag({raw})", UNREADABLE, "bad_flag"),
    "day": Form(
        "read_date({raw})",
        UNREADABLE,
        "bad_date",
        values=("cast({value} - cell.enrolled_date as integer) as {name}",),
    ),
    "quarter": Form(
        "read_date({raw})",
        UNREADABLE,
        "bad_date",
        values=("cast(year({value}) as integer) as {name}", "cast(quarter({value}) as integer) as {quarter}"),
    ),
    "age_band": Form(
        "read_number({raw})",
        UNREADABLE,
        "bad_number",
        values=("coalesce(age_band({value}), {otherwise}, 'unknown') as {name}",),
        # Only of what is no number: a cast that fails words an error, which takes longer than all else of the cell.
        otherwise="case when {value} is null then try_cast(trimmed({text}) as enum({allowed})) end",
    ),
    "zip3": Form(
        "read_zip3({raw})",
        NOT_RECOGNISED,
        "zip_not_recognised",
        values=("case when list_contains($small_areas, {value}) then '000' else {value} end as {name}",),
    ),
}
_RANGE_RULES = {"minutes": "minutes_out_of_range", "age": "age_out_of_range"}


def form_of(column: Column) -> Form:
    """Return how `column` is read."""
    if column.transform == "pseudonym" and column.references:
        return FORMS["reference"]
    if column.transform == "pseudonym" and column.purpose in ROW_PURPOSES:
        return FORMS["row pseudonym"]
    if column.transform == "category" and UNKNOWN in column.allowed:
        return FORMS["open category"]
    return FORMS[column.transform]


def rules_of(column: Column) -> dict[int, str]:
    """Return every problem a cell of `column` can have, with the stable id of the rule it breaks."""
    form = form_of(column)
    found = {MISSING: "missing_required"} if column.required else {}
    if form.unread:
        found[form.unread] = form.rule
    if column.incoming == "instrument_id":
        found[UNREADABLE] = "unknown_instrument"
    if column.references and not column.required:
        found[UNKNOWN_REFERENCE] = "unknown_link"
    if form.unread == UNREADABLE and column.minimum is not None:
        found[OUT_OF_RANGE] = _RANGE_RULES.get(str(column.incoming), "number_out_of_range")
    if column.transform in ("label", "category"):
        found |= {number: rule for rule, number in TEXT_PROBLEMS.items()}
    return found


def shift_of(table: Table, column: Column) -> int:
    """Return by how many bits the problem of `column` is shifted in `problems`."""
    return BITS * table.incoming.index(column)


@dataclass(slots=True)
class Reading:
    """The parts of the SELECT that reads one table: cells, the joins they need, stored values and problems."""

    table: Table
    cells: list[str] = field(default_factory=list)
    joins: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    in_order: list[str] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    purposes: set[str] = field(default_factory=set)
    reads_zip: bool = False

    def add(self, column: Column, *, present: bool, folded: bool, allowed: Sequence[str], plain: bool = False) -> None:
        """Add what reads `column`.

        `present`: the file has the column. `folded`: some of its identifiers are not ASCII, and `folded_ids`
        holds their normal form. `allowed`: the entries of a category, for questionnaires those of the registry.
        `plain`: all of its identifiers are letters, digits and a few signs, so that only capitals are folded.
        """
        form = form_of(column)
        place = self.table.incoming.index(column)
        raw = "raw." + quoted(str(column.incoming)) if present else "cast(null as varchar)"
        normal = f"nullif(lower({raw}), '')" if plain else f"ascii_normal_form({raw})"
        words = {
            "raw": raw,
            "text": f"cell.t{place}",
            "value": f"cell.v{place}",
            "key": f"k{place}",
            "name": quoted(column.name),
            "parent": quoted("key_" + column.references.partition(".")[0]),
            "purpose": column.purpose,
            "normal": f"coalesce({normal}, f{place}.normal)" if folded else normal,
            "table": self.table.name,
            "incoming": str(column.incoming),
            "allowed": ", ".join("'" + entry.replace("'", "''") + "'" for entry in allowed),
            "quarter": quoted(column.name.removesuffix("_year") + "_quarter"),
        }
        words["otherwise"] = form.otherwise.format(**words)
        if column.references and not present:
            form = Form("cast(null as uuid)", UNKNOWN_REFERENCE)
        self.cells += [f"{raw} as t{place}", f"{form.cell.format(**words)} as v{place}"]
        if folded:
            self.joins.append(f"left join folded_ids as f{place} on f{place}.value = {raw}")
        if form.join:
            self.joins.append(form.join.format(**words))
        self.values += [value.format(**words) for value in form.values]
        if "$" in form.cell:
            self.purposes.add(column.purpose)
        self.reads_zip |= column.transform == "zip3"
        if form.join and column.transform == "label":
            self.cells.append(f"k{place}.problem as p{place}")
        self.in_order.append(self._is_in_order(column, words))
        self.problems.append(self._problem(column, words))

    def _is_in_order(self, column: Column, words: dict[str, str]) -> str:
        """Return a condition that is true only of a cell that is in order, and of nearly all such cells."""
        if column.transform == "label":
            return f"coalesce(cell.p{self.table.incoming.index(column)}, 0) = 0"
        bounds = [f"{words['value']} >= {column.minimum}"] if column.minimum is not None else []
        bounds += [f"{words['value']} <= {column.maximum}"] if column.maximum is not None else []
        inside = " and ".join(bounds) or f"{words['value']} is not null"
        return inside if column.required else f"({words['text']} is null or {inside})"

    def _problem(self, column: Column, words: dict[str, str]) -> str:
        """Return what is 0 for a cell that is in order, else its problem, moved to the bits of the column."""
        form, place = form_of(column), self.table.incoming.index(column)
        weight = 1 << shift_of(self.table, column)
        if column.transform == "label":
            return f"coalesce(cell.p{place}, 0) * {weight}"
        value, otherwise = words["value"], words["otherwise"]
        blank = f"when is_blank({words['text']}) then {weight * MISSING if column.required else 0}"
        readable = f"when {otherwise} is not null then 0" if otherwise else ""
        bounds = [f"{value} < {column.minimum}"] if column.minimum is not None else []
        bounds += [f"{value} > {column.maximum}"] if column.maximum is not None else []
        inside = f"case when {' or '.join(bounds)} then {weight * OUT_OF_RANGE} else 0 end" if bounds else "0"
        unread = weight * (form.unread or (MISSING if column.required else 0))
        return f"case when {value} is not null then {inside} {blank} {readable} else {unread} end"

    def select(self, source: str, *, cells: Sequence[str] = (), values: Sequence[str] = ()) -> str:
        """Return the SELECT over `source`: row_no, what is stored, `values` made of `cells`, and `problems`."""
        inner = ",\n".join(["raw.row_no", *self.cells, *cells])
        in_order, problems = " and ".join(self.in_order), " + ".join(self.problems)
        # Nearly every row is in order, and only the others are looked at cell by cell.
        judged = f"cast(case when {in_order} then 0 else {problems} end as bigint) as problems"
        outer = ",\n".join(["row_no", *self.values, *values, judged])
        return "\n".join(
            ["select", outer, "from (", "select", inner, "from", source, "as raw", *self.joins, ") as cell"]
        )
