"""What the page Your data remembers of an import between two runs: counts and results, never a file."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import streamlit as st

from dashboard import answers
from dashboard.import_gate import Choices, Fault, InputFault, LoadSummary, Look
from dashboard.language import say
from dashboard.ui import uploads
from dashboard.ui.uploads import KEY


@dataclass
class State:
    """One import: the files it is about, what was seen, what was checked for which mapping, what was done.

    `round` counts uses and `turn` sets of files, so that no widget takes up what was chosen for another file.
    """

    round: int = 0
    turn: int = 0
    added: tuple[str, ...] = ()
    look: Look | None = None
    first: Choices | None = None
    faults: tuple[Fault, ...] = ()
    checked: LoadSummary | None = None
    checked_for: str = ""
    check_faults: tuple[Fault, ...] = ()
    done: LoadSummary | None = None
    step_faults: tuple[Fault, ...] = ()


def current() -> State:
    """Return the import of this session."""
    if KEY not in st.session_state:
        st.session_state[KEY] = State()
    found: State = st.session_state[KEY]
    return found


def start_again(done: LoadSummary | None = None) -> None:
    """Let the added files go and begin anew; `done` is what the last round came to."""
    st.session_state[KEY] = State(current().round + 1, current().turn + 1, done=done)
    uploads.let_go()


def files_are(ids: tuple[str, ...]) -> State:
    """Return the import of these files: that of the last run if they are the same, else a new one."""
    state = current()
    if state.added == ids:
        return state
    state = State(round=state.round, turn=state.turn + 1, added=ids)
    st.session_state[KEY] = state
    return state


def attempt(part: str, step: Callable[[], Any]) -> tuple[Any, tuple[Fault, ...]]:
    """Return what a step gives, or nothing and what is wrong; a fault of ours is noted and referred to."""
    try:
        return step(), ()
    except InputFault as fault:
        return None, fault.faults
    except Exception as error:
        reference = answers.note_failure(answers.data_home(), f"your_data {part}", error)
        remedy = say(
            "Nothing was changed. Try again; if it keeps happening, tell your data lead the reference {reference}",
            reference=reference,
        )
        return None, (Fault(say("This step"), say("went wrong on our side"), remedy),)
