"""What a column and a table of the schema are, and the kinds of columns there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Transform = Literal[
    "pseudonym", "label", "category", "integer", "number", "flag", "day", "quarter", "age_band", "zip3", "derived"
]
"""How an incoming cell becomes a stored value.

pseudonym: keyed code, one sub-key per purpose · label: short open text that passes the identifier
detectors · category: one of `allowed`, else "unknown" where allowed, else quarantine · day: a date
becomes days since the episode's first contact · quarter: a date becomes year and quarter ·
age_band: whole years become a band · zip3: first three digits, 000 for small areas.
"""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a canonical table; `minimum` and `maximum` are inclusive bounds of a stored number."""

    name: str
    type: str
    label: str
    meaning: str
    transform: Transform = "derived"
    incoming: str | None = None
    required: bool = False
    allowed: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    unit: str = ""
    purpose: str = ""
    references: str = ""
    caution: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    """One canonical table: its grain in one sentence, its key and its columns in stored order."""

    name: str
    grain: str
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    loaded: bool = True

    def column(self, name: str) -> Column:
        """Return the column called `name`; KeyError if the table has none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}")

    @property
    def incoming(self) -> tuple[Column, ...]:
        """Columns read from an organisation's file, in declared order."""
        return tuple(column for column in self.columns if column.incoming)


def coded(name: str, purpose: str, label: str, *, references: str = "", required: bool = True) -> Column:
    """Return a column of keyed codes made from an identifier of the organisation, or referring to one."""
    return Column(
        name,
        "UUID",
        label,
        f"Keyed code of the {purpose}; the organisation's own identifier is not stored.",
        transform="pseudonym",
        incoming=name,
        required=required,
        purpose=purpose,
        references=references,
    )


def category(
    name: str, label: str, meaning: str, allowed: tuple[str, ...], *, required: bool = False, caution: str = ""
) -> Column:
    """Return a column whose entries are those of a closed list."""
    return Column(name, "VARCHAR", label, meaning, "category", name, required, allowed, caution=caution)


def flag(name: str, label: str, meaning: str) -> Column:
    """Return a column of yes or no."""
    return Column(name, "BOOLEAN", label, meaning, "flag", name, allowed=("true", "false"))


def integer(
    name: str, label: str, meaning: str, low: int, high: int, unit: str = "", *, required: bool = False
) -> Column:
    """Return a column of whole numbers from `low` to `high`."""
    return Column(name, "INTEGER", label, meaning, "integer", name, required, minimum=low, maximum=high, unit=unit)


def day(name: str, label: str, meaning: str, *, required: bool = False) -> Column:
    """Return a column of days, made from the date of the heading with "date" in place of "day"."""
    return Column(
        name, "INTEGER", label, meaning, "day", name.removesuffix("day") + "date", required, unit="days since day 0"
    )


def label(name: str, label: str, meaning: str) -> Column:
    """Return a column of short open text that is searched for identifiers."""
    return Column(name, "VARCHAR", label, meaning, "label", name)


def derived(name: str, type_: str, label: str, meaning: str, unit: str = "", allowed: tuple[str, ...] = ()) -> Column:
    """Return a column that the load works out."""
    return Column(name, type_, label, meaning, unit=unit, allowed=allowed)
