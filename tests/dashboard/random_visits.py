"""Random filters and choices over the sample, at both doors, and what the pages then break of their promises."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from pathlib import Path

from dashboard import words
from dashboard.answers import GAPS, open_answers
from dashboard.ui.filters import KEYS
from tests.dashboard.promises import chosen, everybody, faults, hidden_faults, some, state_fault
from tests.dashboard.seen import visitor

CHOICES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "overview": {},
    "how_it_helps": {},
    "staying": {
        "by": ("Everyone", "Early alliance", "Early self-efficacy", "Main substance", "Age", "More groups"),
        "group": ("Site", "Enrolled in", "Gender", "Referred by", "Housing"),
        "gap": tuple(f"{days} days without contact" for days in GAPS),
        "more": (
            "When they go",
            "By enrolment",
            "What changed",
            "Other gaps",
            "Attendance and caseload",
            "Helping others",
        ),
    },
    "trust_and_confidence": {
        "scores": ("Alliance and self-efficacy", "Alliance and self-efficacy", "Empathy and empowerment"),
        "check": (
            "Other choices",
            "Along the scale",
            "People without a score",
            "Groups of people",
            "After each session",
            "Every way out",
        ),
        "within": ("Scores and leaving, both ways", "Alliance with self-efficacy"),
    },
    "sites_and_coaches": {},
}
"""What can be chosen on each page of figures, by its name in the address."""
PUBLIC = ("overview", "how_it_helps", "staying", "trust_and_confidence")
ROUNDS = (("overview", "staying", "trust_and_confidence"), ("overview", "staying", "how_it_helps", "sites_and_coaches"))
"""The pages of even and of odd seeds: the long page of models every other time."""


def broken(home: Path, audience: str, seeds: range, *, one_page: bool = False) -> Iterator[str]:
    """Yield what is broken by pages under the filters of each seed; with `one_page` one page for each, in turn."""
    people = everybody(home)
    public = audience == "public"
    every = PUBLIC if public else tuple(CHOICES)
    answers = open_answers(audience, home)
    printed = int(answers.about()["people"])
    dimensions = {one.name: one.categories for one in answers.dimensions()}
    labels = {
        name: {code: words.period(label) for code, label in dimensions[name]} for name in KEYS if name in dimensions
    }
    with visitor(home, audience) as door:
        for seed in seeds:
            draw = random.Random(seed)
            where = some(draw, {name: list(codes) for name, codes in labels.items()}, single=public)
            query = {KEYS[name]: [labels[name][code] for code in codes] for name, codes in where.items()}
            picked = chosen(people, where)
            pages = [page for page in ROUNDS[seed % 2] if page in every]
            for page in (every[seed % len(every)],) if one_page else pages:
                choices = {name: draw.choice(offered) for name, offered in CHOICES[page].items()}
                if public:
                    choices = {
                        name: value for name, value in choices.items() if name == "by" and value != "More groups"
                    }
                seen = door.visit(page, **query, **choices)
                found = faults(seen, printed)
                if not public:
                    found += hidden_faults(seen, picked)
                    found += [fault] if (fault := state_fault(seen, people, where)) else []
                yield from (f"seed {seed}, {page} {query} {choices}: {fault}" for fault in found)
