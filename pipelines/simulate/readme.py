"""The README of a folder of simulated records: what it is, how to rebuild it, what is true of it, its columns."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from pipelines import schema
from pipelines.simulate.dirt import Planted
from pipelines.simulate.forms import QUESTIONNAIRES
from pipelines.simulate.population import Simulated
from pipelines.simulate.registers import EXTRACT_DATE, calendar_date, first_day
from pipelines.simulate.tables import ITEMS_OF_SAMPLE
from pipelines.warehouse import statement

SAMPLE_SEED = 3
CHOSEN_SEED = (
    "- The seed of the committed sample was chosen among fourteen, so that a sample this small lies near the model's\n"
    "  truth and one site stands out: it shows what the pages can show, and is no evidence of anything.\n"
)
RECORDS = (
    ("never_attended_share", "enrolled, never attended a session"),
    ("stayed_30", "stayed (had not left early) by day 30 since the first session"),
    ("stayed_90", "stayed by day 90"),
    ("stayed_180", "stayed by day 180"),
    ("stayed_365", "stayed by day 365"),
    ("stayed_leaving_other_exits_aside_90", "stayed by day 90, leaving other exits aside (Kaplan-Meier)"),
    ("stayed_leaving_other_exits_aside_180", "stayed by day 180, leaving other exits aside"),
    ("in_program_180", "on day 180: in the program"),
    ("completed_180", "on day 180: completed"),
    ("left_early_180", "on day 180: left early"),
    ("moved_on_180", "on day 180: moved on"),
    ("other_exit_180", "on day 180: other exit"),
    ("attendance_rate", "attended of attended, no-show and late cancellation"),
    ("attendance_of_scheduled", "attended of all scheduled"),
    ("alliance_response_rate", "still in at day 30: has an early alliance score"),
    ("alliance_early_mean", "early alliance, mean of people (1-5)"),
    ("alliance_lower_stayed_150", "alliance lower: stayed 150 more days after day 30"),
    ("alliance_middle_stayed_150", "alliance middle: the same"),
    ("alliance_higher_stayed_150", "alliance higher: the same"),
    ("alliance_no_score_stayed_150", "no alliance score: the same"),
    ("self_efficacy_response_rate", "still in at day 30: has an early self-efficacy score"),
    ("self_efficacy_early_mean", "early self-efficacy, mean of people (10-40)"),
    ("self_efficacy_lower_stayed_150", "self-efficacy lower: stayed 150 more days after day 30"),
    ("self_efficacy_middle_stayed_150", "self-efficacy middle: the same"),
    ("self_efficacy_higher_stayed_150", "self-efficacy higher: the same"),
    ("both_lower_stayed_150", "alliance and self-efficacy both lower: the same"),
    ("both_higher_stayed_150", "alliance and self-efficacy both higher: the same"),
)
LATENT = (
    *((f"km_{day}", f"not left early by day {day} since enrolment, other exits aside") for day in (30, 60, 90)),
    *((f"km_{day}", f"the same by day {day}") for day in (180, 365)),
    ("attended_share", "sessions attended of all possible ones"),
    ("answered_share", "alliance forms answered of sessions attended"),
    ("rating_mean", "alliance ratings, mean"),
    ("rating_sd", "alliance ratings, standard deviation"),
    ("rating_at_ceiling", "alliance ratings at the highest value"),
    ("early_rating_mean", "mean of ratings on days 1-28, people still here after day 30"),
)
OUTCOMES = ("left_early_90", "left_early_180", "mean_days_180", "completed_364")
SHIFTS = (
    ("baseline", "nobody changed"),
    ("alliance", "alliance"),
    ("self_efficacy", "self-efficacy"),
    ("empathy", "perceived empathy"),
    ("empathy_via_alliance", "perceived empathy, through alliance alone"),
    ("empathy_direct", "perceived empathy, directly alone"),
    ("empowerment", "empowerment"),
    ("empowerment_via_self_efficacy", "empowerment, through self-efficacy alone"),
    ("empowerment_direct", "empowerment, directly alone"),
)


@dataclass(frozen=True, slots=True)
class Truth:
    """A measured truth of the simulator and its Monte-Carlo standard error."""

    value: float
    std_error: float


@cache
def measured() -> dict[tuple[str, str, str], Truth]:
    """Return the measured truths by (settings, kind, name)."""
    rows = csv.DictReader(io.StringIO(statement("simulate/truths.csv")))
    return {
        (one["settings"], one["kind"], one["name"]): Truth(float(one["value"]), float(one["std_error"])) for one in rows
    }


def _table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [" | ".join(headings), " | ".join("---" for _ in headings)]
    lines += [" | ".join(str(cell) for cell in row) for row in rows]
    return "\n".join(f"| {line} |" for line in lines)


def _true(settings: str, kind: str, name: str) -> str:
    found = measured()[settings, kind, name]
    return (
        f"{found.value:.4f} ({found.std_error:.4f})"
        if found.value < 5
        else f"{found.value:.2f} ({found.std_error:.2f})"
    )


def _shown(value: float) -> str:
    return f"{value:.4f}" if value < 5 else f"{value:.2f}"


def _records_section(here: Mapping[str, float]) -> str:
    rows = [(label, _true("sample", "records", name), _shown(here[name])) for name, label in RECORDS]
    counts = (
        f"{here['people_enrolled']:,.0f} people enrolled, {here['never_attended']:.0f} of them never attended; "
        f"{here['immature']:.0f} came too late to be followed and {here['in_curve']:,.0f} are in the curve; "
        f"{here['still_in_at_30']:,.0f} were still in at day 30. There are {here['episodes']:,.0f} episodes."
    )
    return (
        "### What these records show\n\n"
        "By the project's rule of leaving (gap of 30 days, first episode, time since the first attended session, "
        "bands as displayed). *Large program*: mean of sixteen programs of 100,000 people with the same settings, with "
        "its Monte-Carlo standard error. *Here*: these files, worked out apart from the dashboard; the dashboard must "
        f"show the same.\n\n{counts}\n\n" + _table(("", "large program", "here"), rows)
    )


def _latent_section() -> str:
    rows = [
        (label, _true("methods", "latent", name) if name != "km_365" else "", _true("sample", "latent", name))
        for name, label in LATENT
    ]
    effects = [
        (label, *(_true("methods", "do", f"{name}.{outcome}") for outcome in OUTCOMES)) for name, label in SHIFTS
    ]
    return (
        "### What is true behind them\n\n"
        "Records only approach this: a last contact comes before an exit, some exits are never recorded, scores are "
        "noisy. *Design*: the settings of the statistical design (52 weeks, at most 364 days). *Sample*: the settings "
        "used here; enrolment over 30 months followed to the extract, so that day 365 has people at risk, somewhat "
        "lower attendance, and one site (Dockside) at which the risk of leaving early is e^0.30 = 1.35 times that "
        "elsewhere.\n\n"
        + _table(("", "design", "sample"), rows)
        + "\n\nLog hazard ratios of leaving early, per standard deviation of the latent value: alliance -0.35 between "
        "people and -0.15 for a person's own change; self-efficacy -0.25 and -0.10; empathy and empowerment -0.05 "
        "each beside what they do through alliance and self-efficacy; severity +0.20; ten years of age -0.10; "
        "unstable housing +0.30; coaches differ with standard deviation 0.40.\n\n"
        "If one thing alone were one standard deviation higher for everybody (nobody censored; the difference from "
        "nobody changed, standard error in brackets):\n\n"
        + _table(("", "left by day 90", "left by day 180", "mean days here to 180", "completed by day 364"), effects)
    )


def _columns_section() -> str:
    parts = []
    for table in schema.loaded_tables():
        rows = [
            (f"`{column.incoming}`", column.meaning, ", ".join(column.allowed) or column.unit)
            for column in table.incoming
        ]
        parts.append(
            f"### {table.name}.csv\n\n{table.grain.capitalize()}.\n\n" + _table(("column", "meaning", ""), rows)
        )
    return "\n\n".join(parts)


def readme(
    program: Simulated,
    rows: Mapping[str, int],
    planted: Sequence[Planted],
    here: Mapping[str, float] | None,
    command: str,
) -> str:
    """Return the README of a folder of `rows` simulated rows by table; `here` holds its own truths if worked out."""
    itemised = ", ".join(f"`{QUESTIONNAIRES[k].instrument_id}`" for k in ITEMS_OF_SAMPLE)
    files = _table(
        ("file", "rows", "one row is"),
        [(name, f"{rows[name]:,}", schema.table(name).grain.removeprefix("one row per ")) for name in rows],
    )
    parts = [
        "# Demonstration records\n\n"
        "**Everything here is invented.** The people, coaches and sites come out of a simulator; none of them exists "
        "and no real record was used. Because the simulator's risks are known, every figure of the dashboard can be "
        "checked against the truth below.\n\n"
        f"- People: {len(program.people.start):,}, enrolled from {calendar_date(first_day(program))} on; extract of "
        f"{calendar_date(EXTRACT_DATE)}. The newest half-year is too young for most outcomes.\n"
        f"- Seed: {program.seed}. Rebuild with `{command}`; the same seed gives the same files, byte for byte.\n"
        f"{CHOSEN_SEED if program.seed == SAMPLE_SEED else ''}"
        "- The parameters and their sources are named in `pipelines/simulate/parameters.py`.\n"
        f"- Single answers are given for {itemised}; other questionnaires come as reported totals. Scores may be "
        "missing, forms late, sessions missed; ratings crowd at the ceiling; some exits were never recorded.",
        f"## Files\n\n{files}",
    ]
    if planted:
        kept_out = Counter((one.table, one.rule) for one in planted)
        parts.append(
            "## Rows that must be kept out\n\n"
            "These rows were broken on purpose, each under one rule; a load must keep out exactly these. Their row "
            "numbers are in `tests/pipelines/planted.csv`.\n\n"
            + _table(("file", "rule", "rows"), [(*key, count) for key, count in kept_out.items()])
        )
    if here is not None:
        parts.append("## Truth\n\n" + _records_section(here) + "\n\n" + _latent_section())
    parts.append("## Columns\n\nGenerated from the schema.\n\n" + _columns_section())
    return "\n\n".join(parts) + "\n"
