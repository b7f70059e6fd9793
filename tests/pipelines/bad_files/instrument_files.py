"""Files of an organisation's own questionnaires: what is done to a good one, and the key and rule its fault names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from tests.pipelines.bad_files.case import Case, Refused, Write
from tests.pipelines.raw_world import world, write

OWN = """
name = "Withdrawal as reported"
construct = "symptoms"
version = "1"
n_items = 1
item_min = 0
item_max = 3
aggregate = "sum"
higher_is_better = false
early_min_ratings = 1
max_missing = 0
missing_rule_source = "product default"
licence = "The organisation's own."
source = "The organisation's own form."
verified = true

[[examples]]
answers = "2"
n_missing = 0
total = 2
pomp = 66.666667
"""
BROKEN: dict[str, tuple[Callable[[str], str], str]] = {
    "wording": (lambda text: 'items = ["how sure are you"]\n' + text, "items: is not a key"),
    "typo": (lambda text: text.replace("higher_is_better", "higher_is_beter"), "higher_is_better: is missing"),
    "no examples": (lambda text: text.split("[[examples]]")[0], "examples: are missing"),
    "construct": (lambda text: text.replace('"symptoms"', '"mood"'), "construct: is not one of the words"),
    "range": (lambda text: text.replace("item_max = 3", "item_max = 0"), "item_max: is not above item_min"),
    "infinite": (lambda text: text.replace("item_max = 3", "item_max = inf"), "item_max: is not a number"),
    "text for number": (lambda text: text.replace("item_min = 0", 'item_min = "0"'), "item_min: is not a number"),
    "items": (lambda text: text.replace("n_items = 1", "n_items = 0"), "n_items: is not a whole number"),
    "flag": (lambda text: text.replace("= false", '= "no"'), "higher_is_better: is not true or false"),
    "reversed": (lambda text: "reversed = [2]\n" + text, "reversed: names an item twice or one there is not"),
    "twice": (lambda text: "reversed = [1, 1]\n" + text, "reversed: names an item twice or one there is not"),
    "missing rule": (lambda text: text.replace("max_missing = 0", "max_missing = 1"), "max_missing: is not a whole"),
    "rule source": (lambda text: text.replace('"product default"', '"mine"'), "missing_rule_source: is not one of"),
    "factor": (lambda text: "factor = 2\n" + text, "factor: belongs to mean_times alone"),
    "no factor": (lambda text: text.replace('"sum"', '"mean_times"'), "factor: is needed with mean_times"),
    "bands": (lambda text: "display_bands = [2, 1]\n" + text, "display_bands: is not two rising cuts"),
    "bands outside": (lambda text: "display_bands = [1, 9]\n" + text, "display_bands: is not two rising cuts"),
    "rater": (lambda text: 'raters = ["sponsor"]\n' + text, "raters: names a rater there is not"),
    "alpha": (lambda text: "alpha = 1.2\n" + text, "alpha: is not between 0 and 1"),
    "cutoff": (lambda text: text + '\n[[cutoffs]]\nat = 9\nmeaning = "high"', "at: is outside the scale"),
    "norm": (lambda text: text + '\n[[norms]]\nmean = 9\npopulation = "all"', "mean: is outside the scale"),
    "unverified": (lambda text: 'unverified = ["items"]\n' + text, "unverified: names a fact there is no word for"),
    "verified": (lambda text: 'unverified = ["reversed"]\n' + text, "verified: is true although scoring facts"),
    "silent": (lambda text: text.replace("verified = true", "verified = false"), "unverified: names no scoring fact"),
    "subscale rule": (lambda text: text + "\n[subscales]\nall = [1]", "max_missing_per_subscale: is missing"),
    "rule alone": (lambda text: "max_missing_per_subscale = 0\n" + text, "max_missing_per_subscale: is not a key"),
    "answers": (lambda text: text.replace('answers = "2"', 'answers = "2 3"'), "answers: has another number"),
    "no number": (lambda text: text.replace('answers = "2"', 'answers = "x"'), "answers: holds something that is no"),
    "half": (lambda text: text.replace("pomp = 66.666667", ""), "total: or pomp is missing"),
    "both": (lambda text: text + 'refused = "out_of_range"', "refused: stands beside a total"),
    "syntax": (lambda text: text + "\n[[", "is not valid TOML (at "),
}
SECRETS = ("how sure are you", "mood", "sponsor")
"""Texts of the files that no message quotes."""


def own(files: dict[str, bytes]) -> Write:
    """Write the good files, and questionnaires in a folder beside them."""

    def write_case(folder: Path) -> Path:
        beside = folder / "instruments"
        beside.mkdir()
        for name, content in files.items():
            (beside / name).write_bytes(content)
        return write(folder / "in", world())

    return write_case


OTHERS: dict[str, tuple[dict[str, bytes], str, str]] = {
    "no file": ({}, "instruments", "holds no TOML file"),
    "a name with a blank": ({"Own Form.toml": OWN.encode()}, "Own Form.toml", "not a plain identifier"),
    "no UTF-8": ({"other.toml": b'name = "\xe9"'}, "other.toml", "is not UTF-8"),
    "a name that is taken": ({"wai_sr.toml": OWN.encode()}, "wai_sr.toml", "is shipped already"),
    "lists nested without end": ({"own.toml": b"name = " + b"[" * 100_000}, "own.toml", "is not valid TOML"),
    "a number of five thousand digits": ({"own.toml": b"n_items = " + b"9" * 5_000}, "own.toml", "is not valid TOML"),
    "two megabytes": (
        {"own.toml": OWN.encode() + b"#" * 2_000_000},
        "own.toml",
        "is larger than a file of settings can be",
    ),
    "a key twice": ({"own.toml": b'name = "a"\n' + OWN.encode()}, "own.toml", "is not valid TOML"),
    "an empty file": ({"own.toml": b""}, "own.toml: n_items", "is missing"),
}
MANY = -1
"""So many faults as there are: a mistake may break several rules."""


def cases() -> Iterator[Case]:
    """Yield every case."""
    for name, (change, expected) in BROKEN.items():
        write_case = own({"own.toml": change(OWN).encode()})
        refused = Refused("own.toml", expected, MANY)
        yield Case(f"a questionnaire: {name}", write_case, refused, instruments="instruments", secrets=SECRETS)
    for name, (files, where, rule) in OTHERS.items():
        refused = Refused(where, rule, MANY)
        yield Case(f"questionnaires: {name}", own(files), refused, instruments="instruments", secrets=SECRETS)
