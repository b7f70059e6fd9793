"""How the command line speaks: progress, one clear message for bad input, one sentence and a reference for our faults.

Exit codes: 0 done, 1 a fault of ours, 2 bad input or arguments. No message and no log holds the value of a cell.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import click

from pipelines.failures import FAILURES, note_failure
from pipelines.faults import InputFault
from pipelines.progress import Progress, silent, time_left

DEBUG = "RECOVERY_OUTCOMES_DEBUG"
STEP = 0.2
"""Share of the work after which a line is printed where there is no terminal to draw a bar on."""
_NOT_STATE = ("log",)


def data_home() -> Path:
    """Return the folder that holds records, release, reports and log: RECOVERY_OUTCOMES_HOME, else ./var."""
    return Path(os.environ.get("RECOVERY_OUTCOMES_HOME") or "var").expanduser().resolve()


class OneMessage(click.Group):
    """A command group that ends bad input with exit code 2 and a fault of ours with 1, each in plain words."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the chosen command; says "Nothing was changed." only if that is so."""
        watched = ctx.ensure_object(dict)
        watch(data_home())
        try:
            return super().invoke(ctx)
        except InputFault as fault:
            for line in fault.faults:
                click.secho(f"✗ {line}", err=True, fg="red")
            if all(_standing(folder) == before for folder, before in watched.items()):
                click.echo("Nothing was changed.", err=True)
            ctx.exit(2)
        except (click.ClickException, click.exceptions.Exit, click.Abort, BrokenPipeError):
            raise
        except Exception as error:
            if os.environ.get(DEBUG) == "1":
                raise
            reference = note_failure(data_home(), ctx.invoked_subcommand or "", error)
            click.secho(
                f"✗ Something went wrong on our side ({type(error).__name__}, reference {reference}). "
                f"Please report the reference with the last lines of {data_home() / FAILURES}; "
                f"{DEBUG}=1 shows where it happened.",
                err=True,
                fg="red",
            )
            ctx.exit(1)


def watch(folder: Path) -> None:
    """Remember how `folder` stands before a command changes it, so that a message can say whether it did."""
    context = click.get_current_context()
    watched: dict[Path, dict[str, tuple[int, int]]] = context.find_root().ensure_object(dict)
    watched.setdefault(folder, _standing(folder))


@contextmanager
def progress_line(label: str, *, quiet: bool = False) -> Iterator[Progress]:
    """Yield a progress callback: a bar with the present step and the time left on a terminal, a few lines elsewhere.

    `quiet`: nothing at all, for scripts that read the result.
    """
    if quiet:
        yield silent
        return
    begun = time.monotonic()

    def with_time(step: str, share: float) -> str:
        left = time_left(time.monotonic() - begun, share)
        return f"{step}, {left}" if left else step

    if sys.stderr.isatty():
        template = "%(label)s  [%(bar)s]  %(info)s"
        with click.progressbar(
            length=100,
            label=label,
            file=sys.stderr,
            width=24,
            show_eta=False,
            show_percent=True,
            bar_template=template,
            item_show_func=lambda step: step or "",
        ) as bar:
            yield lambda step, share: bar.update(max(0, round(share * 100) - bar.pos), with_time(step, share))
        return
    due = 0.0

    def report(step: str, share: float) -> None:
        nonlocal due
        if share >= due:
            left = time_left(time.monotonic() - begun, share)
            click.echo(f"{label}: {step} ({share:.0%}{', ' + left if left else ''})", err=True)
            due = max(due + STEP, share + STEP / 2) if share < 1 else 2.0

    yield report


def _standing(folder: Path) -> dict[str, tuple[int, int]]:
    """Return size and time of every file below `folder` that is part of the state; logs and locks are not."""
    found = {}
    for path in folder.rglob("*") if folder.is_dir() else ():
        part = path.relative_to(folder)
        if part.parts[0] in _NOT_STATE or part.name == ".lock" or not path.is_file():
            continue
        with suppress(OSError):
            told = path.stat()
            found[str(part)] = (told.st_size, told.st_mtime_ns)
    return found
