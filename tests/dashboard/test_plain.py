"""A name that people gave reads on a button as it was typed. Referee: the rules of CommonMark, by hand."""

from __future__ import annotations

import pytest

from dashboard.ui.plain import plain


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("January–June 2025", "January–June 2025"),
        ("St. Mary's, 18-24", "St. Mary's, 18-24"),
        ("**new** _form_", r"\*\*new\*\* \_form\_"),
        ("[here](http://x.org)", r"\[here\](http\://x.org)"),
        ("$5 and $6 :red[x]", r"\$5 and \$6 \:red\[x\]"),
        ("1. North", r"1\. North"),
        ("- South", r"\- South"),
        ("<b>", r"\<b\>"),
    ],
)
def test_what_markdown_would_read_is_escaped(name: str, label: str) -> None:
    assert plain(name) == label
