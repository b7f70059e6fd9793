"""House rules that no linter holds: SQL and values apart, one door to DuckDB, words, names and traces of a machine."""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("pipelines", "dashboard")
SOURCES = sorted(path for package in PACKAGES for path in (ROOT / package).rglob("*.py"))
RUNS_SQL = {"execute", "executemany", "sql", "query", "rows", "table"}


def tracked_files() -> list[Path]:
    """Return the files under version control, or every file where there is no git."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if listed.returncode:
        return [path for path in ROOT.rglob("*") if path.is_file() and ".venv" not in path.parts]
    return [ROOT / name for name in listed.stdout.decode().split("\0") if name and (ROOT / name).is_file()]


def built_text(node: ast.expr) -> bool:
    """Tell whether an expression puts text together on the spot."""
    if isinstance(node, ast.JoinedStr):
        return any(isinstance(part, ast.FormattedValue) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
        return True
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format"


def sql_built_on_the_spot(source: str) -> list[int]:
    """Return the lines on which text put together on the spot reaches a call that runs SQL."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in RUNS_SQL
        and node.args
        and built_text(node.args[0])
    ]


@pytest.mark.parametrize(
    "line",
    ['con.execute(f"SELECT {x}")', 'con.sql("SELECT " + x)', 'con.execute("SELECT %s" % x)', 'c.query("{}".format(x))'],
)
def test_the_rule_finds_sql_built_on_the_spot(line: str) -> None:
    assert sql_built_on_the_spot(line) == [1]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_sql_is_built_on_the_spot(path: Path) -> None:
    assert sql_built_on_the_spot(path.read_text()) == []


def test_only_the_warehouse_opens_duckdb() -> None:
    opening = {str(path.relative_to(ROOT)) for path in SOURCES if re.search(r"duckdb\.connect\(", path.read_text())}
    # The script runs in a process that may hold nothing of ours.
    assert opening == {"pipelines/warehouse.py", "pipelines/clean_writer.py"}


def test_no_page_folder_and_no_vague_module_names() -> None:
    vague = {"utils", "helpers", "common", "manager", "misc", "pages"}
    assert not [path for path in SOURCES if vague & {path.stem, *path.relative_to(ROOT).parts}]


def test_nothing_names_a_machine_or_a_package_host() -> None:
    trace = re.compile(r"(?<![\w.])/(?:work|root|home/\w+|tmp/plan)/|files\.pythonhosted\.org|pypi\.org/simple")
    named = []
    for path in tracked_files():
        if path.suffix in {".png", ".woff2", ".parquet", ".ico"} or path == Path(__file__).resolve():
            continue
        if trace.search(path.read_text(errors="replace")):
            named.append(str(path.relative_to(ROOT)))
    assert named == []


def test_public_functions_of_both_packages_say_what_they_do() -> None:
    silent = []
    for path in SOURCES:
        for node in ast.parse(path.read_text()).body:
            public = isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{path.relative_to(ROOT)}:{node.name}")
    assert silent == []


def test_no_unfinished_marks() -> None:
    marks = re.compile(r"\b(TODO|FIXME|XXX)\b|NotImplementedError")
    assert [str(path.relative_to(ROOT)) for path in SOURCES if marks.search(path.read_text())] == []
