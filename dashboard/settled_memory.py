"""What lives for long is set apart from the garbage collector, so that collecting looks at little.

Streamlit collects after every run of a page and looks at everything that lives each time, thousands of remembered
answers among it: with thirty visitors two thirds of the server's time (measured, 2026). That is switched off
(`runner.postScriptGC`); Python collects by itself when there is something to collect, and everything is looked at
when the server has come to rest.
"""

from __future__ import annotations

import gc

YOUNG = 20_000
"""New objects after which the collector looks for garbage among them: making one page's tables makes so many."""


def collect_seldom() -> None:
    """Let the collector look at new objects less often than Python does by itself, which is after 700."""
    gc.set_threshold(YOUNG, *gc.get_threshold()[1:])


def settle() -> None:
    """Collect what nobody holds any more, of what was set apart before too, and set apart what lives now."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
