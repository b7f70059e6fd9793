"""What the theme file cannot say: one block of CSS, and the ping that redraws charts when the theme changes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st

from dashboard import theme
from dashboard.language import noted, say

TEXTS = {
    "said-name": noted("Recovery outcomes"),
    "said-menu": noted("Menu"),
}
"""Texts that stand in the CSS, by the names of the variables that hold them."""
OF_PAGE = "said-page"
"""Variable that holds the name of the page that is open."""
_WATCH = """
<script>
(() => {
  if (window.__themeWatch) return;
  const app = document.querySelector('.stApp');
  const scheme = () => getComputedStyle(app).colorScheme;
  let last = scheme();
  window.__themeWatch = new MutationObserver(() => {
    const now = scheme();
    if (now !== last) {
      last = now;
      setTimeout(() => document.querySelector('.st-key-themeping button')?.click(), 50);
    }
  });
  // The theme is a class of this one element; a look at every change below it would cost a fifth of each redraw.
  window.__themeWatch.observe(app, {attributes: true, attributeFilter: ['class', 'style']});
  // Where a page is worked out while its tabs are gone through by arrows, Streamlit 1.67 now and then drops the focus.
  let byArrow = false;
  document.addEventListener('keydown', event => { byArrow = event.key.startsWith('Arrow'); }, true);
  document.addEventListener('pointerdown', () => { byArrow = false; }, true);
  document.addEventListener('focusout', event => {
    const tab = event.target;
    if (!byArrow || event.relatedTarget || tab.getAttribute('role') !== 'tab') return;
    const back = tries => {
      if (!byArrow || document.activeElement !== document.body || !tab.isConnected) return;
      tab.focus({preventScroll: true});
      if (tries) setTimeout(() => back(tries - 1), 50);
    };
    setTimeout(() => back(10), 0);
  }, true);
})();
</script>
"""


@cache
def _css() -> str:
    blocks = (Path(__file__).with_name(name).read_text("utf-8") for name in ("style.css", "pages.css"))
    return f"<style>{theme.css_variables()}{''.join(blocks)}</style>"


def apply(page: str) -> None:
    """Put the CSS block, with the texts that stand in it, and the theme ping on the page called `page` in the menu."""
    texts = TEXTS | {OF_PAGE: page}
    said = ";".join(f"--{name}:{_css_text(say(text))}" for name, text in texts.items())
    st.html(f"<style>:root{{{said}}}</style>{_css()}")
    _ping_on_theme_change()


def name_menu(text: str) -> None:
    """Call the menu of a phone `text` on this page, where it holds more than the pages."""
    st.html(f"<style>:root{{--said-menu:{_css_text(text)}}}</style>")


def _css_text(text: str) -> str:
    """Return a text as CSS writes it between quotes."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def mode() -> str:
    """Return 'dark' if the browser shows the dark theme, else 'light'."""
    return "dark" if st.context.theme.type == "dark" else "light"


def _ping_on_theme_change() -> None:
    """Rerun when the theme changes: Streamlit does not, and colours set in Python would go stale.

    A stop-gap in one place (streamlit issue 11920): an unseen button that a small watcher presses.
    """
    with st.container(key="themeping"):
        st.button(say("Redraw in the new theme"), key="themeping_button")
        st.html(_WATCH, unsafe_allow_javascript=True)
