"""What a load did, as numbers for a script and as sentences for a person; never a value of a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class TableCount:
    """One table of a load: rows read, stored and kept out, and the positions of columns that were left behind."""

    name: str
    file: str
    rows_in: int
    rows_stored: int
    rows_quarantined: int
    dropped_columns: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleCount:
    """One rule that rows of one table broke; `severity` error kept them out, warn and info only count them."""

    rule: str
    table: str
    severity: str
    rows: int
    sentence: str
    remedy: str


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did; `version` is empty after a dry run, which published nothing."""

    version: str
    mapping: str
    tables: tuple[TableCount, ...]
    rules: tuple[RuleCount, ...]
    unused_files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0

    @property
    def rows_in(self) -> int:
        """Rows read from all files."""
        return sum(table.rows_in for table in self.tables)

    @property
    def rows_stored(self) -> int:
        """Rows stored in all tables."""
        return sum(table.rows_stored for table in self.tables)

    @property
    def rows_quarantined(self) -> int:
        """Rows kept out of all tables."""
        return sum(table.rows_quarantined for table in self.tables)

    def as_dict(self) -> dict[str, object]:
        """Return everything as plain values for a script."""
        return asdict(self) | {
            "dry_run": not self.version,
            "rows_in": self.rows_in,
            "rows_stored": self.rows_stored,
            "rows_quarantined": self.rows_quarantined,
        }

    def sentences(self) -> list[str]:
        """Return what a person should know: what came in, what was kept out and why, what was left behind."""
        return [*self._overview(), *self._left_behind(), *self._broken("error"), *self._broken("warn"), self._ending()]

    def _overview(self) -> Iterator[str]:
        stored = "can be stored" if not self.version else "were stored"
        yield (
            f"{_rows(self.rows_in)} of {len(self.tables)} tables were read in {self.seconds:.1f} seconds; "
            f"{self.rows_stored:,} {stored}, {self.rows_quarantined:,} kept out."
        )
        for table in self.tables:
            kept_out = f", {table.rows_quarantined:,} kept out" if table.rows_quarantined else ""
            yield f"  {table.name.replace('_', ' ')}: {_rows(table.rows_stored)}{kept_out}"

    def _left_behind(self) -> Iterator[str]:
        for table in self.tables:
            if table.dropped_columns:
                yield (
                    f"{table.file}: {_listed('column', table.dropped_columns)} not in the data dictionary "
                    "and nothing of them was read."
                )
        yield from self.notes
        for file in self.unused_files:
            yield f"{file}: no table is filled from this file; nothing of it was stored."

    def _broken(self, severity: str) -> Iterator[str]:
        found = [rule for rule in self.rules if rule.severity == severity and rule.rows]
        if found:
            yield "Kept out:" if severity == "error" else "Stored, but please check:"
        for rule in sorted(found, key=lambda rule: (-rule.rows, rule.rule, rule.table)):
            where = rule.table.replace("_", " ")
            yield f"  {_rows(rule.rows)} of {where}: {rule.sentence} {rule.remedy} ({rule.rule})"

    def _ending(self) -> str:
        if not self.version:
            return "This was a dry run: nothing was changed."
        return f"The records are published as {self.version}. Rows kept out are listed by row and rule, never by value."


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _listed(noun: str, places: Sequence[int]) -> str:
    numbers = ", ".join(str(place) for place in places)
    return f"{noun} {numbers} is" if len(places) == 1 else f"{noun}s {numbers} are"
