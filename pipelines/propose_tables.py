"""One table after the other: the file that fills it best, and what it needs beside the columns that are there."""

from __future__ import annotations

from pipelines import propose_needs as needs
from pipelines import propose_runs as runs
from pipelines import schema
from pipelines.column_profile import SourceProfile
from pipelines.guess import Guess, table_likeness
from pipelines.proposal import Rule
from pipelines.propose_ground import Ground, in_order

ONE_SITE = "main"
SEVERAL = ("sessions", "assessments", "engagement_events", "discharges")
"""Tables that more than one file or sheet may fill, for instance one a year; of the others one is read."""
_BESIDE_OTHERS = ("sessions", "engagement_events", "discharges", "coach_assignments")
"""Tables whose columns may stand in a file of people, or of many forms, in whose other rows they are blank."""


def _partly_filled(name: str, source: SourceProfile, guesses: list[Guess]) -> list[str]:
    """Return the headings of what a table cannot do without and of its dates, if each is blank in some rows.

    A row in which all of them are blank is no row of this table; one in which some are stays, so that it is told.
    """
    wanted = [guess for guess in guesses if guess.column in needs.NEEDED[name] or guess.column.endswith("date")]
    headings = [heading for guess in wanted if guess.column != "episode_id" for heading in guess.headings]
    profiles = [source.column(heading) for heading in dict.fromkeys(headings)]
    return [each.heading for each in profiles] if all(0 < each.filled < each.rows for each in profiles) else []


class Tables(Ground):
    """Finds the source of each table and completes its rule; parents come before children, which refer to them."""

    def table(self, name: str) -> None:
        """Propose the best source of a table, if any holds what the table cannot do without."""
        table = schema.table(name)
        found: list[tuple[float, SourceProfile, list[Guess]]] = []
        for source in self.sources:
            guesses = self.guesses(table, source)
            have = {guess.column for guess in guesses}
            linked = have & {"participant_id", "episode_id", "assessment_id"} or self.person(source) is not None
            if not set(needs.NEEDED[name]) <= have or not linked:
                continue
            likeness, decided = table_likeness(name, source.file.stem), self.is_decided(name, source)
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
            if each is best or (name in SEVERAL and self._is_another(name, each[1], best[1])):
                self._fill(name, each[1], each[2])

    def _is_another(self, table: str, source: SourceProfile, best: SourceProfile) -> bool:
        """Tell whether a file fills a table beside the best one: a person chose so, or its headings are the same."""
        same = {column.heading for column in source.columns} == {column.heading for column in best.columns}
        return self.is_decided(table, source) or same

    def _fill(self, name: str, source: SourceProfile, guesses: list[Guess]) -> None:
        rule = Rule(name, source.file.stem, guesses, evidence=f"{source.file.rows:,} rows")
        if name in _BESIDE_OTHERS and (headings := _partly_filled(name, source, guesses)):
            rule.keys["filled"] = headings
        self.note(rule, guesses)
        self._complete(rule, source)
        self.rules += self._by_date(rule, source) if name == "sessions" else [rule]

    def _is_list_of_sessions(self, table: str, source: SourceProfile) -> bool:
        rule = self.rule("sessions")
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
        person = have.get("participant_id") or self.person(source)
        if rule.table in ("participants", "episodes"):
            self._complete_people(rule, source, have)
        elif rule.table != "assessment_items" and ("episode_id" not in have or (self.by_person and person)):
            rule.guesses = [guess for guess in rule.guesses if guess.column != "episode_id"]
            self.link_through_person(rule, source, person)
        key = str(schema.table(rule.table).incoming[0].incoming)
        if rule.table in ("sessions", "assessments", "engagement_events") and key not in have:
            self._make_key(rule, source, key, person)
        if rule.table == "assessments":
            if "rater" not in have:
                rule.guesses.append(Guess.constant("rater", "participant", "no column says who answered: check"))
            if "status" not in have:
                rule.guesses.append(Guess.constant("status", "complete", "no column says what became of it: check"))
        rule.guesses = in_order(rule.table, rule.guesses)

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
            Rule(
                rule.table,
                rule.source,
                guesses,
                {**({"where": {heading: words}} if apart else {}), **rule.keys},
                evidence=rule.evidence,
            )
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
                self.questions.append(f"{source.file.name}: the first row of each person is taken as the one enrolment")
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
                columns = {guess.column for guess in self.guesses(schema.EPISODES, other)}
                known.append(("participant_id" in columns, "episode_id" in columns))
        return (True, False) in known and (False, True) not in known

    def _make_key(self, rule: Rule, source: SourceProfile, key: str, person: Guess | None) -> None:
        """Make a key of columns that name a row together, and say how far they do."""
        parts = [guess for guess in rule.guesses if guess.column in ("episode_id", "instrument_id", "type", "rater")]
        parts += [guess for guess in rule.guesses if guess.column.endswith("date")]
        parts = in_order(rule.table, parts)
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

    def registers(self) -> None:
        """Propose coaches and sites, from files of their own or from the columns that name them."""
        for name, needed in (("coaches", "coach_id"), ("sites", "site_id")):
            table = schema.table(name)
            found = [
                (table_likeness(name, source.file.stem), source, guesses)
                for source in self.sources
                for guesses in [self.guesses(table, source)]
                if any(guess.column == needed for guess in guesses)
            ]
            own = [each for each in found if each[0] >= 0.5 or self.is_decided(name, each[1])]
            if own:
                _, source, guesses = max(own, key=lambda each: (self.is_decided(name, each[1]), each[0]))
                ordered = in_order(name, guesses)
                rule = Rule(name, source.file.stem, ordered, evidence=f"{source.file.rows:,} rows")
                key = source.column(next(guess for guess in guesses if guess.column == needed).headings[0])
                if not key.is_key:
                    rule.keys["first_per_key"] = True
                self.note(rule, guesses)
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
