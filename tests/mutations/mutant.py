"""A copy of the code in which one rule of the gate is broken, and the tests that have to notice it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
COPIED = ("pipelines", "dashboard", "tests")
FAILED = re.compile(r"^(?:FAILED|ERROR) ([^\s\[]+)", re.MULTILINE)
ARGUMENTS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "no:xdist")
PASSED, SOME_FAILED = 0, 1
_STAMP = count(1)


@dataclass(frozen=True)
class Mutation:
    """One rule broken in one way.

    `edits` are replacements of source text, each of a file, a text that must stand there exactly once, and its
    replacement; `tests` are the tests of which at least one must fail.
    """

    rule: str
    broken: str
    edits: tuple[tuple[str, str, str], ...]
    tests: tuple[str, ...]
    quick: bool = False

    @property
    def name(self) -> str:
        """The rule and how it is broken, as one line."""
        return f"{self.rule}: {self.broken}"


@dataclass(frozen=True)
class Run:
    """A run of tests in a copy: the first test that failed, empty if all passed, and what was said."""

    failed: str
    said: str


class Copy:
    """A copy of the code and its tests in a folder of its own, to be broken and mended again."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in COPIED:
            shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "screenshots"))
        shutil.copy2(ROOT / "pyproject.toml", folder)
        for name in ("data", "docs"):
            (folder / name).symlink_to(ROOT / name)
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "PYTHON"))}
        command = [sys.executable, "tests/mutations/serve.py"]
        self._runner = subprocess.Popen(
            command, cwd=folder, env=kept, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def run(self, tests: Sequence[str]) -> Run:
        """Run tests against this copy up to the first that fails; RuntimeError if they could not be run at all."""
        assert self._runner.stdin is not None
        assert self._runner.stdout is not None
        self._runner.stdin.write(json.dumps([*ARGUMENTS, f"--basetemp={self.folder / 'tmp'}", *tests]) + "\n")
        self._runner.stdin.flush()
        code, said = json.loads(self._runner.stdout.readline())
        failed = FAILED.search(said)
        if code not in (PASSED, SOME_FAILED) or (code == SOME_FAILED) != bool(failed):
            raise RuntimeError(f"the tests could not be run:\n{said[-3000:]}")
        return Run(failed[1] if failed else "", said)

    def run_broken(self, mutation: Mutation) -> Run:
        """Break one rule, run the tests that should notice, and mend it; ValueError if the code reads otherwise."""
        before: dict[Path, str] = {}
        try:
            for file, old, new in mutation.edits:
                path = self.folder / file
                text = path.read_text(encoding="utf-8")
                before.setdefault(path, text)
                if text.count(old) != 1:
                    raise ValueError(f"{mutation.name}: the text to replace stands {text.count(old)} times in {file}")
                _write(path, text.replace(old, new))
            return self.run(mutation.tests)
        finally:
            for path, text in before.items():
                _write(path, text)

    def close(self) -> None:
        """End the process that runs the tests."""
        self._runner.communicate()


def _write(path: Path, text: str) -> None:
    """Write a source file under a time of its own: Python tells stale bytecode by whole seconds and size alone."""
    path.write_text(text, encoding="utf-8")
    moment = time.time() + 10 * next(_STAMP)
    os.utime(path, (moment, moment))
