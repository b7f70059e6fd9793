"""Write the canonical tables and the marts into the records file, as `schema` and `marts` declare them.

The load hands over one typed TEMP table `clean_<table>` per canonical table it read; this module
stores them with the declared columns, types and comments, and works out what follows from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Template
from typing import TYPE_CHECKING

from pipelines import constructs, early_sessions, follow_up, marts, outcomes, page_columns, schema
from pipelines.definitions import definition
from pipelines.sql_text import literal, quoted
from pipelines.warehouse import statement

if TYPE_CHECKING:
    import duckdb

    from pipelines.clean_connection import CleanConnection, Connection
    from pipelines.instruments import Instrument

STORED_ORDER = {
    "sessions": ("episode_id", "occurred_day", "scheduled_day"),
    "assessments": ("episode_id", "day"),
    "engagement_events": ("episode_id", "day"),
}
"""Tables stored by episode and time instead of by key, so that the marts read them in one pass.

Rows of one episode and day stand in any order: a second code in the sort costs a third of it."""
SOURCES = {
    "assessments": "score_totals",
    "assessment_subscales": "score_subscales",
    "site_month_sessions": "site_month_sessions_staged",
    "site_month_active": "site_month_active_staged",
}
"""Relations that scoring and the clock leave behind, each filling a canonical table."""
WORKED_OUT = ("discharges", "episodes")
"""Tables with derived columns, in the order in which they can be worked out; each has a file in `sql/`."""
FILLED = tuple(table.name for table in schema.TABLES if table.loaded or table.name in SOURCES)
"""Tables that `store` fills; nothing is added to them after it."""
OF_THE_LOAD = tuple(table for table in schema.TABLES if table.name not in (*FILLED, schema.INSTRUMENTS.name))
"""Tables that say what the load did; `store` leaves them empty."""
JOINED = {
    "joined_episodes": "episodes",
    "joined_discharges": "discharges",
    "joined_sessions": "sessions",
    "joined_assessments": "assessments",
    "joined_events": "engagement_events",
}
"""Views the marts read, each of one canonical table."""

EPISODES_AT_ONCE = 200_000
"""Episodes whose row of the mart is joined at a time: it is wide, and all of them together need much memory."""
_COUNT = Template("select $name, count(*) from $table")


def create_table(con: Connection, table: schema.Table) -> None:
    """Create the declared table, empty, with a comment on it and on every column; an existing one is replaced."""
    name = quoted(table.name)
    columns = ", ".join(quoted(column.name) + " " + column.type for column in table.columns)
    create = " ".join(("create or replace table", name, "(", columns, ")"))
    con.execute(create)
    comments = [" ".join(("comment on table", name, "is", literal(table.grain)))]
    for column in table.columns:
        meaning = " ".join(filter(None, (column.meaning, column.unit and f"Unit: {column.unit}.", column.caution)))
        comments.append(" ".join(("comment on column", name + "." + quoted(column.name), "is", literal(meaning))))
    together = "; ".join(comments)
    con.execute(together)


def create_tables(con: Connection, tables: Iterable[schema.Table]) -> None:
    """Create the declared tables, in one transaction: each of its own would wait for the disk."""
    con.begin()
    for table in tables:
        create_table(con, table)
    con.commit()


def store(
    con: duckdb.DuckDBPyConnection,
    registry: Mapping[str, Instrument],
    *,
    contact_types: Iterable[str] = (),
    into: CleanConnection | None = None,
    let_go: Callable[[str], None] | None = None,
) -> dict[str, int]:
    """Store every `clean_<table>` of `con` as its canonical table and return the number of rows of each.

    A table that was not handed over is stored empty; a declared column that was not is stored empty. Event types
    in `contact_types` stop the gap beside `schema.TWO_WAY_CONTACTS`. What scoring and the clock left in `SOURCES`
    goes before `clean_<table>`. The tables are made in `con`, or with `into` there, `OF_THE_LOAD` apart; then
    `let_go` is told of each table whose rows have gone there.
    """
    given = _columns(con)
    there: Connection = con if into is None else into
    if into is not None:
        create_tables(con, OF_THE_LOAD)
    create_tables(there, [table for table in schema.TABLES if into is None or table not in OF_THE_LOAD])
    filled = [table for table in schema.TABLES if table.name in FILLED]
    for table in sorted(filled, key=lambda table: table == schema.SESSIONS):  # the longest, when there is room for it
        staged = "staged_" + table.name
        _stage(con, table, _source(table, given), given)
        rows = _select_in_order(table)
        if into is not None:
            into.take(con, staged, rows)
            rows = "from " + quoted(staged)
            if let_go is not None:
                let_go(table.name)
        if table.name not in WORKED_OUT:
            _insert(there, table, rows)
    _insert(
        there,
        schema.DISCHARGES,
        statement("sql/discharges.sql"),
        {
            "exit_types": list(schema.EXIT_CAUSE_GROUPS),
            "cause_groups": list(schema.EXIT_CAUSE_GROUPS.values()),
        },
    )
    contacts = {*schema.TWO_WAY_CONTACTS, *contact_types}
    _insert(there, schema.EPISODES, statement("sql/episodes.sql"), {"contact_types": sorted(contacts)})
    _store_instruments(there, registry)
    for table in filled:
        drop = " ".join(("drop view if exists", quoted("staged_" + table.name)))
        con.execute(drop)
        if into is not None:
            into.execute(drop)
    stored = _rows(there, [table.name for table in schema.TABLES if into is None or table not in OF_THE_LOAD])
    return dict.fromkeys((table.name for table in schema.TABLES), 0) | stored


def build_marts(
    con: Connection,
    registry: Mapping[str, Instrument],
    *,
    chosen: Sequence[str] = (),
    new_episode_after: int | None = None,
) -> dict[str, int]:
    """Work out every mart from the canonical tables and return the number of rows of each.

    For each construct the instrument with most rated people stands; an instrument named in `chosen` goes before it.
    A return within `new_episode_after` days of a recorded exit resumes the episode; None takes episodes as recorded.
    """
    _stage_registry(con, registry, chosen)
    _join_episodes(con, new_episode_after)
    con.execute(statement("sql/numbered_episodes.sql"))
    parameters: dict[str, dict[str, object]] = {
        "resumed_parts": {},
        "constructs": {"severity": marts.SEVERITY},
        "mart_landmarks": {"landmark_days": list(constructs.LANDMARK_DAYS)},
        "score_months": {
            "month_days": definition("time_zero").number("month_days"),
            "last_day": marts.SCORE_DAYS,
            "constructs": list(constructs.CONSTRUCTS),
        },
        "coach_sessions": {},
        "ripple_events": {"types": list(schema.RIPPLE_EVENTS)},
        "helping_days": {"types": list(schema.RIPPLE_EVENTS)},
        "mart_episodes": {
            "initiated_days": definition("initiated").number("initiated_days"),
            "further_sessions": definition("engaged").number("further_sessions"),
            **outcomes.marking_values(),
        },
        "change_scales": {"baseline_people": follow_up.BASELINE_PEOPLE},
        "follow_ups": {
            "follow_up_days": list(follow_up.FOLLOW_UP_DAYS),
            "no_follow_up_after": list(follow_up.NO_FOLLOW_UP_AFTER),
            **_window(),
        },
        "lasting_changes": {"constructs": list(constructs.CHANGING), **_window()},
        "early_sessions": {
            "early_days": constructs.EARLY_DAYS,
            "until_day": early_sessions.LATER_UNTIL_DAY,
            "sessions": list(early_sessions.SESSIONS),
        },
        "session_scores": {"constructs": list(early_sessions.RATED), "sessions": list(early_sessions.SESSIONS)},
    }
    create_tables(con, marts.MARTS)
    for table in marts.MARTS:
        if table == marts.MART_EPISODES:
            _fill_mart_episodes(con, parameters[table.name])
        else:
            _insert(con, table, statement(f"sql/{table.name}.sql"), parameters[table.name])
    con.execute("drop view episode_traits")
    _drop(con, ("staged_registry", "rated_kinds", "numbered_episodes", "placed_episodes"))
    return _rows(con, [table.name for table in marts.MARTS])


def _fill_mart_episodes(con: Connection, parameters: Mapping[str, object]) -> None:
    """Fill the mart of episodes, `EPISODES_AT_ONCE` after the other, in the order in which it is stored."""
    _stage_page_columns(con)
    _drop(con, ("dated_sessions", "dated_ratings"))
    con.execute(statement("sql/placed_episodes.sql"))
    episodes = _rows(con, ["placed_episodes"])["placed_episodes"]
    select = outcomes.marked(statement("sql/mart_episodes.sql"))
    for first in range(1, episodes + 1, EPISODES_AT_ONCE):
        places = {"first_place": first, "last_place": first + EPISODES_AT_ONCE - 1}
        _insert(con, marts.MART_EPISODES, select, {**parameters, **places})
    _drop(con, [f"columns_of_{subject}" for subject in page_columns.SUBJECTS])


def _drop(con: Connection, tables: Iterable[str]) -> None:
    for name in tables:
        drop = " ".join(("drop table", quoted(name)))
        con.execute(drop)


def _stage_page_columns(con: Connection) -> None:
    """Make the TEMP tables with the columns of `page_columns`, from the marts that are there by now."""
    first_day, second_day = page_columns.BETWEEN
    parameters: dict[str, dict[str, object]] = {
        "coaching": {
            "early_days": constructs.EARLY_DAYS,
            "engaged_days": definition("engaged").number("engaged_days"),
            "severity": marts.SEVERITY,
        },
        "scores": {"early_days": constructs.EARLY_DAYS, "first_day": first_day, "second_day": second_day},
        "sessions": {},
        "follow_up": {"constructs": list(constructs.CHANGING)},
        "contacts": {"early_days": constructs.EARLY_DAYS, "known_after": follow_up.KNOWN_AFTER},
    }
    for subject, values in parameters.items():
        name = f"columns_of_{subject}"
        create = " ".join(("create or replace temp table", quoted(name), "as", statement(f"sql/{name}.sql")))
        con.execute(create, values)


def _window() -> dict[str, object]:
    return {"window_before": follow_up.WINDOW_BEFORE, "window_after": follow_up.WINDOW_AFTER}


def _join_episodes(con: Connection, new_episode_after: int | None) -> None:
    """Make the TEMP views the marts read: the canonical tables, a resumed episode being part of an earlier one."""
    resumed = 0
    con.execute("create or replace temp table resumed_episodes (episode_id uuid, part_of uuid, shift integer)")
    if new_episode_after is not None:
        con.execute(statement("sql/resumed_episodes.sql"), {"new_episode_after": new_episode_after})
        resumed = _rows(con, ["resumed_episodes"])["resumed_episodes"]
    for view, table in JOINED.items():
        as_recorded = " ".join(("create or replace temp view", quoted(view), "as select * from", quoted(table)))
        con.execute(statement(f"sql/{view}.sql") if resumed else as_recorded)


def _stage_registry(con: Connection, registry: Mapping[str, Instrument], chosen: Sequence[str]) -> None:
    con.execute(statement("sql/staged_registry.sql"))
    rows = []
    for instrument in registry.values():
        low, high = instrument.display_bands
        row = [
            instrument.construct,
            instrument.instrument_id,
            instrument.name,
            instrument.scale_min,
            instrument.scale_max,
            low,
            high,
            instrument.early_min_ratings,
            instrument.verified,
            instrument.instrument_id in chosen,
            instrument.higher_is_better,
            instrument.alpha,
            instrument.reliable_change,
            instrument.minimal_important_difference,
        ]
        rows.append(row)
    if rows:
        con.executemany("insert into staged_registry values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)


def _columns(con: duckdb.DuckDBPyConnection) -> dict[str, set[str]]:
    """Return the columns of every table and view of `con`, by its name."""
    found: dict[str, set[str]] = {}
    query = "select table_name, column_name from duckdb_columns() where not internal"
    for name, column in con.execute(query).fetchall():
        found.setdefault(str(name), set()).add(str(column))
    return found


def _stage(
    con: duckdb.DuckDBPyConnection, table: schema.Table, source: str | None, given: Mapping[str, set[str]]
) -> None:
    """Make the TEMP view `staged_<table>`: the declared columns in order and type, empty where not handed over."""
    present = given[source] if source is not None else set()
    columns = ", ".join(
        " ".join(
            (
                "cast(",
                quoted(column.name) if column.name in present else "null",
                "as",
                column.type,
                ") as",
                quoted(column.name),
            )
        )
        for column in table.columns
    )
    rows = "where false" if source is None else " ".join(("from", quoted(source)))
    view = " ".join(("create or replace temp view", quoted("staged_" + table.name), "as select", columns, rows))
    con.execute(view)


def _source(table: schema.Table, given: Mapping[str, set[str]]) -> str | None:
    """Return the relation that fills `table`; None if nothing was handed over."""
    return next((name for name in (SOURCES.get(table.name), "clean_" + table.name) if name in given), None)


def _select_in_order(table: schema.Table) -> str:
    order = ", ".join(quoted(name) for name in STORED_ORDER.get(table.name, table.key))
    return " ".join(("select * from", quoted("staged_" + table.name), "order by", order))


def _insert(
    con: Connection,
    table: schema.Table,
    select: str,
    parameters: Mapping[str, object] | None = None,
) -> None:
    text = " ".join(("insert into", quoted(table.name), "by name", select))
    con.execute(text, dict(parameters or {}))


def _store_instruments(con: Connection, registry: Mapping[str, Instrument]) -> None:
    rows = [
        [
            instrument.instrument_id,
            instrument.name,
            instrument.construct,
            instrument.scale_min,
            instrument.scale_max,
            instrument.higher_is_better,
            instrument.licence,
            instrument.verified,
        ]
        for instrument in sorted(registry.values(), key=lambda each: each.instrument_id)
    ]
    if rows:
        con.begin()
        con.executemany("insert into instruments values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        con.commit()


def _rows(con: Connection, names: Sequence[str]) -> dict[str, int]:
    """Count the rows of tables, all in one statement."""
    counts = " union all ".join(_COUNT.substitute(name=literal(name), table=quoted(name)) for name in names)
    return {str(name): int(rows) for name, rows in con.execute(counts).fetchall()}
