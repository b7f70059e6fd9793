"""The pages through Streamlit's own test harness: what they say in every state, and what they never say."""

from __future__ import annotations

import html
import itertools
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from dashboard import answers
from dashboard.ui import access
from pipelines.estimate_table import estimate_table
from pipelines.failures import FAILURES
from pipelines.faults import Fault, InputFault
from tests.dashboard.examples import FakeAnswers, Question
from tests.pipelines.test_trajectories import ask as canary
from tests.pipelines.test_trajectories import flat_scores

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
OWN = ("overview", "staying", "trust_and_confidence")
SECONDS = 60
BAND_DIMENSIONS = ("alliance_band", "self_efficacy_band")


@pytest.fixture
def reader(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeAnswers]:
    """A reader with example people behind the pages; caches are emptied around the test."""
    fake = FakeAnswers()
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "manager")
    monkeypatch.setattr(answers, "open_answers", lambda audience, home: fake)
    monkeypatch.setattr(answers, "current_version", lambda audience, home: fake.version)
    st.cache_data.clear()
    st.cache_resource.clear()
    yield fake
    st.cache_data.clear()
    st.cache_resource.clear()


def run(page: str = "overview", **query: str) -> AppTest:
    app = AppTest.from_file(str(APP), default_timeout=SECONDS)
    for name, value in query.items():
        app.query_params[name] = value
    if page != "overview":
        app.switch_page(f"views/{page}.py")
    return app.run()


_SEEN: dict[str, AppTest] = {}


@pytest.fixture
def seen(reader: FakeAnswers) -> Callable[..., AppTest]:
    """Return pages of the example people, each made once for all tests that only look."""

    def page(name: str = "overview", **query: str) -> AppTest:
        key = f"{name} {query}"
        if key not in _SEEN:
            _SEEN[key] = run(name, **query)
        return _SEEN[key]

    return page


def html_of(app: AppTest) -> str:
    return "\n".join(str(block.proto.body) for block in app.get("html") if "<style>" not in block.proto.body)


def text_of(app: AppTest) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html_of(app)))


def charts_of(app: AppTest) -> list[dict[str, Any]]:
    """Return what is sent for each chart below the answer to its picture: figure, alt, config, library, picture."""
    sent = [json.loads(chart.proto.json).partition("\n") for chart in app.get("bidi_component")]
    return [json.loads(text) for _, _, text in sent]


@pytest.mark.parametrize("page", OWN)
def test_a_page_has_one_question_and_figures_with_their_parts(seen: Callable[..., AppTest], page: str) -> None:
    app = seen(page)
    assert not app.exception
    body = html_of(app)
    assert "Something went wrong" not in body, "a page that breaks off still has figures"
    assert body.count("<h1") == 1
    assert next(known.question for known in access.PAGES if known.name == page) in body
    charts = charts_of(app)
    assert charts
    assert all(chart["alt"].endswith("Full numbers are in the table under the chart.") for chart in charts)
    assert body.count("<table>") >= len(charts)
    assert body.count('class="cf"') >= len(charts)
    labels = [expander.label for expander in app.expander]
    assert labels.count("How to read this figure") == labels.count("Show the numbers as a table") >= len(charts)
    assert len(app.get("download_button")) >= len(charts)
    numbers = [int(n) for n in re.findall(r'class="kicker">Figure (\d+)', body)]
    assert numbers == list(range(1, len(numbers) + 1))


@pytest.mark.parametrize("page", OWN)
def test_headings_never_skip_a_level(seen: Callable[..., AppTest], page: str) -> None:
    levels = [int(level) for level in re.findall(r"<h([1-6])", html_of(seen(page)))]
    sidebar_first = levels[levels.index(1) :]
    assert all(later - earlier <= 1 for earlier, later in itertools.pairwise(sidebar_first))


def test_every_title_of_a_table_names_its_figure(seen: Callable[..., AppTest]) -> None:
    body = html_of(seen("staying"))
    captions = re.findall(r"<caption>Figure (\d)\. ([^<]+)</caption>", body)
    titles = dict(zip(re.findall(r"Figure (\d)</p>", body), re.findall(r'class="ct">([^<]+)<', body), strict=False))
    assert captions
    assert all(titles[number] == title for number, title in captions)


def test_the_overview_says_what_the_data_support(seen: Callable[..., AppTest]) -> None:
    said = text_of(seen())
    assert "In short." in said
    assert re.search(r"stayed to 6 months after their first session \(\d+%; could be \d+% to \d+%\)", said)
    assert re.search(r"Early alliance \d\.\d out of 5 Could be \d\.\d to \d\.\d \d+ people answered", said)
    assert "Demonstration data – not real people" in said
    assert "Records to April–June 2026" in said
    assert "Version records-0001" in said
    assert "Scoring to be confirmed" in said, "an unconfirmed scoring key is said beside its score"


def test_no_figure_split_by_a_score_starts_at_the_first_session(seen: Callable[..., AppTest]) -> None:
    for page, query in (("staying", {"by": "Early alliance"}), ("trust_and_confidence", {})):
        for chart in charts_of(seen(page, **query)):
            axis = chart["figure"]["layout"]["xaxis"]["title"]["text"]
            alt = chart["alt"]
            if "with higher" in alt and "Months" in axis:
                assert axis == "Months since day 30"


def test_the_note_about_causes_stands_before_the_first_association(seen: Callable[..., AppTest]) -> None:
    body = html_of(seen("trust_and_confidence"))
    assert body.index("A link is not proof of cause.") < body.index("stayed longer")


@pytest.mark.parametrize(
    ("by", "dimension"),
    [
        ("Everyone", ""),
        ("Early alliance", "alliance_band"),
        ("Early self-efficacy", "self_efficacy_band"),
        ("Main substance", "primary_substance"),
        ("Age", "age_band"),
    ],
)
def test_staying_can_be_split(seen: Callable[..., AppTest], by: str, dimension: str) -> None:
    app = seen("staying", by=by)
    assert not app.exception
    (title,) = re.findall(r'Figure 1</p><h3 class="ct">([^<]+)<', html_of(app))
    table = FakeAnswers().ask(Question("staying_curve", (dimension,) if dimension else ()))
    at_horizon = table[table["shape"].eq("step") & table["x"].le(150 if dimension in BAND_DIMENSIONS else 180)]
    levels = at_horizon.sort_values("x").groupby("level")["estimate"].last()
    known = {f"{int(100 * value + 0.5)}%" for value in levels}
    assert set(re.findall(r"\d+%", title)) <= known
    clear = table[table["stat"].eq("difference") & (table["lower"].gt(0) | table["upper"].lt(0))]
    assert ("longer" in title or "differs" in title) <= (len(clear) > 0)


def test_a_filter_from_the_address_reaches_every_question_and_is_shown(reader: FakeAnswers) -> None:
    app = run("staying", site="Ashgrove", substance="Opioids")
    both = (("site", ("Ashgrove",)), ("primary_substance", ("opioid",)))
    asked = {(question.measure, question.where) for question in reader.asked}
    assert {measure for measure, where in asked if where == both} == {measure for measure, _ in asked}
    labels = [button.label for button in app.button]
    assert {"Site: Ashgrove", "Main substance: Opioids", "Clear all filters"} <= set(labels)
    assert re.search(r"Showing [\d,]+ of 1,284 people", text_of(app))


def test_a_chip_removes_its_filter_and_clear_removes_all(reader: FakeAnswers) -> None:
    app = run("staying", site="Ashgrove", substance="Opioids")
    next(button for button in app.button if button.label == "Site: Ashgrove").click()
    app.run()
    assert "Site: Ashgrove" not in [button.label for button in app.button]
    assert "Main substance: Opioids" in [button.label for button in app.button]
    next(button for button in app.button if button.label == "Clear all filters").click()
    app.run()
    assert "no filters on" in text_of(app)


def test_a_small_group_is_marked_and_nothing_is_compared(reader: FakeAnswers) -> None:
    app = run("staying", site="Larkfield")
    assert "Small group: 14 people. Figures that need 20 people are not shown" in text_of(app)
    assert not app.get("button_group"), "no pills to compare by"
    assert all(not question.by for question in reader.asked)
    trust = run("trust_and_confidence", site="Larkfield")
    assert "Too few people to compare" in text_of(trust)


def one_row(status: str, reason: str) -> pd.DataFrame:
    return estimate_table([{"stat": "count", "shape": "bar", "status": status, "reason": reason}])


@pytest.mark.parametrize(
    ("status", "reason", "title"),
    [
        ("hidden", "below_threshold", "Too few people to show safely"),
        ("not_applicable", "no_people", "No people match these filters"),
        ("not_applicable", "not_declared", "These filters together were not published"),
    ],
)
def test_states_without_figures(reader: FakeAnswers, status: str, reason: str, title: str) -> None:
    reader.edit["people_enrolled"] = one_row(status, reason)
    app = run("staying", site="Larkfield")
    said = text_of(app)
    assert title in said
    assert not charts_of(app)
    assert "Clear all filters" in [button.label for button in app.button]
    if status == "hidden":
        main = said[said.index("Showing") :]
        assert set(re.findall(r"\d[\d,]*", main)) <= {"1,284", "5"}, "no number but the whole and the floor"


def test_what_is_not_measured_says_so(reader: FakeAnswers) -> None:
    reader.edit["early_alliance"] = estimate_table([{"stat": "mean", "shape": "bar", "status": "not_measured"}])
    app = run("trust_and_confidence")
    assert "Early alliance: not measured" in text_of(app)
    assert "Not measured" in text_of(run())


def test_no_data_yet_says_what_to_do(reader: FakeAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answers, "current_version", lambda audience, home: None)
    said = text_of(run())
    assert "There are no records yet" in said
    assert "recovery-outcomes load" in said
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "public")
    assert "Nothing has been published yet" in text_of(run())


def test_an_error_is_calm_and_its_reference_finds_where_it_happened_but_no_message(reader: FakeAnswers) -> None:
    reader.fail = True
    app = run("staying")
    said = text_of(app)
    found = re.search(r"reference: ([0-9A-F]{6})", said)
    assert found
    log = (answers.data_home() / FAILURES).read_text()
    noted = json.loads(log.splitlines()[-1])
    assert (noted["reference"], noted["part"], noted["error"]) == (found[1], "page staying", "RuntimeError")
    assert any("examples.py" in frame for frame in noted["frames"])
    assert "the file is broken" not in said + log
    assert html_of(app).count("<h1") == 1
    assert "Try again" in [button.label for button in app.button]


def test_a_fault_in_the_data_is_told_in_its_own_words(reader: FakeAnswers, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(audience: str, home: Path) -> FakeAnswers:
        raise InputFault(Fault("records/CURRENT", "does not name a version", "Run recovery-outcomes load again"))

    monkeypatch.setattr(answers, "open_answers", broken)
    assert "CURRENT does not name a version. Run recovery-outcomes load again." in text_of(run())


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            Fault("/far/away/records-0001.duckdb", "is damaged or cut off", "Copy it, or run `recovery-outcomes load`"),
            "records-0001.duckdb is damaged or cut off. Copy it, or run <code>recovery-outcomes load</code>.",
        ),
        (
            Fault("/far/away/records", "the current records file cannot be opened", "Check that <you> may read it."),
            "The current records file cannot be opened. Check that &lt;you&gt; may read it.",
        ),
        (Fault("the records", "were built by another version", "Load again"), "The records were built by another"),
    ],
)
def test_a_fault_is_told_with_the_name_of_its_file_alone(
    reader: FakeAnswers, monkeypatch: pytest.MonkeyPatch, fault: Fault, said: str
) -> None:
    def broken(audience: str, home: Path) -> FakeAnswers:
        raise InputFault(fault)

    monkeypatch.setattr(answers, "open_answers", broken)
    told = html_of(run())
    assert said in told
    assert "/far/away" not in told


def test_a_new_version_is_read_on_the_next_run(reader: FakeAnswers) -> None:
    app = run()
    reader.version = "records-0002"
    app.run()
    assert "Version records-0002" in text_of(app)


def test_roles_open_their_pages_and_nobody_else_any() -> None:
    def names(role: str) -> set[str]:
        return {page.name for page in access.pages_for(role)}

    assert names("manager") == {page.name for page in access.PAGES}
    assert names("manager") - names("public") == {"sites_and_coaches", "your_data"}
    assert "get_the_data" not in names("funder")
    assert "report" not in names("researcher")
    assert names("funder") | names("researcher") == names("public")
    assert names("stranger") == set()
    assert not access.may_open("stranger", "overview")
    assert len(access.PAGES) <= 9


def test_an_unknown_audience_opens_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "managers")
    with pytest.raises(ValueError, match="must be manager or public"):
        answers.audience()
    with pytest.raises(ValueError, match="no audience"):
        answers.open_answers("managers", Path())


def test_the_public_audience_never_shows_the_managers_menu(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "public")
    monkeypatch.setenv("RECOVERY_OUTCOMES_ROLE", "funder")
    assert answers.role() == "funder"
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "manager")
    assert answers.role() == "manager"


def test_every_number_of_a_twin_is_a_number_of_its_table(seen: Callable[..., AppTest]) -> None:
    """The table under the curve against the estimate table, cell by cell."""
    body = html_of(seen("staying"))
    twin = body[body.index("<table>") : body.index("</table>")]
    rows = re.findall(r"<tr><th scope=\"row\">(\d+)</th>(.*?)</tr>", twin)
    table = FakeAnswers().ask(Question("staying_curve"))
    steps = table[table["shape"].eq("step")].sort_values("x")
    assert [int(month) for month, _ in rows] == [0, 3, 6, 9, 12]
    for (_, cells), day in zip(rows, (0, 90, 180, 270, 365), strict=True):
        values = re.findall(r'data-column="(\w+)"[^>]*>([^<]*)<', cells)
        row = steps[steps["x"] <= day].iloc[-1]
        followed = table[table["stat"].eq("at_risk") & table["x"].eq(day)]["n"].iloc[0]
        assert dict(values)["estimate"] == f"{int(100 * row['estimate'] + 0.5)}%"
        assert dict(values)["n"] == f"{int(followed):,}"
        assert dict(values)["events"] == f"{int(row['events']):,}"


def test_the_chosen_gap_reaches_every_question_of_the_page_and_no_other_page(reader: FakeAnswers) -> None:
    app = run("staying", gap="60 days without contact")
    assert not app.exception
    asked = {one.measure: one.settings.gap_days for one in reader.asked if one.settings is not None}
    assert asked["staying_curve"] == asked["exit_reasons"] == asked["where_people_are"] == 60
    assert asked["session_intensity"] == asked["lasting_change_self_efficacy"] == 60
    before = len(reader.asked)
    run("trust_and_confidence")
    # The filters of the page before may still be worked ahead; what the page itself asks has none.
    later = [one for one in reader.asked[before:] if one.measure == "early_alliance" and not one.where]
    assert {one.settings.gap_days for one in later} == {30}


MORE = {
    "When they go": ("weeks", "leaving_by_week", "People go most often at the start"),
    "By enrolment": ("milestones", "stayed_share", "staying to 6 months by time of enrolment"),
    "What changed": ("changes", "changes_between_periods", "No clear change between people enrolled in"),
    "Other gaps": ("gaps", "stayed_by_gap", "The answer hardly depends on the gap"),
    "Attendance and caseload": ("caseload", "caseload_by_month", "of sessions due were attended"),
    "Helping others": ("generations", "helping_generations", "later helped others more often"),
}
"""What each further look at staying draws last, the measure it alone asks, and what its title says."""


@pytest.mark.parametrize("look", MORE)
def test_only_the_chosen_further_look_is_worked_out(reader: FakeAnswers, look: str) -> None:
    app = run("staying", more=look)
    assert not app.exception
    said = text_of(app)
    assert "Something went wrong" not in said
    assert MORE[look][2] in said or (look == "By enrolment" and "differs by time of enrolment" in said)
    asked = {question.measure for question in reader.asked}
    assert MORE[look][1] in asked
    alone = {measure for _, measure, _ in MORE.values()} - {MORE[look][1], "stayed_share"}
    assert not asked & alone
    assert [button.label for button in app.get("download_button")].count("Download these numbers (CSV)") >= 4
    numbers = [int(n) for n in re.findall(r'class="kicker">Figure (\d+)', html_of(app))]
    assert numbers == list(range(1, len(numbers) + 1))


def test_any_declared_dimension_can_be_compared_and_days_stand_under_the_curve(reader: FakeAnswers) -> None:
    app = run("staying", by="More groups", group="Site")
    asked = {(question.measure, question.by) for question in reader.asked}
    assert {("staying_curve", ("site",)), ("stayed_days", ("site",))} <= asked
    said = text_of(app)
    assert "Average days of the first 180 days before leaving early, by site." in said
    assert "days of the first 180 than" in said
    offered = next(box for box in app.selectbox if box.label == "Groups").options
    assert offered == ["Site", "Enrolled in"]
    assert "of the 150 days after day 30" in text_of(run("staying", by="Early alliance"))


@pytest.mark.parametrize(
    ("status", "reason", "said"),
    [
        ("hidden", "few_people", "Too few people to show when people go"),
        ("immature", "too_early", "Too early to show when people go"),
    ],
)
def test_a_further_look_without_numbers_says_why(reader: FakeAnswers, status: str, reason: str, said: str) -> None:
    row = {"measure": "leaving_by_week", "stat": "share", "status": status, "reason": reason, "shape": "bar"}
    reader.edit["leaving_by_week"] = estimate_table([row])
    app = run("staying")
    assert said in text_of(app)
    assert "Something went wrong" not in text_of(app)
    labels = [expander.label for expander in app.expander]
    assert labels.count("How to read this figure") == labels.count("Show the numbers as a table") == len(charts_of(app))


def test_people_by_month_say_that_no_filter_by_a_trait_applies(reader: FakeAnswers) -> None:
    row = {"measure": "caseload_by_month", "stat": "count", "status": "not_applicable", "reason": "no_persons"}
    reader.edit["caseload_by_month"] = estimate_table([row])
    said = text_of(run("staying", more="Attendance and caseload"))
    assert "People by month: not known for these filters" in said
    assert "only the filter by site applies" in said
    assert "Something went wrong" not in said


def test_a_small_group_has_no_further_looks(reader: FakeAnswers) -> None:
    said = text_of(run("staying", site="Larkfield"))
    assert "More about staying" not in said


def test_starting_and_the_time_after_coaching_stand_on_the_page(seen: Callable[..., AppTest]) -> None:
    said = text_of(seen("staying"))
    assert "About 2 in 3 people engaged in their first weeks (66%)" in said
    assert "Six months after coaching ended, 20% of those who answered had kept a gain: between 13% and 47%" in said
    assert "66% of the follow-ups due after six months were answered, less than the aim of 80%" in said
    labels = [button.label for button in seen("staying").get("download_button")]
    assert "Follow-ups answered (CSV)" in labels
    assert "Helping others (CSV)" in labels


def test_managers_see_the_checks_the_months_and_the_parts_and_nobody_else_does(
    seen: Callable[..., AppTest], reader: FakeAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    sections = ("With other differences held equal", "Scores over the months", "From trust to confidence to staying")
    said = text_of(seen("trust_and_confidence"))
    assert all(section in said for section in sections)
    assert "All 20 answers lie between 0.75 and 0.94" in said
    assert "Among the same people, no clear change in alliance" in said
    assert "goes with about 2 more people in every 100 staying" in said
    assert "Nothing unmeasured goes with the early score and the later one" in said, "what must hold is printed"
    other = text_of(seen("trust_and_confidence", check="Along the scale"))
    assert "no sign that the line bends" in other
    assert "All 20 answers" not in other
    monkeypatch.setenv("RECOVERY_OUTCOMES_AUDIENCE", "public")
    reader.audience = "public"
    public = text_of(run("trust_and_confidence"))
    assert "Figure 7" in public
    assert not any(section in public for section in sections)


def test_flat_scores_with_selective_leaving_carry_the_warning_on_the_card(reader: FakeAnswers) -> None:
    """The canary: nobody's score changes, and people with low scores leave earlier."""
    reader.edit["trajectory_alliance"] = canary(flat_scores())
    app = run("trust_and_confidence")
    body = html_of(app)
    card = body[body.index("Among the same people, no clear change in alliance") :]
    card = card[: card.index("Show the numbers") if "Show the numbers" in card else card.index("<table>")]
    assert "part of the rise is people with lower scores leaving, not scores rising" in html.unescape(card)
    assert 'class="notice caution"' in card


def test_the_new_figures_have_a_sentence_for_every_state(reader: FakeAnswers) -> None:
    for measure in ("trajectory_alliance", "ratio_grid_alliance", "pathway_empathy_alliance"):
        reader.edit[measure] = estimate_table([{"measure": measure, "stat": "mean", "status": "not_measured"}])
    for measure in ("trajectory_self_efficacy", "ratio_grid_self_efficacy", "pathway_alliance_self_efficacy"):
        row = {"measure": measure, "stat": "mean", "status": "hidden", "reason": "few_people", "shape": "line"}
        reader.edit[measure] = estimate_table([row])
    said = text_of(run("trust_and_confidence"))
    assert "Something went wrong" not in said
    assert said.count("No questionnaire for this has been loaded.") == 3
    for title in (
        "How alliance goes on over the months: not measured",
        "Early alliance under other choices: not measured",
        "From early empathy through alliance to staying: not measured",
        "Too few people to show how self-efficacy goes on over the months",
        "Too few people to say whether the answer for early self-efficacy depends on our choices",
        "Too few people to part what goes with early alliance",
    ):
        assert title in said, title
