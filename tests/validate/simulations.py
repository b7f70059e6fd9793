"""The simulation suite and its page: does the product's statistics keep its promises where the truth is known?

`python -m tests.validate.simulations` runs all studies and rewrites docs/simulations.md; with names of studies it runs
these and leaves the other tables as they are. Ten minutes or so on one core.
"""

from __future__ import annotations

import argparse
import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.metadata import version

from tests.validate import simulation_intervals, simulation_many, simulation_recovery
from tests.validate.simulated_programs import SEED
from tests.validate.simulation_results import PAGE, Result, table


@dataclass(frozen=True, slots=True)
class Study:
    """A table of the page: its heading, what is to be known to read it, and what fills it."""

    heading: str
    words: str
    run: Callable[..., list[Result]]


STUDIES: Mapping[str, Study] = {
    "independent_coverage": Study(
        "Ranges of the staying curve, independent people",
        "No trait hangs on the coach. Truth: the share still in on day 90, other exits aside, among 1.6 million "
        "people. In per cent.",
        simulation_intervals.independent_coverage,
    ),
    "clustered_coverage": Study(
        "Ranges of the staying curve, people of one coach alike",
        "About 40 people a coach; coaches differ by .40 in the log hazard of leaving and by .28 in alliance. Ranges "
        "of the pages that take people as independent hold for the coaches there are, not for others like them. In "
        "per cent.",
        simulation_intervals.clustered_coverage,
    ),
    "few_coach_coverage": Study(
        "Ranges of the staying curve with few coaches",
        "Reported, but for the rule that fewer than eight coaches get no clustered range at all. In per cent.",
        simulation_intervals.few_coach_coverage,
    ),
    "false_alarms": Study(
        "False alarms of the ratio",
        "The landmark model of leaving by early alliance, unadjusted, as `estimators.ratio` fits it, where leaving "
        "hangs on severity, age, housing, empowerment and the coach, and on nothing that alliance has to do with. "
        "In per cent.",
        simulation_intervals.false_alarms,
    ),
    "ten_default_false_alarms": Study(
        "False alarms of the ratio with few coaches",
        "As above with 10 coaches of about 200 people: reported. In per cent.",
        simulation_intervals.ten_default_false_alarms,
    ),
    "strong_false_alarms": Study(
        "False alarms of the ratio where coaches differ strongly",
        "Few coaches who differ strongly can look like an association by chance, and ranges over coaches do not "
        "fully allow for it; the comparison within coach keeps nearer to the 5 of 100 promised. Reported. In per cent.",
        simulation_intervals.strong_false_alarms,
    ),
    "recovery": Study(
        "Known truths come back",
        "Curves, cumulative incidences and landmark ratios by the product's estimators; each line is the truth and "
        "three Monte-Carlo standard errors of the difference (those of the truth included). Truths of curves were "
        "measured on other seeds with a second implementation; those of ratios are printed in the statistical "
        "design.",
        simulation_recovery.recovery,
    ),
    "decomposition": Study(
        "The planted paths of change come back",
        "Differences in the share who left early by day 180, nobody censored, if empathy or empowerment were one SD "
        "higher. Truth: `do` experiments of the simulator. The estimator has a logistic model of leaving, the "
        "simulator weekly hazards; no bias of that is allowed for in the lines, which are three standard errors "
        "wide. Traits, the coach's own part in leaving and the other early values are held equal.",
        simulation_recovery.decomposition,
    ),
    "benjamini_hochberg": Study(
        "Many comparisons at once",
        "Coaches: exact binomial test of each against everybody's share who left by day 90. Subgroups: whether the "
        "ratio of the early score differs in them, clustered by coach. In per cent.",
        simulation_many.benjamini_hochberg,
    ),
    "funnel_limits": Study(
        "The funnel where coaches do not differ",
        "Dots outside the limits of day 90; chance alone would put 5 and 0.2 of 100 there. The published "
        "interpolation between whole people (Spiegelhalter 2005) puts more of them above the range than below, most "
        "with small units. What is said of all coaches together errs on the side of saying nothing. In per cent.",
        simulation_many.funnel_limits,
    ),
}
HEAD = """# Simulations: do the statistics keep their promises?

Written by `python -m tests.validate.simulations`; `make validate` runs the same studies and fails if a line is not
kept. People are simulated with known truths (pipelines/simulate); numbers are worked out by the product's own
estimators. A result with a pass line has to keep it; a result without one is reported, so that nobody takes it for
better than it is.

"""


def section(study: Study, results: list[Result], day: date) -> str:
    """Return the section of a study: heading, words, table, and what it was made with."""
    made = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "pandas", "statsmodels"))
    seal = f"Seed {SEED}; {day.isoformat()}; Python {platform.python_version()}, {made}."
    return f"## {study.heading}\n\n{study.words}\n\n{table(results)}\n{seal}\n"


def kept_sections() -> dict[str, str]:
    """Return the sections the page has now, by heading."""
    if not PAGE.exists():
        return {}
    parts = PAGE.read_text(encoding="utf-8").split("\n## ")[1:]
    return {part.split("\n", 1)[0]: f"## {part.rstrip()}\n" for part in parts}


def write(sections: Mapping[str, str]) -> None:
    """Write the page with its sections in the order of STUDIES."""
    ordered = [sections[study.heading] for study in STUDIES.values() if study.heading in sections]
    PAGE.write_text(HEAD + "\n".join(ordered), encoding="utf-8")


def main() -> None:
    """Run the studies asked for, print each result, and rewrite their sections as they come."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("studies", nargs="*", choices=[*STUDIES, []], help="studies to run; all without a name")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    asked = parser.parse_args()
    sections = kept_sections()
    for name in asked.studies or STUDIES:
        results = STUDIES[name].run(workers=asked.workers)
        print(table(results), flush=True)
        sections[STUDIES[name].heading] = section(STUDIES[name], results, date.today())
        write(sections)


if __name__ == "__main__":
    main()
