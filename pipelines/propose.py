"""Propose a mapping for files nobody has described: which column is what, with the evidence as counts.

Headings are compared with our names and with the synonyms of `synonyms.toml`, cells by their counts with what each
column may hold: dates, whole numbers, our closed lists, the range of a questionnaire. What a person has decided is
kept, and only the rest is guessed. What is proposed says why, and what could not be decided is listed. No cell's
value is part of a proposal; of cells only those words are spelled out that our own lists hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

import duckdb

from pipelines import propose_links as links
from pipelines import propose_needs as needs
from pipelines import propose_runs as runs
from pipelines import propose_scores as scores
from pipelines import schema
from pipelines.choices import Choices
from pipelines.column_profile import SourceProfile, profile
from pipelines.guess import Guess, guess_columns, table_likeness
from pipelines.instruments import Instrument, load_registry
from pipelines.proposal import Proposal, Rule
from pipelines.proposal_counts import Counts
from pipelines.staging import SourceFile
from pipelines.targets import LEAVE_OUT, TOTAL, WEEKS, target_of

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
_SEVERAL = ("sessions", "assessments", "engagement_events", "discharges")
"""Tables that more than one file or sheet may fill, for instance one a year; of the others one is read."""


def propose(
    connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile], extracted_on: date | None = None
) -> Proposal:
    """Return a mapping for staged files; `extracted_on` dates the extract where no column does, else a person must."""
    return propose_from(profiles(connection, files), Choices(extracted_on=extracted_on), Counts(connection))


def profiles(connection: duckdb.DuckDBPyConnection, files: Sequence[SourceFile]) -> list[SourceProfile]:
    """Return the profiles of those staged files that hold rows."""
    return [profile(connection, file) for file in files if not file.faults and file.rows]


def propose_from(
    sources: Sequence[SourceProfile],
    choices: Choices,
    counts: Counts | None = None,
    registry: Mapping[str, Instrument] | None = None,
) -> Proposal:
    """Return the mapping that follows from profiles and choices; without `counts` less evidence is given.

    `registry` are the questionnaires there are, the shipped ones if it is not given.
    """
    return _Proposing(sources, choices, counts, load_registry() if registry is None else registry).proposal()


class _Proposing:
    """Works out one proposal, table by table; parents come before children, which refer to them."""

    def __init__(
        self,
        sources: Sequence[SourceProfile],
        choices: Choices,
        counts: Counts | None,
        registry: Mapping[str, Instrument],
    ) -> None:
        self.choices = choices
        self.sources = [choices.said_of(source) for source in sources]
        self.counts = counts
        self.registry = registry
        self.rules: list[Rule] = []
        self.views: dict[str, dict[str, object]] = {}
        self.questions: list[str] = []
        self.targets: dict[tuple[str, str], str] = {}
        self.runs: dict[tuple[str, str], str] = {}
        self.by_person = False
        self.linking = links.linking_columns(self.sources, choices)

    def proposal(self) -> Proposal:
        """Work through the tables and return what came of it."""
        for table in _ORDER:
            self._table(table)
        self._registers()
        for source in self.sources:
            self._scores(source)
            self._runs(source)
        if self.counts is not None:
            self.questions += self.counts.add_links(self.rules, self.sources)
        unmatched = []
        for source in self.sources:
            unused = [column.place for column in source.columns if column.heading not in self._named(source)]
            if unused:
                unmatched.append(f"{source.file.name}: nothing was found for {_listed(unused)}")
        return Proposal(
            self.views,
            tuple(self.rules),
            tuple(self.questions),
            tuple(unmatched),
            needs.needs(self.rules, self.sources, self.choices),
            self.targets,
            self.runs,
        )

    def _rule(self, table: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.table == table), None)

    def _guesses(self, table: schema.Table, source: SourceProfile) -> list[Guess]:
        """Return what was decided and guessed of a file for one table."""
        guesses = guess_columns(table, source, self.registry, self.choices.targets_in(source.file.stem))
        linking = self.linking.get(source.file.stem)
        named = {name for guess in guesses for name in guess.headings}
        if linking is None or linking.headings[0] in named or any(g.column == linking.column for g in guesses):
            return guesses
        return [*guesses, linking] if linking.column in [c.incoming for c in table.incoming] else guesses

    def _is_decided(self, table: str, source: SourceProfile) -> bool:
        """Tell whether a person chose a column of the table, identifiers aside."""
        return any(target.startswith(f"{table}.") for target in self.choices.targets_in(source.file.stem).values())

    def _note(self, rule: Rule, guesses: Sequence[Guess]) -> None:
        """Remember the target of each heading that was itself found, before anything is made of it."""
        table = schema.table(rule.table)
        for guess in guesses:
            column = next(each for each in table.incoming if each.incoming == guess.column)
            for heading in guess.headings:
                self.targets.setdefault((rule.source, heading), target_of(rule.table, column))

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
        found: list[tuple[float, SourceProfile, list[Guess]]] = []
        for source in self.sources:
            guesses = self._guesses(table, source)
            have = {guess.column for guess in guesses}
            linked = have & {"participant_id", "episode_id", "assessment_id"} or self._person(source) is not None
            if not set(needs.NEEDED[name]) <= have or not linked:
                continue
            likeness, decided = table_likeness(name, source.file.stem), self._is_decided(name, source)
            unlike = likeness < 0.5 and not decided
            if unlike and (name == "coach_assignments" or self._is_list_of_sessions(name, source)):
                continue
            score = 2 * likeness + sum(guess.score for guess in guesses) / len(table.incoming) + 10 * decided
            found.append((score, source, guesses))
        if not found:
            if name in ("participants", "episodes"):
                self._missing_table(name)
            return
        best = max(found, key=lambda each: each[0])
        for each in found:
            if each is best or (name in _SEVERAL and self._is_another(name, each[1], best[1])):
                self._fill(name, each[1], each[2])

    def _is_another(self, table: str, source: SourceProfile, best: SourceProfile) -> bool:
        """Tell whether a file fills a table beside the best one: a person chose so, or its headings are the same."""
        same = {column.heading for column in source.columns} == {column.heading for column in best.columns}
        return self._is_decided(table, source) or same

    def _fill(self, name: str, source: SourceProfile, guesses: list[Guess]) -> None:
        rule = Rule(name, source.file.stem, guesses, evidence=f"{source.file.rows:,} rows")
        self._note(rule, guesses)
        self._complete(rule, source)
        self.rules += self._by_date(rule, source) if name == "sessions" else [rule]

    def _is_list_of_sessions(self, table: str, source: SourceProfile) -> bool:
        rule = self._rule("sessions")
        return table == "engagement_events" and rule is not None and rule.source == source.file.stem

    def _missing_table(self, name: str) -> None:
        needed = " and ".join(needs.NEEDED[name])
        self.questions.append(f"no file was found for {name}, which needs {needed}: name it in the mapping")
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
        elif rule.table != "assessment_items" and ("episode_id" not in have or (self.by_person and person)):
            rule.guesses = [guess for guess in rule.guesses if guess.column != "episode_id"]
            self._link_through_person(rule, source, person)
        key = str(schema.table(rule.table).incoming[0].incoming)
        if rule.table in ("sessions", "assessments", "engagement_events") and key not in have:
            self._make_key(rule, source, key, person)
        if rule.table == "assessments":
            if "rater" not in have:
                rule.guesses.append(Guess.constant("rater", "participant", "no column says who answered: check"))
            if "status" not in have:
                rule.guesses.append(Guess.constant("status", "complete", "no column says what became of it: check"))
        rule.guesses = _in_order(rule.table, rule.guesses)

    def _by_date(self, rule: Rule, source: SourceProfile) -> list[Rule]:
        """Return the rule of sessions; where one column dates them all, one for those held and one for the others."""
        dates = [guess for guess in rule.guesses if guess.column in ("scheduled_date", "occurred_date")]
        status = next(guess for guess in rule.guesses if guess.column == "status")
        if len(dates) == 2 or len(status.headings) != 1:
            return [rule]
        if not dates:
            self.questions.append(f"{source.file.name}: no column with the date of a session was found")
            return [rule]
        marks = source.column(status.headings[0])
        held, others, left_out = runs.marks_of([marks])
        if left_out:
            self.questions.append(
                f"{source.file.name}: {left_out:,} sessions have an attendance that is not in the list"
            )
        if not held and not others:
            return [rule]
        said = dates[0].evidence
        rest = [guess for guess in rule.guesses if guess not in dates]
        planned = [*rest, dates[0].as_column("scheduled_date", said)]
        both = [*planned, dates[0].as_column("occurred_date", said)]
        heading = status.headings[0]
        parts = [(guesses, list(words)) for guesses, words in ((both, held), (planned, others)) if words]
        apart = len(parts) > 1 or left_out > 0
        return [
            Rule(rule.table, rule.source, guesses, {"where": {heading: words}} if apart else {}, evidence=rule.evidence)
            for guesses, words in parts
        ]

    def _complete_people(self, rule: Rule, source: SourceProfile, have: dict[str, Guess]) -> None:
        person = have["participant_id"]
        profile_of = source.column(person.headings[0])
        if rule.table == "participants":
            if not profile_of.is_key:
                rule.keys["first_per_key"] = True
            return
        if "episode_id" in have and profile_of.is_key and self._others_know_only_people(source):
            rule.guesses = [guess for guess in rule.guesses if guess.column != "episode_id"]
            del have["episode_id"]
        if "episode_id" not in have:
            self.by_person = True
            rule.guesses.append(person.as_column("episode_id", "no episode of its own: one per person"))
            if not profile_of.is_key:
                rule.keys["first_per_key"] = True
                self.questions.append(f"{source.file.name}: the first row of each person is taken as the one episode")
        if "site_id" not in have:
            rule.guesses.append(Guess.constant("site_id", ONE_SITE, "no column of sites: all belong to one"))
        if "extract_date" not in have:
            said = self.choices.extracted_on.isoformat() if self.choices.extracted_on else ""
            rule.guesses.append(Guess.constant("extract_date", said, "the day the files were made: check"))
            if not said:
                self.questions.append("extract_date: say on which day the files were made, with --extracted-on")

    def _others_know_only_people(self, source: SourceProfile) -> bool:
        """Tell whether another file names people and no episodes, and none names episodes alone."""
        known = []
        for other in self.sources:
            if other is not source:
                columns = {guess.column for guess in self._guesses(schema.EPISODES, other)}
                known.append(("participant_id" in columns, "episode_id" in columns))
        return (True, False) in known and (False, True) not in known

    def _person(self, source: SourceProfile) -> Guess | None:
        guesses = self._guesses(schema.PARTICIPANTS, source)
        return next((guess for guess in guesses if guess.column == "participant_id"), None)

    def _link_through_person(self, rule: Rule, source: SourceProfile, person: Guess | None) -> None:
        if person is None or not self.by_person:
            rule.guesses.append(Guess.constant("episode_id", "", "not found: decide"))
            self.questions.append(f"{source.file.name}: no column of episodes was found for {rule.table}")
            return
        self.targets.setdefault((source.file.stem, person.headings[0]), "participant_id")
        rule.guesses.append(person.as_column("episode_id", "through the person"))

    def _make_key(self, rule: Rule, source: SourceProfile, key: str, person: Guess | None) -> None:
        """Make a key of columns that name a row together, and say how far they do."""
        parts = [guess for guess in rule.guesses if guess.column in ("episode_id", "instrument_id", "type", "rater")]
        parts += [guess for guess in rule.guesses if guess.column.endswith("date")]
        parts = _in_order(rule.table, parts)
        if person is not None:
            self.targets.setdefault((source.file.stem, person.headings[0]), "participant_id")
            parts.insert(0, person)
        names = list(dict.fromkeys(name for guess in parts for name in guess.headings))
        together = self.counts.together(source.file, names) if self.counts is not None else None
        counted = "" if together is None else f", {together:,} different in {source.file.rows:,} rows"
        evidence = f"made of {len(names)} columns{counted}"
        rule.guesses.append(Guess(key, tuple(names), {"join": names}, 0.5, evidence))
        if together is not None and together < source.file.rows:
            self.questions.append(f"{source.file.name}: {key} is made of columns that do not name every row")

    def _registers(self) -> None:
        """Propose coaches and sites, from files of their own or from the columns that name them."""
        for name, needed in (("coaches", "coach_id"), ("sites", "site_id")):
            table = schema.table(name)
            found = [
                (table_likeness(name, source.file.stem), source, guesses)
                for source in self.sources
                for guesses in [self._guesses(table, source)]
                if any(guess.column == needed for guess in guesses)
            ]
            own = [each for each in found if each[0] >= 0.5 or self._is_decided(name, each[1])]
            if own:
                _, source, guesses = max(own, key=lambda each: (self._is_decided(name, each[1]), each[0]))
                ordered = _in_order(name, guesses)
                rule = Rule(name, source.file.stem, ordered, evidence=f"{source.file.rows:,} rows")
                key = source.column(next(guess for guess in guesses if guess.column == needed).headings[0])
                if not key.is_key:
                    rule.keys["first_per_key"] = True
                self._note(rule, guesses)
                self.rules.append(rule)
                continue
            users = [
                r
                for r in self.rules
                if any(g.column == needed and (g.headings or needed == "site_id") for g in r.guesses)
            ]
            if users and users[0].source != "unknown":
                guess = next(guess for guess in users[0].guesses if guess.column == needed)
                keys: dict[str, object] = {"first_per_key": True}
                shown = [guess.as_column("site_code", "the name shown on screen")] if needed == "site_id" else []
                self.rules.append(Rule(name, users[0].source, [guess, *shown], keys, evidence="no file of its own"))
            elif needed == "site_id":
                self.questions.append("no site was found")

    def _place(self, source: SourceProfile) -> tuple[Guess | None, Guess | None]:
        """Return what says whose a row of a file is, and of which day: of a form, of a session, or the start."""
        forms = {guess.column: guess for guess in self._guesses(schema.ASSESSMENTS, source)}
        sessions = {guess.column: guess for guess in self._guesses(schema.SESSIONS, source)}
        start = {guess.column: guess for guess in self._guesses(schema.EPISODES, source)}.get("enrolled_date")
        days = (forms.get("date"), sessions.get("occurred_date"), sessions.get("scheduled_date"), start)
        return self._person(source) or forms.get("episode_id"), next((day for day in days if day is not None), None)

    def _link(self, rule: Rule, source: SourceProfile, who: Guess) -> None:
        """Say whose episode the rows of a rule belong to."""
        if who.column == "episode_id":
            rule.guesses.append(who)
        else:
            self._link_through_person(rule, source, who)

    def _scores(self, source: SourceProfile) -> None:
        """Propose the total scores that stand in columns of their own, one rule for each."""
        decided = self.choices.targets_in(source.file.stem)
        free = [c for c in source.columns if c.heading not in self._named(source) and c.heading not in decided]
        found = scores.guessed(free, self.registry)
        found |= {
            heading: self.registry[target.removeprefix(TOTAL)]
            for heading, target in decided.items()
            if target.startswith(TOTAL) and target.removeprefix(TOTAL) in self.registry
        }
        who, day = self._place(source)
        for heading, instrument in found.items():
            self.targets[source.file.stem, heading] = f"{TOTAL}{instrument.instrument_id}"
            if who is None or day is None:
                self.questions.append(
                    f"{source.file.name}: the score {instrument.short_name} needs columns that say whose it is and when"
                )
                continue
            rule = scores.rule(source, source.column(heading), instrument, who, day)
            self._link(rule, source, who)
            self._note_place(source, who, day)
            self.rules.append(rule)

    def _note_place(self, source: SourceProfile, who: Guess, day: Guess) -> None:
        stem = source.file.stem
        self.targets.setdefault((stem, who.headings[0]), who.column)
        table = next(
            t for t in (schema.ASSESSMENTS, schema.SESSIONS, schema.EPISODES) if day in self._guesses(t, source)
        )
        self.targets.setdefault((stem, day.headings[0]), f"{table.name}.{day.column}")

    def _runs(self, source: SourceProfile) -> None:
        """Propose what stands side by side: answers of a questionnaire, or attendance week by week."""
        person = self._person(source)
        episodes = self._guesses(schema.EPISODES, source)
        start = next((guess for guess in episodes if guess.column == "enrolled_date"), None)
        who, day = self._place(source)
        for run in runs.find_runs(source):
            place, name = (source.file.stem, run.pattern), source.file.name
            if set(run.columns) & self._named(source):
                continue
            decided = self.choices.runs.get(place)
            instrument = runs.instrument_of(run, source, self.registry) if decided is None else None
            instrument = instrument or self.registry.get(decided or "")
            weeks = decided == WEEKS or (decided is None and runs.is_attendance(run, source))
            self.runs[place] = instrument.instrument_id if instrument else WEEKS if weeks else LEAVE_OUT
            if decided == LEAVE_OUT:
                continue
            if instrument is not None and who is not None and day is not None:
                rule = runs.items_rule(source, run, instrument, who, day)
                self._link(rule, source, who)
                self._note_place(source, who, day)
                self.rules.append(rule)
            elif instrument is not None:
                self.questions.append(f"{name}: answers of {instrument.instrument_id} need a column of person and date")
            elif weeks and person is not None and start is not None:
                view, rules, left_out = runs.week_rules(source, run, person, start)
                self.views[f"{source.file.stem}_by_week"] = view
                for rule in rules:
                    self._link_through_person(rule, source, person)
                self.rules += rules
                if left_out:
                    self.questions.append(f"{name}: {left_out:,} marks by week are not in the list and are left out")
            elif weeks:
                self.questions.append(
                    f"{name}: attendance by week needs columns of the person and of the enrolment date"
                )
            else:
                places = _listed([source.column(heading).place for heading in run.columns])
                self.questions.append(f"{name}: {places} stand side by side, but what they are is not known")


def _listed(places: Sequence[int]) -> str:
    shown = ", ".join(str(place) for place in places[:12]) + (" and more" if len(places) > 12 else "")
    return f"{'column' if len(places) == 1 else 'columns'} {shown}"


def _in_order(table: str, guesses: Sequence[Guess]) -> list[Guess]:
    """Return those guesses that are columns of a table, in the order of its declaration."""
    declared = [str(column.incoming) for column in schema.table(table).incoming]
    found = [guess for guess in guesses if guess.column in declared]
    return sorted(found, key=lambda guess: declared.index(guess.column))
