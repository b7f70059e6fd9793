"""Propose a mapping for files nobody has described: which column is what, with the evidence as counts.

Headings are compared with our names and with the synonyms of `synonyms.toml`, cells by their counts with what each
column may hold: dates, whole numbers, our closed lists, the range of a questionnaire. What is proposed says why, and
what could not be decided is listed. No cell's value is part of a proposal; of cells only those words are spelled out
that our own lists hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from pipelines import propose_runs as runs
from pipelines import schema
from pipelines.column_profile import SourceProfile, distinct_together, found_among, profile
from pipelines.guess import Guess, guess_columns, table_likeness
from pipelines.instruments import load_registry
from pipelines.proposal import Proposal, Rule
from pipelines.staging import SourceFile

ONE_SITE = "main"
_ORDER = (
    "participants",
    "episodes",
    "sessions",
    "assessments",
    "assessment_items",
    "engagement_events",
    "discharges",
    "coach_assignments",
)
_NEEDED: Mapping[str, tuple[str, ...]] = {
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


def propose(
    connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile], extracted_on: date | None = None
) -> Proposal:
    """Return a mapping for staged files; `extracted_on` dates the extract where no column does, else a person must."""
    sources = [profile(connection, file) for file in files if not file.faults and file.rows]
    return _Proposing(connection, sources, extracted_on).proposal()


class _Proposing:
    """Works out one proposal, table by table; parents come before children, which refer to them."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, sources: Sequence[SourceProfile], extracted_on: date | None
    ) -> None:
        self.connection = connection
        self.sources = sources
        self.extracted_on = extracted_on
        self.registry = load_registry()
        self.rules: list[Rule] = []
        self.views: dict[str, dict[str, object]] = {}
        self.undecided: list[str] = []
        self.used: set[str] = set()

    def proposal(self) -> Proposal:
        """Work through the tables and return what came of it."""
        for table in _ORDER:
            self._table(table)
        self._registers()
        for source in self.sources:
            self._runs(source)
        self._links()
        for source in self.sources:
            unused = [column.place for column in source.columns if column.heading not in self._named(source)]
            if unused:
                self.undecided.append(f"{source.file.name}: nothing was found for {_listed(unused)}")
        return Proposal(self.views, tuple(self.rules), tuple(self.undecided))

    def _rule(self, table: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.table == table), None)

    def _source(self, stem: str) -> SourceProfile:
        return next(source for source in self.sources if source.file.stem == stem)

    def _named(self, source: SourceProfile) -> set[str]:
        headings: set[str] = set()
        for rule in self.rules:
            if rule.source == source.file.stem:
                headings |= {name for guess in rule.guesses for name in guess.headings}
                named = rule.items.get("columns", [])
                headings |= set(named) if isinstance(named, list) else set()
        for view in self.views.values():
            if view["unpivot"] == source.file.stem:
                headings |= set(view["columns"]) if isinstance(view["columns"], list) else set()
        return headings

    def _table(self, name: str) -> None:
        """Propose the best source of a table, if any holds what the table cannot do without."""
        table = schema.table(name)
        best: tuple[float, SourceProfile, list[Guess]] | None = None
        for source in self.sources:
            guesses = guess_columns(table, source, self.registry)
            have = {guess.column for guess in guesses}
            if not set(_NEEDED[name]) <= have or not (have & {"participant_id", "episode_id", "assessment_id"}):
                continue
            likeness = table_likeness(name, source.file.stem)
            if likeness < 0.5 and (name == "coach_assignments" or self._is_list_of_sessions(name, source)):
                continue
            score = 2 * likeness + sum(guess.score for guess in guesses) / len(table.incoming)
            if best is None or score > best[0]:
                best = score, source, guesses
        if best is None:
            if name in ("participants", "episodes"):
                self._missing_table(name)
            return
        _, source, guesses = best
        rule = Rule(name, source.file.stem, guesses, evidence=f"{source.file.rows:,} rows")
        self._complete(rule, source)
        self.rules += self._by_date(rule, source) if name == "sessions" else [rule]

    def _is_list_of_sessions(self, table: str, source: SourceProfile) -> bool:
        rule = self._rule("sessions")
        return table == "engagement_events" and rule is not None and rule.source == source.file.stem

    def _missing_table(self, name: str) -> None:
        needed = " and ".join(_NEEDED[name])
        self.undecided.append(f"no file was found for {name}, which needs {needed}: name it in the mapping")
        source = self.sources[0] if self.sources else None
        required = [str(column.incoming) for column in schema.table(name).incoming if column.required]
        guesses = [Guess.constant(column, "", "not found: decide") for column in required]
        self.rules.append(Rule(name, source.file.stem if source else "unknown", guesses))

    def _complete(self, rule: Rule, source: SourceProfile) -> None:
        """Add what is required and has no column: keys made of others, links through the person, constants."""
        have = {guess.column: guess for guess in rule.guesses}
        person = have.get("participant_id") or self._person(source)
        if rule.table in ("participants", "episodes"):
            self._complete_people(rule, source, have)
        elif "episode_id" not in have and rule.table != "assessment_items":
            self._link_through_person(rule, source, person)
        key = str(schema.table(rule.table).incoming[0].incoming)
        if rule.table in ("sessions", "assessments", "engagement_events") and key not in have:
            self._make_key(rule, source, key, person)
        if rule.table == "assessments":
            if "rater" not in have:
                rule.guesses.append(Guess.constant("rater", "participant", "no column says who answered: check"))
            if "status" not in have:
                rule.guesses.append(Guess.constant("status", "complete", "no column says what became of it: check"))
        declared = [str(column.incoming) for column in schema.table(rule.table).incoming]
        rule.guesses = [guess for guess in rule.guesses if guess.column in declared]
        rule.guesses.sort(key=lambda guess: declared.index(guess.column))

    def _by_date(self, rule: Rule, source: SourceProfile) -> list[Rule]:
        """Return the rule of sessions; where one column dates them all, one for those held and one for the others."""
        dates = [guess for guess in rule.guesses if guess.column in ("scheduled_date", "occurred_date")]
        status = next(guess for guess in rule.guesses if guess.column == "status")
        if len(dates) == 2 or len(status.headings) != 1:
            return [rule]
        if not dates:
            self.undecided.append(f"{source.file.name}: no column with the date of a session was found")
            return [rule]
        marks = source.column(status.headings[0])
        held, others, left_out = runs.marks_of([marks])
        if left_out:
            self.undecided.append(
                f"{source.file.name}: {left_out:,} sessions have an attendance that is not in the list"
            )
        if not held or not others:
            return [rule]
        said = dates[0].evidence
        rest = [guess for guess in rule.guesses if guess not in dates]
        planned = [*rest, dates[0].as_column("scheduled_date", said)]
        both = [*planned, dates[0].as_column("occurred_date", said)]
        heading = status.headings[0]
        return [
            Rule(rule.table, rule.source, guesses, {"where": {heading: list(words)}}, evidence=rule.evidence)
            for guesses, words in ((both, held), (planned, others))
        ]

    def _complete_people(self, rule: Rule, source: SourceProfile, have: Mapping[str, Guess]) -> None:
        person = have["participant_id"]
        profile_of = source.column(person.headings[0])
        if rule.table == "participants":
            if not profile_of.is_key:
                rule.keys["first_per_key"] = True
            return
        if "episode_id" not in have:
            rule.guesses.append(person.as_column("episode_id", "no episode of its own: one per person"))
            if not profile_of.is_key:
                rule.keys["first_per_key"] = True
                self.undecided.append(f"{source.file.name}: the first row of each person is taken as the one episode")
        if "site_id" not in have:
            rule.guesses.append(Guess.constant("site_id", ONE_SITE, "no column of sites: all belong to one"))
        if "extract_date" not in have:
            said = self.extracted_on.isoformat() if self.extracted_on else ""
            rule.guesses.append(Guess.constant("extract_date", said, "the day the files were made: check"))
            if not said:
                self.undecided.append("extract_date: say on which day the files were made, with --extracted-on")

    def _person(self, source: SourceProfile) -> Guess | None:
        guesses = guess_columns(schema.PARTICIPANTS, source, self.registry)
        return next((guess for guess in guesses if guess.column == "participant_id"), None)

    def _link_through_person(self, rule: Rule, source: SourceProfile, person: Guess | None) -> None:
        episodes = self._rule("episodes")
        by_person = episodes is not None and any(
            guess.column == "episode_id" and "one per person" in guess.evidence for guess in episodes.guesses
        )
        if person is None or not by_person:
            rule.guesses.append(Guess.constant("episode_id", "", "not found: decide"))
            self.undecided.append(f"{source.file.name}: no column of episodes was found for {rule.table}")
            return
        rule.guesses.append(person.as_column("episode_id", "through the person"))

    def _make_key(self, rule: Rule, source: SourceProfile, key: str, person: Guess | None) -> None:
        """Make a key of columns that name a row together, and say how far they do."""
        parts = [guess for guess in rule.guesses if guess.column in ("episode_id", "instrument_id", "type", "rater")]
        parts += [guess for guess in rule.guesses if guess.column.endswith("date")]
        names = list(
            dict.fromkeys(name for guess in [*([person] if person else []), *parts] for name in guess.headings)
        )
        together = distinct_together(self.connection, source.file, names) if names else 0
        evidence = f"made of {len(names)} columns, {together:,} different in {source.file.rows:,} rows"
        rule.guesses.append(Guess(key, tuple(names), {"join": names}, 0.5, evidence))
        if together < source.file.rows:
            self.undecided.append(f"{source.file.name}: {key} is made of columns that do not name every row")

    def _registers(self) -> None:
        """Propose coaches and sites, from files of their own or from the columns that name them."""
        for name, needed in (("coaches", "coach_id"), ("sites", "site_id")):
            table = schema.table(name)
            found = [
                (table_likeness(name, source.file.stem), source, guesses)
                for source in self.sources
                for guesses in [guess_columns(table, source, self.registry)]
                if any(guess.column == needed for guess in guesses)
            ]
            own = [each for each in found if each[0] >= 0.5]
            if own:
                _, source, guesses = max(own, key=lambda each: each[0])
                self.rules.append(Rule(name, source.file.stem, guesses, evidence=f"{source.file.rows:,} rows"))
                continue
            users = [
                r
                for r in self.rules
                if any(g.column == needed and (g.headings or needed == "site_id") for g in r.guesses)
            ]
            if users and users[0].source != "unknown":
                guess = next(guess for guess in users[0].guesses if guess.column == needed)
                keys: dict[str, object] = {"first_per_key": True}
                self.rules.append(Rule(name, users[0].source, [guess], keys, evidence="no file of its own"))
            elif needed == "site_id":
                self.undecided.append("no site was found")

    def _runs(self, source: SourceProfile) -> None:
        """Propose what stands side by side: answers of a questionnaire, or attendance week by week."""
        episodes = guess_columns(schema.EPISODES, source, self.registry)
        start = next((guess for guess in episodes if guess.column == "enrolled_date"), None)
        forms = guess_columns(schema.ASSESSMENTS, source, self.registry)
        day = next((guess for guess in forms if guess.column == "date"), start)
        person = self._person(source)
        for run in runs.find_runs(source):
            if set(run.columns) & self._named(source):
                continue
            instrument = runs.instrument_of(run, source, self.registry)
            name = source.file.name
            if instrument is not None and person is not None and day is not None:
                rule = runs.items_rule(source, run, instrument, person, day)
                self._link_through_person(rule, source, person)
                self.rules.append(rule)
            elif instrument is not None:
                self.undecided.append(f"{name}: answers of {instrument.instrument_id} need a column of person and date")
            elif runs.is_attendance(run, source) and person is not None and start is not None:
                view, rules, left_out = runs.week_rules(source, run, person, start)
                self.views[f"{source.file.stem}_by_week"] = view
                for rule in rules:
                    self._link_through_person(rule, source, person)
                self.rules += rules
                if left_out:
                    self.undecided.append(f"{name}: {left_out:,} marks by week are not in the list and are left out")
            else:
                places = _listed([source.column(heading).place for heading in run.columns])
                self.undecided.append(f"{name}: {places} stand side by side, but what they are is not known")

    def _links(self) -> None:
        """Add to columns that refer to another table how many of their cells are found there."""
        for rule in self.rules:
            stems = {source.file.stem for source in self.sources}
            for place, guess in enumerate(rule.guesses):
                column = next(c for c in schema.table(rule.table).incoming if c.incoming == guess.column)
                parent = self._rule(column.references.partition(".")[0])
                key = next((g for g in parent.guesses if g.column == guess.column), None) if parent else None
                same = parent is not None and parent.source == rule.source
                if key is None or parent is None or same or len(guess.headings) != 1 or len(key.headings) != 1:
                    continue
                if not {rule.source, parent.source} <= stems:
                    continue
                child, source = self._source(rule.source).file, self._source(parent.source).file
                inside, filled = found_among(self.connection, child, guess.headings[0], source, key.headings[0])
                said = f"{guess.evidence}; {inside:,} of {filled:,} are found in {parent.table}"
                rule.guesses[place] = guess.with_evidence(said)
                if filled and inside < filled / 2:
                    self.undecided.append(
                        f"{rule.table}.{guess.column}: most of its cells are not found in {parent.table}"
                    )


def _listed(places: Sequence[int]) -> str:
    shown = ", ".join(str(place) for place in places[:12]) + (" and more" if len(places) > 12 else "")
    return f"{'column' if len(places) == 1 else 'columns'} {shown}"
