"""What a load cannot do without and a proposal does not have yet, each as a fault with its remedy."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipelines.choices import Choices
from pipelines.column_profile import SourceProfile
from pipelines.faults import Fault
from pipelines.proposal import Rule
from pipelines.targets import GROUPS, IDENTIFIERS, PLURALS, TOTAL, column_targets

NEEDED: Mapping[str, tuple[str, ...]] = {
    "participants": ("participant_id",),
    "episodes": ("participant_id", "enrolled_date"),
    "sessions": ("status",),
    "assessments": ("instrument_id", "date"),
    "assessment_items": ("assessment_id", "item_no", "value"),
    "engagement_events": ("date", "type"),
    "discharges": ("exit_date", "exit_type"),
    "coach_assignments": ("coach_id", "start_date", "episode_id"),
}
"""Columns without which a file is no source of a table."""
_OF_REGISTERS = {"sites": ("site_id",), "coaches": ("coach_id",)}
_WHOSE = {"participant_id", "episode_id"}
_WHICH_DAY = {"assessments.date", "sessions.occurred_date", "sessions.scheduled_date", "episodes.enrolled_date"}
"""Targets of which one says whose a score is, and of which one says its day."""
DAY_OF_FILES = "Day the files were exported"


def needs(rules: Sequence[Rule], sources: Sequence[SourceProfile], choices: Choices) -> tuple[Fault, ...]:
    """Return what is still needed, the people first."""
    names = {source.file.stem: source.file.name for source in sources}
    return (
        *_people(rules, choices),
        *_links(rules, names, choices),
        *_half_chosen(rules, names, choices),
        *_chosen_twice(names, choices),
    )


def label(table: str, column: str) -> str:
    """Return the plain name of a column of ours as a person chooses it."""
    return IDENTIFIERS.get(column) or column_targets()[f"{table}.{column}"]


def _people(rules: Sequence[Rule], choices: Choices) -> Iterator[Fault]:
    found = {rule.table: rule for rule in reversed(rules)}
    blank = {table: _blank(found[table]) if table in found else set() for table in ("participants", "episodes")}
    person, enrolled = IDENTIFIERS["participant_id"], label("episodes", "enrolled_date")
    if "participant_id" in blank["participants"] or "participants" not in found:
        yield Fault("People", "no column says yet who a person is", f"Choose “{person}” in the list of people")
    if "enrolled_date" in blank["episodes"] or "episodes" not in found:
        if "episodes.enrolled_date" in choices.targets.values():
            return  # it is said of the file with that day what else it needs
        remedy = f"Choose “{enrolled}” for the first day, in a file that has “{person}” too"
        yield Fault("Enrolments", "no column says yet when a person enrolled", remedy)
    elif "extract_date" in blank["episodes"]:
        yield Fault(DAY_OF_FILES, "is not filled in yet", "Fill it in")


def _links(rules: Sequence[Rule], names: Mapping[str, str], choices: Choices) -> Iterator[Fault]:
    """Yield the files whose rows belong to nobody yet, and sessions without a date."""
    for rule in rules:
        where = names.get(rule.source, rule.source)
        columns = {guess.column for guess in rule.guesses}
        if rule.table != "episodes" and "episode_id" in _blank(rule):
            yield _nobodys(where, rule.table, set(choices.targets_in(rule.source).values()))
        if rule.table == "sessions" and not columns & {"scheduled_date", "occurred_date"}:
            yield Fault(
                where, "no column says when the sessions were", f"Choose “{label('sessions', 'occurred_date')}”"
            )


def _nobodys(where: str, table: str, chosen: set[str]) -> Fault:
    """Return what a file whose rows belong to nobody needs; where the person is chosen, only the enrolment is open."""
    person, episode = IDENTIFIERS["participant_id"], IDENTIFIERS["episode_id"]
    if "participant_id" in chosen:
        remedy = (
            f"Choose “{episode}” for one of its columns, or leave it out in the list of enrolments: each person then "
            "has one"
        )
        return Fault(where, f"no column says to which enrolments these {PLURALS[table]} belong", remedy)
    remedy = f"Choose “{person}” or “{episode}” for one of its columns, as in the list of enrolments"
    return Fault(where, f"no column says whose {PLURALS[table]} these are", remedy)


def _half_chosen(rules: Sequence[Rule], names: Mapping[str, str], choices: Choices) -> Iterator[Fault]:
    """Yield the files of which columns were chosen that cannot be stored without others."""
    filled = {(rule.table, rule.source) for rule in rules}
    for stem, where in names.items():
        chosen = set(choices.targets_in(stem).values())
        for table in GROUPS:
            if (table, stem) in filled or not any(target.startswith(f"{table}.") for target in chosen):
                continue
            yield _half(where, table, chosen, next((names.get(r.source, "") for r in rules if r.table == table), ""))
        if any(target.startswith(TOTAL) for target in chosen) and ("assessments", stem) not in filled:
            yield _of_scores(where, chosen)


def _half(where: str, table: str, chosen: set[str], other: str) -> Fault:
    needed = NEEDED.get(table, _OF_REGISTERS.get(table, ()))
    lacking = [label(table, name) for name in needed if label(table, name) not in _labels(chosen)]
    if lacking:
        remedy = "Choose " + " and ".join(f"“{name}”" for name in lacking) + ", or leave those columns out"
        return Fault(where, f"{PLURALS[table]} cannot be stored yet", remedy)
    if other:
        remedy = "Leave those columns out here, or bring them into one file"
        return Fault(where, f"{PLURALS[table]} are read from {other} already", remedy)
    return _nobodys(where, table, chosen)


def _of_scores(where: str, chosen: set[str]) -> Fault:
    """Return what total scores in columns of their own still need: whose they are, of which day, or both."""
    person, day = IDENTIFIERS["participant_id"], label("assessments", "date")
    if chosen & _WHOSE:
        return Fault(where, "no column says of which day the scores are", f"Choose “{day}”, or leave the scores out")
    if chosen & _WHICH_DAY:
        return Fault(where, "no column says whose the scores are", f"Choose “{person}”, or leave the scores out")
    remedy = f"Choose “{person}” and “{day}”, or leave the scores out"
    return Fault(where, "no column says whose the scores are and of which day", remedy)


def _chosen_twice(names: Mapping[str, str], choices: Choices) -> Iterator[Fault]:
    seen: set[tuple[str, str]] = set()
    for (stem, _), target in choices.targets.items():
        if target and (stem, target) in seen:
            name = IDENTIFIERS.get(target) or column_targets().get(target, target.removeprefix(TOTAL))
            yield Fault(names.get(stem, stem), f"two columns are matched with “{name}”", "Leave one of the two out")
        seen.add((stem, target))


def _labels(chosen: set[str]) -> set[str]:
    return {IDENTIFIERS.get(target) or column_targets().get(target, "") for target in chosen}


def _blank(rule: Rule) -> set[str]:
    """Return the columns of a rule that are a constant nobody has said yet."""
    return {guess.column for guess in rule.guesses if guess.cell == {"constant": ""}}
