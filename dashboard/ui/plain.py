"""Names that people gave, in the labels of buttons and expanders, which Streamlit reads as Markdown."""

from __future__ import annotations

import re

_MARKS = re.compile(r"([\\`*_~$|:<>\[\]#])|(?<=^\d)([.)])|(?<=^)([-+])(?=\s)")
"""What begins or ends something of Markdown, and what makes a list of a label that begins with it."""


def plain(name: str) -> str:
    """Return `name` so that the label of a button or an expander shows its every character.

    Not for a widget that a value is chosen in or typed into: its label is read aloud as it stands.
    """
    return _MARKS.sub(r"\\\g<0>", name)
