"""Every text of every page at both doors is said in the language of the page; names, codes and numbers are not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from gettext import NullTranslations
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import answers, language
from dashboard.answers import definitions, measures, published_marks
from dashboard.downloads import PROTECTED
from dashboard.ui import access
from pipelines.instruments import load_registry
from tests.dashboard.pseudo_language import Exchanged, exchanged, not_said, of_markup

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
SECONDS = 90
CHOICES = {
    "staying": (
        {"by": "Early alliance", "more": "By enrolment"},
        {"by": "More groups", "more": "Other gaps"},
        {"by": "Main substance", "more": "Attendance and caseload"},
        {"by": "Age", "more": "Helping others"},
        {"more": "What changed"},
    ),
    "trust_and_confidence": (
        {"scores": "Empathy and empowerment", "within": "Alliance with self-efficacy"},
        {"check": "Along the scale"},
        {"check": "People without a score"},
        {"check": "Groups of people"},
        {"check": "After each session"},
        {"check": "Every way out"},
    ),
    "your_data": ({"part": "Load your own records"}, {"part": "Dates of your own"}),
}
"""What can be chosen on a page beside what stands there first, by the names in the address."""
FILE_WORDS = ("all", "site", "release", "point", "share", "difference", PROTECTED)
"""Words in the columns of a released table."""
PAGES = [(door, page.name) for door in ("manager", "public") for page in access.pages_for(door)]


@pytest.fixture(scope="module")
def _spoken() -> Iterator[None]:
    """Speak the pseudo-language instead of Spanish; caches are emptied around all tests, which share what they keep."""
    st.cache_data.clear()
    st.cache_resource.clear()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(language, "catalogue", lambda code: Exchanged() if code == "es" else NullTranslations())
        yield
    st.cache_data.clear()
    st.cache_resource.clear()


@pytest.fixture
def open_page(_spoken: None, sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Return what opens a page of a door in the pseudo-language."""

    def opened(door: str, page: str, query: dict[str, str] | None = None, home: Path = sample_home) -> AppTest:
        monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", door)
        monkeypatch.setenv("RECOVERY_OUTCOMES_HOME", str(home))
        app = AppTest.from_file(str(APP), default_timeout=SECONDS)
        app.query_params["lang"] = "es"
        for name, label in (query or {}).items():
            app.query_params[name] = label if name == "site" else exchanged(label)
        if page != "overview":
            app.switch_page(f"views/{page}.py")
        return app.run()

    return opened


@cache
def names(home: Path, door: str) -> frozenset[str]:
    """Return what is called by the same name in every language: sites, codes of coaches, versions, questionnaires."""
    reader = answers.open_answers(door, home)
    units = [
        text for each in reader.dimensions() if each.name in ("site", "coach") for text in sum(each.categories, ())
    ]
    coaches = reader.ask(answers.Question("coach_funnel"))["level"] if door == "manager" else []
    registry = load_registry().values()
    questionnaires = [text for one in registry for text in (one.name, one.short_name, one.instrument_id)]
    about = reader.about()
    of_data = [str(about["title"]), str(about["version"]), *units, *coaches]
    return frozenset([*of_data, *questionnaires, *language.LANGUAGES.values(), "recovery-outcomes", "MB"]) - {""}


def codes() -> frozenset[str]:
    """Return what is the same in every file for researchers and in sources: identifiers, columns, codes, citations."""
    columns = [text for row in answers.dictionary_rows() for text in (row["table"], row["column"])]
    cited = [mark.source for mark in published_marks().values()]
    return frozenset(
        [*measures(), *definitions(), *columns, *answers.CODE_BOOK, *answers.STATUSES, *cited, *FILE_WORDS]
    )


@pytest.mark.parametrize(("door", "page"), PAGES)
def test_every_text_of_a_page_is_said(
    open_page: Callable[..., AppTest], sample_home: Path, door: str, page: str
) -> None:
    known = names(sample_home, door) | names(sample_home, "public")
    known |= codes() if page in ("get_the_data", "methods") else {mark.source for mark in published_marks().values()}
    found: dict[str, set[str]] = {}
    for query in ({}, *CHOICES.get(page, ())):
        app = open_page(door, page, query)
        assert not app.exception
        if said := not_said(app, known):
            found[str(query)] = said - set().union(*found.values())
    lines = [f"{query} {text}" for query, texts in found.items() for text in sorted(texts)]
    assert not lines, "not said:\n" + "\n".join(lines)


@pytest.mark.parametrize("door", ["manager", "public"])
@pytest.mark.parametrize("query", [{}, {"site": "Ashgrove", "age": "18-24", "substance": "Alcohol"}])
def test_every_text_is_said_where_there_is_little_to_show(
    open_page: Callable[..., AppTest], sample_home: Path, tmp_path: Path, door: str, query: dict[str, str]
) -> None:
    """Before the first load, and with filters that few people or nobody fits."""
    app = open_page(door, "overview", query, sample_home if query else tmp_path / "none")
    assert not app.exception
    assert not_said(app, names(sample_home, door)) == set()


def test_what_was_not_said_is_found() -> None:
    assert exchanged("<b>{people}</b> at &nbsp;12") == "<b>{people}</b> ау &nbsp;12"
    markup = '<h2 title="One">Two <b>three</b></h2><style>four</style><p>five<code>six</code></p><div class="preview">'
    assert [text.strip() for text in of_markup(f"{markup}seven</div>eight")] == ["One", "Two  three", "five", "eight"]
    app = AppTest.from_string('import streamlit as st; st.button("Show 12 of Ашгрове"); st.html("<p>Ашгрове 12</p>")')
    assert not_said(app.run(), frozenset()) == {"Show 12 of Ашгрове"}
    assert not_said(app.run(), frozenset({"Show", "of"})) == set()
