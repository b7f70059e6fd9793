"""What the columns of staged files look like, as counts: how many cells are filled, distinct, dates, numbers, words.

A profile holds the words of a column only to compare them with lists of our own, and never shows one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from string import Template

import duckdb

from pipelines.mapping_rules import DATE_FORMS
from pipelines.staging import SourceFile
from pipelines.warehouse import quoted

ROWS_TO_LOOK_AT = 200_000
MOST_WORDS = 80
"""A column with more distinct texts is no list of categories."""
_TIME_OF_DAY = r"[ T,]+\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(\s*[AaPp]\.?[Mm]\.?)?$"
_ISO = r"(19|20)\d{2}-\d{2}-\d{2}([T ]\d{2}:\d{2}.*)?"
_DATE_LIKE = r"\d.*[-/., ].*\d|^\d{8}$"
"""What a text must hold to be tried as a date in words or with signs; most identifiers do not."""
_MEASURES: Mapping[str, str] = {
    "filled": "sum(times)",
    "distinct": "count(*)",
    "numbers": "sum(times) FILTER (WHERE number IS NOT NULL)",
    "whole": "sum(times) FILTER (WHERE number = floor(number))",
    "low": "min(number)",
    "high": "max(number)",
    "zips": "sum(times) FILTER (WHERE regexp_full_match(text, '\\d{5}(-?\\d{4})?'))",
    "iso": "sum(times) FILTER (WHERE regexp_full_match(text, '" + _ISO + "'))",
}
_TEXTS = Template(
    "CREATE OR REPLACE TEMP TABLE column_texts AS SELECT *, TRY_CAST(text AS DOUBLE) AS number, "
    "regexp_matches(text, ?) AS like_a_date FROM (SELECT trim($column) AS text, count(*) AS times "
    "FROM (SELECT * FROM $view LIMIT $rows) GROUP BY 1) WHERE text <> ''"
)
_COUNT = Template("SELECT $measures FROM column_texts")
_WORDS = "SELECT text, times FROM column_texts"


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """One column: its heading, its place from 1, and counts of its cells; `low` and `high` are of its numbers.

    `dates` counts the cells that each form of date can read, `iso` those written year-month-day. `words` are the
    texts of a column with few, with their counts: for comparison alone. `named` and `date_form` are what a person said
    of the column: our word for texts as they are written in it, and the form of its dates.
    """

    heading: str
    place: int
    rows: int
    filled: int
    distinct: int
    numbers: int
    whole: int
    low: float | None = field(repr=False)
    high: float | None = field(repr=False)
    zips: int
    dates: Mapping[str, int]
    words: Mapping[str, int] = field(default_factory=dict, repr=False)
    named: Mapping[str, str] = field(default_factory=dict, repr=False)
    date_form: str = ""

    def share(self, count: int) -> float:
        """Return a count as a share of the filled cells; 0 where none is filled."""
        return count / self.filled if self.filled else 0.0

    @property
    def is_key(self) -> bool:
        """Tell whether every row has a text of its own here."""
        return 0 < self.rows == self.filled == self.distinct


@dataclass(frozen=True, slots=True)
class SourceProfile:
    """One staged file or sheet with the profiles of its columns."""

    file: SourceFile
    columns: tuple[ColumnProfile, ...]

    def column(self, heading: str) -> ColumnProfile:
        """Return the profile of a column by its heading; KeyError if there is none."""
        for column in self.columns:
            if column.heading == heading:
                return column
        raise KeyError("there is no such column")


def profile(connection: duckdb.DuckDBPyConnection, file: SourceFile) -> SourceProfile:
    """Return the profile of a staged file, of its first 200,000 rows where it has more."""
    rows = min(file.rows, ROWS_TO_LOOK_AT)
    columns = (_profile_of(connection, file, heading, place, rows) for place, heading in enumerate(file.columns, 1))
    return SourceProfile(file, tuple(columns))


def fold(text: str) -> str:
    """Return a text as it is compared: small letters and digits, words divided by one space, camel case undone."""
    divided = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", unicodedata.normalize("NFKC", text))
    return " ".join(re.findall(r"[^\W_]+", divided.lower()))


def distinct_together(connection: duckdb.DuckDBPyConnection, file: SourceFile, headings: Sequence[str]) -> int:
    """Return how many different rows there are of some columns taken together."""
    columns = ", ".join(f"trim({quoted(heading)})" for heading in headings)
    query = " ".join(("SELECT count(*) FROM (SELECT DISTINCT", columns, "FROM", quoted(file.view), ")"))
    return int(connection.execute(query).fetchall()[0][0])


def found_among(
    connection: duckdb.DuckDBPyConnection, child: SourceFile, heading: str, parent: SourceFile, key: str
) -> tuple[int, int]:
    """Return how many filled cells of a column are among the cells of another file's column, and how many there are."""
    texts = " ".join(("SELECT trim(", quoted(heading), ") AS text FROM", quoted(child.view)))
    keys = " ".join(("SELECT trim(", quoted(key), ") FROM", quoted(parent.view)))
    query = " ".join(
        ("SELECT count_if(text IN (", keys, ")), count(nullif(text, '')) FROM (", texts, ") WHERE text <> ''")
    )
    inside, filled = connection.execute(query).fetchall()[0]
    return int(inside or 0), int(filled)


def _profile_of(
    connection: duckdb.DuckDBPyConnection, file: SourceFile, heading: str, place: int, rows: int
) -> ColumnProfile:
    """Return the profile of one column: each different text is looked at once, however often it stands there."""
    names = {"column": quoted(heading), "view": quoted(file.view), "rows": str(ROWS_TO_LOOK_AT)}
    texts = _TEXTS.substitute(names)
    connection.execute(texts, [_DATE_LIKE])
    parameters: list[str] = []
    measures = [*_MEASURES.values(), *(_date_count(patterns, parameters) for patterns in DATE_FORMS.values())]
    count = _COUNT.substitute(measures=", ".join(measures))
    found = connection.execute(count, parameters).fetchall()[0]
    counts = dict(zip(_MEASURES, found, strict=False))
    counts |= {name: int(counts[name] or 0) for name in counts if name not in ("low", "high")}
    forms = {form: int(times or 0) for form, times in zip(DATE_FORMS, found[len(_MEASURES) :], strict=True)}
    dates = forms | {"iso": counts.pop("iso")}
    few = 0 < counts["distinct"] <= MOST_WORDS
    words = {str(word): int(times) for word, times in connection.execute(_WORDS).fetchall()} if few else {}
    connection.execute("DROP TABLE column_texts")
    return ColumnProfile(heading, place, rows, dates=dates, words=words, **counts)


def _date_count(patterns: Sequence[str], parameters: list[str]) -> str:
    """Return the SQL that counts the cells one form of date can read; day numbers are those of 1954 to 2064."""
    if not patterns:
        return "sum(times) FILTER (WHERE regexp_full_match(text, '[2-5]\\d{4}(\\.\\d+)?'))"
    reads = []
    for pattern in patterns:
        parameters += [_TIME_OF_DAY, pattern]
        reads.append("year(try_strptime(regexp_replace(text, ?, ''), ?)) BETWEEN 1900 AND 2099")
    return f"sum(times) FILTER (WHERE like_a_date AND ({' OR '.join(f'coalesce({read}, false)' for read in reads)}))"
