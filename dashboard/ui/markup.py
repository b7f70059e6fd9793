"""Small pieces of text as markup: commands and names of columns as code."""

from __future__ import annotations

import html
import re


def with_code(text: str) -> str:
    """Return a text as markup, escaped, with what stands between backticks as code."""
    return re.sub("`([^`]+)`", r"<code>\1</code>", html.escape(text))
