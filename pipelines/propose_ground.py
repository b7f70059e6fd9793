"""The ground of a proposal while it is worked out: files, decisions, rules so far, and who a row is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipelines import propose_links as links
from pipelines import schema
from pipelines.choices import Choices
from pipelines.column_profile import SourceProfile
from pipelines.guess import Guess, guess_columns
from pipelines.instruments import Instrument
from pipelines.proposal import Rule
from pipelines.proposal_counts import Counts
from pipelines.targets import PLURALS, target_of


class Ground:
    """What every part of a proposal reads and adds to; guesses stand behind decisions."""

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

    def rule(self, table: str) -> Rule | None:
        """Return the first rule of a table so far."""
        return next((rule for rule in self.rules if rule.table == table), None)

    def guesses(self, table: schema.Table, source: SourceProfile) -> list[Guess]:
        """Return what was decided and guessed of a file for one table."""
        guesses = guess_columns(table, source, self.registry, self.choices.targets_in(source.file.stem))
        linking = self.linking.get(source.file.stem)
        named = {name for guess in guesses for name in guess.headings}
        if linking is None or linking.headings[0] in named or any(g.column == linking.column for g in guesses):
            return guesses
        return [*guesses, linking] if linking.column in [c.incoming for c in table.incoming] else guesses

    def is_decided(self, table: str, source: SourceProfile) -> bool:
        """Tell whether a person chose a column of the table, identifiers aside."""
        return any(target.startswith(f"{table}.") for target in self.choices.targets_in(source.file.stem).values())

    def note(self, rule: Rule, guesses: Sequence[Guess]) -> None:
        """Remember the target of each heading that was itself found, before anything is made of it."""
        table = schema.table(rule.table)
        for guess in guesses:
            column = next(each for each in table.incoming if each.incoming == guess.column)
            for heading in guess.headings:
                self.targets.setdefault((rule.source, heading), target_of(rule.table, column))

    def named(self, source: SourceProfile) -> set[str]:
        """Return the headings of a file that a rule or a view reads so far."""
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

    def person(self, source: SourceProfile) -> Guess | None:
        """Return the column that says who a row of a file is about."""
        guesses = self.guesses(schema.PARTICIPANTS, source)
        return next((guess for guess in guesses if guess.column == "participant_id"), None)

    def link_through_person(self, rule: Rule, source: SourceProfile, person: Guess | None) -> None:
        """Add the episode of a rule's rows where there is one for each person; a question where there is not."""
        if person is None or not self.by_person:
            rule.guesses.append(Guess.constant("episode_id", "", "not found: decide"))
            self.questions.append(f"{source.file.name}: no column of enrolments was found for {PLURALS[rule.table]}")
            return
        self.targets.setdefault((source.file.stem, person.headings[0]), "participant_id")
        rule.guesses.append(person.as_column("episode_id", "through the person"))


def listed(places: Sequence[int]) -> str:
    """Return the places of columns in words."""
    shown = ", ".join(str(place) for place in places[:12]) + (" and more" if len(places) > 12 else "")
    return f"{'column' if len(places) == 1 else 'columns'} {shown}"


def in_order(table: str, guesses: Sequence[Guess]) -> list[Guess]:
    """Return those guesses that are columns of a table, in the order of its declaration."""
    declared = [str(column.incoming) for column in schema.table(table).incoming]
    found = [guess for guess in guesses if guess.column in declared]
    return sorted(found, key=lambda guess: declared.index(guess.column))
