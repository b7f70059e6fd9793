"""A proposal as a mapping file with its reasons as comments, and as a table of guesses for a person to read."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Template

from pipelines.faults import Fault, InputFault
from pipelines.guess import Guess
from pipelines.mapping_file import read_mapping
from pipelines.proposal import Proposal, Rule

_BARE = re.compile(r"[A-Za-z0-9_-]+")
_HEAD = Template("""\
# Proposed for these files. Read every line: a guess is not a fact. Comments say what speaks for it.
$undecided[mapping]
id = "proposed"
label = "Proposed mapping"
$dataset""")


def mapping_text(proposal: Proposal, title: str = "") -> str:
    """Return the proposal as TOML that the load takes, with the evidence beside every column.

    `title` is what the dashboard calls the records.
    """
    undecided = "".join(f"# Decide: {_comment(line)}\n" for line in proposal.undecided)
    dataset = f"\n[dataset]\ntitle = {_toml(title)}\n" if title else ""
    parts = [_HEAD.substitute(undecided=undecided, dataset=dataset)]
    for name, view in proposal.views.items():
        parts.append("\n".join([f"[views.{_key(name)}]", *(f"{_key(k)} = {_toml(v)}" for k, v in view.items()), ""]))
    several = Counter(rule.table for rule in proposal.rules)
    parts += ["\n".join([*_rule_lines(rule, several[rule.table] > 1), ""]) for rule in _in_order(proposal)]
    return "\n".join(parts)


def write_mapping(proposal: Proposal, path: Path) -> None:
    """Write the proposal to a new file and read it back; InputFault if there is one already or it cannot be read."""
    if path.suffix != ".toml" or path.exists():
        rule = "is there already" if path.exists() else "does not end in .toml"
        raise InputFault(Fault(path.name, rule, "Name a new file that ends in .toml"))
    path.write_text(mapping_text(proposal), encoding="utf-8")
    read_mapping(path)


def guess_lines(proposal: Proposal) -> list[str]:
    """Return the table of guesses, one line each: column of ours, where it comes from, what speaks for it."""
    rows = [
        (f"{rule.table}.{guess.column}", _origin(rule, guess), guess.evidence)
        for rule in _in_order(proposal)
        for guess in rule.guesses
    ]
    widths = [max((len(row[place]) for row in rows), default=0) for place in (0, 1)]
    lines = [f"{ours:{widths[0]}}  {origin:{widths[1]}}  {evidence}" for ours, origin, evidence in rows]
    return [*lines, *(f"? {line}" for line in proposal.undecided)]


def _in_order(proposal: Proposal) -> list[Rule]:
    """Return the rules with those of one table together, as the grammar wants them."""
    tables = list(dict.fromkeys(rule.table for rule in proposal.rules))
    return sorted(proposal.rules, key=lambda rule: tables.index(rule.table))


def _origin(rule: Rule, guess: Guess) -> str:
    if guess.headings:
        return f"{rule.source}: {', '.join(guess.headings)}"
    if isinstance(guess.cell, dict) and "constant" in guess.cell:
        return f"the text {_toml(guess.cell['constant'])}"
    return rule.source


def _rule_lines(rule: Rule, several: bool) -> Iterator[str]:
    name = f"tables.{rule.table}"
    if rule.evidence:
        yield f"# {_comment(rule.evidence)}"
    yield f"[[{name}]]" if several else f"[{name}]"
    yield f"from = {_toml(rule.source)}"
    for key, value in rule.keys.items():
        yield f"{key} = {_toml(value)}"
    yield f"[{name}.columns]"
    for guess in rule.guesses:
        yield f"{guess.column} = {_toml(guess.cell)}  # {_comment(guess.evidence)}"
    if rule.items:
        yield f"[{name}.items]"
        for key, value in rule.items.items():
            yield f"{key} = {_toml(value)}"


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(value)
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(str(key))} = {_toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_toml(each) for each in value) + "]"
    return json.dumps(str(value), ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    return " ".join(text.split())


def _key(name: str) -> str:
    return name if _BARE.fullmatch(name) else _toml(name)
