"""What the page Your data remembers of an import between two runs: counts and results, never a file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import streamlit as st

from dashboard import answers
from dashboard.import_gate import Choices, Fault, InputFault, LoadSummary, Look, Upload

_KEY = "import"


@dataclass
class State:
    """One import: the files it is about, what was seen, what was checked for which mapping, what was done."""

    round: int = 0
    added: tuple[str, ...] = ()
    look: Look | None = None
    first: Choices | None = None
    faults: tuple[Fault, ...] = ()
    checked: LoadSummary | None = None
    checked_for: str = ""
    check_faults: tuple[Fault, ...] = ()
    done: LoadSummary | None = None
    before: dict[str, int] = field(default_factory=dict)
    step_faults: tuple[Fault, ...] = ()


def current() -> State:
    """Return the import of this session."""
    if _KEY not in st.session_state:
        st.session_state[_KEY] = State()
    found: State = st.session_state[_KEY]
    return found


def forget() -> None:
    """Forget the import; for pages that are not about it."""
    st.session_state.pop(_KEY, None)


def start_again(done: LoadSummary | None = None, before: dict[str, int] | None = None) -> None:
    """Let the added files go and begin anew; `done` is what the last round came to."""
    st.session_state[_KEY] = State(round=current().round + 1, done=done, before=before or {})


def files_are(uploads: Sequence[Upload], ids: tuple[str, ...]) -> State:
    """Return the import of these files: that of the last run if they are the same, else a new one."""
    state = current()
    if state.added == ids:
        return state
    state = State(round=state.round, added=ids)
    st.session_state[_KEY] = state
    return state


def attempt(part: str, step: Callable[[], Any]) -> tuple[Any, tuple[Fault, ...]]:
    """Return what a step gives, or nothing and what is wrong; a fault of ours is noted and referred to."""
    try:
        return step(), ()
    except InputFault as fault:
        return None, fault.faults
    except Exception as error:
        reference = answers.note_failure(answers.data_home(), f"your_data {part}", error)
        remedy = f"Nothing was changed. Try again; if it keeps happening, tell your data lead the reference {reference}"
        return None, (Fault("This step", "went wrong on our side", remedy),)
