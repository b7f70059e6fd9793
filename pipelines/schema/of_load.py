"""The tables the load fills itself: instruments, the calendar without persons, and what is known of the load."""

from __future__ import annotations

from pipelines.schema.columns import Column, Table, derived
from pipelines.schema.lists import SESSION_STATUSES

INSTRUMENTS = Table(
    "instruments",
    "one row per instrument of the registry in use",
    ("instrument_id",),
    (
        derived("instrument_id", "VARCHAR", "Questionnaire", "Identifier of the instrument."),
        derived("name", "VARCHAR", "Name", "Name of the instrument."),
        derived(
            "construct",
            "VARCHAR",
            "Measures",
            "Empathy, alliance, empowerment, self-efficacy, recovery capital, other.",
        ),
        derived("scale_min", "DOUBLE", "Lowest score", "Lowest possible total.", "instrument scale"),
        derived("scale_max", "DOUBLE", "Highest score", "Highest possible total.", "instrument scale"),
        derived("higher_is_better", "BOOLEAN", "Higher is better", "A higher score is the better one."),
        derived("licence", "VARCHAR", "Licence", "Terms of use of the instrument."),
        derived("verified", "BOOLEAN", "Key verified", "The scoring key was confirmed at its source."),
    ),
    loaded=False,
)
SITE_MONTH_SESSIONS = Table(
    "site_month_sessions",
    "one row per site, calendar month and session status; no person, no episode, no coach",
    ("site_id", "month", "status"),
    (
        Column("site_id", "UUID", "Site code", "Keyed code of the site.", references="sites.site_id"),
        derived("month", "VARCHAR", "Month", "Calendar month, YYYY-MM.", "calendar month"),
        derived("status", "VARCHAR", "Attendance", "What became of the sessions.", "", SESSION_STATUSES),
        derived("n_sessions", "INTEGER", "Sessions", "Number of sessions.", "sessions"),
        derived("minutes_total", "INTEGER", "Minutes", "Minutes of these sessions.", "minutes"),
    ),
    loaded=False,
)
SITE_MONTH_ACTIVE = Table(
    "site_month_active",
    "one row per site and calendar month; no person, no episode, no coach",
    ("site_id", "month"),
    (
        Column("site_id", "UUID", "Site code", "Keyed code of the site.", references="sites.site_id"),
        derived("month", "VARCHAR", "Month", "Calendar month, YYYY-MM.", "calendar month"),
        derived("n_active", "INTEGER", "People seen", "People with an attended session in the month.", "people"),
    ),
    loaded=False,
)
IMPORT_LOG = Table(
    "import_log",
    "one row per table of a batch; when it was loaded is kept in the log folder, not here",
    ("batch_id", "table_name"),
    (
        derived("load_no", "INTEGER", "Load", "1 for the first batch of these records, then 2, 3, ..."),
        derived("batch_id", "VARCHAR", "Batch", "Hash of the content of the batch."),
        derived("table_name", "VARCHAR", "Table", "Canonical table the file fills."),
        derived("file_sha256", "VARCHAR", "File hash", "SHA-256 of the file as read."),
        derived("preset", "VARCHAR", "Mapping", "Mapping used."),
        derived("rows_in", "BIGINT", "Rows read", "Rows read from the file.", "rows"),
        derived("rows_ok", "BIGINT", "Rows stored", "Rows stored.", "rows"),
        derived("rows_quarantined", "BIGINT", "Rows in quarantine", "Rows kept out, each with its rule.", "rows"),
        derived("rows_carried", "BIGINT", "Rows carried", "Rows of earlier batches that stay as they were.", "rows"),
        derived(
            "rows_replaced", "BIGINT", "Rows replaced", "Rows of earlier batches that came again in this one.", "rows"
        ),
        derived(
            "rows_withdrawn",
            "BIGINT",
            "Rows withdrawn",
            "Rows of earlier batches that contradict this one and are kept out from now on.",
            "rows",
        ),
        derived("dropped_columns", "INTEGER", "Columns dropped", "Columns that are not in the schema.", "columns"),
    ),
    loaded=False,
)
QUARANTINE = Table(
    "quarantine",
    "one row per rule that kept a row out; never a value",
    ("batch_id", "table_name", "file_name", "row_no", "rule", "column_name", "row_code"),
    (
        derived("batch_id", "VARCHAR", "Batch", "Identifier of the load."),
        derived("table_name", "VARCHAR", "Table", "Canonical table."),
        derived("file_name", "VARCHAR", "File", "File the row stands in, or the files its table was made from."),
        derived(
            "row_no", "BIGINT", "Row", "Number of the row in the file; the heading is row 1; 0 for an earlier batch."
        ),
        derived("rule", "VARCHAR", "Rule", "Identifier of the rule."),
        derived("column_name", "VARCHAR", "Column", "Column the rule is about."),
        derived("row_code", "UUID", "Row code", "Keyed code of the row's key; empty if the key could not be read."),
    ),
    loaded=False,
)
DATASET = Table(
    "dataset",
    "one row per fact about the records as a whole; no date",
    ("key",),
    (
        derived("key", "VARCHAR", "Fact", "What is said: title, demonstration, records_to, mapping, ..."),
        derived("value", "VARCHAR", "Value", "The fact, as text."),
    ),
    loaded=False,
)
QUALITY_CHECKS = Table(
    "quality_checks",
    "one row per check and table it looks at",
    ("rule", "table_name"),
    (
        derived("rule", "VARCHAR", "Check", "Stable identifier of the check."),
        derived("table_name", "VARCHAR", "Table", "Canonical table."),
        derived(
            "severity",
            "VARCHAR",
            "Severity",
            "error keeps a row out, warn marks it, info counts it.",
            "",
            ("error", "warn", "info"),
        ),
        derived(
            "result",
            "VARCHAR",
            "Result",
            "No row, some rows up to the limit, more than the limit, nothing to look at, or not run.",
            "",
            ("pass", "pass_with_rows", "fail", "not_applicable", "error"),
        ),
        derived("row_count", "BIGINT", "Rows found", "Rows the check found.", "rows"),
        derived("of_rows", "BIGINT", "Rows looked at", "Rows the check looked at.", "rows"),
        derived("share", "DOUBLE", "Share", "Rows found of the rows looked at.", "share 0-1"),
        derived("limit_share", "DOUBLE", "Limit", "Share of rows beyond which the check fails.", "share 0-1"),
        derived("sentence", "VARCHAR", "What was found", "The check in plain words."),
        derived("remedy", "VARCHAR", "What to do", "What to do about it."),
    ),
    loaded=False,
)
