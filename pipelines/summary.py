"""What a load did, as numbers for a script and as sentences for a person; never a value of a cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass

from pipelines import k_report
from pipelines.k_report import Classes
from pipelines.quality import CheckResult


@dataclass(frozen=True, slots=True)
class TableCount:
    """One table of a load: rows read, stored and kept out, and the positions of columns that were left behind.

    `withheld_columns` are those among them that a data dictionary calls identifiers or free text. Where a batch is
    added to records, their rows are carried over, replaced by rows of the batch, or withdrawn where they contradict it.
    """

    name: str
    file: str
    rows_in: int
    rows_stored: int
    rows_quarantined: int
    dropped_columns: tuple[int, ...] = ()
    withheld_columns: tuple[int, ...] = ()
    rows_carried: int = 0
    rows_replaced: int = 0
    rows_withdrawn: int = 0

    @property
    def rows_looked_at(self) -> int:
        """Rows the checks looked at: those of the files, and those of earlier batches that they do not replace."""
        return self.rows_in + self.rows_carried + self.rows_withdrawn


@dataclass(frozen=True, slots=True)
class RowPlaces:
    """Where the rows of one table and file are that break one rule: the columns, the first rows, and how many."""

    table: str
    rule: str
    file: str
    columns: tuple[str, ...]
    first_rows: tuple[int, ...]
    rows: int

    def sentence(self) -> str:
        """Return the columns and rows for a person; the heading is row 1."""
        columns = f"column{'s' if len(self.columns) > 1 else ''} {', '.join(self.columns)}; " if self.columns else ""
        listed = ", ".join(f"{row:,}" for row in self.first_rows)
        more = self.rows - len(self.first_rows)
        also = f" and {more:,} more" if more else ""
        return f"{self.file}: {columns}row{'s' if self.rows > 1 else ''} {listed}{also}"


@dataclass(frozen=True, slots=True)
class LoadSummary:
    """What a load did; `version` is empty after a dry run, which published nothing; `alike` is the k-report.

    `added` if it added a batch to the records that were there, `unchanged` if that batch was among them already.
    `places` say where the rows are that break a rule, as far as they are rows of the files. `rows_of_files` are the
    rows of the files that tables are filled from; a mapping can make several of one of them, or one of several.
    """

    version: str
    mapping: str
    tables: tuple[TableCount, ...]
    rules: tuple[CheckResult, ...]
    unused_files: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    seconds: float = 0.0
    alike: tuple[Classes, ...] = ()
    added: bool = False
    unchanged: bool = False
    places: tuple[RowPlaces, ...] = ()
    rows_of_files: int = 0

    @property
    def rows_in(self) -> int:
        """Rows of all tables, as they were made of the rows of the files."""
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
        if self.unchanged:
            return [f"These files were loaded before and are part of {self.version}; nothing was changed."]
        broken = [*self._broken("error"), *self._broken("warn")]
        return [*self._overview(), *self._left_behind(), *broken, *k_report.sentences(self.alike), self._ending()]

    def _overview(self) -> Iterator[str]:
        stored = "can be stored" if not self.version else "were stored"
        if self.rows_of_files != self.rows_in:
            yield f"{_rows(self.rows_of_files)} of the files became {_rows(self.rows_in)} of our tables."
        yield (
            f"{_rows(self.rows_in)} of {len(self.tables)} tables were read in {self.seconds:.1f} seconds; "
            f"{self.rows_stored:,} {stored}, {self.rows_quarantined:,} kept out."
        )
        for table in self.tables:
            counts = {
                "kept out": table.rows_quarantined,
                "replaced": table.rows_replaced,
                "stay from earlier batches": table.rows_carried,
                "of earlier batches contradict this one and are kept out": table.rows_withdrawn,
            }
            also = "".join(f", {rows:,} {what}" for what, rows in counts.items() if rows)
            yield f"  {table.name.replace('_', ' ')}: {_rows(table.rows_stored)}{also}"

    def _left_behind(self) -> Iterator[str]:
        unread = {table.file: set(table.dropped_columns) - set(table.withheld_columns) for table in self.tables}
        for file, places in unread.items():
            if places:
                listed = _listed("column", sorted(places))
                yield f"{file}: {listed} not in the data dictionary and nothing of them was read."
        for file, withheld in {table.file: table.withheld_columns for table in self.tables}.items():
            if withheld:
                yield (
                    f"{file}: {_listed('column', withheld)} dropped at the door: identifiers or free text by the "
                    "project's data dictionary."
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
            yield from (
                f"    {place.sentence()}"
                for place in self.places
                if (place.table, place.rule) == (rule.table, rule.rule)
            )

    def _ending(self) -> str:
        if not self.version:
            return "This was a dry run: nothing was changed."
        return f"The records are published as {self.version}. Rows kept out are listed by row and rule, never by value."


def _rows(count: int) -> str:
    return f"{count:,} {'row' if count == 1 else 'rows'}"


def _listed(noun: str, places: Sequence[int]) -> str:
    numbers = ", ".join(str(place) for place in places)
    return f"{noun} {numbers} is" if len(places) == 1 else f"{noun}s {numbers} are"
