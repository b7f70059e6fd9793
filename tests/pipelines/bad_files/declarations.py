"""The files that say how records are to be read: dataset.toml and mapping files."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.pipelines.bad_files.case import SECRET, Case, Refused, Write, secret_world
from tests.pipelines.raw_world import write

NOT_TOML = "is not a TOML file"
HEAD = '[mapping]\nid = "ours"\nlabel = "Ours"\n'
PLAIN = "".join(f'[tables.{name}]\nfrom = "{name}"\n' for name in ("sites", "participants", "episodes"))
CELL = '[tables.sites]\nfrom = "sites"\n[tables.sites.columns]\nsite_id = '


def beside(name: str, content: bytes | str) -> Write:
    """Write the good files and one file in their folder."""

    def write_case(folder: Path) -> Path:
        source = write(folder / "in", secret_world())
        (source / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return source

    return write_case


DATASETS: dict[str, tuple[bytes | str, str, str]] = {
    "words without quotation marks": (f"title = {SECRET}", "dataset.toml", NOT_TOML),
    "JSON instead of TOML": (f'{{"title": "{SECRET}"}}', "dataset.toml", NOT_TOML),
    "a key twice": (f'title = "{SECRET}"\ntitle = "x"', "dataset.toml", NOT_TOML),
    "a Latin-1 letter in the title": (f'title = "{SECRET} é"'.encode("latin-1"), "dataset.toml", NOT_TOML),
    "UTF-16": (f'title = "{SECRET}"'.encode("utf-16"), "dataset.toml", NOT_TOML),
    "a NUL": (f'title = "{SECRET}\0"', "dataset.toml", NOT_TOML),
    "lists nested without end": ("title = " + "[" * 100_000, "dataset.toml", NOT_TOML),
    "a title nested without end": ("title" + ".a" * 100_000 + " = 1", "dataset.toml", NOT_TOML),
    "a title of two hundred parts": ("title" + ".a" * 200 + " = 1", "dataset.toml, title", "is not a text"),
    "a number of five thousand digits": ("title = " + "9" * 5_000, "dataset.toml", NOT_TOML),
    "a day that is none": ("day = 2025-02-30", "dataset.toml", NOT_TOML),
    "two megabytes": (f'title = "x"\n# {SECRET * 400_000}', "dataset.toml", "is larger than a file of settings can be"),
    "a list for a title": (f'title = ["{SECRET}"]', "dataset.toml, title", "is not a text"),
    "a table for a title": (f'title = {{ a = "{SECRET}" }}', "dataset.toml, title", "is not a text"),
    "an e-mail address for a title": ('title = "zqann@example.org"', "dataset.toml, title", "identifier_email"),
    "a phone number for a program": ('program = "call 555-123-4987"', "dataset.toml, program", "identifier_phone"),
    "a phone number in dashes of a book": (
        'title = "555\u2011123\u20114987"',
        "dataset.toml, title",
        "identifier_phone",
    ),
}
MAPPINGS: dict[str, tuple[bytes | str, str, str]] = {
    "an empty mapping": ("", "ours.toml, mapping", "is missing or not a table"),
    "a mapping that is not TOML": ("[mapping", "ours.toml", "is not TOML"),
    "a mapping in Latin-1": (f"{HEAD}# é".encode("latin-1"), "ours.toml", "is not TOML"),
    "a mapping of lists nested without end": (HEAD + "x = " + "[" * 100_000, "ours.toml", "is not TOML"),
    "a mapping with a number of five thousand digits": (HEAD + "x = " + "9" * 5_000, "ours.toml", "is not TOML"),
    "a mapping of two megabytes": (
        HEAD + "# x" * 700_000,
        "ours.toml",
        "is larger than a file of settings can be",
    ),
    "a mapping that fills nothing": (HEAD, "ours.toml, tables", "fills no table"),
    "a key nobody knows": (HEAD + "colour = 1\n" + PLAIN, "ours.toml, mapping.colour", "is not a key of the grammar"),
    "a table nobody knows": (HEAD + PLAIN + '[tables.visits]\nfrom = "x"', "ours.toml, tables.visits", ""),
    "an SQL file in a folder above": (
        HEAD + '[views.v]\nsql = "../x.sql"\nneeds = []\n' + PLAIN,
        "ours.toml, views.v.sql",
        "is no .sql file beside the mapping",
    ),
    "an SQL file by its whole path": (
        HEAD + '[views.v]\nsql = "/etc/passwd"\nneeds = []\n' + PLAIN,
        "ours.toml, views.v.sql",
        "is no .sql file beside the mapping",
    ),
    "questionnaires in a folder above": (
        HEAD.replace("label", 'instruments = ".."\nlabel') + PLAIN,
        "ours.toml, mapping.instruments",
        "",
    ),
    "a mapping that extends a path": (
        HEAD.replace("label", 'extends = "../../etc/x"\nlabel') + PLAIN,
        "../../etc/x",
        "is neither a mapping of this product nor a mapping file",
    ),
    "a mapping that extends itself": (HEAD.replace("label", 'extends = "ours"\nlabel') + PLAIN, "ours", ""),
    "a mapping that extends a number": (HEAD.replace("label", "extends = 4\nlabel") + PLAIN, "", ""),
    "a source that is a statement": (
        HEAD + PLAIN.replace('"sites"', '"sites; drop table x"', 1),
        "sites; drop table x.csv",
        "is missing",
    ),
    "a column that is a statement": (
        HEAD + CELL + '"a\\"; drop table x; --"\n' + PLAIN.split("\n", 2)[2],
        "sites.csv",
        "has no column",
    ),
    "a cell times a number of nobody": (
        HEAD + CELL + '{ from = "site_id", times = nan }\n' + PLAIN.split("\n", 2)[2],
        "ours.toml, tables.sites.columns.site_id.times",
        "is not a number",
    ),
    "a cell and a number without end": (
        HEAD + CELL + '{ from = "site_id", add = inf }\n' + PLAIN.split("\n", 2)[2],
        "ours.toml, tables.sites.columns.site_id.add",
        "is not a number",
    ),
    "a run of a billion columns": (
        HEAD + '[views.w]\nunpivot = "sites"\ncolumns = "w{n}"\ncount = 1000000000\n' + PLAIN,
        "ours.toml, views.w.columns",
        "names no columns",
    ),
    "a run of columns every nobody days": (
        HEAD + '[views.w]\nunpivot = "sites"\ncolumns = ["region"]\nevery_days = inf\n' + PLAIN,
        "ours.toml, views.w.every_days",
        "is not a number",
    ),
    "a title with an e-mail address in a mapping": (
        HEAD + '[dataset]\ntitle = "zqann@example.org"\n' + PLAIN,
        "title",
        "identifier_email",
    ),
}
VIEWS: dict[str, tuple[str, str]] = {
    "a view that reads another file": ("select * from read_csv('/etc/passwd')", "cannot be run"),
    "a view that is two statements": ("select 1 as x; drop table source_sites", ""),
    "a view that writes": ("copy sites to 'x.csv'", ""),
    "a view that opens a database": ("attach 'x.db'", ""),
    "a view that is nonsense": ("selec * from sites", ""),
    "a view that casts what it cannot": ("select cast(region as integer) as x from sites", ""),
}


def _with_view(sql: str) -> Write:
    text = HEAD + '[views.v]\nsql = "v.sql"\nneeds = ["sites"]\n' + PLAIN.replace('"sites"', '"v"', 1)

    def write_case(folder: Path) -> Path:
        source = beside("ours.toml", text)(folder)
        (source / "v.sql").write_text(sql)
        return source

    return write_case


def cases() -> Iterator[Case]:
    """Yield every case."""
    for name, (content, where, rule) in DATASETS.items():
        secrets = (SECRET, "zqann", "4987")
        heavy = "without end" in name
        yield Case(
            f"dataset.toml: {name}", beside("dataset.toml", content), Refused(where, rule), "", "", secrets, heavy
        )
    for name, (content, where, rule) in MAPPINGS.items():
        heavy = "without end" in name or "billion" in name
        refused = Refused(where, rule, {"an empty mapping": 4, "questionnaires in a folder above": 2}.get(name, 1))
        yield Case(name, beside("ours.toml", content), refused, "ours.toml", heavy=heavy)
    for name, (sql, rule) in VIEWS.items():
        yield Case(name, _with_view(sql), Refused("v.sql", rule), mapping="ours.toml")
    for named in ("../../../etc/passwd", "no_such_mapping", "/dev/zero"):
        yield Case(
            f"the mapping {named}",
            beside("notes.txt", SECRET),
            Refused(named, "is neither a mapping of this product nor a mapping file"),
            mapping=named,
        )
