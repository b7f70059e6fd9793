"""Answers of one version, each worked out once: what was asked is remembered, what may be asked next is worked ahead.

A page asks a dozen questions, for everyone first and then for the people a filter picks. While nobody waits, the
questions that were asked for everyone are asked for every single category of the filters, so that the first click
on a filter finds its answers ready. A version never changes, so that an answer never has to be forgotten for age.
"""

from __future__ import annotations

import atexit
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pandas as pd

from dashboard import settled_memory
from dashboard.answers import Answers, Dimension, InputFault, Question

MOST_ROWS = 1_000_000
"""Rows of estimate tables kept, the latest used; some 130 bytes each."""
WORKER = "work ahead"
"""Name of the threads that work ahead."""
QUIET_SECONDS = 0.3
"""How long nobody must have asked before something is worked ahead."""
SETTLED_SECONDS = 3.0
"""How long nobody must have asked before memory is settled, which holds up everybody for a moment."""
LONGEST_SECONDS = 2.0
"""A question that took longer for everyone is not worked ahead: visitors would share the machine with it for hours."""


_CLOSING = threading.Event()


@atexit.register
def _close() -> None:
    """Stop working ahead before the interpreter goes: a query may not be cut off halfway."""
    _CLOSING.set()
    for thread in threading.enumerate():
        if thread.name == WORKER:
            thread.join(5)


class Remembered:
    """A reader that answers a question it has answered before from memory; safe to share between threads."""

    def __init__(self, answers: Answers, ahead: Sequence[str] = ()) -> None:
        """Remember the answers of `answers`; work ahead for every category of the dimensions `ahead`."""
        self.version = answers.version
        self._answers = answers
        self._filters = [
            (dimension.name, (code,))
            for dimension in answers.dimensions()
            if dimension.name in ahead
            for code, _ in dimension.categories
        ]
        self._lock = threading.Lock()
        self._tables: OrderedDict[Question, pd.DataFrame] = OrderedDict()
        self._rows = 0
        self._turns: dict[Question, threading.Lock] = {}
        self._next: deque[Question] = deque()
        self._worker: threading.Thread | None = None
        self._asked_at = 0.0

    def ask(self, question: Question) -> pd.DataFrame:
        """Return the estimate table that answers `question`; changing it changes nothing that is remembered."""
        self._asked_at = time.monotonic()
        table = self._known(question)
        if table is None:
            began = time.monotonic()
            table = self._answer(question)
            self._asked_at = time.monotonic()
            if not question.where and self._asked_at - began <= LONGEST_SECONDS:
                self._look_ahead(question)
        return table.copy(deep=False)

    def dimensions(self) -> list[Dimension]:
        """Return what people can be grouped and filtered by here."""
        return self._answers.dimensions()

    def about(self) -> dict[str, Any]:
        """Return what is read, as the reader says it."""
        return self._answers.about()

    def work_ahead(self) -> None:
        """Work out what was put off until nothing is left, then settle; between two wait until nobody has asked."""
        while not _CLOSING.is_set():
            waited = time.monotonic() - self._asked_at
            quiet = QUIET_SECONDS if self._next else SETTLED_SECONDS
            if waited < quiet:
                _CLOSING.wait(min(quiet - waited, QUIET_SECONDS))
                continue
            with self._lock:
                question = self._next.popleft() if self._next else None
                if question is None:
                    self._worker = None
            if question is None:
                settled_memory.settle()
                return
            try:
                self._answer(question)
            except InputFault:
                continue  # whoever asks it is told why

    def _answer(self, question: Question) -> pd.DataFrame:
        """Return the answer; whoever asks while somebody else is being answered waits for that answer."""
        with self._lock:
            turn = self._turns.setdefault(question, threading.Lock())
        try:
            with turn:
                table = self._known(question)
                if table is None:
                    table = self._answers.ask(question)
                    self._keep(question, table)
                return table
        finally:
            with self._lock:
                self._turns.pop(question, None)

    def _known(self, question: Question) -> pd.DataFrame | None:
        with self._lock:
            if question in self._tables:
                self._tables.move_to_end(question)
            return self._tables.get(question)

    def _keep(self, question: Question, table: pd.DataFrame) -> None:
        with self._lock:
            before = self._tables.pop(question, None)
            self._tables[question] = table
            self._rows += len(table) - (0 if before is None else len(before))
            while self._rows > MOST_ROWS and len(self._tables) > 1:
                _, oldest = self._tables.popitem(last=False)
                self._rows -= len(oldest)

    def _look_ahead(self, question: Question) -> None:
        """Put the question off for every category of the filters, and see that somebody works on them."""
        with self._lock:
            self._next.extend(replace(question, where=(each,)) for each in self._filters)
            if self._next and self._worker is None:
                self._worker = threading.Thread(target=self.work_ahead, name=WORKER, daemon=True)
                self._worker.start()
