"""The report says what its tables say, in words where a number is withheld, on one sheet, needing nothing beside it."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import theme, words
from dashboard.answers import InputFault, Question, open_answers
from dashboard.report import build_report, write_report
from dashboard.report.curve import look, reading
from dashboard.report.svg import shortened
from pipelines.estimate_table import estimate_table
from tests.dashboard.published_examples import SITES, Published

ALWAYS = {"30", "95%", *(str(month) for month in range(13)), *(f"{share}%" for share in (0, 25, 50, 75, 100))}
"""Day 30, the level of a range, months, and the ticks of the axes: numbers the report prints of itself."""


class Reader(HTMLParser):
    """Collects the text a person or a screen reader gets, and the attributes of every tag."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self._silent = 0
        self.feed(document)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self._silent += tag in ("style", "script")

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("style", "script")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.texts.append(" ".join(data.split()))

    @property
    def text(self) -> str:
        return "\n".join(self.texts)


class Recorded:
    """A reader that keeps every table it gave."""

    def __init__(self, answers: Any) -> None:
        self._answers = answers
        self.version = answers.version
        self.tables: list[pd.DataFrame] = []

    def ask(self, question: Question) -> pd.DataFrame:
        table = self._answers.ask(question)
        self.tables.append(table)
        return table

    def dimensions(self) -> list[Any]:
        return self._answers.dimensions()

    def about(self) -> dict[str, Any]:
        return self._answers.about()


def told(tables: list[pd.DataFrame], about: dict[str, Any]) -> set[str]:
    """Return every number of the tables as the report may print it."""
    allowed = set(ALWAYS)
    for table in tables:
        for row in table.itertuples():
            allowed |= {words.number(value) for value in (row.n, row.events) if pd.notna(value)}
            for value in (row.estimate, row.lower, row.upper):
                if pd.isna(value):
                    continue
                if row.stat in ("share", "rate"):
                    allowed.add(words.percent(value))
                elif row.stat == "mean" and words.score(row.lower) == words.score(row.upper):
                    allowed |= {words.score(value), f"{value:.2f}"}
                elif row.stat == "mean":
                    allowed.add(words.score(value))
                elif row.stat in ("count", "at_risk"):
                    allowed.add(words.number(value))
    allowed |= {f"{known['scale_max']:g}" for known in about.get("instruments", {}).values()}
    return allowed


def strange_numbers(document: str, tables: list[pd.DataFrame], about: dict[str, Any]) -> set[str]:
    """Return the numbers of a report that none of its tables holds."""
    text = Reader(document).text
    known = (about["title"], about["version"], about["footnote"], *(about.get("sites") or ()))
    for said in (*known, words.period(about["records_to"]), words.start_of(about["first_cohort"])):
        text = text.replace(str(said), "")
    numbers = set(re.findall(r"\d[\d,]*(?:\.\d+)?%?", text))
    return {number.rstrip(",") for number in numbers} - told(tables, about)


def whole(said: str) -> int:
    return len(re.findall(r"\d+%", said))


def test_every_number_of_the_report_is_in_a_table_it_asked() -> None:
    answers = Published()
    document = build_report(answers)
    assert strange_numbers(document, answers.tables, answers.about()) == set()
    assert whole(document) > 40


def test_every_number_of_the_samples_report_is_in_the_release(sample_home: Path) -> None:
    answers = Recorded(open_answers("public", sample_home))
    document = build_report(answers)
    assert strange_numbers(document, answers.tables, answers.about()) == set()
    assert whole(document) > 40


def test_the_referee_of_numbers_finds_a_planted_one(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = Published()
    plain = words.number
    monkeypatch.setattr("dashboard.report.curve.words.number", lambda value: plain(value + 3))
    document = build_report(answers)
    monkeypatch.undo()
    assert len(strange_numbers(document, answers.tables, answers.about())) > 3


def test_the_report_needs_nothing_beside_it_and_runs_nothing() -> None:
    document = build_report(Published(), in_our_words="See https://example.org and javascript:alert(1).")
    reader = Reader(document)
    assert not {tag for tag, _ in reader.tags} & {"script", "iframe", "object", "embed", "link", "img", "form", "base"}
    for _, attributes in reader.tags:
        assert not {name for name in attributes if name.startswith("on") or name in ("src", "href", "action", "style")}
    addresses = re.findall(r"url\(([^)]{1,24})", document)
    assert addresses
    assert all(address.startswith("data:font/woff2") for address in addresses)
    assert "@import" not in document


def test_every_drawing_has_a_title_and_a_description() -> None:
    document = build_report(Published())
    drawings = re.findall(r"<svg .*?</svg>", document, flags=re.DOTALL)
    assert len(drawings) == 6
    for drawing in drawings:
        assert 'role="img"' in drawing
        assert re.search(r"<title>[^<]{20,}</title><desc>[^<]{8,}</desc>", drawing)
        assert re.search(r'class="(wide|narrow)"', document)


STATES = [("immature", "Too early"), ("not_measured", "Not measured"), ("hidden", "Hidden")]
EVERYTHING = (
    *("people_enrolled", "stayed_share", "staying_curve", "early_alliance", "early_self_efficacy"),
    *("stayed_by_alliance_and_self_efficacy", "attendance_rate", "response_rate"),
)


@pytest.mark.parametrize(("status", "said"), STATES)
def test_what_is_withheld_is_said_in_words_and_draws_nothing(status: str, said: str) -> None:
    document = build_report(Published(statuses=dict.fromkeys(EVERYTHING, status)))
    reader = Reader(document)
    assert "<svg" not in document
    assert reader.text.count(said) >= len(EVERYTHING)
    assert not re.search(r"\d%", reader.text.replace("95%", ""))


@pytest.mark.parametrize(("status", "said"), STATES)
def test_one_indicator_that_is_withheld_keeps_its_row(status: str, said: str) -> None:
    answers = Published(statuses={"attendance_rate": status})
    row = re.search(r"<tr><th scope=\"row\">Sessions attended</th>(.*?)</tr>", build_report(answers))
    assert row
    assert row[1] == f'<td colspan="3">{said}</td>'


def test_a_hidden_cell_and_a_hidden_site_say_so_and_carry_no_number() -> None:
    answers = Published(sites=SITES)
    both = answers.ask(Question("stayed_by_alliance_and_self_efficacy"))
    at = both["level"].eq("lower|higher")
    share = words.percent(both.loc[at, "estimate"].iloc[0])
    both.loc[at, ["estimate", "lower", "upper", "n", "events"]] = float("nan")
    both.loc[at, ["status", "reason"]] = ["hidden", "below_threshold"]
    answers.edit["stayed_by_alliance_and_self_efficacy"] = estimate_table(both)
    document = build_report(answers)
    drawn = re.findall(r"<svg [^>]*>(?:(?!</svg>).)*Early alliance \(across\).*?</svg>", document, flags=re.DOTALL)
    for drawing in drawn:
        assert drawing.count(">Hidden<") == 1
        assert f"lower, self-efficacy higher: {share}" not in drawing
    dots = [drawing for drawing in re.findall(r"<svg .*?</svg>", document, flags=re.DOTALL) if SITES[0][-8:] in drawing]
    assert [drawing.count(">Hidden<") for drawing in dots] == [1, 1]
    assert f"{SITES[3]}: Hidden" in document


def test_sites_stand_in_alphabetical_order_and_many_are_said_in_one_sentence() -> None:
    few = build_report(Published(sites=("Larkfield", "Ashgrove", "Dockside")))
    places = [few.index(f">{site}<") for site in ("Ashgrove", "Dockside", "Larkfield")]
    assert places == sorted(places)
    assert "not a ranking" in few
    answers = Published(sites=tuple(f"Site {i:02d}" for i in range(40)))
    many = build_report(answers)
    assert "at 39 sites. 1 more are not shown" in Reader(many).text
    assert "Site 07" not in many


def test_the_programs_own_words_are_plain_text_of_at_most_500_characters() -> None:
    document = build_report(Published(), in_our_words='<b onclick="x()">&amp; "we"</b>\n\n\n& more')
    assert "&lt;b onclick=&quot;x()&quot;&gt;&amp;amp; &quot;we&quot;&lt;/b&gt; &amp; more" in document
    assert "written by the program" in document
    assert "In our words" not in build_report(Published(), in_our_words="  \n ")
    build_report(Published(), in_our_words="x" * 500)
    with pytest.raises(ValueError, match="500"):
        build_report(Published(), in_our_words="x" * 501)


def test_a_title_cannot_become_markup() -> None:
    document = build_report(Published(title="<script>alert(1)</script>"))
    assert "<script" not in document


def line(shape: str, *points: tuple[float, float]) -> pd.DataFrame:
    return pd.DataFrame(
        {"x": [x for x, _ in points], "estimate": [y for _, y in points], "shape": shape, "status": "shown"}
    )


# shape, points, day it is read at, what the label says; the marked day is 150
READINGS = [
    ("step", [(0, 1.0), (140, 0.6), (170, 0.5)], 150, "Higher 60%"),
    ("step", [(0, 1.0), (90, 0.8), (149, 0.6)], 149, "Higher 60% at month 4.97"),
    ("line", [(0, 1.0), (150, 0.6), (240, 0.5)], 150, "Higher 60%"),
    ("line", [(0, 1.0), (90, 0.8), (240, 0.5)], 90, "Higher 80% at month 3"),
    ("line", [(0, 1.0), (60, 0.9)], 60, "Higher 90% at month 2"),
]


@pytest.mark.parametrize(("shape", "points", "day", "said"), READINGS)
def test_a_label_says_a_drawn_value_and_its_month(
    shape: str, points: list[tuple[float, float]], day: float, said: str
) -> None:
    found = reading(line(shape, *points), 150, "Higher")
    assert (found.day, found.said) == (day, said)
    assert found.share in [share for _, share in points]


def test_a_release_without_the_marked_day_is_labelled_with_its_own_month() -> None:
    table = Published().ask(Question("staying_curve", ("alliance_band",)))
    table = table[~(table["x"].eq(150) & table["level"].eq("lower"))]
    document = build_report(Published(edit={"staying_curve": estimate_table(table)}))
    assert re.search(r">Lower \d+% at month 3<", document)
    assert re.search(r">Higher \d+%<", document)


@given(st.lists(st.text("abc ", min_size=1, max_size=60), min_size=1), st.floats(40, 200))
def test_shortened_names_fit_and_keep_their_ends(names: list[str], room: float) -> None:
    for name in names:
        short = shortened(name, room)
        assert short == name or (len(short) <= max(5, int(room / 6.72)) and "…" in short)


def test_groups_differ_without_colour_and_their_labels_can_be_read() -> None:
    looks = [look(level) for level in ("higher", "middle", "lower")]
    assert len({drawn.mark for drawn in looks}) == 3
    assert looks[1].dash
    for drawn in looks:
        assert theme.contrast(drawn.label, theme.colour("card")) >= 4.5
        assert theme.contrast(drawn.line, theme.colour("card")) >= 3
    for step in range(7):
        ground = theme.colour(f"seq7.{step}")
        assert theme.contrast(theme.text_on(ground), ground) >= 4.5


def test_a_report_is_written_in_one_step_or_not_at_all(tmp_path: Path) -> None:
    path = write_report(Published(), tmp_path / "new" / "report.html")
    assert path.read_text().startswith("<!doctype html>")
    assert [found.name for found in path.parent.iterdir()] == ["report.html"]
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(InputFault):
        write_report(Published(), tmp_path / "file" / "report.html")
