"""What stands side by side in a row: total scores, answers of a questionnaire, attendance week by week."""

from __future__ import annotations

from pipelines import propose_runs as runs
from pipelines import propose_scores as scores
from pipelines import schema
from pipelines.column_profile import SourceProfile
from pipelines.guess import Guess
from pipelines.proposal import Rule
from pipelines.propose_ground import Ground, listed
from pipelines.targets import LEAVE_OUT, TOTAL, WEEKS


class Wide(Ground):
    """Proposes rules for columns that are rows of ours: each needs to know whose they are and of which day."""

    def _place(self, source: SourceProfile) -> tuple[Guess | None, Guess | None]:
        """Return what says whose a row of a file is, and of which day: of a form, of a session, or the start."""
        forms = {guess.column: guess for guess in self.guesses(schema.ASSESSMENTS, source)}
        sessions = {guess.column: guess for guess in self.guesses(schema.SESSIONS, source)}
        start = {guess.column: guess for guess in self.guesses(schema.EPISODES, source)}.get("enrolled_date")
        days = (forms.get("date"), sessions.get("occurred_date"), sessions.get("scheduled_date"), start)
        return self.person(source) or forms.get("episode_id"), next((day for day in days if day is not None), None)

    def _link(self, rule: Rule, source: SourceProfile, who: Guess) -> None:
        """Say whose episode the rows of a rule belong to."""
        if who.column == "episode_id":
            rule.guesses.append(who)
        else:
            self.link_through_person(rule, source, who)

    def scores(self, source: SourceProfile) -> None:
        """Propose the total scores that stand in columns of their own, one rule for each."""
        decided = self.choices.targets_in(source.file.stem)
        taken = {*self.named(source), *decided, *(name for run in runs.find_runs(source) for name in run.columns)}
        free = [column for column in source.columns if column.heading not in taken]
        guessed = scores.guessed(free, self.registry)
        found = {heading: named[0] for heading, named in guessed.items() if len(named) == 1}
        for heading, named in guessed.items():
            if len(named) > 1:
                either = " or ".join(one.short_name for one in named)
                place = source.column(heading).place
                self.questions.append(f"{source.file.name}: column {place} may be a score of {either}: choose")
        for column in scores.no_totals([one for one in free if one.heading not in guessed], self.registry):
            self.questions.append(
                f"{source.file.name}: column {column.place} holds means by its heading, and a mean is no total: add a "
                "column of totals, or choose the questionnaire whose mean it is"
            )
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
            t for t in (schema.ASSESSMENTS, schema.SESSIONS, schema.EPISODES) if day in self.guesses(t, source)
        )
        self.targets.setdefault((stem, day.headings[0]), f"{table.name}.{day.column}")

    def side_by_side(self, source: SourceProfile) -> None:
        """Propose what stands side by side: answers of a questionnaire, or attendance week by week."""
        person = self.person(source)
        episodes = self.guesses(schema.EPISODES, source)
        start = next((guess for guess in episodes if guess.column == "enrolled_date"), None)
        who, day = self._place(source)
        for run in runs.find_runs(source):
            place, name = (source.file.stem, run.pattern), source.file.name
            if set(run.columns) & self.named(source):
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
                lacking = "person and date" if who is day else "the person" if who is None else "the date"
                self.questions.append(f"{name}: answers of {instrument.instrument_id} need a column of {lacking}")
            elif weeks and person is not None and start is not None:
                view, rules, left_out = runs.week_rules(source, run, person, start)
                self.views[f"{source.file.stem}_by_week"] = view
                for rule in rules:
                    self.link_through_person(rule, source, person)
                self.rules += rules
                if left_out:
                    self.questions.append(f"{name}: {left_out:,} marks by week are not in the list and are left out")
            elif weeks:
                lacking = "columns of the person and of the enrolment date"
                if person is not start:
                    lacking = "a column of the " + ("person" if person is None else "enrolment date")
                self.questions.append(f"{name}: attendance by week needs {lacking}")
            else:
                places = listed([source.column(heading).place for heading in run.columns])
                self.questions.append(f"{name}: {places} stand side by side, but what they are is not known")
